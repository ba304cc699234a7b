// Tables of CSV files, lines of JSON and Arrow IPC files. Types are guessed from the beginning, or said.

import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { placeOfCall } from '../../graph/callPlace.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { compressionOf } from '../../kernels/files/decompress.ts'
import { FileFormatError, fileErrorOf } from '../../kernels/files/fileErrors.ts'
import type { StorageOptions } from '../../kernels/files/fileSystem.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import { schemaFromIpc } from '../../kernels/table/arrow.ts'
import { type DataType, fullType } from '../../kernels/table/dataType.ts'
import { quotedRanges, quotesIn, startsInQuotes } from '../../kernels/table/partition.ts'
import { parseCell } from '../../kernels/table/read/csvCells.ts'
import { type CsvRecord, csvRecords, TableCsvError } from '../../kernels/table/read/csvRecords.ts'
import { roundedNames } from '../../kernels/table/read/jsonLines.ts'
import { oddArrow, oddCsv } from '../../kernels/table/read/oddContents.ts'
import {
  MissingColumnError,
  namesOf,
  requireDistinct,
  type Schema,
  sameSchema,
  schemaOf,
  schemaText,
} from '../../kernels/table/schema.ts'
import type { Compression, CsvSource, FileRange, TableSource } from '../../kernels/table/steps.ts'
import { byteCount } from '../bag/byteCount.ts'
import type { FoundFile, Paths } from '../bag/files.ts'
import { TableArgumentError } from './build.ts'
import { DataFrame } from './dataframe.ts'
import { guessedSchema } from './guessedTypes.ts'
import type { ScanPlan } from './plan.ts'
import { beginningsOf, reachedBy, tableFiles } from './tableFiles.ts'
import { CSV_OPTIONS, JSON_OPTIONS } from './tableOptions.ts'
import type { RowOf } from './types.ts'

type Types = Readonly<Record<string, DataType>>

export interface TableCsvOptions<S extends Types = Types> {
  /** Types of columns; others are guessed from the file's beginning. With `header: false` it also names all of them. */
  schema?: S
  delimiter?: string
  /** What cells with delimiters and line ends stand in; empty where nothing is quoted. */
  quote?: string
  /** Whether the first line has the names; it has by default. */
  header?: boolean
  /** Texts that stand for absent values, beside the empty one. */
  nullValues?: string | readonly string[]
  /** Lines that begin with this are left out. */
  comment?: string
  compression?: Compression
  encoding?: CsvSource['encoding']
  /** About how many bytes a partition has, e.g. `'64MB'`; `false`: a partition a file. */
  blockSize?: number | string | false
  /** Rows with too few cells get nulls, and those with too many lose them, rather than being an error. */
  ragged?: boolean
  /** How many lines are looked at to guess types; 1,000 by default. */
  sampleRows?: number
  /** How a store such as S3 is reached. */
  storage?: StorageOptions
}

export interface TableJsonOptions<S extends Types = Types> {
  schema?: S
  compression?: Compression
  blockSize?: number | string | false
  sampleRows?: number
  storage?: StorageOptions
}

const BLOCK_BYTES = 64 * 2 ** 20
const SAMPLE_BYTES = 2 ** 20
const SAMPLE_ROWS = 1000

/**
 * A table of CSV files. Large files are cut into partitions by bytes; quoted cells may hold line ends.
 * @throws {FileError} when a file is not there or its columns are not those of the first
 * @example dataframe.readCsv('people-*.csv', { schema: { id: 'string' } })
 */
