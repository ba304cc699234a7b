// Where the partitions of a bag are written to: a file each, on a disk, in a store, or in the program's memory.

import { extname, resolve, sep } from 'node:path'
import type { Compression, Sink, TextEncoding } from '../../kernels/bag/plan.ts'
import { compressionOf } from '../../kernels/files/decompress.ts'
import {
  isKnownScheme,
  type StorageOptions,
  schemeOf,
  unknownScheme,
} from '../../kernels/files/fileSystem.ts'
import { BagArgumentError } from './arguments.ts'

export interface WriteOptions {
  /** By the path's ending (`.gz`, `.zst`, `.br`) when absent. */
  compression?: Compression
  encoding?: TextEncoding
  /** How a store such as S3 is reached. */
  storage?: StorageOptions
  /** What comes in place of the `*`; by default the partition's number, with zeros in front so that names sort. */
  name?: (partition: number) => string
}

/** How partitions are written: by which sink, and to which paths once their number is known. */
export interface WritePlan {
  sink(slots: readonly number[]): Sink
  /** @throws {BagArgumentError} when two partitions would have the same path */
  paths(partitions: number): string[]
}

/** @throws {FileError} for a path that nothing can be written to */
export function writePlan(format: 'text' | 'jsonLines', path: string, options: WriteOptions): WritePlan {
  if (!isKnownScheme(path)) throw unknownScheme(path)
  const pattern = patternOf(path, format)
  const { compression = compressionOf(pattern), encoding = 'utf-8', storage } = options
  return {
    sink: ([slot]) => ({ sink: 'write', format, compression, encoding, ...(storage && { storage }), slot }),
    paths(partitions) {
      const digits = String(partitions - 1).length
      const name = options.name ?? ((partition: number) => String(partition).padStart(digits, '0'))
      const named = (partition: number): string => pattern.replaceAll('*', () => name(partition))
      const paths = Array.from({ length: partitions }, (_, i) =>
        schemeOf(path) === 'file' ? resolve(named(i)) : named(i),
      )
      if (new Set(paths).size < partitions)
        throw new BagArgumentError(
          `${partitions} partitions cannot be written to ${pattern}: put a * where each one's number should be`,
        )
      return paths
    },
  }
}

/** A path without `*` that looks like a folder gets one. */
function patternOf(path: string, format: 'text' | 'jsonLines'): string {
  if (path.includes('*')) return path
  const isFolder = path.endsWith('/') || path.endsWith(sep) || extname(path) === ''
  return isFolder ? `${path.replace(/[\\/]$/, '')}/*.${format === 'text' ? 'txt' : 'jsonl'}` : path
}
