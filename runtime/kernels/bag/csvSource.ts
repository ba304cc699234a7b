// Rows of a CSV file (RFC 4180) as batches: quoted cells may hold delimiters, doubled quotes and line ends.

import { FileFormatError } from '../files/fileErrors.ts'
import { kernel } from '../kernel.ts'
import { BATCH_ITEMS, type Batch, renewable } from './batch.ts'
import type { CellType, CsvSource, FileRange } from './plan.ts'
import { rowFactory } from './rows.ts'
import { linesBefore, textPieces } from './textPieces.ts'

/** A row of a CSV file is not like the others: says where. */
export class CsvError extends FileFormatError {
  override name = 'CsvError'
  readonly line: number
  constructor(path: string, line: number, text: string) {
    super(path, `${path}, line ${line.toLocaleString('en-US')}: ${text}`)
    this.line = line
  }
}
kernel('error.CsvError', CsvError)

type Cell = string | number | boolean | bigint | Date | null

/** The rows of one partition: objects by the header's names, or lists where there is none. */
export async function* csvBatches(spec: CsvSource, ranges: readonly FileRange[]): AsyncGenerator<Batch> {
  for (const range of ranges) yield* rowsOf(spec, range)
}

async function* rowsOf(spec: CsvSource, range: FileRange): AsyncGenerator<Batch> {
  const [path, , , start] = range
  const records = new Records(spec, path)
  let names: readonly string[] | undefined = spec.header || undefined
  let width = names?.length
  let skipHeader = spec.header !== false && !spec.header && start === 0
  if (start > 0 && spec.header === undefined) {
    names = await headerOf(spec, range)
    width = names.length
  }
  const linesAhead = start > 0 ? await linesBefore(range) : 0
  const place = (row: number): string => `${path}, line ${(row + linesAhead).toLocaleString('en-US')}`
  let finish = finisher(spec, names)
  for await (const { text } of textPieces(range, spec)) {
    records.push(text)
    yield* drain(false)
  }
  yield* drain(true)

  function* drain(atEnd: boolean): Generator<Batch> {
    let cells: string[][] = []
    let lines: number[] = []
    const cut = (): Batch => {
      const [taken, rows, make] = [cells, lines, finish]
      cells = []
      lines = []
      const items = (): unknown[] => taken.map((record, i) => make(record, rows[i] + linesAhead, path))
      return renewable(items, { rows, origin: { place } })
    }
    for (let record = records.next(atEnd); record; record = records.next(atEnd)) {
      if (skipHeader) {
        skipHeader = false
        names = record
        width = names.length
        finish = finisher(spec, names)
        continue
      }
      width ??= record.length
      if (record.length !== width)
        throw new CsvError(
          path,
          records.line + linesAhead,
          `${record.length} cells, but ${names ? 'the header has' : 'the first row has'} ${width}. ` +
            'Is the delimiter or the quote another one? Say so by delimiter and quote.',
        )
      cells.push(record)
      lines.push(records.line)
      if (cells.length >= BATCH_ITEMS) yield cut()
    }
    if (cells.length > 0) yield cut()
  }
}

/** The first row of a file whose part begins elsewhere. */
async function headerOf(
  spec: CsvSource,
  [path, size, version, , , reached]: FileRange,
): Promise<readonly string[]> {
  const records = new Records(spec, path)
  for await (const { text } of textPieces([path, size, version, 0, 1, reached], spec)) {
    records.push(text)
    const header = records.next(false)
    if (header) return header
  }
  return records.next(true) ?? []
}

type Finish = (cells: string[], line: number, path: string) => unknown

/** Turns cells into what the row is: typed cells, by name or as a list. */
function finisher(spec: CsvSource, names: readonly string[] | undefined): Finish {
  const typed = names?.map((name) => spec.types[name]) ?? []
  const converted: Finish = typed.some(Boolean)
    ? (cells, line, path) => cells.map((cell, i) => (typed[i] ? convert(cell, typed[i], line, path) : cell))
    : (cells) => cells
  if (!names) return converted
  const make = rowFactory(names)
  return (cells, line, path) => make(converted(cells, line, path) as unknown[])
}

