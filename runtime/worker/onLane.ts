// What happens to threads and the runs they were given.

import type { TaskFailure } from '../protocol/failure.ts'
import { type LaneReport, SET_ASIDE } from './laneReport.ts'
import { CANCELLED } from './runBooks.ts'
import { admit, arrived, closeBatch, leaveRun, type WorkerState } from './workerState.ts'

/** Smaller results are not worth the books. */
const GROWTH_BYTES_MIN = 64 * 1024

export function onLaneOpened(state: WorkerState, lane: number): void {
  state.lanes[lane].phase = 'open'
}

/**
 * A thread has finished the next runs of its first batch, or one that it had set aside.
 * @returns the row of each result, and of each part behind them, where the host keeps its bytes; −1 where there is nothing to keep
 */
export function onLaneReported(state: WorkerState, lane: number, report: LaneReport): Int32Array {
  const count = report.sizes.length
  const rows = new Int32Array(report.ends.length).fill(-1)
  if (report.aside !== undefined) {
    const { aside } = state.lanes[lane]
    const at = aside.findIndex((one) => one.batch === report.batch && one.index === report.aside)
    if (at === -1) return rows
    const [{ slot }] = aside.splice(at, 1)
    rows[0] = conclude(state, lane, slot, report, 0, report.failures[0], report.shared.length > 0, rows)
    return rows
  }
  const posted = state.lanes[lane].posted[0]
  if (posted?.batch !== report.batch) return rows // A late report of a thread that was given up.
  let failed = 0
  let shared = 0
  for (let i = 0; i < count; i++) {
    const index = posted.reported++
    const slot = posted.slots[index]
    if (report.sizes[i] === SET_ASIDE) {
      state.lanes[lane].aside.push({ batch: posted.batch, index, slot, waits: true })
      state.reports.waiting(state.runs.task(slot), state.runs.run(slot), true)
      continue
    }
    const failure = report.sizes[i] < 0 ? report.failures[failed++] : undefined
    const isShared = report.shared[shared]?.index === i
    if (isShared) shared++
    state.durations.observe(state.runs.callable(slot), report.durationsMs[i])
    rows[i] = conclude(state, lane, slot, report, i, failure, isShared, rows)
  }
  if (posted.reported === posted.slots.length) {
    closeBatch(state, lane, posted)
  }
  return rows
}

/** One run is over. Gives the row of its result, −1 where there is nothing to keep; those of its parts are put behind all in `rows`. */
function conclude(
  state: WorkerState,
  lane: number,
  slot: number,
  report: LaneReport,
  i: number,
  failure: TaskFailure | undefined,
  isShared: boolean,
  rows: Int32Array,
): number {
  const { runs, values, reports } = state
  const bytes = report.sizes[i]
  const message = runs.message(slot)
  const at = runs.at(slot)
  const task = message.tasks[at]
  const run = message.runs[at]
  let row = -1
  if (runs.phase(slot) === CANCELLED) reports.dropped(task, run)
  else if (failure) reports.erred(task, run, report.starts[i], report.durationsMs[i], lane, failure)
  else if (report.parts && i === report.sizes.length - 1) {
    values.holdParts(task, run, report.parts.length)
    state.growth.observe(message.callables[at], bytes >= GROWTH_BYTES_MIN ? bytes : 0)
    reports.finished(task, run, bytes, report.starts[i], report.durationsMs[i], lane)
    report.parts.forEach((partBytes, part) => {
      const own = values.hold(task, run, partBytes, part)
      rows[report.sizes.length + part] = own
      if (own !== -1) arrived(state, own)
    })
  } else {
    row = values.hold(task, run, bytes)
    state.growth.observe(message.callables[at], bytes >= GROWTH_BYTES_MIN ? bytes : 0)
    reports.finished(task, run, bytes, report.starts[i], report.durationsMs[i], lane)
    // A message cannot carry shared memory, however little: its reader fetches it from here.
    if (message.inline[at] === 1 && bytes <= state.inlineBytesMax && !isShared)
      reports.inline(report.packed, i === 0 ? 0 : report.ends[i - 1], report.ends[i])
    if (row !== -1) arrived(state, row)
  }
  leaveRun(state, slot)
  return row
}

/** A run that was set aside goes on with what it waited for, or waits again. */
export function onLaneWaits(
  state: WorkerState,
  lane: number,
  batch: number,
  index: number,
  waits: boolean,
): void {
  const aside = state.lanes[lane].aside.find((one) => one.batch === batch && one.index === index)
  if (!aside || aside.waits === waits) return
  aside.waits = waits
  state.reports.waiting(state.runs.task(aside.slot), state.runs.run(aside.slot), waits)
}

/** Where a thread was when it ended. */
export interface LaneEnd {
  /** The batch and the place in it of the run that was under way; absent when none was. */
  batch?: number
  index?: number
  /** Why that run has no result; absent when it was cancelled, or should simply run again. */
  failure?: TaskFailure
  /** It needs much memory: it has failed only if it ran alone, else it runs again so. */
  mayRunAlone?: boolean
  start?: number
  durationMs?: number
}

/** A thread is gone; every result that it had sent was reported before. What it had not reported runs again. */
export function onLaneEnded(state: WorkerState, lane: number, end: LaneEnd): void {
  const { posted, aside } = state.lanes[lane]
  const batches = [...posted]
  for (const batch of batches) closeBatch(state, lane, batch)
  state.lanes[lane] = { phase: 'starting', posted: [], aside: [] }
  for (const batch of batches) {
    for (let i = batch.reported; i < batch.slots.length; i++)
      interrupt(state, lane, batch.slots[i], end, end.batch === batch.batch && end.index === i)
  }
  for (const { batch, index, slot, waits } of aside) {
    // When the thread was in none of its batches, it was in a run that had gone on.
    const isCause = end.batch === undefined ? !waits : end.batch === batch && end.index === index
    const phase = state.runs.phase(slot)
    if (waits && phase !== CANCELLED && !(end.failure && isCause))
      state.reports.waiting(state.runs.task(slot), state.runs.run(slot), false)
    interrupt(state, lane, slot, end, isCause)
  }
}

/** A run has lost its thread: it has failed if it is what ended it, else it runs again. */
function interrupt(state: WorkerState, lane: number, slot: number, end: LaneEnd, isCause: boolean): void {
  const { runs, reports } = state
  if (runs.phase(slot) === CANCELLED) {
    reports.dropped(runs.task(slot), runs.run(slot))
    leaveRun(state, slot)
  } else if (isCause && end.mayRunAlone && !runs.isAlone(slot)) {
    runs.setAlone(slot)
    admit(state, slot)
  } else if (end.failure && isCause) {
    reports.erred(runs.task(slot), runs.run(slot), end.start ?? 0, end.durationMs ?? 0, lane, end.failure)
    leaveRun(state, slot)
  } else admit(state, slot)
}
