// One text, analysed for everything that an editor says of it: its tree with parents, what names mean, and what they stand for.

import type { CallExpression, Node } from 'oxc-parser'
import { analyse } from '../../runtime/functions/analysis/analyse.ts'
import { forEachChild } from '../../runtime/functions/analysis/hoist.ts'
import type { Binding } from '../../runtime/functions/analysis/scope.ts'
import type { AnalysedModule, SourceUnit } from '../../runtime/functions/analysis/sourceUnit.ts'
import { Kinds, type Meaning } from './kinds.ts'
import type { Modules } from './modules.ts'
import { spacedMark } from './spacedMark.ts'
import { spanId } from './spanId.ts'
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

/** Names by where they are declared, expressions by `spanId`. */
export type TypesOfNames = ReadonlyMap<number | string, TypeOfName>

/** What the analysis of a text found: a hundred times as large as the text. */
interface Parts {
  module: AnalysedModule
  kinds: Kinds
  parents: Map<Node, Node>
  byType: Map<string, Node[]>
  tasks: TaskFunction[] | undefined
  byName: Map<string, Node[]> | undefined
  /** Of all lines but the first. */
  lineStarts: { start: number }[] | undefined
}

export class Subject {
  readonly file: string
  readonly text: string
  /** Nothing while it rests. */
  #parts: Parts | undefined
  /** What was asked of other files, by specifier: as long as that is the same, so is what is said here. */
  readonly consulted = new Map<string, Subject | undefined>()
  readonly #modules: Modules | undefined
  readonly #specifiers: readonly string[]
  #types: TypesOfNames = new Map()

  private constructor(module: AnalysedModule, modules: Modules | undefined) {
    this.file = module.file
    this.text = module.source
    this.#modules = modules
    this.#parts = this.#entered(module)
    this.#specifiers = specifiersOf(module)
  }

  /**
   * Lets its tree go until it is looked at again. It stays the same subject, but its nodes and bindings will be others: nobody may
   * be holding any.
   */
  rest(): void {
    this.#parts = undefined
  }

  get isResting(): boolean {
    return this.#parts === undefined
  }

  get module(): AnalysedModule {
    return this.#awake.module
  }

  get kinds(): Kinds {
    return this.#awake.kinds
  }

