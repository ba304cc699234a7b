// Finds where a program computes: awaited `compute`, `persist`, `gather` and `result`, also through variables and chains.

import type { CallExpression, Node, Program } from 'oxc-parser'
import { parseSync } from 'oxc-parser'
import { languageOf } from './analysis/analyse.ts'
import { forEachChild } from './analysis/hoist.ts'
import { forEachName } from './analysis/patterns.ts'

const METHODS = new Set(['compute', 'persist', 'gather', 'result'])
/** These names mean heddle wherever they are called; the others are common words. */
const OWN_METHODS = new Set(['compute', 'persist'])

/** Offsets are UTF-16 units into the text; `end` is exclusive. */
export interface Computation {
  start: number
  end: number
  /** `compute`, `persist`, `gather` or `result`. */
  method: string
  /** What messages call it, e.g. `total.compute()`. */
  label: string
  /** Inside a function or a loop: it cannot be run on its own. */
  nested: boolean
}

export interface Computations {
  /** Where heddle is imported: its specifiers' places, quotes included. */
  imports: { start: number; end: number; specifier: string }[]
  computations: Computation[]
}

/**
 * The computations of a text that imports heddle; nothing when it does not parse, as half-typed code does not.
 * @example findComputations('a.ts', "import { bag } from 'heddle'\nawait bag.range(3).compute()")
 */
export function findComputations(file: string, text: string): Computations | undefined {
  const { program, errors } = parseSync(file, text, { lang: languageOf(file), preserveParens: false })
  if (errors.some((error) => error.severity === 'Error')) return undefined
  return computationsOf(program, text)
}

/** The same of a text that was parsed already. */
export function computationsOf(program: Program, text: string): Computations {
  const imports: Computations['imports'] = []
  for (const node of program.body) {
    if (node.type !== 'ImportDeclaration' || !/^heddle(\/|$)/.test(node.source.value)) continue
    const { start, end, value } = node.source
    imports.push({ start, end, specifier: value })
  }
  if (imports.length === 0) return { imports, computations: [] }
  return { imports, computations: new Search(text).run(program) }
}

class Search {
  readonly #text: string
  /** Variables that hold something of heddle's, or what was made from it. */
  readonly #derived = new Set<string>()
  /** What `compute` and `persist` of heddle are called here: `import { compute as go }`. */
  readonly #ownFunctions = new Map<string, string>()
  /** Names that were imported from elsewhere: what they give is not ours. */
  readonly #foreign = new Set<string>()
  /** Variables that hold a computation which was begun and not awaited. */
  readonly #begun = new Map<string, string>()
  readonly #found: Computation[] = []

  constructor(text: string) {
    this.#text = text
  }

  run(program: Program): Computation[] {
    for (const statement of program.body) {
      if (statement.type !== 'ImportDeclaration') continue
      const from = statement.source.value
      const own = /^heddle(\/|$)/.test(from)
      // What a file of the user's gives may well be heddle's.
      if (!own && /^([./#~]|@\/)/.test(from)) continue
      for (const specifier of statement.specifiers) {
        const { local } = specifier
        ;(own ? this.#derived : this.#foreign).add(local.name)
        if (!own || specifier.type !== 'ImportSpecifier') continue
        const { imported } = specifier
        const name = imported.type === 'Identifier' ? imported.name : imported.value
        if (OWN_METHODS.has(name)) this.#ownFunctions.set(local.name, name)
      }
    }
    this.#visit(program as Node, false)
    return this.#found
  }

  #visit(node: Node, nested: boolean): void {
    const inside = nested || /Function|MethodDefinition|^(For|While|DoWhile)/.test(node.type)
    if (node.type === 'VariableDeclarator' && node.init) this.#declare(node.id as Node, node.init as Node)
    if (node.type === 'AwaitExpression') {
      const method = this.#methodOf(node.argument as Node)
      if (method)
        this.#found.push({
          start: node.start,
          end: node.end,
          method,
          label: this.#label(node),
          nested: inside,
        })
    }
    forEachChild(node, (child) => this.#visit(child, inside))
  }

  #declare(pattern: Node, init: Node): void {
    const method = this.#methodOf(init)
    if (method && pattern.type === 'Identifier') this.#begun.set(pattern.name, method)
    else if (this.#isDerived(init)) forEachName(pattern, (name) => void this.#derived.add(name))
  }

  /** The method by which an expression computes, were it awaited. */
  #methodOf(node: Node): string | undefined {
    if (node.type === 'Identifier') return this.#begun.get(node.name)
    if (node.type !== 'CallExpression') return undefined
    const { callee } = node
    if (callee.type === 'Identifier') return this.#ownFunctions.get(callee.name)
    if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
      return undefined
    const { name } = callee.property
    if (METHODS.has(name) && this.#isOurs(callee.object, OWN_METHODS.has(name))) return name
    return callee.object.type === 'Identifier' && callee.object.name === 'Promise'
      ? this.#ofAll(node)
      : undefined
  }

  /** `Promise.all([a.compute(), b.compute()])` */
  #ofAll({ arguments: [list] }: CallExpression): string | undefined {
    if (list?.type !== 'ArrayExpression') return undefined
    for (const element of list.elements) {
      const method = element && element.type !== 'SpreadElement' ? this.#methodOf(element as Node) : undefined
      if (method) return method
    }
    return undefined
  }

  #isOurs(node: Node, byName: boolean): boolean {
    if (this.#isDerived(node)) return true
    const root = rootName(node)
    return byName && root !== undefined && !this.#foreign.has(root)
  }

  #isDerived(node: Node): boolean {
    switch (node.type) {
      case 'Identifier':
        return this.#derived.has(node.name)
      case 'MemberExpression':
        return this.#isDerived(node.object)
      case 'CallExpression':
        return (
          this.#isDerived(node.callee) ||
          node.arguments.some((one) => one.type !== 'SpreadElement' && this.#isDerived(one as Node))
        )
      case 'NewExpression':
        return this.#isDerived(node.callee)
      case 'AwaitExpression':
        return this.#isDerived(node.argument)
      case 'ChainExpression':
      case 'TSAsExpression':
      case 'TSNonNullExpression':
      case 'TSSatisfiesExpression':
        return this.#isDerived(node.expression)
      case 'ConditionalExpression':
        return this.#isDerived(node.consequent) || this.#isDerived(node.alternate)
      case 'ArrayExpression':
        return node.elements.some(
          (one) => one !== null && one.type !== 'SpreadElement' && this.#isDerived(one as Node),
        )
    }
    return false
  }

  #label(node: Node): string {
    const source = this.#text
      .slice(node.start, node.end)
      .replace(/^await\s+/, '')
      .replace(/\s+/g, ' ')
    return source.length > 60 ? `${source.slice(0, 59)}…` : source
  }
}

/** The variable that a chain of members and calls begins with. */
function rootName(node: Node): string | undefined {
  switch (node.type) {
    case 'Identifier':
      return node.name
    case 'MemberExpression':
      return rootName(node.object)
    case 'CallExpression':
      return rootName(node.callee)
    case 'AwaitExpression':
      return rootName(node.argument)
    case 'TSNonNullExpression':
    case 'ChainExpression':
      return rootName(node.expression)
  }
  return undefined
}
