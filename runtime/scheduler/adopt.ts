// Values that are there without a run having just ended: brought by a worker that came back, or by a client.

import { addHolder } from './hold.ts'
import { COPIED } from './journal.ts'
import { READY, STORED, WAITING } from './phases.ts'
import { ready } from './place.ts'
import { unneedDependencies } from './release.ts'
import { eachDependent, type State, setPhase } from './state.ts'
import { tellFinished } from './tell.ts'
import type { Worker } from './worker.ts'

/** A worker holds the value that `run` made. Says whether it is of use; if not, the caller has it discarded. */
export function adopt(state: State, worker: Worker, task: number, run: number, bytes: number): boolean {
  const { tasks } = state
  if (task < 0 || task >= tasks.top || run === 0 || tasks.run[task] !== run) return false
  const phase = tasks.phase[task]
  if (phase === STORED) {
    if (!state.replicas.has(worker.id, tasks.holders[task])) addHolder(state, task, worker)
    return true
  }
  // While a task waits for its next run, the column still names the last one.
  if (phase !== WAITING && phase !== READY) return false
  storeValue(state, task, worker, bytes)
  unneedDependencies(state, task)
  return true
}

/** A task's value is there: tells who wants it and starts what has waited for it alone. */
export function storeValue(state: State, task: number, worker: Worker, bytes: number): void {
  const { tasks } = state
  setPhase(state, task, STORED)
  tasks.weight[task] = bytes
  addHolder(state, task, worker)
  state.journal.write(state.nowMs, COPIED, task, tasks.run[task], worker.id)
  tellFinished(state, task)
  const begin: number[] = []
  eachDependent(state, task, (dependent) => {
    if (tasks.phase[dependent] === WAITING && --tasks.waiting[dependent] === 0) begin.push(dependent)
  })
  for (const dependent of begin) if (tasks.phase[dependent] === WAITING) ready(state, dependent)
}
