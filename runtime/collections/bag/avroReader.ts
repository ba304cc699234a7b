// Bags of the records of avro files.

import type { FileRange } from '../../kernels/bag/plan.ts'
import { requireStorage, type StorageOptions } from '../../kernels/files/fileSystem.ts'
import { requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { Bag } from './bag.ts'
import { byteCount } from './byteCount.ts'
import { fileSource, reached } from './fileSource.ts'
import { FileSet, type FoundFile, type Paths } from './files.ts'

export interface AvroOptions {
  /** Cuts files into partitions of about this many bytes, at their blocks; `'64MB'` by default, `false` for whole files. */
  blocksize?: number | string | false
  /** What whole numbers of 64 bits become: `number` by default, where one beyond ±2^53 is an error, or `bigint`. */
  int64?: 'number' | 'bigint'
  /** How a store such as S3 is reached. */
  storage?: StorageOptions
}

/**
 * The records of avro object container files (uncompressed, or by deflate, snappy or zstandard) as plain objects.
 * @throws {FileError} as `readText`; a file that is no avro is an error when computed
 * @example bag.readAvro<{ user: string }>('events/*.avro').pluck('user').frequencies()
 */
export function readAvro<T = Record<string, unknown>>(paths: Paths, options: AvroOptions = {}): Bag<T> {
  requireOptions('readAvro', options, { blocksize: true, int64: true, storage: true })
  const { blocksize = '64MB', int64 = 'number', storage } = options
  requireOneOf('readAvro: int64', int64, ['number', 'bigint'])
  requireStorage('readAvro', storage)
  const blockBytes =
    blocksize === false ? Number.POSITIVE_INFINITY : byteCount('readAvro: blocksize', blocksize)
  const cut = (file: FoundFile): FileRange[][] => {
    const count =
      file.ranges && file.size > blockBytes && !file.contents ? Math.ceil(file.size / blockBytes) : 1
    const edge = (i: number): number => (i === count ? file.size : Math.floor((i * file.size) / count))
    return Array.from({ length: count }, (_, i) => [
      [file.path, file.size, file.version, edge(i), edge(i + 1), ...reached(file, storage)],
    ])
  }
  const source = { label: 'readAvro', spec: { source: 'avro', int64 } } as const
  const now = (files: readonly FoundFile[]): FileRange[][] => files.flatMap(cut)
  return new Bag<T>(fileSource(new FileSet(paths, storage, 'readAvro'), source, { now }))
}
