// Where rows come from, as a lazy plan of polars.

import { FileError, FileFormatError } from '../../files/fileErrors.ts'
import { schemeOf } from '../../files/fileSystem.ts'
import { isDatetime } from '../dataType.ts'
import type { Frame } from '../frame.ts'
import { isFrame } from '../frame.ts'
import { withoutBlankLines } from '../read/blankLines.ts'
import { requireUnchanged } from '../read/byteRange.ts'
import { columnsOfSource } from '../read/columnsOfSource.ts'
import { csvColumns, raggedText } from '../read/csvCells.ts'
import { csvDecoded } from '../read/csvDecoded.ts'
import { TableCsvError } from '../read/csvRecords.ts'
import { csvText } from '../read/csvText.ts'
import { hiveCell } from '../read/hive.ts'
import { ragged } from '../read/ragged.ts'
import type { Schema } from '../schema.ts'
import type { CsvSource, FileRange, RowRange, TableSource } from '../steps.ts'
import { type NativeFrame, type NativeLazyFrame, polars } from './native.ts'
import { cellLiteral, nativeExpr } from './nativeExpr.ts'
import { cellsOf, concatenated, fromColumns, opened } from './nativeFrame.ts'
import { nativeType } from './nativeType.ts'
import { someColumns } from './openColumns.ts'
import { withLocalImage } from './remoteParquet.ts'

export async function nativeSource(source: TableSource, argument: unknown): Promise<NativeLazyFrame> {
  switch (source.source) {
    case 'frame':
      return source.columns
        ? someColumns(argument as Frame, source.columns)
        : opened(argument as Frame).native.lazy()
    case 'frames':
      return concatenated((isFrame(argument) ? [argument] : argument) as Frame[], source.schema)
    case 'parquet': {
      const ranges = argument as RowRange[]
      return ranges.some((range) => schemeOf(range[0]) !== 'file')
        ? remote(source, ranges)
        : parquet(source, ranges)
    }
    case 'csv': {
      const [ranges, quoted] = csvArgument(argument)
      const frames: NativeFrame[] = []
      for (const [i, range] of ranges.entries())
        frames.push(await csvFrame(source, range, quoted[i] ?? false))
      return together(frames, source)
    }
    default:
      return columns(source, argument)
  }
}

async function columns(
  source: TableSource & { schema: Schema },
  argument: unknown,
): Promise<NativeLazyFrame> {
  return fromColumns(await columnsOfSource(source, argument), source.schema).lazy()
}

/** A CSV partition's argument: ranges, and whether each begins inside quotes. */
export const csvArgument = (argument: unknown): [FileRange[], boolean[]] =>
  argument as [FileRange[], boolean[]]

function together(frames: NativeFrame[], source: TableSource & { source: 'csv' }): NativeLazyFrame {
  return frames.length === 0 ? noRows(source) : joinedFrames(frames)
}

function noRows(source: { readonly schema: Schema; readonly columns: readonly string[] }): NativeLazyFrame {
  const schema = source.schema.filter(({ name }) => source.columns.includes(name))
  return fromColumns(
    schema.map(({ name, type }) => ({ name, type, cells: [] })),
    schema,
  ).lazy()
}

function joinedFrames(frames: readonly NativeFrame[]): NativeLazyFrame {
  if (frames.length === 1) return frames[0].lazy()
  return polars().concatLf(
    frames.map((frame) => frame.lazy()),
    'vertical',
    false,
    true,
    false,
    true,
  )
}

type ParquetSource = Extract<TableSource, { source: 'parquet' }>

/** Each file's part by itself, since what polars reads of it is there only for so long. */
async function remote(source: ParquetSource, ranges: readonly RowRange[]): Promise<NativeLazyFrame> {
  const frames: NativeFrame[] = []
  for (const range of ranges) {
    const names = ownColumns(source)
    const read = (path: string): Promise<NativeFrame> => parquet(source, [range], path).collect()
    try {
      frames.push(await withLocalImage(range, names, read))
    } catch (cause) {
      if (cause instanceof FileError) throw cause
      // What is wrong, and where, is said by reading once more.
      return columns(source, ranges)
    }
  }
  return frames.length === 0 ? columns(source, ranges) : joinedFrames(frames)
}

const ownColumns = (source: ParquetSource): string[] =>
  source.columns.filter((name) => !source.hive.some((field) => field.name === name))

/** @param at where the rows are read from, when that is not the file itself */
function parquet(source: ParquetSource, ranges: readonly RowRange[], at?: string): NativeLazyFrame {
  const pl = polars()
  const own = ownColumns(source)
  const parts = ranges.map(([path, size, version, start, end, hive]) => {
    if (at === undefined) requireUnchanged(path, size, version)
    let lazy = pl.scanParquet(at ?? path, { parallel: 'auto', glob: false, hivePartitioning: false })
    if (start > 0 || end >= 0) lazy = lazy.slice(start, end - start)
    const values = source.hive
      .map((field, i) => ({ field, cell: hiveCell(hive?.[i] ?? null, field.type) }))
      .filter(({ field }) => source.columns.includes(field.name))
    const columns = own.map((name) => {
      const type = source.schema.find((field) => field.name === name)?.type ?? 'null'
      // The native side names no type of bytes to cast to; they are that already.
      return type === 'binary' ? pl.col(name) : pl.col(name).cast(nativeType(type), true)
    })
    const literals = values.map(({ field, cell }) => cellLiteral(cell, field.type).alias(field.name as never))
    const selected = lazy.select(columns.length > 0 ? [...columns, ...literals] : literals)
    return selected.select(source.columns.map((name) => pl.col(name)))
  })
  // Files that were written without a row have no part to read.
  if (parts.length === 0) return noRows(source)
  const lazy = parts.length === 1 ? parts[0] : pl.concatLf(parts, 'vertical', false, true, false, true)
  return source.predicate ? lazy.filter(nativeExpr(source.predicate)) : lazy
}

