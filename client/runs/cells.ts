// Cells of a text: from a line `// %%` to the next one. No `vscode`.

import type { ExpressionToRun } from './runBook.ts'

/**
 * All cells, by their titles or their numbers.
 * @example cellsOf('// %% Read\na()\n// %%\nb()').map(({ label }) => label) // ['Read', 'cell 2']
 */
export function cellsOf(text: string): ExpressionToRun[] {
  const marks = [...text.matchAll(/^[ \t]*\/\/ ?%%(.*)$/gm)]
  return marks.map(({ index, 1: title }, i) => ({
    start: index,
    end: marks[i + 1]?.index ?? text.length,
    label: title.trim() || `cell ${i + 1}`,
  }))
}

/** The cell that an offset is in. */
export const cellAround = (text: string, offset: number): ExpressionToRun | undefined =>
  cellsOf(text).findLast(({ start }) => start <= offset)

/** A cell that was run, where it stands now: of those with its title the nearest. */
export const cellAgain = (text: string, was: { label: string; start: number }): ExpressionToRun | undefined =>
  cellsOf(text)
    .filter(({ label }) => label === was.label)
    .sort((one, other) => Math.abs(one.start - was.start) - Math.abs(other.start - was.start))[0]
