// Finds where a program computes: awaited `compute`, `persist`, `gather` and `result`, also through variables and chains.

import type { Node, Program } from 'oxc-parser'
import { parseSync } from 'oxc-parser'
import { languageOf } from './analysis/sourceText.ts'
import { ComputationSearch } from './computationSearch.ts'
import { KnownNames } from './knownNames.ts'

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
  const search = new ComputationSearch(text, new KnownNames())
  for (const statement of program.body) search.declareImports(statement as Node)
  for (const statement of program.body) search.visit(statement as Node, false)
  return { imports, computations: search.found }
}
