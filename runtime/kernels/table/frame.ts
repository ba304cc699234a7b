// A partition of a table on its way between tasks: Arrow IPC bytes, opened where they are needed.

import { resultBytes } from '../resultMemory.ts'

/** What a task gives that gives rows. The bytes lie in shared memory once they are large, and spill as they are. */
export interface Frame {
  /** An Arrow IPC file, its buffers compressed with LZ4 where the engine can. */
  ipc: Uint8Array
  rows: number
  /** About how many bytes the rows take when they are open. */
  bytes: number
  /** Its name among all frames: a thread knows by it that it met this one before. A part of a split, which is read once, has none. */
  id?: string
  /** A part of a split says by which hash it was split. */
  hash?: string
}

/** What a shuffle's split gives: a frame for each target in one run of bytes, and how they were told apart. */
export interface SplitFrame {
  bytes: Uint8Array
  /** Where each target's bytes end. */
  ends: number[]
  rows: number[]
  sizes: number[]
  /** What this worker's hash makes of a known value: targets must agree on it. */
  hash: string
}

/** One target's part of a split, as a frame of its own. */
export function partOf(split: SplitFrame, target: number): Frame {
  const part = split.bytes.subarray(target === 0 ? 0 : split.ends[target - 1], split.ends[target])
  // A copy: whoever gets it must not hold the whole.
  const ipc = resultBytes(part.length)
  ipc.set(part)
  return {
    ipc,
    rows: split.rows[target],
    bytes: split.sizes[target],
    hash: split.hash,
  }
}

export const isFrame = (value: unknown): value is Frame =>
  typeof value === 'object' && value !== null && 'ipc' in value && 'rows' in value
