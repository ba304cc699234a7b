// What the worker's decisions ask of its host: the host does them in order and reports what came of them as events.

import type { FetchRequest } from './fetchPlan.ts'

export type WorkerAction =
  /** Give a thread these runs (slots of `RunBooks`); `timeoutMs` > 0 only for a batch of one. */
  | { kind: 'start'; lane: number; batch: number; slots: Int32Array; timeoutMs: number }
  /** End the thread if it is running one of `slots` now, and look again until they are reported otherwise. */
  | { kind: 'stop'; lane: number; batch: number; slots: number[] }
  | ({ kind: 'fetch' } & FetchRequest)
  /** Write these values (rows of `ValueBooks`) to disk: answered by `onWritten`. */
  | { kind: 'spill'; rows: number[] }
  /** They are on disk: let go of the bytes in memory. */
  | { kind: 'release'; rows: number[] }
  /** Read them back into memory: answered by `onLoaded`. */
  | { kind: 'load'; rows: number[] }
  /** Nobody needs them: let go of the bytes wherever they are. */
  | { kind: 'forget'; rows: number[] }
  /** Tell the scheduler at once that this worker paused or resumed. */
  | { kind: 'tell-pause' }
