// The latest runs of tasks, as columns in a ring: old ones make room for new ones.

/** What a run was, as the feed numbers it. */
export const COMPUTED = 0
export const ERRED = 1
export const TRANSFERRED = 2

/** Run i of the ring, oldest first, stands at `(first + i) % capacity` of every column. Changed in place. */
export interface Runs {
  capacity: number
  first: number
  length: number
  /** The group's number; of a transfer, the sending worker's. */
  group: Uint32Array
  worker: Uint16Array
  thread: Uint8Array
  what: Uint8Array
  /** Epoch milliseconds. */
  start: Float64Array
  durationMs: Float64Array
  /** Runs that the scheduler counted, and those of them that it sent. */
  counted: number
  received: number
  /** The earliest start and the latest end ever seen; the first is NaN before any. */
  firstMs: number
  lastMs: number
}

export function noRuns(capacity = 200_000): Runs {
  return {
    capacity,
    first: 0,
    length: 0,
    group: new Uint32Array(capacity),
    worker: new Uint16Array(capacity),
    thread: new Uint8Array(capacity),
    what: new Uint8Array(capacity),
    start: new Float64Array(capacity),
    durationMs: new Float64Array(capacity),
    counted: 0,
    received: 0,
    firstMs: Number.NaN,
    lastMs: 0,
  }
}

/** What a `stream` message brings. */
export interface RunColumns {
  total: number
  group: Uint32Array
  worker: Uint16Array
  thread: Uint8Array
  starts: Float64Array
  durationsMs: Float64Array
  what: Uint8Array
}

export function addRuns(runs: Runs, columns: RunColumns): void {
  const { capacity } = runs
  const n = columns.starts.length
  runs.counted += Math.max(columns.total, n)
  runs.received += n
  for (let i = Math.max(0, n - capacity); i < n; i++) {
    const at = (runs.first + runs.length) % capacity
    if (runs.length < capacity) runs.length++
    else runs.first = (runs.first + 1) % capacity
    const start = columns.starts[i]
    runs.group[at] = columns.group[i]
    runs.worker[at] = columns.worker[i]
    runs.thread[at] = columns.thread[i]
    runs.what[at] = columns.what[i]
    runs.start[at] = start
    runs.durationMs[at] = columns.durationsMs[i]
    if (!(start >= runs.firstMs)) runs.firstMs = start
    const end = start + columns.durationsMs[i]
    if (end > runs.lastMs) runs.lastMs = end
  }
}

export function clearRuns(runs: Runs): void {
  runs.first = 0
  runs.length = 0
  runs.counted = 0
  runs.received = 0
  runs.firstMs = Number.NaN
  runs.lastMs = 0
}

/** The start of the oldest run that is still kept; NaN when there is none. */
export const oldestMs = (runs: Runs): number => (runs.length === 0 ? Number.NaN : runs.start[runs.first])
