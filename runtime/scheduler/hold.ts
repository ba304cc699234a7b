// Who holds which value: the pair of `holders` (per task) and `hasWhat` (per worker), kept together.

import { STORED } from './phases.ts'
import { dirtyWorker, type State } from './state.ts'
import type { Worker } from './worker.ts'

/** From so many on, those that no longer matter are dropped. */
const FORGETTING_SWEPT = 1024

/** A worker holds the value of a task from now on; it must not be among the holders yet. */
export function addHolder(state: State, task: number, worker: Worker): void {
  const { tasks, replicas } = state
  tasks.holders[task] = replicas.add(worker.id, tasks.holders[task])
  worker.heldBytes += tasks.weight[task]
  worker.heldCount++
  const { hasWhat } = worker
  if (hasWhat.length > 2 * worker.heldCount + 64)
    hasWhat.sweep(
      (t, r) => tasks.phase[t] === STORED && tasks.run[t] === r && replicas.has(worker.id, tasks.holders[t]),
    )
  hasWhat.push(task, tasks.run[task])
}

/** A worker no longer holds the value, by itself or since it was told so. */
export function removeHolder(state: State, task: number, worker: Worker): void {
  const { tasks, replicas } = state
  tasks.holders[task] = replicas.remove(worker.id, tasks.holders[task])
  worker.heldBytes -= tasks.weight[task]
  worker.heldCount--
}

/**
 * A worker gives up its copy of a value that others hold. Its word that it has one may be on its way already: none is
 * believed that it gave before it was told.
 */
export function discardCopy(state: State, task: number, worker: Worker): void {
  const { tasks } = state
  removeHolder(state, task, worker)
  discard(state, worker, task, tasks.run[task])
  const { forgetting } = worker
  if (forgetting.size >= FORGETTING_SWEPT)
    for (const [t, { run }] of forgetting)
      if (tasks.phase[t] !== STORED || tasks.run[t] !== run) forgetting.delete(t)
  forgetting.set(task, { run: tasks.run[task], discard: worker.discards + 1 })
}

/**
 * Is a worker's word that it has a copy older than the order to forget it?
 * @param discards how many such orders it had followed when it gave its word
 */
export function isForgetting({ tasks }: State, task: number, worker: Worker, discards: number): boolean {
  const order = worker.forgetting.get(task)
  return order !== undefined && order.run === tasks.run[task] && discards < order.discard
}

/** Tells a worker to forget a value. */
export function discard(state: State, worker: Worker, task: number, run: number): void {
  worker.outbox.discard.push(task, run)
  dirtyWorker(state, worker, false)
}

/** Tells all holders to forget the value. */
export function discardAll(state: State, task: number): void {
  const { tasks, replicas } = state
  const run = tasks.run[task]
  for (let entry = tasks.holders[task]; entry >= 0; ) {
    const worker = state.workers[replicas.worker[entry]]
    if (worker) {
      worker.heldBytes -= tasks.weight[task]
      worker.heldCount--
      discard(state, worker, task, run)
    }
    entry = replicas.drop(entry)
  }
  tasks.holders[task] = -1
}

/** The values that a worker holds now. */
export function heldBy(state: State, worker: Worker): number[] {
  const { tasks, replicas } = state
  const { hasWhat } = worker
  const found = new Set<number>()
  for (let i = 0; i < hasWhat.length; i++) {
    const task = hasWhat.tasks[i]
    if (
      tasks.phase[task] === STORED &&
      tasks.run[task] === hasWhat.runs[i] &&
      replicas.has(worker.id, tasks.holders[task])
    )
      found.add(task)
  }
  return [...found]
}