export function readCsv<const S extends Types = Record<string, never>>(
  paths: Paths,
  options: TableCsvOptions<S> = {},
): DataFrame<string extends keyof S ? Record<string, unknown> : RowOf<S> & Record<string, unknown>> {
  requireOptions<TableCsvOptions>('readCsv', options, CSV_OPTIONS)
  const { delimiter = ',', quote = '"', header = true, encoding = 'utf-8', ragged = false, comment } = options
  for (const [name, value] of Object.entries({ delimiter, quote }))
    if (typeof value !== 'string' || value.length > 1 || (name === 'delimiter' && value === ''))
      throw new TableArgumentError(`readCsv takes one character as its ${name}, not ${JSON.stringify(value)}`)
  for (const [name, value] of Object.entries({ header, ragged }))
    if (typeof value !== 'boolean')
      throw new TableArgumentError(`readCsv: ${name} is true or false, not ${JSON.stringify(value)}`)
  const { storage } = options
  const files = tableFiles(paths, storage)
  const compression = options.compression ?? compressionOf(files[0].path)
  const nullValues = [options.nullValues ?? []].flat()
  const given = options.schema
    ? Object.fromEntries(Object.entries(options.schema).map(([name, type]) => [name, fullType(type)]))
    : {}
  const dialect = { delimiter, quote, comment }
  const sampled = samplesOf(files, compression, encoding, storage)
  const names = files.map((file, i): string[] => {
    const odd = oddCsv(sampled[i].text, encoding, quote)
    if (odd) throw new FileFormatError(file.path, `${file.path} cannot be read as CSV: ${odd}`)
    const first: CsvRecord | undefined = csvRecords(sampled[i].text, dialect, file.path).next().value
    if (!header)
      return Object.keys(given).length > 0
        ? Object.keys(given)
        : (first?.cells.map((_, k) => `column_${k + 1}`) ?? [])
    return (first?.cells ?? []).map((cell, k) => cell ?? `column_${k + 1}`)
  })
  names.forEach((own, i) => {
    requireDistinct(own, files[i].path)
    if (own.join('\n') !== names[0].join('\n'))
      throw new FileFormatError(
        files[i].path,
        `${files[i].path} has other columns than ${files[0].path}: ${own.join(', ')}, not ${names[0].join(', ')}. Read them apart and join them with concat.`,
      )
  })
  for (const name of Object.keys(given))
    if (!names[0].includes(name))
      throw new MissingColumnError(name, names[0], `readCsv: schema, ${files[0].path}`)
  const guessed = csvTypes(sampled[0], names[0], { ...options, nullValues }, dialect, files[0].path, header)
  const schema: Schema = names[0].map((name) => ({
    name,
    type: given[name] ?? guessed.get(name) ?? 'string',
  }))
  const source: CsvSource = {
    source: 'csv',
    schema,
    columns: namesOf(schema),
    delimiter,
    quote,
    header,
    nullValues,
    compression,
    encoding,
    ragged,
    ...(comment === undefined ? {} : { comment }),
  }
  const ranges = rangesOf(files, options, compression !== 'none' || encoding.startsWith('utf-16'))
  const rowBytes = Math.max(1, sampled[0].bytes / Math.max(1, sampled[0].lines))
  const rows = files.reduce((sum, { size }) => sum + size, 0) / rowBytes
  return new DataFrame({ ...csvScan(source, ranges, rows), schema, place: placeOfCall() })
}

function csvScan(source: CsvSource, ranges: readonly (readonly FileRange[])[], rows: number): ScanPlan {
  const all = ranges.flatMap((own, file) => own.map((range, part) => ({ range, file, part })))
  // Only cells of files that are cut can be cut: then quotes are counted first.
  const counted = source.quote !== '' && ranges.some((own) => own.length > 1)
  const begins = new WeakMap<TaskGraph, unknown[]>()
  return {
    kind: 'scan',
    label: 'readCsv',
    source,
    partitions: all.length,
    argument: (i, graph) => {
      const { range, file, part } = all[i]
      if (!counted) return [[range], [false]]
      let starts = begins.get(graph)
      if (!starts) {
        starts = quoteStarts(graph, source.quote, ranges)
        begins.set(graph, starts)
      }
      const group = graph.addGroup({ fn: quotedRanges, name: 'readCsv-range', kind: 'table.readCsv' })
      return graph.addTask(group, [[range], [starts[file]], [[0, part]]])
    },
    inputs: [],
    rows,
    isGuess: sizesSayLittle(source, ranges.flat()),
    narrowed: (columns) => csvScan({ ...source, columns }, ranges, rows),
  }
}

/** Compressed files' sizes say little about their rows, those of Arrow's may be compressed inside, and some servers say none. */
const sizesSayLittle = (source: TableSource, ranges: readonly FileRange[]): boolean =>
  source.source === 'ipc' ||
  ('compression' in source && source.compression !== 'none') ||
  ranges.some(([, size]) => size < 0)

/** For each file: which of its parts begin inside quotes. */
function quoteStarts(graph: TaskGraph, quote: string, ranges: readonly (readonly FileRange[])[]): unknown[] {
  const counting = graph.addGroup({
    fn: quotesIn,
    bound: [quote],
    name: 'readCsv-quotes',
    kind: 'table.readCsv',
  })
  const adding = graph.addGroup({ fn: startsInQuotes, name: 'readCsv-starts', kind: 'table.readCsv' })
  return ranges.map((own) =>
    graph.addTask(adding, [own.length === 1 ? [0] : own.map((range) => graph.addTask(counting, [range]))]),
  )
}

