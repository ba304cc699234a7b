// All that a worker knows: its runs, its values, its threads, what it fetches, and what it has decided.

import type { WorkerAction } from './actions.ts'
import { Durations } from './batchPlan.ts'
import { FetchPlan } from './fetchPlan.ts'
import { Growth } from './growth.ts'
import { fetchBytesMax, type MemoryLimits } from './memory.ts'
import { PartUses } from './partUses.ts'
import { ReadyQueue } from './readyQueue.ts'
import { Reports } from './reports.ts'
import { READING, READY, RunBooks, WAITING } from './runBooks.ts'
import { AWAITED, ValueBooks } from './values.ts'

/** Runs that a thread was given at once. */
export interface PostedBatch {
  batch: number
  slots: Int32Array
  /** How many of them it has reported. */
  reported: number
  expectedMs: number
  /** Memory that its runs may take: see `Growth`. */
  growthBytes: number
  /** Rows of the values it uses, pinned until it is over. */
  pinned: number[]
}

/** A run that waits for tasks which it submitted itself, or goes on after it did: beside the batches of its thread. */
export interface AsideRun {
  batch: number
  index: number
  slot: number
  waits: boolean
}

export interface LaneState {
  /** A lane that is starting takes nothing: its thread is new, or the last one is being ended. */
  phase: 'starting' | 'open'
  /** The first is running, the second waits in the thread. */
  posted: PostedBatch[]
  aside: AsideRun[]
}

export interface WorkerOptions {
  threads: number
  limits: MemoryLimits
  /** Results up to this size ride along when a client wants them. */
  inlineBytesMax?: number
}

export class WorkerState {
  readonly limits: MemoryLimits
  readonly inlineBytesMax: number
  readonly values = new ValueBooks()
  readonly runs = new RunBooks()
  /** By part of a value, the runs here that take it. */
  readonly partUses = new PartUses()
  readonly reports = new Reports()
  readonly ready = new ReadyQueue()
  readonly durations = new Durations()
  readonly growth = new Growth()
  /** Memory that the runs which threads have now may take in sum, and those that are read for. */
  growthBytes = 0
  /** What is kept of it for each slot in phase READING. */
  readonly reserved = new Map<number, number>()
  readonly fetches: FetchPlan
  readonly lanes: LaneState[]
  /** Slots that lack a value's row: they wait for it to come or to be read back. */
  readonly waiters = new Map<number, number[]>()
  /** Per slot in phase READING: the rows of its dependencies, pinned so that none leaves while others come. */
  readonly reading = new Map<number, number[]>()
  /** Slots whose spilled dependencies are back, in front of the ready queue. */
  readonly next: number[] = []
  /** Rows to forget at the next decision. */
  readonly forgotten: number[] = []
  readonly actions: WorkerAction[] = []
  /** Memory that the next run would take, which waits for room. */
  blockedBytes = 0
  /** The process's size as measured, until it was acted upon. */
  rssToJudge = 0
  /** What the process uses beside values and their remains, as last measured. */
  otherBytes = 0
  /** The same at its least: without what tasks need while they run. It rises slowly, and falls at once. */
  baseBytes = 0
  /** Memory that values have left and that cannot be used again yet. The host keeps this and the next three up to date. */
  strayBytes = 0
  /** How much of it may have returned to the system already. */
  returnedBytesMax = 0
  /** How much of it may return when threads collect their garbage, which they are bound to do. */
  returningBytes = 0
  /** Values that are read from disk only to be sent, or wait for it: nothing while nobody takes any. */
  lentBytes = 0
  paused = false
  pausedSinceMs = 0
  /** The scheduler is told that it is paused. */
  tellsPause = false
  /** Runs are held back until something has left memory. */
  held = false
  /** Nothing more can leave memory until something is unpinned. */
  spillStuck = false
  /** Nothing could be written: not tried again before the next measurement. */
  diskRefuses = false
  /** The last values that should have left could not be written. */
  diskRefused = false
  batchSerial = 0

  constructor(options: WorkerOptions) {
    this.limits = options.limits
    this.inlineBytesMax = options.inlineBytesMax ?? 1024
    this.fetches = new FetchPlan(fetchBytesMax(options.limits))
    this.lanes = Array.from({ length: options.threads }, () => ({
      phase: 'starting',
      posted: [],
      aside: [],
    }))
  }
}

