// Runs that use what was read back from disk for another one: they go with it, so that it is read once for all of them.
//
// An array whose blocks are on disk and that is cut otherwise is the case: of each block fifty pieces are cut off, and by
// their priorities those of one new block come together, each from another old block. In that order every block would
// be read fifty times.

import { READING, READY } from './runBooks.ts'
import type { WorkerState } from './workerState.ts'

/** A look at a ready run takes about as long as reading so many bytes: so many are looked at that they cost little beside. */
const BYTES_A_LOOK = 1024

/**
 * A value is in memory again, and runs in phase READING wait for it: ready runs of the same function that use it too, and
 * lack nothing else, will go right behind them. Their results may take no more than what was read: tasks that make more
 * out of it would fill the memory, were they not done in the order in which their results are used up.
 */
export function companionsOf(state: WorkerState, row: number): number[] {
  const { runs, values, growth, ready } = state
  const callables = new Set<number>()
  for (const slot of state.waiters.get(row) ?? [])
    if (runs.phase(slot) === READING && !runs.isAlone(slot)) callables.add(runs.callable(slot))
  let room = values.bytes(row)
  const found = new Set<number>()
  const looks = Math.ceil(room / BYTES_A_LOOK)
  if (callables.size === 0 || looks < 2) return []
  ready.visit(looks, (slot) => {
    if (runs.phase(slot) !== READY || !callables.has(runs.callable(slot))) return
    const bytes = growth.resultBytes(runs.callable(slot))
    if (bytes === undefined || bytes > room || runs.isAlone(slot) || found.has(slot)) return
    if (!usesAndLacksNothing(state, slot, row)) return
    room -= bytes
    found.add(slot)
  })
  return [...found].sort((one, other) => runs.priority(one) - runs.priority(other))
}

/** Runs that lack nothing go as those that waited for what was read: what they use is pinned, and they are in front of the ready ones. */
export function goWithThem(state: WorkerState, slots: readonly number[]): void {
  for (const slot of slots) goNext(state, slot)
}

/** Whether a run uses a value that has just come, and everything else that it uses is in memory. */
function usesAndLacksNothing({ runs, values }: WorkerState, slot: number, row: number): boolean {
  let uses = false
  let lacks = false
  runs.eachDependency(slot, (task, run, _holder, _bytes, part) => {
    const own = values.rowOf(task, run, part)
    if (own === row) uses = true
    else if (own === -1 || !values.inMemory(own)) lacks = true
  })
  return uses && !lacks
}

function goNext(state: WorkerState, slot: number): void {
  const { runs, values } = state
  const rows: number[] = []
  runs.eachDependency(slot, (task, run, _holder, _bytes, part) => rows.push(values.rowOf(task, run, part)))
  for (const row of rows) {
    values.touch(row)
    values.pin(row)
  }
  runs.setPhase(slot, READING)
  runs.setLacking(slot, 0)
  state.reading.set(slot, rows)
  state.next.push(slot)
}
