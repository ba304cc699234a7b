// What one expression of a file needs to run: the same text, with everything else blanked out, so that positions hold.
//
// It keeps imports, declarations, and the top-level statements through the one that holds the expression. Earlier
// computations that the expression does not depend on are skipped; other effects run.

import type { Node } from 'oxc-parser'
import { analyse } from './analysis/analyse.ts'
import { withoutExport } from './analysis/hoist.ts'
import type { Binding } from './analysis/scope.ts'
import type { AnalysedModule } from './analysis/sourceUnit.ts'
import { computationsOf } from './computations.ts'
import { resultMark } from './emission/resultMark.ts'

export interface VirtualModule {
  /** As long as the source, line for line; a last line tells the loader which value to export as `__heddleResult`. */
  text: string
  /** The places of the computations that are skipped. */
  skipped: { start: number; end: number }[]
  /** True when the expression is inside a function or loop: the text is then the whole file's. */
  whole: boolean
}

/**
 * @param expression offsets in UTF-16 units
 * @throws {SourceSyntaxError} when the source does not parse
 * @example virtualModule('const a = 1\nawait f()\nawait g(a)', { start: 12, end: 21 }).text // the last line is blank
 */
export function virtualModule(
  source: string,
  expression: { start: number; end: number },
  file = 'expression.ts',
): VirtualModule {
  const marked = source.charCodeAt(0) === 0xfeff ? 1 : 0
  const module = analyse(file, source)
  const body = module.program.body as Node[]
  const start = expression.start - marked
  const end = expression.end - marked
  const holder = body.findIndex((node) => node.start <= start && end <= node.end)
  if (holder < 0 || isDeclaration(body[holder]) || isNested(module, start, end))
    return { text: source, skipped: [], whole: true }
  const { code, skipped } = chosen(module, body, new Choice(module, body, holder, holder), holder, marked)
  return { text: `${source.slice(0, marked)}${code}${resultMark(start, end)}`, skipped, whole: false }
}

/**
 * The same for a cell: all of its statements run, with what they need of those above. Its value is that of its last statement.
 * @param cell offsets in UTF-16 units, from its mark to the next one
 * @throws {SourceSyntaxError} when the source does not parse
 */
export function virtualCell(
  source: string,
  cell: { start: number; end: number },
  file = 'cell.ts',
): VirtualModule {
  const marked = source.charCodeAt(0) === 0xfeff ? 1 : 0
  const module = analyse(file, source)
  const body = module.program.body as Node[]
  const inside = (node: Node): boolean => node.start >= cell.start - marked && node.end <= cell.end - marked
  const first = body.findIndex(inside)
  const last = body.findLastIndex(inside)
  // A cell without statements does nothing, and one that a statement reaches into from above is run with it.
  const choice = first < 0 ? undefined : new Choice(module, body, first, last)
  const { code, skipped } = chosen(module, body, choice, first, marked)
  const shown = first < 0 ? undefined : shownBy(body[last])
  const mark = shown ? resultMark(shown.start, shown.end) : ''
  return { text: `${source.slice(0, marked)}${code}${mark}`, skipped, whole: false }
}

/** What a statement has to show: its expression, or what its one variable is made of. */
function shownBy(statement: Node): Node | undefined {
  if (statement.type === 'ExpressionStatement') return statement.expression as Node
  const plain = withoutExport(statement)
  if (plain.type !== 'VariableDeclaration' || plain.declarations.length !== 1) return undefined
  const { init } = plain.declarations[0]
  return init && !/^(ArrowFunctionExpression|FunctionExpression|ClassExpression)$/.test(init.type)
    ? (init as Node)
    : undefined
}

/** The text with what is not chosen blanked out, and the statements before `holder` that were. */
function chosen(
  module: AnalysedModule,
  body: readonly Node[],
  choice: Choice | undefined,
  holder: number,
  marked: number,
): { code: string; skipped: VirtualModule['skipped'] } {
  const units = module.source.split('')
  const skipped: VirtualModule['skipped'] = []
  body.forEach((node, i) => {
    if (choice?.keeps(i)) return
    if (i < holder) skipped.push({ start: node.start + marked, end: node.end + marked })
    for (let at = node.start; at < node.end; at++) if (!/[\r\n\t]/.test(units[at])) units[at] = ' '
  })
  return { code: units.join(''), skipped }
}

/** Statements that only declare: they stay wherever they stand. */
function isDeclaration(node: Node): boolean {
  return (
    /^(FunctionDeclaration|ClassDeclaration|TSEnumDeclaration|TSModuleDeclaration|TSInterfaceDeclaration|TSTypeAliasDeclaration|ImportDeclaration|TSImportEqualsDeclaration|ExportAllDeclaration|TSDeclareFunction)$/.test(
      withoutExport(node).type,
    ) ||
    (node.type === 'ExportNamedDeclaration' && node.source !== null)
  )
}

