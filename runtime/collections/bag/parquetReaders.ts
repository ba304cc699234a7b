// Bags of what is in parquet files. Footers are read when the bag is built (those on servers when it is
// computed), columns when it is computed.

import type { FileMetaData } from 'hyparquet'
import { columnNames } from '../../kernels/bag/parquetSource.ts'
import type { RowGroup, SourceSpec } from '../../kernels/bag/plan.ts'
import { FileError, FileFormatError } from '../../kernels/files/fileErrors.ts'
import { requireStorage, type StorageOptions, schemeOf } from '../../kernels/files/fileSystem.ts'
import { footerOf, readFooter } from '../../kernels/files/parquetFooter.ts'
import { openFile } from '../../kernels/files/sourceFile.ts'
import { requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { requireNames } from './arguments.ts'
import { Bag } from './bag.ts'
import { fileSource, reached } from './fileSource.ts'
import { FileSet, type FoundFile, type Paths } from './files.ts'

export interface ParquetOptions {
  /** Which columns, and in which order; all by default. Others are not even read from the disk. */
  columns?: readonly string[]
  /**
   * What whole numbers of 64 bits become: `number` by default, where one beyond ±2^53 is an error, or `bigint`.
   * Absent values are `null`.
   */
  int64?: 'number' | 'bigint'
  /** How a store such as S3 is reached. */
  storage?: StorageOptions
}

/**
 * The rows of parquet files as objects, a partition a row group.
 * @throws {FileError} when a file is not there, cannot be read, is cut short or has no such column
 * @example bag.readParquet<{ origin: string; delay: number }>('flights.parquet', { columns: ['origin', 'delay'] })
 */
export function readParquet<T = Record<string, unknown>>(paths: Paths, options: ParquetOptions = {}): Bag<T> {
  return parquetBag(paths, options, 'rows', 'readParquet') as Bag<T>
}

/** A row group's columns. Numbers are `Float64Array`s (absent values NaN), int64 as bigint and all others are lists. */
export type Columns<T> = { rows: number } & T

/**
 * The row groups of parquet files, each an item with whole columns: far faster than rows where a loop over columns will do.
 * @throws {FileError} as `readParquet`
 * @example
 * bag.readParquetColumns<{ delay: Float64Array }>('flights.parquet', { columns: ['delay'] })
 *   .map(({ delay }) => delay.reduce((sum, each) => sum + each, 0)).sum()
 */
export function readParquetColumns<T = Record<string, ArrayLike<unknown>>>(
  paths: Paths,
  options: ParquetOptions = {},
): Bag<Columns<T>> {
  return parquetBag(paths, options, 'columns', 'readParquetColumns') as Bag<Columns<T>>
}

function parquetBag(
  paths: Paths,
  options: ParquetOptions,
  shape: 'rows' | 'columns',
  label: string,
): Bag<unknown> {
  requireOptions(label, options, { columns: true, int64: true, storage: true })
  const { columns, int64 = 'number', storage } = options
  requireNames(`${label}: columns`, columns)
  requireOneOf(`${label}: int64`, int64, ['number', 'bigint'])
  requireStorage(label, storage)
  const spec: SourceSpec = { source: 'parquet', ...(columns && { columns }), int64, shape }
  const groups = (file: FoundFile, metadata: FileMetaData): RowGroup[] => {
    requireColumns(file.path, metadata, columns ?? [])
    let start = 0
    return metadata.row_groups.map((group) => {
      const end = start + Number(group.num_rows)
      const rows: RowGroup = [file.path, file.size, file.version, start, end, ...reached(file, storage)]
      start = end
      return rows
    })
  }
  const isHere = (file: FoundFile): boolean => schemeOf(file.path) === 'file'
  const groupsHere = (file: FoundFile): RowGroup[] => groups(file, readFooter(file.path))
  const groupsElsewhere = async (file: FoundFile): Promise<RowGroup[]> => {
    const opened = await openFile({ ...file, storage })
    try {
      // A server that tells no size cannot be asked for the end of a file.
      if (file.size < 0)
        throw new FileError(file.path, `${file.path} cannot be read in parts: its server tells no size`)
      return groups(file, await footerOf(opened, file.size, file.version))
    } finally {
      await opened.close()
    }
  }
  const set = new FileSet(paths, storage, label)
  const planHere = (files: readonly FoundFile[]): RowGroup[][] => partitions(files.flatMap(groupsHere))
  const planElsewhere = async (files: readonly FoundFile[]): Promise<RowGroup[][]> =>
    partitions(
      (
        await Promise.all(files.map((file) => (isHere(file) ? groupsHere(file) : groupsElsewhere(file))))
      ).flat(),
    )
  const plan = set.files?.every(isHere) ? { now: planHere } : { later: planElsewhere }
  return new Bag(fileSource(set, { label, spec }, plan))
}

const partitions = (groups: readonly RowGroup[]): RowGroup[][] =>
  groups.length === 0 ? [[]] : groups.map((group) => [group])

function requireColumns(path: string, metadata: FileMetaData, columns: readonly string[]): void {
  const known = columnNames(metadata)
  for (const column of columns)
    if (!known.includes(column))
      throw new FileFormatError(path, `${path} has no column ${column}: it has ${known.join(', ')}`)
}
