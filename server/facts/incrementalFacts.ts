// Facts that follow edits: only the statements around a change are parsed again, and only what depends on them is searched again.

import type { Node } from 'oxc-parser'
import { parseSync } from 'oxc-parser'
import { languageOf } from '../../runtime/functions/analysis/sourceText.ts'
import { ComputationSearch, requiredBy } from '../../runtime/functions/computationSearch.ts'
import { KnownNames, type NameRecord } from '../../runtime/functions/knownNames.ts'
import { spacedMark } from '../knowledge/spacedMark.ts'
import type { Computation, DocumentFacts } from './documentFacts.ts'

/** One statement of the file's top level. */
interface Statement {
  node: Node
  /** Where it stands in the text now. Nodes keep the offsets that they were parsed with. */
  start: number
  end: number
  /** What its last search asked, added and found; the offsets of what was found are the statement's own. */
  searched: { names: NameRecord; found: Computation[] } | undefined
}

export class IncrementalFacts {
  readonly #file: string
  readonly #names = new KnownNames()
  #text = ''
  /** How the statements were last searched. */
  #isCommonJs = false
  /** Nothing when the text did not parse. */
  #statements: Statement[] | undefined

  constructor(file: string) {
    this.#file = file
  }

  /** Lets the statements go: the next text is parsed as a whole. */
  rest(): void {
    this.#statements = undefined
  }

  /** The facts of a text; nothing when it does not parse now. */
  of(given: string): DocumentFacts | undefined {
    const text = spacedMark(given)
    // Most files of a project never speak of heddle: they need no parser.
    if (!text.includes('heddle')) {
      this.#statements = undefined
      return { imports: [], computations: [] }
    }
    const statements = (this.#statements && this.#edited(this.#statements, text)) ?? this.#parsed(text, 0)
    if (!statements) return undefined
    // Of a text that does not parse the last good statements stay: the next edit most likely mends it.
    this.#text = text
    this.#statements = statements
    return this.#search(statements, text)
  }

  /** The statements of a part of a text that begins at `offset`. */
  #parsed(part: string, offset: number): Statement[] | undefined {
    const { program, errors } = parseSync(this.#file, part, {
      lang: languageOf(this.#file),
      // A part without an import would be taken for a script, where `await` alone is a name.
      ...(/\.c[jt]s$/.test(this.#file) ? {} : { sourceType: 'module' }),
      preserveParens: false,
    })
    if (errors.some((error) => error.severity === 'Error')) return undefined
    return program.body.map((node) => ({
      node: node as Node,
      start: node.start + offset,
      end: node.end + offset,
      searched: undefined,
    }))
  }

  /**
   * The statements after an edit, when it can be parsed by itself: together with the whole statements before and after it,
   * whose own texts it left alone. Where the last one then ends as it did, everything after it is as it was.
   */
  #edited(statements: Statement[], text: string): Statement[] | undefined {
    const before = this.#text
    const { start, end } = changed(before, text)
    const delta = text.length - before.length
    // The first statement that ends at or after the change, and the last one that begins before or at its end.
    const first = firstWhere(statements, (one) => one.end >= start) - 1
    const last = firstWhere(statements, (one) => one.start > end)
    const from = first < 0 ? 0 : statements[first].start
    const closing = statements.at(last)
    const isWhole = last >= statements.length || closing === undefined
    const to = isWhole ? text.length : closing.end + delta
    const parsed = this.#parsed(text.slice(from, to), from)
    if (!parsed) return undefined
    const ending = parsed.at(-1)
    if (!isWhole && (ending?.start !== closing.start + delta || ending.end !== closing.end + delta))
      return undefined
    const after = isWhole ? [] : statements.slice(last + 1)
    for (const one of after) {
      one.start += delta
      one.end += delta
    }
    return [...statements.slice(0, Math.max(0, first)), ...parsed, ...after]
  }

  #search(statements: Statement[], text: string): DocumentFacts {
    const imports: DocumentFacts['imports'] = []
    const names = this.#names
    names.forget()
    for (const { node, start } of statements) {
      const specifiers = specifiersOf(node)
      if (specifiers.length === 0) continue
      new ComputationSearch('', names).declareImports(node)
      const shift = start - node.start
      for (const { value, start, end } of specifiers)
        if (/^heddle(\/|$)/.test(value))
          imports.push({ start: start + shift, end: end + shift, specifier: value })
    }
    const computations: Computation[] = []
    if (imports.length === 0) return { imports, computations }
    const isCommonJs =
      /\.c[jt]s$/.test(this.#file) || !statements.some(({ node }) => /^(Im|Ex)port/.test(node.type))
    for (const statement of statements) {
      const { node, start } = statement
      if (isCommonJs !== this.#isCommonJs) statement.searched = undefined
      if (!statement.searched || !names.replay(statement.searched.names)) {
        const search = new ComputationSearch(text.slice(start, statement.end), names, node.start, isCommonJs)
        const record = names.recorded(() => search.visit(node, false))
        const found = search.found.map((one) => ({
          ...one,
          start: one.start - node.start,
          end: one.end - node.start,
        }))
        statement.searched = { names: record, found }
      }
      for (const one of statement.searched.found)
        computations.push({
          ...one,
          start: one.start + start,
          end: one.end + start,
          // Nothing can be awaited there but in functions: the file runs.
          nested: one.nested || isCommonJs,
        })
    }
    this.#isCommonJs = isCommonJs
    return { imports, computations }
  }
}

/** Of an import, or of each `require` whose result a top-level variable holds. */
function specifiersOf(statement: Node): { value: string; start: number; end: number }[] {
  if (statement.type === 'ImportDeclaration') return [statement.source]
  if (statement.type === 'TSImportEqualsDeclaration')
    return [requiredBy(statement.moduleReference as Node) ?? []].flat()
  if (statement.type !== 'VariableDeclaration') return []
  return statement.declarations.flatMap(({ init }) => (init && requiredBy(init as Node)) ?? [])
}

/** The stretch of `before` that is another one in `after`. */
function changed(before: string, after: string): { start: number; end: number } {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++
  let end = before.length
  const delta = after.length - before.length
  while (
    end > start &&
    end + delta > start &&
    before.charCodeAt(end - 1) === after.charCodeAt(end + delta - 1)
  )
    end--
  return { start, end }
}

/** The index of the first element for which `holds`, which holds for all after it; the length when there is none. */
function firstWhere<T>(list: readonly T[], holds: (each: T) => boolean): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(list[middle])) high = middle
    else low = middle + 1
  }
  return low
}
