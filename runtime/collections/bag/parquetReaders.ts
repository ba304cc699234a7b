// Bags of what is in parquet files. Footers are read when the bag is built, columns when it is computed.

import { placeOfCall } from '../../graph/callPlace.ts'
import { columnNames } from '../../kernels/bag/parquetSource.ts'
import type { RowGroup } from '../../kernels/bag/plan.ts'
import { FileFormatError } from '../../kernels/files/fileErrors.ts'
import { readFooter } from '../../kernels/files/parquetFooter.ts'
import { isRemote } from '../../kernels/files/sourceFile.ts'
import { BagArgumentError } from './arguments.ts'
import { Bag } from './bag.ts'
import { findFiles, type Paths } from './files.ts'
import { SourceNode } from './node.ts'

export interface ParquetOptions {
  /** Which columns, and in which order; all by default. Others are not even read from the disk. */
  columns?: readonly string[]
  /**
   * What whole numbers of 64 bits become: `number` by default, where one beyond ±2^53 is an error, or `bigint`.
   * Absent values are `null`.
   */
  int64?: 'number' | 'bigint'
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
  const { columns, int64 = 'number' } = options
  const groups: RowGroup[] = []
  for (const { path } of findFiles(paths)) {
    if (isRemote(path))
      throw new BagArgumentError(`${path}: parquet files on the web must be downloaded first`)
    const { size, modifiedMs, metadata } = readFooter(path)
    const known = columnNames(metadata)
    for (const column of columns ?? [])
      if (!known.includes(column))
        throw new FileFormatError(path, `${path} has no column ${column}: it has ${known.join(', ')}`)
    let start = 0
    for (const group of metadata.row_groups) {
      const end = start + Number(group.num_rows)
      groups.push([path, size, String(modifiedMs), start, end])
      start = end
    }
  }
  const node = new SourceNode({
    label,
    spec: { source: 'parquet', ...(columns && { columns }), int64, shape },
    partitions: Math.max(1, groups.length),
    argument: (i) => (groups[i] ? [groups[i]] : []),
    place: placeOfCall(),
  })
  return new Bag(node)
}
