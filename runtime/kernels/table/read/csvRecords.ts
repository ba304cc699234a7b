// Records of CSV text (RFC 4180), with the line that each begins on. An empty cell is absent unless it is quoted.

import { FileFormatError } from '../../files/fileErrors.ts'
import { kernel } from '../../kernel.ts'

export interface Dialect {
  delimiter: string
  /** Empty: nothing is quoted. */
  quote: string
  comment?: string | undefined
  /** Whether a blank line is a row of one absent cell, as it is where there is one column. */
  blankRows?: boolean
}

/** A row of a CSV file is not like the others, or a cell is not of its column's type: says where. */
export class TableCsvError extends FileFormatError {
  override name = 'TableCsvError'
  readonly line: number
  constructor(path: string, line: number, text: string) {
    super(path, `${path}, line ${line.toLocaleString('en-US')}: ${text}`)
    this.line = line
  }
}
kernel('error.TableCsvError', TableCsvError)

export interface CsvRecord {
  cells: (string | null)[]
  /** Where it begins, from 1. */
  line: number
  /** How many lines it takes, where that is not one. */
  lines?: number
}

/**
 * Every record of a text. Blank lines are skipped, unless they are rows.
 * @param firstLine the number of the text's first line
 * @throws {TableCsvError} when a quoted cell never ends
 */
export function* csvRecords(
  text: string,
  dialect: Dialect,
  path: string,
  firstLine = 1,
): Generator<CsvRecord> {
  const { delimiter, quote, comment } = dialect
  let at = 0
  let line = firstLine
  while (at < text.length) {
    let end = text.indexOf('\n', at)
    if (end < 0) end = text.length
    const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end
    const plain = text.slice(at, stop)
    if ((plain === '' && !dialect.blankRows) || (comment !== undefined && plain.startsWith(comment))) {
      at = end + 1
      line++
      continue
    }
    if (quote === '' || !plain.includes(quote)) {
      yield { cells: plain.split(delimiter).map((cell) => (cell === '' ? null : cell)), line }
      at = end + 1
      line++
      continue
    }
    const record: CsvRecord = { cells: [], line }
    at = quotedRecord(text, at, dialect, path, record)
    yield record
    line += record.lines ?? 1
  }
}

/** Reads a record with quotes in it; gives where the next one begins. */
function quotedRecord(
  text: string,
  start: number,
  dialect: Dialect,
  path: string,
  record: CsvRecord,
): number {
  const { delimiter, quote } = dialect
  let at = start
  let lines = 1
  for (;;) {
    if (text.startsWith(quote, at)) {
      let close = at
      for (;;) {
        close = text.indexOf(quote, close + 1)
        if (close < 0) throw new TableCsvError(path, record.line, 'a quoted cell begins here and never ends')
        if (!text.startsWith(quote, close + 1)) break
        close++
      }
      const inside = text.slice(at + 1, close)
      for (let i = inside.indexOf('\n'); i >= 0; i = inside.indexOf('\n', i + 1)) lines++
      record.cells.push(inside.includes(quote) ? inside.replaceAll(quote + quote, quote) : inside)
      at = close + 1
    } else {
      let stop = at
      while (stop < text.length && text[stop] !== delimiter && text[stop] !== '\n') stop++
      const cell = text.slice(
        at,
        stop > at && text[stop] !== delimiter && text[stop - 1] === '\r' ? stop - 1 : stop,
      )
      record.cells.push(cell === '' ? null : cell)
      at = stop
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++
    if (at >= text.length || text[at] === '\n') {
      record.lines = lines
      return at + 1
    }
    if (text[at] === delimiter) {
      at++
      continue
    }
    throw new TableCsvError(
      path,
      record.line + lines - 1,
      `${JSON.stringify(text.slice(at, at + 20))} follows a closing quote. Double a quote inside a cell (${quote}${quote}), or say quote: '' where nothing is quoted.`,
    )
  }
}