function convert(cell: string, type: CellType, line: number, path: string): Cell {
  if (cell === '') return null
  const wrong = (): never => {
    throw new CsvError(
      path,
      line,
      `${JSON.stringify(cell.slice(0, 40))} is no ${type}: leave the column a text, or clean it`,
    )
  }
  switch (type) {
    case 'number': {
      const value = Number(cell)
      return Number.isNaN(value) && cell.trim().toLowerCase() !== 'nan' ? wrong() : value
    }
    case 'bigint':
      return /^\s*[+-]?\d+\s*$/.test(cell) ? BigInt(cell) : wrong()
    case 'boolean': {
      const word = cell.trim().toLowerCase()
      return word === 'true' || word === '1' ? true : word === 'false' || word === '0' ? false : wrong()
    }
    case 'date': {
      const date = new Date(cell)
      return Number.isNaN(date.getTime()) ? wrong() : date
    }
  }
}

/** Cuts text that comes in pieces into records. */
class Records {
  /** The line (from 1) on which the record that came last begins. */
  line = 0
  readonly #spec: CsvSource
  readonly #path: string
  #text = ''
  #at = 0
  #nextLine = 1

  constructor(spec: CsvSource, path: string) {
    this.#spec = spec
    this.#path = path
  }

  push(text: string): void {
    this.#text = this.#at < this.#text.length ? this.#text.slice(this.#at) + text : text
    this.#at = 0
  }

  /** The next whole record; `atEnd` says that the last one needs no line end. Empty lines are skipped. */
  next(atEnd: boolean): string[] | undefined {
    while (this.#at < this.#text.length) {
      const lineEnd = this.#text.indexOf('\n', this.#at)
      if (lineEnd < 0 && !atEnd) return undefined
      const stop = lineEnd < 0 ? this.#text.length : lineEnd
      const line = this.#text.slice(
        this.#at,
        this.#text.charCodeAt(stop - 1) === 13 && stop > this.#at ? stop - 1 : stop,
      )
      if (line.includes(this.#spec.quote)) return this.#quoted(atEnd)
      this.line = this.#nextLine++
      this.#at = stop + 1
      if (line !== '') return line.split(this.#spec.delimiter)
    }
    return undefined
  }

  /** A record with a quote in it, cell by cell. */
  #quoted(atEnd: boolean): string[] | undefined {
    const { quote, delimiter } = this.#spec
    const text = this.#text
    const cells: string[] = []
    let at = this.#at
    let lines = 1
    for (;;) {
      if (text[at] !== quote) {
        const end = this.#plainEnd(at)
        if (end < 0 && !atEnd) return undefined
        const stop = end < 0 ? text.length : end
        const cell = text.slice(at, stop)
        if (text[stop] === delimiter) {
          cells.push(cell)
          at = stop + 1
          continue
        }
        cells.push(cell.endsWith('\r') ? cell.slice(0, -1) : cell)
        return this.#took(cells, stop + 1, lines)
      }
      let close = text.indexOf(quote, at + 1)
      let doubled = false
      while (close >= 0 && text[close + 1] === quote) {
        doubled = true
        close = text.indexOf(quote, close + 2)
      }
      if (close < 0 || (close + 1 >= text.length && !atEnd)) {
        if (!atEnd) return undefined
        throw new CsvError(this.#path, this.#nextLine, 'a quoted cell begins here and never ends')
      }
      const cell = text.slice(at + 1, close)
      cells.push(doubled ? cell.replaceAll(quote + quote, quote) : cell)
      for (let i = cell.indexOf('\n'); i >= 0; i = cell.indexOf('\n', i + 1)) lines++
      let after = close + 1
      if (text[after] === '\r') after++
      if (text[after] === delimiter) {
        at = after + 1
        continue
      }
      if (after >= text.length && !atEnd) return undefined
      if (after < text.length && text[after] !== '\n')
        throw new CsvError(
          this.#path,
          this.#nextLine,
          `text stands behind the closing quote of cell ${cells.length}`,
        )
      return this.#took(cells, after + 1, lines)
    }
  }

  /** Where a cell without quotes ends: at the delimiter or the line end, or −1. */
  #plainEnd(at: number): number {
    const delimiter = this.#text.indexOf(this.#spec.delimiter, at)
    const lineEnd = this.#text.indexOf('\n', at)
    if (delimiter < 0) return lineEnd
    return lineEnd < 0 ? delimiter : Math.min(delimiter, lineEnd)
  }

  #took(cells: string[], at: number, lines: number): string[] {
    this.line = this.#nextLine
    this.#nextLine += lines
    this.#at = at
    return cells
  }
}