/**
 * A table of files with a JSON object a line.
 * @example dataframe.readJsonLines('events/*.jsonl.gz', { schema: { id: 'int64', at: 'datetime' } })
 */
export function readJsonLines<const S extends Types = Record<string, never>>(
  paths: Paths,
  options: TableJsonOptions<S> = {},
): DataFrame<string extends keyof S ? Record<string, unknown> : RowOf<S> & Record<string, unknown>> {
  requireOptions<TableJsonOptions>('readJsonLines', options, JSON_OPTIONS)
  const files = tableFiles(paths, options.storage)
  const compression = options.compression ?? compressionOf(files[0].path)
  const [sample] = samplesOf(files.slice(0, 1), compression, 'utf-8', options.storage)
  const lines = sample.text.split('\n').slice(0, options.sampleRows ?? SAMPLE_ROWS)
  const records = lines.flatMap((line, i) => {
    if (line.trim() === '') return []
    try {
      return [JSON.parse(line) as unknown]
    } catch (cause) {
      throw new FileFormatError(
        files[0].path,
        `${files[0].path}, line ${i + 1}: ${(cause as Error).message}`,
        cause,
      )
    }
  })
  const given = options.schema ? schemaOf(options.schema) : []
  // Ids beyond 2^53 are whole numbers of 64 bits, where all values of theirs are whole.
  const rounded = new Set(lines.flatMap((line) => (line.trim() === '' ? [] : roundedNames(line))))
  const isWhole = (name: string): boolean =>
    rounded.has(name) &&
    records.every((record) => {
      const value = (record as Readonly<Record<string, unknown>>)[name] ?? 0
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 63
    })
  const guessed = guessedSchema(records).map(({ name, type }) => ({
    name,
    type: type === 'null' ? 'string' : type === 'float64' && isWhole(name) ? 'int64' : type,
  }))
  const schema: Schema = [
    ...guessed.map((field) => given.find(({ name }) => name === field.name) ?? field),
    ...given.filter(({ name }) => !guessed.some((field) => field.name === name)),
  ]
  const ranges = rangesOf(files, options, compression !== 'none').flat()
  const rows =
    files.reduce((sum, { size }) => sum + size, 0) / Math.max(1, sample.bytes / Math.max(1, sample.lines))
  const names = namesOf(schema).filter((name) => !given.some((field) => field.name === name))
  const source = { source: 'jsonLines', schema, compression, guessed: names } as const
  const scanOf = (columns: readonly string[]): ScanPlan =>
    rangeScan('readJsonLines', { ...source, columns }, ranges, rows, scanOf)
  return new DataFrame({ ...scanOf(namesOf(schema)), schema, place: placeOfCall() })
}

/** A table of Arrow IPC files, a partition a file. */
export function readIpc<T = Record<string, unknown>>(
  paths: Paths,
  options: { storage?: StorageOptions } = {},
): DataFrame<T> {
  requireOptions('readIpc', options, { storage: true })
  const { storage } = options
  const files = tableFiles(paths, storage)
  const contents = beginningsOf(files, Number.POSITIVE_INFINITY, storage)
  let schema: Schema | undefined
  for (const [i, { path }] of files.entries()) {
    const odd = oddArrow(contents[i])
    if (odd)
      throw new FileFormatError(path, `${path} is no readable Arrow file: ${odd}. Copy or write it again.`)
    let own: Schema
    try {
      own = schemaFromIpc(contents[i])
    } catch (cause) {
      throw new FileFormatError(
        path,
        `${path} is no readable Arrow file: ${(cause as Error).message}. Copy or write it again.`,
        cause,
      )
    }
    schema ??= own
    if (!sameSchema(schema, own))
      throw new FileFormatError(
        path,
        `${path} has other columns than ${files[0].path}: ${schemaText(own)}, not ${schemaText(schema)}. Read them apart and join them with concat.`,
      )
  }
  const fields = schema ?? []
  const ranges = rangesOf(files, { storage }, true).flat()
  const rows = files.reduce((sum, { size }) => sum + size, 0) / Math.max(8, fields.length * 8)
  const scanOf = (columns: readonly string[]): ScanPlan =>
    rangeScan('readIpc', { source: 'ipc', schema: fields, columns }, ranges, rows, scanOf)
  return new DataFrame<T>({ ...scanOf(namesOf(fields)), schema: fields, place: placeOfCall() })
}

function rangeScan(
  label: string,
  source: TableSource,
  ranges: readonly FileRange[],
  rows: number,
  scanOf: (columns: readonly string[]) => ScanPlan,
): ScanPlan {
  return {
    kind: 'scan',
    label,
    source,
    partitions: ranges.length,
    argument: (i) => [ranges[i]],
    inputs: [],
    rows,
    isGuess: sizesSayLittle(source, ranges),
    narrowed: (columns) => scanOf(columns),
  }
}

