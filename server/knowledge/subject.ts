// One text, analysed for everything that an editor says of it: its tree with parents, what names mean, and what they stand for.

import type { CallExpression, Node } from 'oxc-parser'
import { analyse } from '../../runtime/functions/analysis/analyse.ts'
import { forEachChild } from '../../runtime/functions/analysis/hoist.ts'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import type { AnalysedModule, SourceUnit } from '../../runtime/functions/analysis/sourceUnit.ts'
import { Kinds, type Meaning } from './kinds.ts'
import type { Modules } from './modules.ts'
import { taskUnits } from './taskFunctions.ts'

/** A function that runs as tasks, and the call that makes it one. */
export interface TaskFunction {
  unit: SourceUnit
  call: CallExpression
  /** What it is called there, e.g. `map` or `submit`. */
  method: string
}

/** What a type checker says of a name. */
export interface TypeOfName extends Meaning {
  /** A class of Node or of the language that it is, or is one of, e.g. `Socket`. */
  platformClass?: string
}

/** A text that imports heddle by way of more files than these has none of its collections: a project is not read as a whole. */
const IMPORTS_DEPTH_MAX = 3

export type TypesOfNames = ReadonlyMap<number, TypeOfName>

export class Subject {
  readonly text: string
  readonly module: AnalysedModule
  readonly kinds: Kinds
  readonly #parents = new Map<Node, Node>()
  readonly #byType = new Map<string, Node[]>()
  /** What was asked of other files, by specifier: as long as that is the same, so is what is said here. */
  readonly consulted = new Map<string, Subject | undefined>()
  readonly #modules: Modules | undefined
  #types: TypesOfNames = new Map()
  #tasks: TaskFunction[] | undefined

  private constructor(module: AnalysedModule, modules: Modules | undefined) {
    this.module = module
    this.#modules = modules
    this.text = module.source
    this.#enter(module.program as Node)
    this.kinds = new Kinds(this)
  }

  /**
   * Nothing when the text does not parse, or has nothing to do with heddle: neither it nor the files that it imports.
   * @param modules the files beside it
   */
  static of(file: string, text: string, modules?: Modules): Subject | undefined {
    if (!mayTouchHeddle(text, modules !== undefined)) return undefined
    const subject = Subject.ofModule(file, text, modules)
    return subject?.touchesHeddle() ? subject : undefined
  }

  /** Any module that parses. */
  static ofModule(file: string, text: string, modules?: Modules): Subject | undefined {
    try {
      return new Subject(analyse(file, text, { keepsNames: true }), modules)
    } catch {
      return undefined
    }
  }

  /** The module that a specifier means here. */
  consult(specifier: string): Subject | undefined {
    if (!this.#modules) return undefined
    if (!this.consulted.has(specifier))
      this.consulted.set(specifier, this.#modules.moduleOf(this.module.file, specifier))
    return this.consulted.get(specifier)
  }

  /** Whether it imports heddle, be it only for its types, or a module that does. */
  touchesHeddle(depth = 0, seen: Set<Subject> = new Set()): boolean {
    if (seen.has(this) || depth > IMPORTS_DEPTH_MAX) return false
    seen.add(this)
    const specifiers = (this.module.program.body as Node[]).flatMap((statement) => {
      if (!/^(Import|ExportNamed|ExportAll)Declaration$/.test(statement.type)) return []
      const { source } = statement as { source?: { value: string } | null }
      return source ? [source.value] : []
    })
    specifiers.push(...this.module.imports.map(({ source }) => source))
    return (
      specifiers.some((source) => /^heddle(\/|$)/.test(source)) ||
      specifiers.some((source) => this.consult(source)?.touchesHeddle(depth + 1, seen))
    )
  }

  /** What types say of the names that the text alone does not tell of, by where they are declared. */
  set types(types: TypesOfNames) {
    this.#types = types
    this.kinds.forget()
    this.#tasks = undefined
  }

  /** What the type of the name that is declared at an offset says that it is. */
  typeAt(offset: number): TypeOfName | undefined {
    return this.#types.get(offset)
  }

  /** What the type of a variable says that it is. */
  typeOf(binding: Binding): TypeOfName | undefined {
    const [declaration] = binding.declarations
    if (!declaration) return undefined
    return this.typeAt(declaration.type === 'VariableDeclarator' ? declaration.id.start : declaration.start)
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

/** Most files of a project never speak of heddle: without a parser. */
export const mayTouchHeddle = (text: string, followsImports: boolean): boolean =>
  text.includes('heddle') || (followsImports && /\bfrom\b/.test(text))

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
