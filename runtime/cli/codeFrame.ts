// The lines around a place in the user's source, with the place marked. Pure.

import type { SourcePlace } from '../protocol/failure.ts'

const LINES_BEFORE = 2
const LINES_AFTER = 1
const LENGTH_MAX = 160

/**
 * @returns one text of a few lines, or nothing when the place is not in the source
 * @example codeFrame('a\nb(c)\n', { file, line: 2, column: 3 }) // "  1 | a\n> 2 | b(c)\n    |   ^"
 */
export function codeFrame(source: string, { line, column }: SourcePlace): string | undefined {
  const lines = source.split(/\r?\n/)
  if (line < 1 || line > lines.length) return undefined
  const from = Math.max(1, line - LINES_BEFORE)
  const to = Math.min(lines.length, line + LINES_AFTER)
  const width = String(to).length
  const frame: string[] = []
  for (let number = from; number <= to; number++) {
    const text = lines[number - 1].slice(0, LENGTH_MAX)
    if (number > line && text.trim() === '') continue
    frame.push(`${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd())
    if (number !== line || column < 1 || column > LENGTH_MAX) continue
    // Tabs stay tabs, so that the mark stands below its character.
    const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
    frame.push(`  ${' '.repeat(width)} | ${indent}^`)
  }
  return frame.join('\n')
}
