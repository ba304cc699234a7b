// Bags of what is in text files. Names and sizes are read when the bag is built (those on servers when it is computed),
// contents when it is computed.

import {
  CELL_TYPES,
  type CellType,
  COMPRESSIONS,
  type Compression,
  ENCODINGS,
  type FileRange,
  type SourceSpec,
  type TextEncoding,
  type TextSource,
} from '../../kernels/bag/plan.ts'
import { compressionOf } from '../../kernels/files/decompress.ts'
import { isRemote, requireStorage, type StorageOptions } from '../../kernels/files/fileSystem.ts'
import { givenText } from '../../kernels/givenText.ts'
import { type OptionNames, requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { BagArgumentError, requireFlag, requireList, requireNames, wrong } from './arguments.ts'
import { Bag } from './bag.ts'
import { byteCount } from './byteCount.ts'
import { fileSource, reached } from './fileSource.ts'
import { FileSet, type FoundFile, type Paths } from './files.ts'
import { StepNode } from './node.ts'

export interface TextOptions {
  /** By each file's ending (`.gz`, `.zst`, `.br`) when absent. */
  compression?: Compression
  encoding?: TextEncoding
  /** Bytes that are not valid: an error that says where (`strict`, the default), or U+FFFD in their place. */
  errors?: 'strict' | 'replace'
  /**
   * Cuts files into blocks of about this many bytes, each a partition, at line ends; e.g. `'64MB'` (the default) or
   * `16_000_000`, `false` for whole files. Compressed and UTF-16 files are never cut.
   */
  blocksize?: number | string | false
  /** Puts several small files into one partition: as many as fit into a block. True by default. */
  joinSmallFiles?: boolean
  /** How a store such as S3 is reached. */
  storage?: StorageOptions
}

const BLOCK_BYTES = 64_000_000
/** Small files share a partition up to this many: opening a file costs as much as reading some 100 KB. */
const FILES_A_PARTITION = 256

/**
 * The lines of text files, without their line ends.
 * @param paths a path, a glob (`logs/*.gz`, `s3://bucket/logs/*.gz`), an http(s) address, or a list of them
 * @throws {FileError} when a file is not there or cannot be read, or a glob matches nothing
 * @example bag.readText('logs/*.txt.gz').filter((line) => line.includes('ERROR')).count()
 */
export function readText(
  paths: Paths,
  options: TextOptions & { includePath: true },
): Bag<[line: string, path: string]>
export function readText(paths: Paths, options?: TextOptions & { includePath?: boolean }): Bag<string>
export function readText(paths: Paths, options: TextOptions & { includePath?: boolean } = {}): unknown {
  requireOptions<TextOptions & { includePath?: boolean }>('readText', options, {
    ...TEXT_OPTIONS,
    includePath: true,
  })
  return textBag(paths, options, 'readText', (facts) => ({
    source: 'text',
    ...facts,
    ...(options.includePath && { includePath: true }),
  }))
}

/**
 * Whole files, each an item: `[contents, path]`.
 * @throws {FileError} as `readText`
 * @example bag.readFiles('notes/*.md').map(([text, path]) => `${path}: ${text.length}`)
 */
export function readFiles(
  paths: Paths,
  options: Omit<TextOptions, 'blocksize'> = {},
): Bag<[contents: string, path: string]> {
  requireOptions<Omit<TextOptions, 'blocksize'>>('readFiles', options, WHOLE_FILE_OPTIONS)
  return textBag(paths, { ...options, blocksize: false }, 'readFiles', (facts) => ({
    source: 'text',
    ...facts,
    includePath: true,
    whole: true,
  })) as Bag<[string, string]>
}

/**
 * The lines at addresses on the web, a partition an address.
 * @example bag.fromUrls(['https://example.org/a.txt', 'https://example.org/b.txt.gz']).count()
 */
export function fromUrls(urls: readonly (string | URL)[], options: TextOptions = {}): Bag<string> {
  requireList('fromUrls', urls, 'a list of http(s) addresses')
  requireOptions<TextOptions>('fromUrls', options, TEXT_OPTIONS)
  for (const url of urls)
    if (!(typeof url === 'string' || url instanceof URL) || !/^https?:\/\//i.test(String(url)))
      throw new BagArgumentError(
        `fromUrls takes http(s) addresses, not ${givenText(url)}: files are read by readText`,
      )
  return textBag(urls, { joinSmallFiles: false, ...options }, 'fromUrls', (facts) => ({
    source: 'text',
    ...facts,
  })) as Bag<string>
}

/**
 * One value a line, parsed as JSON.
 * @throws {FileError} as `readText`; what is no JSON is an error when computed, with its file and line
 * @example bag.readJsonLines<{ user: string }>('events/*.jsonl.gz').pluck('user').frequencies()
 */
export function readJsonLines<T = unknown>(paths: Paths, options: TextOptions = {}): Bag<T> {
  requireOptions<TextOptions>('readJsonLines', options, TEXT_OPTIONS)
  const lines = textBag(paths, options, 'readJsonLines', (facts) => ({ source: 'text', ...facts }))
  const blank = new StepNode(lines.node, {
    label: 'json',
    op: () => ({ op: 'json' }),
  })
  return new Bag<T>(blank)
}

export interface CsvOptions extends Omit<TextOptions, 'joinSmallFiles'> {
  /** `,` by default. */
  delimiter?: string
  /** `"` by default. */
  quote?: string
  /** Names for the columns of files without a header; `false`: rows are lists of texts. */
  header?: readonly string[] | false
  /** Columns that are no texts; an empty cell of these is `null`. */
  types?: Readonly<Record<string, CellType>>
}

/**
 * The rows of CSV files: objects by the first line's names.
 *
 * Files are whole partitions unless `blocksize` is given, which needs files without line ends in quoted cells.
 * @throws {FileError} as `readText`; a row of another length is an error when computed, with its file and line
 * @example bag.readCsvRows<{ city: string; degrees: number }>('weather.csv', { types: { degrees: 'number' } })
 */
export function readCsvRows<T = Record<string, string>>(paths: Paths, options: CsvOptions = {}): Bag<T> {
  requireOptions<CsvOptions>('readCsvRows', options, CSV_OPTIONS)
  const { delimiter = ',', quote = '"', header, types = {} } = options
  for (const [name, value] of Object.entries({ delimiter, quote }))
    if (typeof value !== 'string' || value.length !== 1)
      throw wrong(`readCsvRows: ${name}`, 'one character', value)
  if (header !== false) requireNames('readCsvRows: header', header)
  requireCellTypes(types)
  return textBag(paths, { blocksize: false, ...options, joinSmallFiles: false }, 'readCsvRows', (facts) => ({
    source: 'csv',
    ...facts,
    delimiter,
    quote,
    types,
    ...(header !== undefined && { header }),
  })) as Bag<T>
}

/** @throws {BagArgumentError} when it does not say for columns what their cells are */
function requireCellTypes(types: unknown): void {
  if (typeof types !== 'object' || types === null || Array.isArray(types))
    throw wrong('readCsvRows: types', "types by columns' names, e.g. { degrees: 'number' }", types)
  for (const [column, type] of Object.entries(types))
    requireOneOf(`readCsvRows: the type of ${column}`, type, CELL_TYPES)
}

const TEXT_OPTIONS: OptionNames<TextOptions> = {
  compression: true,
  encoding: true,
  errors: true,
  blocksize: true,
  joinSmallFiles: true,
  storage: true,
}
const { blocksize: _, ...WHOLE_FILE_OPTIONS } = TEXT_OPTIONS
const { joinSmallFiles: __, ...CUT_OPTIONS } = TEXT_OPTIONS
const CSV_OPTIONS: OptionNames<CsvOptions> = {
  ...CUT_OPTIONS,
  delimiter: true,
  quote: true,
  header: true,
  types: true,
}

type Facts = Pick<TextSource, 'encoding' | 'errors' | 'compression'>

function textBag(
  paths: Paths,
  options: TextOptions & { includePath?: boolean },
  label: string,
  specOf: (facts: Facts) => SourceSpec,
): Bag<unknown> {
  const { encoding = 'utf-8', errors = 'strict', compression = 'byName', storage } = options
  requireTextOptions(label, options)
  const set = new FileSet(paths, storage, label)
  const spec = specOf({ encoding, errors, compression })
  const ranges = (part: readonly Block[]): FileRange[] =>
    part.map(({ file, start, end }) => [
      file.path,
      file.size,
      file.version,
      start,
      end,
      ...reached(file, storage),
    ])
  const now = (files: readonly FoundFile[]): FileRange[][] => partitionsOf(files, options).map(ranges)
  return new Bag(fileSource(set, { label, spec }, { now }))
}

/** @throws {OptionError} when an option of a reader of text has a value that it cannot have */
function requireTextOptions(label: string, options: TextOptions & { includePath?: boolean }): void {
  const { encoding, errors, compression, blocksize, joinSmallFiles, includePath, storage } = options
  if (encoding !== undefined) requireOneOf(`${label}: encoding`, encoding, ENCODINGS)
  if (errors !== undefined) requireOneOf(`${label}: errors`, errors, ['strict', 'replace'])
  if (compression !== undefined) requireOneOf(`${label}: compression`, compression, COMPRESSIONS)
  if (blocksize !== undefined && blocksize !== false) byteCount(`${label}: blocksize`, blocksize)
  if (joinSmallFiles !== undefined) requireFlag(`${label}: joinSmallFiles`, joinSmallFiles)
  if (includePath !== undefined) requireFlag(`${label}: includePath`, includePath)
  requireStorage(label, storage)
}

interface Block {
  file: FoundFile
  start: number
  end: number
}

/** Cuts large files into blocks, and puts small ones of a disk together. */
function partitionsOf(files: readonly FoundFile[], options: TextOptions): Block[][] {
  const { blocksize = BLOCK_BYTES, joinSmallFiles = true, encoding = 'utf-8' } = options
  const blockBytes = blocksize === false ? Number.POSITIVE_INFINITY : byteCount('blocksize', blocksize)
  const hasByteLines = encoding === 'utf-8' || encoding === 'latin1'
  const parts: Block[][] = []
  let shared: Block[] = []
  let sharedBytes = 0
  for (const file of files) {
    const compression = options.compression ?? compressionOf(file.path)
    const canCut = compression === 'none' && hasByteLines && file.ranges && !file.contents
    if (canCut && file.size > blockBytes) {
      const count = Math.ceil(file.size / blockBytes)
      const edge = (i: number): number => Math.floor((i * file.size) / count)
      for (let i = 0; i < count; i++) parts.push([{ file, start: edge(i), end: edge(i + 1) }])
      shared = []
      continue
    }
    const block = { file, start: 0, end: compression === 'none' ? file.size : -1 }
    const joins =
      joinSmallFiles &&
      !isRemote(file.path) &&
      shared.length > 0 &&
      shared.length < FILES_A_PARTITION &&
      sharedBytes + file.size <= SMALL_BYTES
    if (joins) {
      shared.push(block)
      sharedBytes += file.size
      continue
    }
    shared = [block]
    sharedBytes = isRemote(file.path) ? Number.POSITIVE_INFINITY : file.size
    parts.push(shared)
  }
  return parts
}

/** Files are put together until they have this many bytes: a task of about a millisecond. */
const SMALL_BYTES = 256 * 1024
