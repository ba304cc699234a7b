// What to do next: spill, fetch, and give threads their batches.

import type { WorkerAction } from './actions.ts'
import { AHEAD_MS, BATCH_MS, fairShare } from './batchPlan.ts'
import { shouldHold, shouldPause } from './memory.ts'
import { comingBytes, mustWaitFor, spill } from './room.ts'
import { POSTED, READING, READY } from './runBooks.ts'
import { WHOLE } from './taskRunTable.ts'
import { AWAITED, LOADING, SPILLED } from './values.ts'
import { admit, hasLeft, reserve, unreserve, type WorkerState, waitFor } from './workerState.ts'

/** Everything decided since the last call. The host must carry it out, in order, before the next event. */
export function decide(state: WorkerState): WorkerAction[] {
  const gone = forget(state)
  spill(state)
  if (!state.paused) {
    state.blockedBytes = 0
    fetch(state)
    const countedBytes = state.values.managedBytes + state.strayBytes
    state.held = canShrink(state) && shouldHold(countedBytes, state.otherBytes, state.limits)
    if (!state.held) dispatch(state)
  }
  return [...gone, ...forget(state), ...state.actions.splice(0)]
}

/**
 * Memory was measured.
 * @param rssBytes the process's size, without memory that is free for the next values
 * @param nowMs of any clock that only goes forward
 */
export function onMeasured(state: WorkerState, rssBytes: number, nowMs: number): void {
  const { values, strayBytes, returnedBytesMax } = state
  state.rssToJudge = rssBytes
  state.otherBytes = Math.max(0, rssBytes - values.managedBytes - strayBytes)
  followBase(state, state.otherBytes - comingBytes(state), state.otherBytes + returnedBytesMax)
  state.spillStuck = false
  state.diskRefuses = false
  const paused = canShrink(state) && shouldPause(rssBytes, state.limits, state.paused)
  if (paused && !state.paused) state.pausedSinceMs = nowMs
  state.paused = paused
  const tells = paused && nowMs - state.pausedSinceMs >= TELL_PAUSE_MS
  if (tells === state.tellsPause) return
  state.tellsPause = tells
  state.actions.push({ kind: 'tell-pause' })
}

/** A pause that is over sooner is nobody else's concern: who hears of one takes back what waits here, and brings its data elsewhere. */
const TELL_PAUSE_MS = 500

/**
 * @param leastBytes what the process takes, were all that is on its way into memory there already
 * @param mostBytes the same, were none of it there, and all that was given up gone
 */
function followBase(state: WorkerState, leastBytes: number, mostBytes: number): void {
  const { baseBytes } = state
  const rise = BASE_RISE * Math.max(0, leastBytes - baseBytes)
  state.baseBytes = baseBytes === 0 ? mostBytes : Math.min(mostBytes, baseBytes + rise)
}

/**
 * Whether waiting may leave less in memory: runs end, values leave for the disk, what they left is used again. Where
 * nothing of that is under way a worker that waited would wait for ever: it goes on, one run at a time.
 */
function canShrink({ values, returningBytes, diskRefused, lanes }: WorkerState): boolean {
  if (lanes.some(({ posted, aside }) => posted.length + aside.length > 0)) return true
  return returningBytes > 0 || (values.canLeave && !diskRefused)
}

/** How fast the base follows measurements that are above it. */
const BASE_RISE = 0.05

function fetch(state: WorkerState): void {
  const isWanted = (task: number, run: number, part: number): boolean => {
    const row = state.values.rowOf(task, run, part)
    return row !== -1 && state.values.phase(row) === AWAITED
  }
  for (;;) {
    const request = state.fetches.next(isWanted, (bytes) => !mustWaitFor(state, bytes))
    if (!request) return
    state.actions.push({ kind: 'fetch', ...request })
  }
}

