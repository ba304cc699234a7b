// The recipe of a collection: how its text makes it, through variables, the user's functions and files, as data.

import type { CallExpression, Node } from 'oxc-parser'
import type { Recipe } from '../../runtime/protocol/recipe.ts'
import { isSetFromOutside } from './fields.ts'
import { type Frame, follow, heddleName, type Place, resultsOf } from './follow.ts'
import { textsOf } from './paths.ts'
import { bare, isFunction, methodOf, type Subject } from './subject.ts'

/** Longer ones are of no use to anybody. */
const STEPS_MAX = 2000
const DEPTH_MAX = 400
/** Functions of modules whose first argument is files. */
const READS = /^(read\w*|fromZarr)$/
/** Classes of the language whose instances are values, and are not changed by those who only read them. */
const VALUES = /^(Date|(Float(32|64)|Big(Int|Uint)64|(Int|Uint)(8|16|32))Array)$/

/** Nothing where a part of it is not written out: is worked out, chosen by a condition, or may be changed on the way. */
export const recipeOf = (place: Place): Recipe | undefined => new Recipes().of(place)

/** Recipes of one text's collections: a part that several have in common is the same object. */
export class Recipes {
  #steps = 0
  #depth = 0
  /** What is being written has no recipe yet: a variable may be made of itself. */
  readonly #known = new Map<Node, Map<Frame | undefined, Recipe | undefined>>()

  /** As `recipeOf`. */
  of(place: Place): Recipe | undefined {
    this.#steps = 0
    return this.#of(place)
  }

  #of({ subject, node: given, frame }: Place): Recipe | undefined {
    const node = bare(given)
    const known = this.#known.get(node) ?? new Map<Frame | undefined, Recipe | undefined>()
    this.#known.set(node, known)
    if (known.has(frame)) return known.get(frame)
    known.set(frame, undefined)
    if (++this.#steps > STEPS_MAX || this.#depth >= DEPTH_MAX) return undefined
    this.#depth++
    const recipe = this.#write({ subject, node, frame })
    this.#depth--
    known.set(frame, recipe)
    return recipe
  }

  #write(place: Place): Recipe | undefined {
    const { subject, node, frame } = place
    const of = (part: Node): Recipe | undefined => this.#of({ subject, node: part, frame })
    if (isFunction(node)) return { kind: 'function', parameters: parametersOf(node) }
    switch (node.type) {
      case 'Literal':
        return 'regex' in node ? undefined : { kind: 'value', value: node.value as string | number }
      case 'TemplateLiteral': {
        const [text, ...others] = textsOf(place)
        return text === undefined || others.length > 0 ? undefined : { kind: 'value', value: text }
      }
      case 'UnaryExpression':
      case 'BinaryExpression':
        return workedOut(node, of)
      case 'ArrayExpression':
        return listOf(node.elements as (Node | null)[], of, (items) => ({ kind: 'list', items }))
      case 'ObjectExpression':
        return recordOf(node.properties as Node[], of)
      case 'AwaitExpression':
        return of(node.argument as Node)
      case 'NewExpression': {
        const name = node.callee.type === 'Identifier' ? node.callee.name : ''
        if (!VALUES.test(name) || subject.binding(node.callee as Node)) return undefined
        return listOf(node.arguments as Node[], of, (args) => ({ kind: 'new', name, args }))
      }
      case 'Identifier':
        return this.#name(place, node.name)
      case 'MemberExpression':
        return this.#member(place, node)
      case 'CallExpression':
        return this.#call(place, node)
    }
    return undefined
  }

  #name(place: Place, name: string): Recipe | undefined {
    const { subject, node } = place
    const binding = subject.binding(node)
    if (!binding) {
      const value = { undefined: undefined, NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY }
      return Object.hasOwn(value, name)
        ? { kind: 'value', value: value[name as keyof typeof value] }
        : undefined
    }
    const exported = heddleName(subject, node)
    if (exported !== undefined) return { kind: 'heddle', name: exported }
    const made = follow(place)
    if (!made) return undefined
    const mayChange = /^(Array|Object|New)Expression$/.test(made.node.type)
    return mayChange && !isOnlyRead(subject, node) ? undefined : this.#of(made)
  }

  #member(place: Place, node: Extract<Node, { type: 'MemberExpression' }>): Recipe | undefined {
    const { subject } = place
    if (node.computed || node.property.type !== 'Identifier') return undefined
    const made = follow(place)
    const { name } = node.property
    if (made) {
      // A field of the user's may be changed by anybody who has its object.
      const mayChange =
        /^(Array|Object|New)Expression$/.test(made.node.type) ||
        [subject, made.subject].some((each) => isSetFromOutside(each, name))
      return mayChange ? undefined : this.#of(made)
    }
    const owner = this.#of({ ...place, node: node.object as Node })
    return owner && { kind: 'member', of: owner, name }
  }

  #call(place: Place, node: CallExpression): Recipe | undefined {
    const called = resultsOf(place)
    if (called) {
      const [only, ...others] = called.results
      // Without a `return` on every way it may give nothing.
      return only && others.length === 0 ? this.#of(only) : undefined
    }
    const of = (part: Node): Recipe | undefined => this.#of({ ...place, node: part })
    const callee = bare(node.callee as Node)
    const name = methodOf({ ...node, callee } as CallExpression)
    if (callee.type !== 'MemberExpression' || name === undefined) {
      const fn = of(callee)
      return fn && listOf(node.arguments as Node[], of, (args) => ({ kind: 'call', fn, args }))
    }
    const owner = of(callee.object as Node)
    if (!owner) return undefined
    const method = (args: readonly Recipe[]): Recipe => ({ kind: 'method', of: owner, name, args })
    const [given, ...others] = node.arguments as Node[]
    if (!READS.test(name) || !given) return listOf(node.arguments as Node[], of, method)
    const paths = given.type === 'SpreadElement' ? [] : textsOf({ ...place, node: bare(given) })
    if (paths.length === 0 || paths.some((path) => /^[a-z][a-z0-9+.-]+:\/\//i.test(path))) return undefined
    return listOf(others, of, (args) => method([{ kind: 'files', paths }, ...args]))
  }
}

