// Copies of values on more workers.

import { dirtyWorker, type State } from './state.ts'
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
