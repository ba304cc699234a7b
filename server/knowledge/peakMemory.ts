// How much memory a worker needs at most for a collection, estimated: what one of its largest tasks reads and gives, times its threads.

import type { FileFacts } from '../metadata/fileFacts.ts'
import { type Extent, itemBytes } from './arrayExtent.ts'

/** Blocks of text files and partitions of Parquet, where nothing else is asked for. */
const BLOCK_BYTES = 64e6
/** Blocks of arrays, where nothing else is asked for. */
const AUTO_CHUNK_BYTES = 64 * 2 ** 20

/** Bytes of one task at its largest. */
export interface TaskBytes {
  in: number
  out: number
}

/** Of an array that is made of `first` and is `last` in the end; nothing where a type's size is not known. */
export function arrayTaskBytes(first: Extent, last: Extent, isRead: boolean): TaskBytes | undefined {
  const [before, after] = [blockBytes(first), blockBytes(last)]
  return before === undefined || after === undefined ? undefined : { in: isRead ? before : 0, out: after }
}

/** Of a collection over files: no step is taken to give more than it reads. */
export function fileTaskBytes(facts: FileFacts, partitions: number | undefined): TaskBytes | undefined {
  const onDisk =
    partitions === undefined ? Math.min(facts.largestBytes, BLOCK_BYTES) : facts.bytes / partitions
  const largest = onDisk * (facts.inflation ?? 1)
  return largest > 0 ? { in: largest, out: largest } : undefined
}

/** What a worker holds when each of its threads runs one of the largest tasks. */
export const peakBytes = (task: TaskBytes, threads: number): number => (task.in + task.out) * threads

function blockBytes({ shape, chunks, dtype }: Extent): number | undefined {
  const bytes = itemBytes(dtype)
  if (bytes === undefined) return undefined
  const elements = (lengths: readonly number[]): number =>
    lengths.reduce((product, each) => product * each, 1)
  return chunks
    ? elements(chunks.map((each, axis) => Math.min(each, shape[axis]))) * bytes
    : Math.min(AUTO_CHUNK_BYTES, elements(shape) * bytes)
}