/** Comes first: a freed row may be given to another value by the very next event. */
function forget(state: WorkerState): WorkerAction[] {
  if (state.forgotten.length === 0) return []
  const rows = state.forgotten.splice(0)
  const before = state.values.managedBytes
  for (const row of rows) state.values.free(row)
  hasLeft(state, before - state.values.managedBytes)
  return [{ kind: 'forget', rows }]
}

/** Gives every thread that has room its next batch. */
function dispatch(state: WorkerState): void {
  if (state.runs.aloneCount > 0 && runsAlone(state)) return
  for (;;) {
    const lane = laneWithRoom(state)
    if (lane === -1 || !gather(state, lane)) return
    if (state.runs.aloneCount > 0 && runsAlone(state)) return
  }
}

const runsAlone = ({ lanes, runs }: WorkerState): boolean =>
  lanes.some(({ posted }) => posted.some(({ slots }) => runs.isAlone(slots[0])))

/**
 * Whether a run of a function that is known to give much must wait, since memory would overflow: for other runs to end,
 * or for values to leave. Where neither is under way it starts all the same.
 */
function mustWait(state: WorkerState, slot: number): boolean {
  const { values, limits, runs } = state
  if (runs.isAlone(slot)) {
    // It gets all the memory that there is.
    state.blockedBytes = limits.limitBytes
    if (values.leavingBytes === 0) spill(state)
    return values.leavingBytes > 0
  }
  // What it needs was kept for it when it began to read.
  if (state.reserved.has(slot)) return false
  const bytes = bytesToRead(state, slot) + expectedGrowth(state, slot)
  return bytes > 0 && mustWaitFor(state, bytes)
}

/** Bytes of what a run uses that are on disk alone, and that nobody is reading. */
function bytesToRead({ runs, values }: WorkerState, slot: number): number {
  let sum = 0
  runs.eachDependency(slot, (task, run, _holder, _bytes, part) => {
    const row = values.rowOf(task, run, part)
    if (row !== -1 && values.phase(row) === SPILLED) sum += values.bytes(row)
  })
  return sum
}

/** An idle lane (one whose runs all wait for others counts as such), else one whose only batch is short; −1 when all are busy enough. */
function laneWithRoom(state: WorkerState): number {
  let ahead = -1
  for (let number = 0; number < state.lanes.length; number++) {
    const { phase, posted, aside } = state.lanes[number]
    if (phase !== 'open' || aside.some(({ waits }) => !waits)) continue
    if (posted.length === 0) return number
    if (ahead === -1 && posted.length === 1 && posted[0].expectedMs < AHEAD_MS) ahead = number
  }
  return ahead
}

function expectedGrowth({ growth, runs, values }: WorkerState, slot: number): number {
  return growth.expectedBytes(runs.callable(slot), () => {
    let sum = 0
    runs.eachDependency(slot, (task, run, _holder, bytes, part) => {
      // How large a part is, is known where it is.
      const row = part === WHOLE ? -1 : values.rowOf(task, run, part)
      sum += row === -1 ? bytes : values.bytes(row)
    })
    return sum
  })
}

/** Fills one batch for a lane and posts it; false when there was nothing to post. */
function gather(state: WorkerState, lane: number): boolean {
  const { runs } = state
  const idle = state.lanes[lane].posted.length === 0
  const most = fairShare(runs.counts[READY] + state.next.length, state.lanes.length)
  const slots: number[] = []
  const pinned: number[] = []
  let expectedMs = 0
  let timeoutMs = 0
  let growthBytes = 0
  while (slots.length < most) {
    const slot = nextSlot(state)
    if (slot === -1) break
    const limitMs = runs.timeoutMs(slot)
    const costMs = limitMs > 0 ? AHEAD_MS : state.durations.expectedMs(runs.callable(slot))
    if (slots.length > 0 && expectedMs + costMs > BATCH_MS) break
    if (limitMs > 0 && !idle) break // Its time runs from when it is posted, so it waits for an idle thread.
    if (readsFromDisk(state, slot) && isReadingEnough(state)) break
    if (runs.isAlone(slot) && (slots.length > 0 || state.lanes.some(({ posted }) => posted.length > 0))) break
    if (mustWait(state, slot)) break
    takeNext(state)
    if (!takeDependencies(state, slot, pinned)) continue
    runs.setPhase(slot, POSTED)
    slots.push(slot)
    const runBytes = expectedGrowth(state, slot)
    growthBytes += runBytes
    state.growthBytes += runBytes
    expectedMs += costMs
    timeoutMs = limitMs
    if (expectedMs >= BATCH_MS || runs.isAlone(slot)) break
  }
  if (slots.length === 0) return false
  const batch = state.batchSerial++
  const posted = { batch, slots: Int32Array.from(slots), reported: 0, expectedMs, growthBytes, pinned }
  state.lanes[lane].posted.push(posted)
  state.actions.push({ kind: 'start', lane, batch, slots: posted.slots, timeoutMs })
  return true
}