  get #awake(): Parts {
    if (!this.#parts) {
      this.#parts = this.#entered(analysed(this.file, this.text))
      this.#modules?.woken(this)
    }
    return this.#parts
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
      return new Subject(analysed(file, text), modules)
    } catch {
      return undefined
    }
  }

  /** The module that a specifier means here. */
  consult(specifier: string): Subject | undefined {
    if (!this.#modules) return undefined
    if (!this.consulted.has(specifier))
      this.consulted.set(specifier, this.#modules.moduleOf(this.file, specifier))
    return this.consulted.get(specifier)
  }

  /** Whether it imports heddle, be it only for its types, or a module that does. */
  touchesHeddle(depth = 0, seen: Set<Subject> = new Set()): boolean {
    if (seen.has(this) || depth > IMPORTS_DEPTH_MAX) return false
    seen.add(this)
    return (
      this.#specifiers.some((source) => /^heddle(\/|$)/.test(source)) ||
      this.#specifiers.some((source) => this.consult(source)?.touchesHeddle(depth + 1, seen))
    )
  }

  /** What types say of the names that the text alone does not tell of, by where they are declared. */
  set types(types: TypesOfNames) {
    this.#types = types
    if (!this.#parts) return
    this.#parts.kinds.forget()
    this.#parts.tasks = undefined
  }

  /** What the type of the name that is declared at an offset says that it is. */
  typeAt(offset: number): TypeOfName | undefined {
    return this.#types.get(offset)
  }

  /** What the type of an expression says that it is, if that was asked for. */
  typeOfExpression(node: Node): TypeOfName | undefined {
    return this.#types.get(spanId(node))
  }

  /** What the type of a variable says that it is. */
  typeOf(binding: Binding): TypeOfName | undefined {
    const [declaration] = binding.declarations
    if (!declaration) return undefined
    return this.typeAt(declaration.type === 'VariableDeclarator' ? declaration.id.start : declaration.start)
  }

  /** Every node of these types, in the order of the text. */
  all<T extends Node['type']>(...types: T[]): Extract<Node, { type: T }>[] {
    const lists = types.map((type) => this.#awake.byType.get(type) ?? [])
    const nodes = lists.length === 1 ? lists[0] : lists.flat().sort((a, b) => a.start - b.start)
    return nodes as Extract<Node, { type: T }>[]
  }

  /** Every node of these types in a stretch of the text, in its order: without a look at those elsewhere. */
  inside<T extends Node['type']>(
    stretch: { start: number; end: number },
    ...types: T[]
  ): Extract<Node, { type: T }>[] {
    const found: Extract<Node, { type: T }>[] = []
    for (const type of types) {
      const list = this.all(type)
      for (let i = firstFrom(list, stretch.start); i < list.length && list[i].start < stretch.end; i++)
        if (list[i].end <= stretch.end) found.push(list[i])
    }
    return types.length > 1 ? found.sort((a, b) => a.start - b.start) : found
  }

  /** Every identifier of that name, in the order of the text. */
  called(name: string): readonly Node[] {
    const parts = this.#awake
    parts.byName ??= Map.groupBy(this.all('Identifier'), (each) => each.name)
    return parts.byName.get(name) ?? []
  }

  /** The line of an offset, from 1. */
  lineOf(offset: number): number {
    const parts = this.#awake
    parts.lineStarts ??= [...this.text.matchAll(/\n/g)].map(({ index }) => ({ start: index + 1 }))
    return firstFrom(parts.lineStarts, offset + 1) + 1
  }

  parent(node: Node): Node | undefined {
    return this.#awake.parents.get(node)
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
    const parts = this.#awake
    parts.tasks ??= taskUnits(this)
    return parts.tasks
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

  #entered(module: AnalysedModule): Parts {
    const parents = new Map<Node, Node>()
    const byType = new Map<string, Node[]>()
    const enter = (node: Node): void => {
      const list = byType.get(node.type)
      if (list) list.push(node)
      else byType.set(node.type, [node])
      forEachChild(node, (child) => {
        parents.set(child, node)
        enter(child)
      })
    }
    enter(module.program as Node)
    return {
      module,
      kinds: new Kinds(this),
      parents,
      byType,
      tasks: undefined,
      byName: undefined,
      lineStarts: undefined,
    }
  }
}

/** The index of the first that begins at an offset or after it, of a list in the order of the text. */
function firstFrom(list: readonly { start: number }[], offset: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle].start >= offset) high = middle
    else low = middle + 1
  }
  return low
}

const analysed = (file: string, text: string): AnalysedModule =>
  analyse(file, spacedMark(text), { keepsNames: true, ...(isCommonJs(file, text) && { format: 'commonjs' }) })

/** One that is written with `import` all the same is an ES module to the analysis. */
const isCommonJs = (file: string, text: string): boolean =>
  /\.c[jt]s$/.test(file) || (/\brequire\s*\(/.test(text) && !/\.m[jt]s$/.test(file))

/** What a module imports, and what it passes on. */
function specifiersOf({ program, imports }: AnalysedModule): string[] {
  const specifiers = (program.body as Node[]).flatMap((statement) => {
    if (!/^(Import|ExportNamed|ExportAll)Declaration$/.test(statement.type)) return []
    const { source } = statement as { source?: { value: string } | null }
    return source ? [source.value] : []
  })
  return [...specifiers, ...imports.map(({ source }) => source)]
}

/** Most files of a project never speak of heddle: without a parser. */
export const mayTouchHeddle = (text: string, followsImports: boolean): boolean =>
  text.includes('heddle') || (followsImports && /\bfrom\b|\brequire\s*\(/.test(text))

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
