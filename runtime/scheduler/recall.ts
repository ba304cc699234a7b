// Asking a worker that takes no more tasks for those back that it has not begun.

import { RECALLED } from './phases.ts'
import { seatedAt } from './seat.ts'
import { dirtyWorker, type State } from './state.ts'
import type { Worker } from './worker.ts'

/** Asks for everything back that has not begun; what runs goes on. */
export function recallAll(state: State, worker: Worker): void {
  countThreads(state)
  const { tasks } = state
  for (const task of seatedAt(state, worker)) {
    if ((tasks.flags[task] & RECALLED) !== 0) continue
    tasks.flags[task] |= RECALLED
    worker.outbox.recall.push(task, tasks.run[task])
  }
  dirtyWorker(state, worker)
}

/** Keeps the number of threads that take tasks. */
export function countThreads(state: State): void {
  state.threads = 0
  for (const worker of state.present) if (worker.status === 'running') state.threads += worker.threads
}