/** The run that should start next, −1 for none. Entries of runs that left the queue meanwhile are thrown away. */
function nextSlot(state: WorkerState): number {
  if (state.next.length > 0) return state.next[0]
  for (;;) {
    const slot = state.ready.peek()
    if (slot === -1 || state.runs.phase(slot) === READY) return slot
    state.ready.pop()
  }
}

function takeNext(state: WorkerState): void {
  if (state.next.length > 0) state.next.shift()
  else state.ready.pop()
}

/** As many runs as there are threads, twice, may wait for the disk; those for which all was read do not. */
const isReadingEnough = ({ reading, next, lanes }: WorkerState): boolean =>
  reading.size - next.length >= 2 * lanes.length

/** Whether a ready run needs something that is not in memory now. */
function readsFromDisk({ runs, values, reading }: WorkerState, slot: number): boolean {
  if (runs.dependencyCount(slot) === 0 || reading.has(slot)) return false
  let reads = false
  runs.eachDependency(slot, (task, run, _holder, _bytes, part) => {
    const row = values.rowOf(task, run, part)
    if (row !== -1 && !values.inMemory(row)) reads = true
  })
  return reads
}

/**
 * Pins what a run needs. When some of it is on disk alone, the run steps aside until it is read back, and false says
 * so. As many runs as there are threads, twice, may read ahead.
 */
function takeDependencies(state: WorkerState, slot: number, pinned: number[]): boolean {
  const { runs, values } = state
  if (runs.dependencyCount(slot) === 0) return true
  const held = state.reading.get(slot)
  if (held) {
    state.reading.delete(slot)
    unreserve(state, slot)
    pinned.push(...held)
    return true
  }
  const rows: number[] = []
  let gone = false
  runs.eachDependency(slot, (task, run, _holder, _bytes, part) => {
    const row = values.rowOf(task, run, part)
    if (row === -1 || values.phase(row) === AWAITED) gone = true
    rows.push(row)
  })
  if (gone) {
    admit(state, slot) // It was discarded since: fetched again, or reported missing.
    return false
  }
  for (const row of rows) {
    values.touch(row)
    values.pin(row)
  }
  if (rows.every((row) => values.inMemory(row))) {
    pinned.push(...rows)
    return true
  }
  runs.setPhase(slot, READING)
  state.reading.set(slot, rows)
  if (!runs.isAlone(slot)) reserve(state, slot, expectedGrowth(state, slot))
  readBack(state, slot, rows)
  return false
}

function readBack(state: WorkerState, slot: number, rows: readonly number[]): void {
  const { runs, values } = state
  const load: number[] = []
  let lacking = 0
  for (const row of rows) {
    if (values.inMemory(row)) continue
    if (values.phase(row) === SPILLED) {
      values.load(row)
      load.push(row)
    }
    if (values.phase(row) !== LOADING) continue
    waitFor(state, row, slot)
    lacking++
  }
  runs.setLacking(slot, lacking)
  if (load.length > 0) state.actions.push({ kind: 'load', rows: load })
}
