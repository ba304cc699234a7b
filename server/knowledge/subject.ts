// One text, analysed for everything that an editor says of it: its tree with parents, what names mean, and what they stand for.

import type { CallExpression, Node } from 'oxc-parser'
import { analyse } from '../../runtime/functions/analysis/analyse.ts'
import { forEachChild } from '../../runtime/functions/analysis/hoist.ts'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import type { AnalysedModule, SourceUnit } from '../../runtime/functions/analysis/sourceUnit.ts'
import { Kinds } from './kinds.ts'
import { taskUnits } from './taskFunctions.ts'

/** A function that runs as tasks, and the call that makes it one. */
export interface TaskFunction {
  unit: SourceUnit
  call: CallExpression
  /** What it is called there, e.g. `map` or `submit`. */
  method: string
}

export class Subject {
  readonly text: string
  readonly module: AnalysedModule
  readonly kinds: Kinds
  readonly #parents = new Map<Node, Node>()
  readonly #byType = new Map<string, Node[]>()
  #tasks: TaskFunction[] | undefined

  private constructor(module: AnalysedModule) {
    this.module = module
    this.text = module.source
    this.#enter(module.program as Node)
    this.kinds = new Kinds(this)
  }

  /** Nothing when the text does not parse, or does not import heddle. */
  static of(file: string, text: string): Subject | undefined {
    if (!text.includes('heddle')) return undefined
    try {
      const module = analyse(file, text, { keepsNames: true })
      return module.imports.some(({ source }) => /^heddle(\/|$)/.test(source))
        ? new Subject(module)
        : undefined
    } catch {
      return undefined
    }
  }

  /** Every node of these types, in the order of the text. */
  all<T extends Node['type']>(...types: T[]): Extract<Node, { type: T }>[] {
    const lists = types.map((type) => this.#byType.get(type) ?? [])
    const nodes = lists.length === 1 ? lists[0] : lists.flat().sort((a, b) => a.start - b.start)
    return nodes as Extract<Node, { type: T }>[]
  }

  parent(node: Node): Node | undefined {
    return this.#parents.get(node)
  }

  /** The nodes around one, from the innermost. */
  *around(node: Node): Generator<Node> {
    for (let at = this.parent(node); at; at = this.parent(at)) yield at
  }

  binding(identifier: Node): Binding | undefined {
    return this.module.named?.get(identifier.start)
  }

  /** The functions that run as tasks. */
  get tasks(): readonly TaskFunction[] {
    this.#tasks ??= taskUnits(this)
    return this.#tasks
  }

  slice(node: { start: number; end: number }): string {
    return this.text.slice(node.start, node.end)
  }

  /** Whether a node is inside a function, seen from `below`. */
  functionAround(node: Node, below?: Node): Node | undefined {
    for (const at of this.around(node)) {
      if (at === below) return undefined
      if (isFunction(at)) return at
    }
    return undefined
  }

  #enter(node: Node): void {
    const list = this.#byType.get(node.type)
    if (list) list.push(node)
    else this.#byType.set(node.type, [node])
    forEachChild(node, (child) => {
      this.#parents.set(child, node)
      this.#enter(child)
    })
  }
}

export const isFunction = (node: Node): boolean =>
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression'

/** The name of the method that a call calls, e.g. `map` of `a.b.map(f)`. */
export function methodOf(call: CallExpression): string | undefined {
  const { callee } = call
  return callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier'
    ? callee.property.name
    : undefined
}

/** What stands inside types, non-null marks and optional chains. */
export function bare(node: Node): Node {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return bare(node.expression as Node)
  }
  return node
}
