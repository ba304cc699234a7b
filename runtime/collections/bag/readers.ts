// Bags of what is in text files. Names and sizes are read when the bag is built (those on servers when it is computed),
// contents when it is computed.

import type {
  CellType,
  Compression,
  FileRange,
  SourceSpec,
  TextEncoding,
  TextSource,
} from '../../kernels/bag/plan.ts'
import { compressionOf } from '../../kernels/files/decompress.ts'
import { isRemote, type StorageOptions } from '../../kernels/files/fileSystem.ts'
import { type OptionNames, requireOptions } from '../../kernels/optionNames.ts'
import { BagArgumentError } from './arguments.ts'
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
  for (const url of urls)
    if (!/^https?:\/\//i.test(String(url)))
      throw new BagArgumentError(
        `fromUrls takes http(s) addresses, not ${String(url)}: files are read by readText`,
      )
  return readText(urls, { joinSmallFiles: false, ...options })
}

/**
 * One value a line, parsed as JSON.
 * @throws {FileError} as `readText`; what is no JSON is an error when computed, with its file and line
 * @example bag.readJsonLines<{ user: string }>('events/*.jsonl.gz').pluck('user').frequencies()
 */
export function readJsonLines<T = unknown>(paths: Paths, options: TextOptions = {}): Bag<T> {
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
  const { delimiter = ',', quote = '"', header, types = {} } = options
  if (delimiter.length !== 1 || quote.length !== 1)
    throw new BagArgumentError('readCsvRows takes a delimiter and a quote of one character each')
  return textBag(paths, { blocksize: false, ...options, joinSmallFiles: false }, 'readCsvRows', (facts) => ({
    source: 'csv',
    ...facts,
    delimiter,
    quote,
    types,
    ...(header !== undefined && { header }),
  })) as Bag<T>
}

const TEXT_OPTIONS: OptionNames<TextOptions> = {
  compression: true,
  encoding: true,
  errors: true,
  blocksize: true,
  joinSmallFiles: true,
  storage: true,
}
/** What readers take beside. */
const MORE_OPTIONS: Readonly<Record<string, Readonly<Record<string, true>>>> = {
  readText: { includePath: true },
  readCsvRows: { delimiter: true, quote: true, header: true, types: true },
}

type Facts = Pick<TextSource, 'encoding' | 'errors' | 'compression'>

function textBag(
  paths: Paths,
  options: TextOptions,
  label: string,
  specOf: (facts: Facts) => SourceSpec,
): Bag<unknown> {
  requireOptions<TextOptions>(label, options, { ...TEXT_OPTIONS, ...MORE_OPTIONS[label] })
  const { encoding = 'utf-8', errors = 'strict', compression = 'byName', storage } = options
  const set = new FileSet(paths, storage)
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
