// The cells of a text: parts that begin with a line `// %%`, as notebooks have them.

import type { Cell } from './documentFacts.ts'

const MARK = /^[ \t]*\/\/ ?%%(.*)$/gm

/**
 * The cells of a text in order; none when it has no mark. What stands above the first mark is of every cell.
 * @example cellsOf('// %% read\nconst a = 1\n// %%\na') // two cells, the first with the title `read`
 */
export function cellsOf(text: string): Cell[] {
  if (!text.includes('%%')) return []
  const marks = [...text.matchAll(MARK)]
  return marks.map((mark, i) => ({
    start: mark.index,
    end: marks[i + 1]?.index ?? text.length,
    title: mark[1].trim(),
  }))
}
