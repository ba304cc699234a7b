// Copies of values on more workers.

import { isInParts } from './parts.ts'
import { COPIED_ON_DEMAND, STORED } from './phases.ts'
import { dirtyWorker, type State } from './state.ts'
import { rowOfKey } from './story.ts'
import type { Worker } from './worker.ts'

/** Asks every worker that has no copy to make one. */
export function broadcast(state: State, task: number): void {
  for (const worker of state.present)
    if (worker.status === 'running' && !state.replicas.has(worker.id, state.tasks.holders[task]))
      replicate(state, task, worker)
}

/** Asks a worker for a copy of a value. */
export function replicate(state: State, task: number, worker: Worker): void {
  const { tasks, replicas } = state
  const { outbox } = worker
  outbox.replicate.push(task, tasks.run[task])
  outbox.replicateHolders.push(replicas.pick(tasks.holders[task], worker.id))
  outbox.replicateSizes.push(tasks.weight[task])
  dirtyWorker(state, worker)
}

/**
 * Has values held by `copies` workers, the emptiest first; returns how many copies are under way. Values that are not
 * there, and keys that nobody knows, are passed over.
 */
export function replicateKeys(state: State, keys: readonly string[], copies = Infinity): { copies: number } {
  const { tasks, replicas } = state
  const emptiestFirst = state.present
    .filter(({ status }) => status === 'running')
    .sort((one, other) => one.heldBytes - other.heldBytes || one.id - other.id)
  let asked = 0
  for (const key of keys) {
    const row = rowOfKey(state, key)
    if (row < 0 || tasks.phase[row] !== STORED || isInParts(state, row)) continue
    // From here on they are wanted: what looks for needless copies leaves so many.
    tasks.flags[row] |= COPIED_ON_DEMAND
    state.copiesAsked.set(row, copies)
    let lacking = copies - replicas.count(tasks.holders[row])
    for (const worker of emptiestFirst) {
      if (lacking <= 0) break
      if (replicas.has(worker.id, tasks.holders[row])) continue
      replicate(state, row, worker)
      lacking--
      asked++
    }
  }
  return { copies: asked }
}
