// The walk that finds computations: statement by statement, with what is known of names so far.

import type { CallExpression, Node } from 'oxc-parser'
import { forEachChild } from './analysis/hoist.ts'
import { forEachName } from './analysis/patterns.ts'
import type { Computation } from './computations.ts'
import type { KnownNames } from './knownNames.ts'

const METHODS = new Set(['compute', 'persist', 'gather', 'result'])
/** These names mean heddle wherever they are called; the others are common words. */
const OWN_METHODS = new Set(['compute', 'persist'])
/** What stands inside one of these runs any number of times, or not at all. */
const NESTING: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'TSDeclareFunction',
  'TSEmptyBodyFunctionExpression',
  'MethodDefinition',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
])

/** Walks statements in order; what one declares is known to the next. */
export class ComputationSearch {
  /** In the order of the text, nested ones after those around them. */
  readonly found: Computation[] = []
  readonly #text: string
  /** What `#text` begins with stands at this offset of the offsets that nodes have. */
  readonly #offset: number
  readonly #names: KnownNames
  readonly #isCommonJs: boolean

  /**
   * @param offset where `text` begins in the offsets of the nodes, when they are of a part of a file
   * @param isCommonJs whether nothing can be awaited outside of functions: `x.compute().then(…)` is a computation, too
   */
  constructor(text: string, names: KnownNames, offset = 0, isCommonJs = false) {
    this.#text = text
    this.#names = names
    this.#offset = offset
    this.#isCommonJs = isCommonJs
  }

  /** Takes in what an import or a top-level `require` declares; other statements declare nothing here. */
  declareImports(statement: Node): void {
    if (statement.type === 'VariableDeclaration') {
      for (const { id, init } of statement.declarations) {
        const required = init && requiredBy(init as Node)
        if (required) this.#declareRequired(id as Node, required.value)
      }
      return
    }
    if (statement.type === 'TSImportEqualsDeclaration') {
      const required = requiredBy(statement.moduleReference as Node)
      if (required) this.#declareRequired(statement.id as Node, required.value)
    }
    if (statement.type !== 'ImportDeclaration') return
    const from = statement.source.value
    if (isUsers(from)) return
    const own = isHeddle(from)
    for (const specifier of statement.specifiers) {
      const { name } = specifier.local
      if (!own) {
        this.#names.add(name, { foreign: true })
        continue
      }
      let method: string | undefined
      if (specifier.type === 'ImportSpecifier') {
        const { imported } = specifier
        const exported = imported.type === 'Identifier' ? imported.name : imported.value
        if (OWN_METHODS.has(exported)) method = exported
      }
      this.#names.add(name, method === undefined ? { derived: true } : { derived: true, own: method })
    }
  }

  #declareRequired(pattern: Node, from: string): void {
    if (isUsers(from)) return
    const own = isHeddle(from)
    forEachName(pattern, (name) => this.#names.add(name, own ? { derived: true } : { foreign: true }))
    if (!own || pattern.type !== 'ObjectPattern') return
    for (const property of pattern.properties) {
      if (property.type !== 'Property' || property.computed) continue
      const { key, value } = property
      if (key.type === 'Identifier' && OWN_METHODS.has(key.name) && value.type === 'Identifier')
        this.#names.add(value.name, { own: key.name })
    }
  }

  /** @param nested whether the node stands in a function or a loop */
  visit(node: Node, nested: boolean): void {
    const inside = nested || NESTING.has(node.type)
    if (node.type === 'VariableDeclarator' && node.init) this.#declare(node.id as Node, node.init as Node)
    const computed = node.type === 'AwaitExpression' ? (node.argument as Node) : this.#begunBy(node)
    const method = computed && this.#methodOf(computed)
    if (method) {
      const { start, end } = node.type === 'AwaitExpression' ? node : computed
      this.found.push({ start, end, method, label: this.#label({ start, end }), nested: inside })
    }
    forEachChild(node, (child) => this.visit(child, inside))
  }

  /** `x.compute()` of `x.compute().then(…)`. */
  #begunBy(node: Node): Node | undefined {
    if (!this.#isCommonJs || node.type !== 'CallExpression') return undefined
    const { callee } = node
    return callee.type === 'MemberExpression' &&
      callee.property.type === 'Identifier' &&
      /^(then|catch|finally)$/.test(callee.property.name)
      ? (callee.object as Node)
      : undefined
  }

  #declare(pattern: Node, init: Node): void {
    const method = this.#methodOf(init)
    if (method && pattern.type === 'Identifier') this.#names.add(pattern.name, { begun: method })
    else if (this.#isDerived(init)) forEachName(pattern, (name) => this.#names.add(name, { derived: true }))
  }

  /** The method by which an expression computes, were it awaited. */
  #methodOf(node: Node): string | undefined {
    if (node.type === 'Identifier') return this.#names.of(node.name).begun
    if (node.type !== 'CallExpression') return undefined
    const { callee } = node
    if (callee.type === 'Identifier') return this.#names.of(callee.name).own
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
    return byName && root !== undefined && !this.#names.of(root).foreign
  }

  #isDerived(node: Node): boolean {
    switch (node.type) {
      case 'Identifier':
        return this.#names.of(node.name).derived === true
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

  #label(node: { start: number; end: number }): string {
    const source = this.#text
      .slice(node.start - this.#offset, node.end - this.#offset)
      .replace(/^await\s+/, '')
      .replace(/\s+/g, ' ')
    return source.length > 60 ? `${source.slice(0, 59)}…` : source
  }
}

const isHeddle = (specifier: string): boolean => /^heddle(\/|$)/.test(specifier)
/** What a file of the user's gives may well be heddle's. */
const isUsers = (specifier: string): boolean => !isHeddle(specifier) && /^([./#~]|@\/)/.test(specifier)

/** The specifier of `require('heddle')`, also where a part of it is taken at once, and as `import … = require('heddle')` has it. */
export function requiredBy(node: Node): { value: string; start: number; end: number } | undefined {
  if (node.type === 'TSExternalModuleReference') return node.expression
  if (node.type === 'MemberExpression') return requiredBy(node.object as Node)
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'require')
    return undefined
  const [given] = node.arguments
  return given?.type === 'Literal' && typeof given.value === 'string'
    ? { value: given.value, start: given.start, end: given.end }
    : undefined
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