/**
 * Finds out whether a plan failed by what it reads: files are read once more, one by one and without the plan.
 * @throws {FileFormatError} for the first that cannot be read
 */
export async function requireReadable(source: ParquetSource, ranges: readonly RowRange[]): Promise<void> {
  const { predicate: _, ...whole } = source
  for (const range of ranges) {
    if (schemeOf(range[0]) !== 'file') continue
    try {
      await parquet(whole, [range]).collect()
    } catch (cause) {
      if (cause instanceof FileError) throw cause
      const [path] = range
      const [why] = (cause as Error).message.split('\n')
      throw new FileFormatError(
        path,
        `${path} is no readable parquet file: it is damaged (${why}). Copy or write it again.`,
        cause,
      )
    }
  }
}

async function csvFrame(source: CsvSource, range: FileRange, inQuotes: boolean): Promise<NativeFrame> {
  const [path] = range
  const { bytes, firstLine } = await csvText(source, range, inQuotes)
  const schema = source.schema.filter(({ name }) => source.columns.includes(name))
  // Dates are read by our own rules, so that both engines read the same ones.
  const own = source.schema.some(
    ({ name, type }) => source.columns.includes(name) && (type === 'date' || isDatetime(type)),
  )
  const plain = source.encoding === 'utf-8' && source.delimiter.length === 1 && source.quote.length <= 1
  const inJavaScript = async (): Promise<NativeFrame> =>
    fromColumns(csvColumns(csvDecoded(bytes, source.encoding, path), source, path, await firstLine()), schema)
  if (!plain) return inJavaScript()
  const types = Object.fromEntries(
    source.schema.map(({ name, type }) => [
      name,
      nativeType(type === 'date' || isDatetime(type) || type === 'category' ? 'string' : type),
    ]),
  )
  let read: NativeFrame
  try {
    // Where there is one column, a blank line is a row without a value.
    const rows = source.schema.length > 1 ? withoutBlankLines(bytes, source.quote) : bytes
    read = polars().readCsv(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength), {
      ...CSV_OPTIONS,
      sep: source.delimiter,
      quoteChar: source.quote === '' ? undefined : source.quote,
      schema: types,
      columns: source.columns,
      nullValues: source.nullValues.length > 0 ? source.nullValues : undefined,
      commentPrefix: source.comment,
      truncateRaggedLines: source.ragged,
    })
  } catch (cause) {
    // What is wrong, and on which line, is said by reading once more.
    await inJavaScript()
    throw new FileFormatError(
      path,
      `${path} cannot be read as CSV: ${(cause as Error).message.split('\n')[0]}`,
      cause,
    )
  }
  if (!source.ragged) await requireFullRows(source, range, bytes, firstLine, read)
  const selected = read.lazy().select(
    schema.map(({ name, type }) => {
      const column = polars().col(name)
      if (type === 'category') return column.cast(nativeType('category'), true)
      return column
    }),
  )
  const frame = selected.collectSync('auto')
  return own ? withDates(frame, source, path, firstLine, bytes) : frame
}

/** Reads dates and datetimes from their texts; one that is none is said with its line. */
async function withDates(
  frame: NativeFrame,
  source: CsvSource,
  path: string,
  firstLine: () => Promise<number>,
  bytes: Uint8Array,
): Promise<NativeFrame> {
  const fields = source.schema.filter(
    ({ name, type }) => source.columns.includes(name) && (type === 'date' || isDatetime(type)),
  )
  const exprs = fields.map(({ name, type }) => {
    const column = polars().col(name)
    const read =
      type === 'date'
        ? column.strToDate('%Y-%m-%d' as never, true as never, true as never, true as never)
        : column.strToDatetime(
            undefined as never,
            'us' as never,
            undefined as never,
            true as never,
            // Whole texts: else a time of day behind a date would be cut off.
            true as never,
            true as never,
            undefined as never,
          )
    return read.cast(nativeType(type), true)
  })
  try {
    return frame.lazy().withColumns(exprs).collectSync('auto')
  } catch {
    const schema = source.schema.filter(({ name }) => source.columns.includes(name))
    return fromColumns(csvColumns(new TextDecoder().decode(bytes), source, path, await firstLine()), schema)
  }
}

/** polars fills short rows with nulls: where the last column has some, the delimiters are counted. */
async function requireFullRows(
  source: CsvSource,
  [path]: FileRange,
  bytes: Uint8Array,
  firstLine: () => Promise<number>,
  read: NativeFrame,
): Promise<void> {
  const last = source.schema.at(-1)?.name
  if (last === undefined || source.schema.length < 2) return
  if (source.columns.includes(last)) {
    const count = read
      .lazy()
      .select([polars().col(last).nullCount()])
      .collectSync('auto')
    if (cellsOf(count)[0].cells[0] === 0) return
  }
  const found = ragged(bytes, source)
  if (found)
    throw new TableCsvError(
      path,
      (await firstLine()) + found.line,
      raggedText(found.cells, source.schema.length),
    )
}

const CSV_OPTIONS = {
  inferSchemaLength: 0,
  batchSize: 8192,
  hasHeader: false,
  ignoreErrors: false,
  chunkSize: 10_000,
  skipRows: 0,
  rechunk: false,
  encoding: 'utf8',
  lowMemory: false,
  tryParseDates: false,
  skipRowsAfterHeader: 0,
  raiseIfEmpty: false,
  missingIsNull: true,
  eolChar: '\n',
}
