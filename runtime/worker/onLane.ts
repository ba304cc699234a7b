// What happens to threads and the runs they were given.

import type { TaskFailure } from '../protocol/failure.ts'
import type { LaneReport } from './laneReport.ts'
import { CANCELLED } from './runBooks.ts'
import { admit, arrived, unpin, type WorkerState } from './workerState.ts'

export function onLaneOpened(state: WorkerState, lane: number): void {
  state.lanes[lane].phase = 'open'
}

/**
 * A thread has finished the next runs of its first batch.
 * @returns the row of each result, where the host keeps its bytes; −1 where there is nothing to keep
 */
export function onLaneReported(state: WorkerState, lane: number, report: LaneReport): Int32Array {
  const count = report.sizes.length
  const rows = new Int32Array(count).fill(-1)
  const posted = state.lanes[lane].posted[0]
  if (posted?.batch !== report.batch) return rows // A late report of a thread that was given up.
  const { runs, values, reports, durations } = state
  let failed = 0
  let shared = 0
  for (let i = 0; i < count; i++) {
    const slot = posted.slots[posted.reported++]
    const bytes = report.sizes[i]
    const failure = bytes < 0 ? report.failures[failed++] : undefined
    const isShared = report.shared[shared]?.index === i
    if (isShared) shared++
    const message = runs.message(slot)
    const at = runs.at(slot)
    const task = message.tasks[at]
    const run = message.runs[at]
    durations.observe(message.callables[at], report.durationsMs[i])
    if (runs.phase(slot) === CANCELLED) reports.dropped(task, run)
    else if (failure) reports.erred(task, run, report.starts[i], report.durationsMs[i], lane, failure)
    else {
      const row = values.hold(task, run, bytes)
      reports.finished(task, run, bytes, report.starts[i], report.durationsMs[i], lane)
      // A message cannot carry shared memory, however little: its reader fetches it from here.
      if (message.inline[at] === 1 && bytes <= state.inlineBytesMax && !isShared)
        reports.inline(report.packed, i === 0 ? 0 : report.ends[i - 1], report.ends[i])
      if (row !== -1) {
        rows[i] = row
        arrived(state, row)
      }
    }
    runs.leave(slot)
  }
  if (posted.reported === posted.slots.length) {
    state.lanes[lane].posted.shift()
    unpin(state, posted.pinned)
  }
  return rows
}

/** Where a thread was when it ended. */
export interface LaneEnd {
  /** The batch and the place in it of the run that was under way; absent when none was. */
  batch?: number
  index?: number
  /** Why that run has no result; absent when it was cancelled, or should simply run again. */
  failure?: TaskFailure
  start?: number
  durationMs?: number
}

/** A thread is gone; every result that it had sent was reported before. What it had not reported runs again. */
export function onLaneEnded(state: WorkerState, lane: number, end: LaneEnd): void {
  const { runs, reports } = state
  const { posted } = state.lanes[lane]
  state.lanes[lane] = { phase: 'starting', posted: [] }
  for (const batch of posted) {
    unpin(state, batch.pinned)
    for (let i = batch.reported; i < batch.slots.length; i++) {
      const slot = batch.slots[i]
      if (runs.phase(slot) === CANCELLED) {
        reports.dropped(runs.task(slot), runs.run(slot))
        runs.leave(slot)
      } else if (end.failure && end.batch === batch.batch && end.index === i) {
        reports.erred(runs.task(slot), runs.run(slot), end.start ?? 0, end.durationMs ?? 0, lane, end.failure)
        runs.leave(slot)
      } else admit(state, slot)
    }
  }
}