function rangesOf(
  files: readonly FoundFile[],
  { blockSize, storage }: { blockSize?: number | string | false; storage?: StorageOptions },
  whole: boolean,
): FileRange[][] {
  const bytes =
    blockSize === false || whole ? Number.POSITIVE_INFINITY : byteCount('blockSize', blockSize ?? BLOCK_BYTES)
  return files.map((file) => {
    const { path, size, version, ranges } = file
    const reached = reachedBy(file, storage)
    const range = (start: number, end: number): FileRange =>
      reached ? [path, size, version, start, end, reached] : [path, size, version, start, end]
    // A server that gives no parts, or does not say how long a file is, gives it whole.
    if (whole || size < 0 || !ranges) return [range(0, -1)]
    const count = Math.max(1, Math.ceil(size / bytes))
    return Array.from({ length: count }, (_, i) =>
      range(Math.floor((i * size) / count), Math.floor(((i + 1) * size) / count)),
    )
  })
}

interface Sample {
  text: string
  bytes: number
  lines: number
}

const DECOMPRESS: Readonly<Record<Exclude<Compression, 'none'>, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gunzipSync(bytes, { finishFlush: 2 }),
  zstd: (bytes) => zstdDecompressSync(bytes),
  brotli: (bytes) => brotliDecompressSync(bytes, { finishFlush: 1 }),
  deflate: (bytes) => inflateSync(bytes, { finishFlush: 2 }),
}

/** Whole lines from the beginnings of files. */
function samplesOf(
  files: readonly FoundFile[],
  compression: Compression,
  encoding: string,
  storage: StorageOptions | undefined,
): Sample[] {
  // What zstd made cannot be opened in part.
  const most = compression === 'zstd' ? Number.POSITIVE_INFINITY : SAMPLE_BYTES
  return beginningsOf(files, most, storage).map((bytes, i) =>
    sampleOf(files[i], bytes, compression, encoding),
  )
}

function sampleOf(
  { path, size }: FoundFile,
  beginning: Uint8Array,
  compression: Compression,
  encoding: string,
): Sample {
  let bytes = beginning
  try {
    if (compression !== 'none') bytes = DECOMPRESS[compression](bytes)
  } catch (cause) {
    if ((cause as Error).message.includes('data'))
      throw new FileFormatError(
        path,
        `${path} is not whole ${compression} data: ${(cause as Error).message}`,
        cause,
      )
    throw fileErrorOf(path, cause)
  }
  const text = new TextDecoder(encoding).decode(bytes)
  const isWhole = compression === 'none' && (size < 0 ? bytes.length < SAMPLE_BYTES : size <= bytes.length)
  const whole = isWhole ? text : text.slice(0, text.lastIndexOf('\n') + 1) || text
  return { text: whole, bytes: bytes.length, lines: whole.split('\n').length - 1 || 1 }
}

/** In this order: the first that reads every cell of a column is its type. */
const GUESSES: readonly DataType[] = ['int64', 'float64', 'boolean', 'date', { datetime: 'us' }, 'string']

/** Whether a cell can be read as a type without losing anything: a date would lose a time of day. */
const fits = (cell: string, type: DataType): boolean =>
  parseCell(cell, type) !== undefined && !(type === 'date' && /\d[T ]\d/.test(cell))

function csvTypes(
  sample: Sample,
  names: readonly string[],
  { sampleRows = SAMPLE_ROWS, nullValues = [] }: TableCsvOptions,
  dialect: { delimiter: string; quote: string; comment: string | undefined },
  path: string,
  header: boolean,
): Map<string, DataType> {
  const candidates = names.map(() => [...GUESSES])
  const seen = names.map(() => false)
  const nulls = new Set(nullValues)
  let row = 0
  try {
    for (const record of csvRecords(sample.text, dialect, path)) {
      if (row++ === 0 && header) continue
      if (row > sampleRows + 1) break
      names.forEach((_, i) => {
        const cell = record.cells[i] ?? null
        if (cell === null || nulls.has(cell)) return
        seen[i] = true
        candidates[i] = candidates[i].filter((type) => fits(cell, type))
      })
    }
  } catch (error) {
    // A quoted cell may be cut by the sample's end: the rows before it are enough.
    if (!(error instanceof TableCsvError) || row === 0) throw error
  }
  return new Map(names.map((name, i) => [name, seen[i] ? candidates[i][0] : 'string']))
}
