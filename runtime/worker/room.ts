// Whether there is room for what comes into memory: results of runs, values read back, fetched, or read to be sent.
//
// Everything asks here, and by one rule: what would not fit beside all that is in memory, or already on its way there, waits
// for as long as something is under way that will make room. Where nothing is, it comes all the same, alone.

import { bytesToSpill } from './memory.ts'
import { hasLeft, type WorkerState } from './workerState.ts'

/** Bytes that are on their way into memory, and that the books of values do not count yet. */
export function comingBytes({ values, fetches, growthBytes, lentBytes }: WorkerState): number {
  return values.loadingBytes + fetches.bytesInFlight + growthBytes + lentBytes
}

/** Whether so many bytes more stay below what pauses the worker. */
export function hasRoom(state: WorkerState, bytes: number): boolean {
  const { values, baseBytes, strayBytes, limits } = state
  const takenBytes = values.managedBytes + baseBytes + strayBytes + comingBytes(state)
  return takenBytes + bytes <= limits.pauseShare * limits.limitBytes
}

/** Whether so many bytes must wait: what can leave memory for them is sent on its way. */
export function mustWaitFor(state: WorkerState, bytes: number): boolean {
  if (hasRoom(state, bytes)) return false
  state.blockedBytes = Math.max(state.blockedBytes, bytes)
  if (!makesRoom(state)) spill(state)
  return !hasRoom(state, bytes) && makesRoom(state)
}

/**
 * Whether a value may be read to be sent now. It does not wait for values from others: two workers that wait for each other's
 * would do so for ever.
 */
export function mayBeSent(state: WorkerState, bytes: number): boolean {
  return hasRoom(state, bytes) || !makesOwnRoom(state)
}

/** Whether anything waits for want of memory. */
export const isShort = ({ paused, held, blockedBytes }: WorkerState): boolean =>
  paused || held || blockedBytes > 0

/** Whether something is under way after which less is in memory, or less is on its way there. */
function makesRoom(state: WorkerState): boolean {
  return makesOwnRoom(state) || state.fetches.bytesInFlight > 0 || state.lentBytes > 0
}

function makesOwnRoom({ values, growthBytes, returningBytes, lanes }: WorkerState): boolean {
  if (values.leavingBytes + values.loadingBytes + growthBytes + returningBytes > 0) return true
  return lanes.some(({ posted }) => posted.some(({ pinned }) => pinned.length > 0))
}

/** Sends values on their way to disk, as far as the limits and what is expected to come ask for it. */
export function spill(state: WorkerState): void {
  if (state.spillStuck || state.diskRefuses) return
  const { managedBytes, leavingBytes } = state.values
  // What is bound to return by itself is no reason to write anything.
  const strayBytes = state.strayBytes - state.returningBytes
  const expectedBytes = state.baseBytes + strayBytes + comingBytes(state) + state.blockedBytes
  const measured = { managedBytes, leavingBytes, rssBytes: state.rssToJudge, expectedBytes }
  const wanted = bytesToSpill(measured, state.limits)
  if (wanted <= 0) return
  const { write, dropped } = state.values.chooseToSpill(wanted)
  hasLeft(state, managedBytes - state.values.managedBytes)
  if (dropped.length > 0) state.actions.push({ kind: 'release', rows: dropped })
  if (write.length > 0) state.actions.push({ kind: 'spill', rows: write })
  state.spillStuck = write.length + dropped.length === 0
  // The measured size follows what left only after a while: it is judged once a measurement.
  state.rssToJudge = 0
}