function isNested(module: AnalysedModule, start: number, end: number): boolean {
  return (
    module.units.some((unit) => unit.node.start < start && end < unit.node.end) ||
    computationsOf(module.program, module.source).computations.some(
      (one) => one.nested && one.start <= start && end <= one.end,
    )
  )
}

/** Decides which statements stay. */
class Choice {
  readonly #module: AnalysedModule
  readonly #body: Node[]
  /** The first and the last statement that is asked for. */
  readonly #first: number
  readonly #last: number
  readonly #kept: boolean[]
  readonly #reads: Set<Binding>[]
  readonly #writes: Set<Binding>[]
  /** Statements that declare or assign a name, and what each statement names: a long file is not gone through for each. */
  readonly #writers = new Map<Binding, number[]>()
  readonly #references: { binding: Binding; start: number }[][]

  constructor(module: AnalysedModule, body: Node[], first: number, last: number) {
    this.#module = module
    this.#body = body
    this.#first = first
    this.#last = last
    this.#reads = body.map(() => new Set())
    this.#writes = body.map(() => new Set())
    this.#references = body.map(() => [])
    this.#readReferences()
    this.#kept = body.map((node, i) => isDeclaration(node) || i <= last)
    this.#skipComputations()
  }

  keeps(index: number): boolean {
    return this.#kept[index]
  }

  #statementAt(offset: number): number {
    let [low, high] = [0, this.#body.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#body[middle].end > offset) high = middle
      else low = middle + 1
    }
    return low < this.#body.length && this.#body[low].start <= offset ? low : -1
  }

  #readReferences(): void {
    for (const { binding, start } of this.#module.references) {
      const at = this.#statementAt(start)
      if (at < 0) continue
      this.#reads[at].add(binding)
      this.#references[at].push({ binding, start })
    }
    for (const binding of this.#module.scope.bindings.values()) {
      const places = [...binding.declarations.map(({ start }) => start), ...binding.writes]
      const writers = [...new Set(places.map((offset) => this.#statementAt(offset)))].filter((at) => at >= 0)
      this.#writers.set(binding, writers)
      for (const at of writers) this.#writes[at].add(binding)
    }
  }

  /**
   * Skips computations, and what is done with their results, unless the expression needs what they give or change.
   * What a statement that stays needs is needed too, so this is repeated until nothing changes.
   */
  #skipComputations(): void {
    const { computations } = computationsOf(this.#module.program, this.#module.source)
    const byStatement = Map.groupBy(computations, ({ start }) => this.#statementAt(start))
    const needed = new Set<Binding>()
    for (let i = this.#first; i <= this.#last; i++) this.#need(needed, this.#reads[i])
    for (let before = -1; before !== needed.size; ) {
      before = needed.size
      const lost = new Set<Binding>()
      for (let i = 0; i < this.#first; i++) {
        const node = this.#body[i]
        if (isDeclaration(node)) continue
        const inside = byStatement.get(i) ?? []
        const plain = /^(VariableDeclaration|ExpressionStatement)$/.test(withoutExport(node).type)
        const computes = plain && inside.some((one) => !one.nested)
        const usesLost = [...this.#reads[i]].some((binding) => lost.has(binding))
        this.#kept[i] = !(computes || usesLost) || this.#touches(i, needed, inside)
        if (!this.#kept[i]) for (const binding of this.#writes[i]) lost.add(binding)
        else if (usesLost) this.#need(needed, this.#reads[i])
      }
    }
  }

  /** Whether a statement declares or assigns something that is needed, or names it where it may change it. */
  #touches(
    index: number,
    needed: ReadonlySet<Binding>,
    computations: readonly { start: number; end: number }[],
  ): boolean {
    for (const binding of this.#writes[index]) if (needed.has(binding)) return true
    if (withoutExport(this.#body[index]).type === 'VariableDeclaration') return false
    return this.#references[index].some(
      ({ binding, start }) =>
        needed.has(binding) &&
        !isDeclaredOnly(binding) &&
        !computations.some((one) => one.start <= start && start < one.end),
    )
  }

  /** Adds bindings, and what those need in their turn. */
  #need(needed: Set<Binding>, bindings: Iterable<Binding>): void {
    const waiting = [...bindings]
    for (let binding = waiting.pop(); binding; binding = waiting.pop()) {
      if (needed.has(binding)) continue
      needed.add(binding)
      for (const i of this.#writers.get(binding) ?? []) if (i <= this.#last) waiting.push(...this.#reads[i])
      for (const other of this.#module.dependencies.get(binding) ?? []) waiting.push(other)
    }
  }
}

/** Imports and functions are not changed by being named. */
function isDeclaredOnly(binding: Binding): boolean {
  return ['import', 'function', 'class', 'enum', 'namespace'].includes(binding.kind)
}
