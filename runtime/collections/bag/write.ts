// Where the partitions of a bag are written to.

import { extname, resolve, sep } from 'node:path'
import type { Compression, Sink, TextEncoding } from '../../kernels/bag/plan.ts'
import { compressionOf } from '../../kernels/files/decompress.ts'
import { BagArgumentError } from './arguments.ts'

export interface WriteOptions {
  /** By the path's ending (`.gz`, `.zst`, `.br`) when absent. */
  compression?: Compression
  encoding?: TextEncoding
  /** What comes in place of the `*`; by default the partition's number, with zeros in front so that names sort. */
  name?: (partition: number) => string
}

/**
 * The sink of a write and a path a partition.
 * @throws {BagArgumentError} when two partitions would have the same path
 */
export function writePlan(
  format: 'text' | 'jsonLines',
  path: string,
  partitions: number,
  options: WriteOptions,
): { sink: (slots: readonly number[]) => Sink; paths: string[] } {
  const digits = String(partitions - 1).length
  const name = options.name ?? ((partition: number) => String(partition).padStart(digits, '0'))
  const pattern = patternOf(path, format)
  const paths = Array.from({ length: partitions }, (_, i) => resolve(pattern.replaceAll('*', () => name(i))))
  if (new Set(paths).size < partitions)
    throw new BagArgumentError(
      `${partitions} partitions cannot be written to ${pattern}: put a * where each one's number should be`,
    )
  const { compression = compressionOf(pattern), encoding = 'utf-8' } = options
  return { sink: ([slot]) => ({ sink: 'write', format, compression, encoding, slot }), paths }
}

/** A path without `*` that looks like a folder gets one. */
function patternOf(path: string, format: 'text' | 'jsonLines'): string {
  if (path.includes('*')) return path
  const isFolder = path.endsWith('/') || path.endsWith(sep) || extname(path) === ''
  return isFolder ? `${path.replace(/[\\/]$/, '')}/*.${format === 'text' ? 'txt' : 'jsonl'}` : path
}
