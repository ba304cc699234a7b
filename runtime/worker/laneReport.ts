// What a thread says of the runs it has finished: columns, and the small results packed into one byte string.

import type { TaskFailure } from '../protocol/failure.ts'

/** In place of a result's size. */
export const SET_ASIDE = -2

export interface LaneReport {
  /** The batch; its runs are reported in order, each once, in one report or several. */
  batch: number
  /** Epoch milliseconds, with fractions. */
  starts: Float64Array
  /** Reading the arguments, the call itself and encoding the result. */
  durationsMs: Float64Array
  /**
   * Encoded bytes of each result; −1 where there is none, since it failed; `SET_ASIDE` where it is reported later, since
   * the run waits for tasks that it submitted itself.
   */
  sizes: Float64Array
  /** Bytes of each part of the last run's result, which came in parts: they stand behind all results in `ends` and `shared`. */
  parts?: Float64Array
  /** Small results one after another; where each ends (a failed or shared one is empty here). */
  packed: Uint8Array
  ends: Uint32Array
  /** In the order of the runs that failed. */
  failures: TaskFailure[]
  /** Results with bytes in shared memory, in order; `bytes` is absent when the encoding itself is in `packed`. */
  shared: SharedResult[]
  /** Present in the report of one run that had been set aside: its place in the batch. */
  aside?: number
}

export interface SharedResult {
  /** The run's place in this report, or that of a part behind all runs. */
  index: number
  bytes?: { buffer: SharedArrayBuffer; length: number }
  buffers: SharedArrayBuffer[]
  /** What the worker calls that memory by: the encoding's first where it is shared, then each buffer's. */
  ids: number[]
}