/** All or nothing. */
function listOf(
  parts: readonly (Node | null)[],
  of: (part: Node) => Recipe | undefined,
  make: (items: readonly Recipe[]) => Recipe,
): Recipe | undefined {
  const items: Recipe[] = []
  for (const part of parts) {
    const item = part && (part.type === 'SpreadElement' ? spreadOf(part.argument as Node, of) : of(part))
    if (!item) return undefined
    items.push(item)
  }
  return make(items)
}

function spreadOf(node: Node, of: (part: Node) => Recipe | undefined): Recipe | undefined {
  const spread = of(node)
  return spread && { kind: 'spread', of: spread }
}

function recordOf(properties: readonly Node[], of: (part: Node) => Recipe | undefined): Recipe | undefined {
  const entries: ([string, Recipe] | Recipe)[] = []
  for (const property of properties) {
    if (property.type === 'SpreadElement') {
      const spread = spreadOf(property.argument as Node, of)
      if (!spread) return undefined
      entries.push(spread)
      continue
    }
    if (property.type !== 'Property' || property.kind !== 'init' || property.computed) return undefined
    const { key } = property
    const value = of(property.value as Node)
    if (!value || (key.type !== 'Identifier' && key.type !== 'Literal')) return undefined
    entries.push([key.type === 'Identifier' ? key.name : String(key.value), value])
  }
  return { kind: 'record', entries }
}

/** A sign, and sums and products of numbers or texts that are written out. */
function workedOut(node: Node, of: (part: Node) => Recipe | undefined): Recipe | undefined {
  const writtenValue = (part: Node): unknown => {
    const recipe = of(part)
    return recipe?.kind === 'value' ? recipe.value : undefined
  }
  if (node.type === 'UnaryExpression') {
    const value = writtenValue(node.argument as Node)
    if (node.operator === '-' && (typeof value === 'number' || typeof value === 'bigint'))
      return { kind: 'value', value: -value }
    return node.operator === '!' && typeof value === 'boolean' ? { kind: 'value', value: !value } : undefined
  }
  if (node.type !== 'BinaryExpression') return undefined
  const [a, b] = [writtenValue(node.left as Node), writtenValue(node.right as Node)]
  if (typeof a === 'string' && typeof b === 'string' && node.operator === '+')
    return { kind: 'value', value: a + b }
  if (typeof a !== 'number' || typeof b !== 'number' || !Object.hasOwn(ARITHMETIC, node.operator))
    return undefined
  return { kind: 'value', value: ARITHMETIC[node.operator](a, b) }
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
}

/** Whether all uses of a name are arguments of heddle's, or parts of them: a list that is pushed to is another one then. */
function isOnlyRead(subject: Subject, name: Node): boolean {
  const binding = subject.binding(name)
  if (!binding) return false
  return subject.called(binding.name).every((use) => {
    if (subject.binding(use) !== binding) return true
    let at: Node = use
    let parent = subject.parent(at)
    if (parent?.type === 'VariableDeclarator' && parent.id === use) return true
    while (parent && /^(SpreadElement|ArrayExpression|ObjectExpression|Property)$/.test(parent.type)) {
      at = parent
      parent = subject.parent(at)
    }
    if (parent?.type !== 'CallExpression' || !(parent.arguments as Node[]).includes(at)) return false
    const callee = bare(parent.callee as Node)
    if (callee.type === 'Identifier') return heddleName(subject, callee) !== undefined
    return callee.type === 'MemberExpression' && subject.kinds.of(callee.object as Node) !== undefined
  })
}

/** As `length` of a function counts them: up to the first that has a default or takes the rest. */
function parametersOf(node: Node): number {
  const params = 'params' in node ? (node.params as Node[]) : []
  const end = params.findIndex((each) => /^(AssignmentPattern|RestElement)$/.test(each.type))
  return end < 0 ? params.length : end
}
