// What happens to values: they come from other workers and clients, leave for the disk, and come back.

import { companionsOf, goWithThem } from './companions.ts'
import { READING, WAITING } from './runBooks.ts'
import { WHOLE } from './taskRunTable.ts'
import { AWAITED, HELD, LOADING, WRITING } from './values.ts'
import { arrived, dropValue, hasLeft, leaveRun, stopWaiting, type WorkerState } from './workerState.ts'

/** A client or another worker wrote a value here. Returns its row, or −1 when it was here already. */
export function onPut(state: WorkerState, task: number, run: number, bytes: number): number {
  const row = state.values.hold(task, run, bytes)
  const known = row === -1 ? state.values.rowOf(task, run) : row
  if (known !== -1) state.reports.stored(task, run, state.values.bytes(known))
  if (row !== -1) arrived(state, row)
  return row
}

/** One value of an answered request, or a part of one. Returns its row, or −1 when nobody wants it any more. */
export function onFetched(
  state: WorkerState,
  task: number,
  run: number,
  bytes: number,
  part = WHOLE,
): number {
  const awaited = state.values.rowOf(task, run, part)
  if (awaited === -1 || state.values.phase(awaited) !== AWAITED) return -1
  const row = state.values.hold(task, run, bytes, part)
  // A part is here for the runs that take it; the value it belongs to is not.
  if (part === WHOLE) state.reports.stored(task, run, bytes)
  arrived(state, row)
  return row
}

/** A request ended; `absent` are its values that did not come: what waits for them cannot start here. */
export function onFetchEnded(
  state: WorkerState,
  request: number,
  absent: readonly { task: number; run: number; part?: number }[],
): void {
  const done = state.fetches.done(request)
  if (!done || absent.length === 0) return
  const lackedBy = new Map<number, number[]>()
  for (const { task, run, part } of absent) {
    const row = state.values.rowOf(task, run, part)
    if (row === -1 || state.values.phase(row) !== AWAITED) continue
    for (const slot of state.waiters.get(row) ?? []) {
      const lacked = lackedBy.get(slot)
      if (lacked?.includes(task)) continue
      if (lacked) lacked.push(task)
      else lackedBy.set(slot, [task])
    }
    if (!state.waiters.has(row)) dropValue(state, row)
  }
  for (const [slot, dependencies] of lackedBy)
    reportMissing(
      state,
      slot,
      dependencies,
      dependencies.map(() => done.holder),
    )
}

/** Gives a run back to the scheduler, since these dependencies cannot be had from these workers. */
export function reportMissing(
  state: WorkerState,
  slot: number,
  dependencies: readonly number[],
  holders: readonly number[],
): void {
  const phase = state.runs.phase(slot)
  if (phase !== WAITING && phase !== READING) return
  state.reports.missing(state.runs.task(slot), state.runs.run(slot), dependencies, holders)
  stopWaiting(state, slot)
  leaveRun(state, slot)
}

/** Values reached the disk. */
export function onWritten(state: WorkerState, rows: readonly number[]): void {
  const released: number[] = []
  const before = state.values.managedBytes
  state.diskRefused = false
  for (const row of rows) {
    if (state.values.phase(row) !== WRITING) continue
    if (!state.values.isDoomed(row)) tellSpilled(state, row)
    if (state.values.written(row)) released.push(row)
    if (state.values.settle(row)) state.forgotten.push(row)
  }
  hasLeft(state, before - state.values.managedBytes)
  if (released.length > 0) state.actions.push({ kind: 'release', rows: released })
}

/** Of a value in parts one word is enough, when the last of them is there. */
function tellSpilled({ values, reports }: WorkerState, row: number): void {
  const task = values.task(row)
  const run = values.run(row)
  if (values.part(row) === WHOLE || values.parted.wrote(task, run)) reports.spilled(task, run)
}

/** Values could not be written: they stay, and nothing more is spilled until memory is measured again. */
export function onNotWritten(state: WorkerState, rows: readonly number[]): void {
  state.diskRefuses = true
  state.diskRefused = true
  for (const row of rows) {
    if (state.values.phase(row) !== WRITING) continue
    state.values.notWritten(row)
    if (state.values.settle(row)) state.forgotten.push(row)
  }
}

/** Spilled values are in memory again. */
export function onLoaded(state: WorkerState, rows: readonly number[]): void {
  for (const row of rows) {
    if (state.values.phase(row) !== LOADING) continue
    state.values.loaded(row)
    if (state.values.settle(row)) state.forgotten.push(row)
    else {
      const companions = companionsOf(state, row)
      arrived(state, row)
      goWithThem(state, companions)
    }
  }
}

/** Spilled values cannot be read back: they are gone, and the runs that need them go back to the scheduler. */
export function onNotLoaded(state: WorkerState, rows: readonly number[], self: number): void {
  for (const row of rows) {
    if (state.values.phase(row) !== LOADING) continue
    const task = state.values.task(row)
    const slots = state.waiters.get(row) ?? []
    // While it still counts as being read nothing lets go of it: once is enough, below.
    for (const slot of [...slots]) reportMissing(state, slot, [task], [self])
    state.values.loaded(row)
    if (!state.values.isDoomed(row)) dropValue(state, row)
    else if (state.values.settle(row)) state.forgotten.push(row)
  }
}

/** Keeps a value from leaving while a peer is being sent it. */
export function holdForSending(state: WorkerState, row: number): void {
  if (state.values.phase(row) === HELD) state.values.touch(row)
  state.values.pin(row)
}
