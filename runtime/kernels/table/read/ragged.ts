// Looks for a CSV row that has another number of cells than the table has columns.

import type { CsvSource } from '../steps.ts'

const NEWLINE = 10
const RETURN = 13

/** The first such row: how many cells it has, and how many lines stand before it. */
export function ragged(bytes: Uint8Array, spec: CsvSource): { cells: number; line: number } | undefined {
  const delimiter = spec.delimiter.charCodeAt(0)
  const quote = spec.quote === '' ? -1 : spec.quote.charCodeAt(0)
  const width = spec.schema.length
  const comment = spec.comment === undefined ? undefined : Buffer.from(spec.comment)
  let quoted = false
  let cells = 1
  let line = 0
  let startLine = 0
  let start = 0
  const isData = (end: number): boolean => {
    const stop = end > start && bytes[end - 1] === RETURN ? end - 1 : end
    return (
      stop > start &&
      !(
        comment &&
        Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start)
          .subarray(0, comment.length)
          .equals(comment)
      )
    )
  }
  for (let at = 0; at <= bytes.length; at++) {
    const byte = at < bytes.length ? bytes[at] : NEWLINE
    if (byte === quote) quoted = !quoted
    else if (byte === delimiter && !quoted) cells++
    else if (byte === NEWLINE) {
      line++
      if (quoted && at < bytes.length) continue
      if (cells !== width && isData(at)) return { cells, line: startLine }
      cells = 1
      start = at + 1
      startLine = line
    }
  }
  return undefined
}