/** Puts a run among the ready ones, or among those that wait for values, which are then fetched. */
export function admit(state: WorkerState, slot: number): void {
  const { runs, values } = state
  let lacking = 0
  if (runs.dependencyCount(slot) > 0)
    runs.eachDependency(slot, (task, run, holder, bytes, part) => {
      let row = values.rowOf(task, run, part)
      if (row !== -1 && values.phase(row) !== AWAITED) return
      if (row === -1) {
        row = values.await(task, run, bytes, part)
        state.fetches.want(holder, task, run, bytes, part)
      }
      waitFor(state, row, slot)
      lacking++
    })
  runs.setLacking(slot, lacking)
  if (lacking > 0) runs.setPhase(slot, WAITING)
  else makeReady(state, slot)
}

export function makeReady(state: WorkerState, slot: number): void {
  state.runs.setPhase(slot, READY)
  state.ready.push(slot, state.runs.priority(slot))
}

export function waitFor(state: WorkerState, row: number, slot: number): void {
  const waiters = state.waiters.get(row)
  if (waiters) waiters.push(slot)
  else state.waiters.set(row, [slot])
}

/** Takes a batch off the front of a thread's list, or from wherever it stands there. */
export function closeBatch(state: WorkerState, lane: number, batch: PostedBatch): void {
  const { posted } = state.lanes[lane]
  posted.splice(posted.indexOf(batch), 1)
  state.growthBytes -= batch.growthBytes
  unpin(state, batch.pinned)
}

/** A value's bytes are in memory: whoever lacked it may go on. */
export function arrived(state: WorkerState, row: number): void {
  const waiters = state.waiters.get(row)
  if (!waiters) return
  state.waiters.delete(row)
  for (const slot of waiters) {
    const lacking = state.runs.lacking(slot) - 1
    state.runs.setLacking(slot, lacking)
    if (lacking > 0) continue
    if (state.runs.phase(slot) === READING) state.next.push(slot)
    else makeReady(state, slot)
  }
}

/** Takes a run off the lists of the values that it lacks, and lets go of those it pinned. */
export function stopWaiting(state: WorkerState, slot: number): void {
  const pinned = state.reading.get(slot)
  if (pinned) {
    state.reading.delete(slot)
    unreserve(state, slot)
    for (const row of pinned) leaveWaiters(state, row, slot)
    unpin(state, pinned)
    const at = state.next.indexOf(slot)
    if (at !== -1) state.next.splice(at, 1)
  } else if (state.runs.lacking(slot) > 0)
    state.runs.eachDependency(slot, (task, run, _holder, _bytes, part) => {
      const row = state.values.rowOf(task, run, part)
      if (row === -1 || !leaveWaiters(state, row, slot)) return
      // Nobody waits for it any more: if it still comes it is let go.
      if (!state.waiters.has(row) && state.values.phase(row) === AWAITED) dropValue(state, row)
    })
  state.runs.setLacking(slot, 0)
}

/** Values are gone from the books: what they stood in is still there, until the host has let go of it and says what became of it. */
export function hasLeft(state: WorkerState, bytes: number): void {
  state.strayBytes += bytes
  state.returningBytes += bytes
}

/** Keeps so much memory for a run that is read for. */
export function reserve(state: WorkerState, slot: number, bytes: number): void {
  state.reserved.set(slot, bytes)
  state.growthBytes += bytes
}

export function unreserve(state: WorkerState, slot: number): void {
  state.growthBytes -= state.reserved.get(slot) ?? 0
  state.reserved.delete(slot)
}

/** A run is over here, however it ended. Parts that were fetched for it alone go: they were never copies of their value. */
export function leaveRun(state: WorkerState, slot: number): void {
  const { runs, values, partUses } = state
  runs.eachPart(slot, (task, run, part) => {
    if (!partUses.remove(task, run, part) || values.parted.partsOf(task, run) > 0) return
    const row = values.rowOf(task, run, part)
    if (row !== -1) dropValue(state, row)
  })
  runs.leave(slot)
}

function leaveWaiters(state: WorkerState, row: number, slot: number): boolean {
  const waiters = state.waiters.get(row)
  if (!waiters?.includes(slot)) return false
  const left = waiters.filter((other) => other !== slot)
  if (left.length > 0) state.waiters.set(row, left)
  else state.waiters.delete(row)
  return true
}

export function unpin(state: WorkerState, rows: Iterable<number>): void {
  for (const row of rows) if (state.values.unpin(row)) state.forgotten.push(row)
  state.spillStuck = false
}

/** Nobody needs a value: it goes now, or as soon as nothing uses it. */
export function dropValue(state: WorkerState, row: number): void {
  if (state.values.drop(row)) state.forgotten.push(row)
}

/** The same for all parts of a value. */
export function dropParts(state: WorkerState, task: number, run: number): void {
  for (const row of state.values.forgetParts(task, run)) dropValue(state, row)
}
