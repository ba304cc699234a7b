// Where the partitions of a table are written to, and how.

import { resolve } from 'node:path'
import { compressionOf } from '../../kernels/files/decompress.ts'
import {
  isKnownScheme,
  type StorageOptions,
  schemeOf,
  unknownScheme,
} from '../../kernels/files/fileSystem.ts'
import type { WriteMode } from '../../kernels/files/writtenPlace.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { WriteChoices, WriteFormat } from '../../kernels/table/steps.ts'
import { folderWrite, looksLikeFolder } from '../bag/write.ts'
import type { FolderWrite } from '../bag/writeFolder.ts'
import { TableArgumentError } from './build.ts'
import { WRITE_OPTIONS } from './tableOptions.ts'

export interface TableWriteOptions {
  /** Parquet: `zstd` by default, `snappy`, `gzip`, `lz4`, `none`. IPC: `none`, `lz4`, `zstd`. Texts: by the path's ending. */
  compression?: 'none' | 'zstd' | 'gzip' | 'snappy' | 'lz4' | 'brotli'
  /** Columns whose values become folders, `name=value`, and stand in no file. */
  partitionBy?: string | readonly string[]
  /** Of CSV. */
  delimiter?: string
  header?: boolean
  /** What stands for an absent value in CSV; nothing by default. */
  nullValue?: string
  /** How a store such as S3 is reached. */
  storage?: StorageOptions
  /**
   * What becomes of files that an earlier write left there: `error` (the default) refuses, `overwrite` puts these in their place,
   * `append` adds to them, numbered on. One file without `*` is replaced by default.
   */
  mode?: WriteMode
}

const NAMES: Readonly<Record<WriteFormat, string>> = {
  parquet: 'toParquet',
  csv: 'toCsv',
  jsonLines: 'toJsonLines',
  ipc: 'toIpc',
}
const ENDINGS: Readonly<Record<WriteFormat, string>> = {
  parquet: 'parquet',
  csv: 'csv',
  jsonLines: 'jsonl',
  ipc: 'arrow',
}
const ALLOWED: Readonly<Record<WriteFormat, readonly string[]>> = {
  parquet: ['none', 'zstd', 'gzip', 'snappy', 'lz4', 'brotli'],
  ipc: ['none', 'lz4', 'zstd'],
  csv: ['none', 'zstd', 'gzip', 'brotli'],
  jsonLines: ['none', 'zstd', 'gzip', 'brotli'],
}

/** Where partitions go: a path each, and how what is there already is treated. */
export interface TablePaths {
  /** @throws {TableArgumentError} when two partitions would have the same path */
  of(partitions: number): string[]
  folder?: FolderWrite
}

/** Paths of partitions: `*` stands for a partition's number; a folder gets a name for each. */
export function tablePaths(format: WriteFormat, path: string, options: TableWriteOptions): TablePaths {
  requireOptions(NAMES[format], options, WRITE_OPTIONS)
  if (typeof path !== 'string' || path === '')
    throw new TableArgumentError('a table is written to a path: name a file or folder')
  if (!isKnownScheme(path)) throw unknownScheme(path)
  const isFolder = !path.includes('*') && (looksLikeFolder(path) || options.partitionBy !== undefined)
  const named = isFolder ? `${path.replace(/[\\/]$/, '')}/part-*.${ENDINGS[format]}` : path
  const pattern = schemeOf(path) === 'file' ? resolve(named) : named
  const folder = folderWrite(pattern, isFolder, options)
  return {
    ...(folder && { folder }),
    of(partitions) {
      if (partitions > 1 && !pattern.includes('*'))
        throw new TableArgumentError(
          `${partitions} partitions cannot be written to ${named}: put a * where each one's number should be, or write one with .repartition(1)`,
        )
      const { first, digits } = folder?.numbering ?? { first: 0, digits: 0 }
      const width = Math.max(digits, String(first + partitions - 1).length)
      return Array.from({ length: partitions }, (_, i) =>
        pattern.replaceAll('*', String(first + i).padStart(width, '0')),
      )
    },
  }
}

export function writeChoices(
  format: WriteFormat,
  path: string,
  partitionBy: readonly string[],
  schema: Schema,
  options: TableWriteOptions,
): WriteChoices {
  const text = format === 'csv' || format === 'jsonLines'
  const compression =
    options.compression ?? (format === 'parquet' ? 'zstd' : text ? compressionOf(path) : 'none')
  if (!ALLOWED[format].includes(compression))
    throw new TableArgumentError(
      `${ENDINGS[format]} files are compressed with ${ALLOWED[format].join(', ')}, not ${compression}`,
    )
  const { delimiter, header, nullValue, storage } = options
  return {
    compression,
    partitionBy,
    schema,
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(header === undefined ? {} : { header }),
    ...(nullValue === undefined ? {} : { nullValue }),
    ...(storage && { storage }),
  }
}
