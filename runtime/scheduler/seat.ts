// Giving a task to a worker and taking it back: the worker's books are kept here and nowhere else.

import { ASSIGNED } from './journal.ts'
import { lend } from './lend.ts'
import { ASIDE, RECALLED, RUNNING, TROUBLED } from './phases.ts'
import { isConsumer } from './sources.ts'
import type { State } from './state.ts'
import { dirtyWorker, nextRun, setPhase } from './state.ts'
import type { Worker } from './worker.ts'

/** Deaths after which a task runs alone on its worker. */
export const DEATHS_TO_QUARANTINE = 2

/** Starts a new run of a task on a worker; all its dependencies must be stored. */
export function assign(state: State, task: number, worker: Worker): void {
  const { tasks } = state
  const run = nextRun(state)
  const expectedMs = state.groups.expectedMs(tasks.group[task])
  setPhase(state, task, RUNNING)
  tasks.worker[task] = worker.id
  tasks.run[task] = run
  tasks.weight[task] = expectedMs
  if (worker.assigned === 0) worker.progressMs = state.nowMs
  worker.assigned++
  worker.occupancyMs += expectedMs
  if (isConsumer(state, task)) {
    worker.consuming++
    state.consumedMs = state.nowMs
  }
  worker.seats.push(task, run)
  worker.outbox.execute.push(task, run)
  dirtyWorker(state, worker, false)
  const { restriction } = state.options.sets[tasks.option[task]]
  if (restriction)
    for (const [name, amount] of restriction.resources)
      worker.free.set(name, (worker.free.get(name) ?? 0) - amount)
  state.journal.write(state.nowMs, ASSIGNED, task, run, worker.id)
}

/** Ends a run's hold on its worker, for whatever reason; the caller decides the task's next phase at once. */
export function unseat(state: State, task: number): void {
  const { tasks } = state
  const worker = state.workers[tasks.worker[task]]!
  worker.assigned--
  worker.occupancyMs -= tasks.weight[task]
  if (isConsumer(state, task)) {
    worker.consuming--
    state.consumedMs = state.nowMs
  }
  tasks.worker[task] = -1
  tasks.weight[task] = 0
  if (state.ownProgress.size > 0) state.ownProgress.delete(task)
  if ((tasks.flags[task] & (RECALLED | TROUBLED | ASIDE)) !== 0) unseatSpecial(state, task, worker)
  const { restriction } = state.options.sets[tasks.option[task]]
  if (restriction)
    for (const [name, amount] of restriction.resources) worker.free.set(name, worker.free.get(name)! + amount)
  if (worker.assigned === 0) {
    // Sums of fractions drift; an idle worker is a chance to begin anew.
    worker.occupancyMs = 0
    worker.seats.clear()
  } else if (worker.seats.length > 2 * worker.assigned + 64) {
    const { phase, run, worker: seat } = tasks
    worker.seats.sweep((t, r) => phase[t] === RUNNING && run[t] === r && seat[t] === worker.id)
  }
  if (!worker.roomy) {
    worker.roomy = true
    state.roomy.push(worker)
  }
}

function unseatSpecial(state: State, task: number, worker: Worker): void {
  const { flags } = state.tasks
  if ((flags[task] & RECALLED) !== 0) {
    flags[task] &= ~RECALLED
    state.thieves.delete(task)
  }
  if ((flags[task] & ASIDE) !== 0) {
    flags[task] &= ~ASIDE
    worker.aside--
    if (isConsumer(state, task)) worker.consuming++
    lend(state, worker, task, -1)
  }
  if (worker.quarantinedTask === task) {
    worker.quarantinedTask = -1
    worker.quarantined = false
  }
}

/** The tasks that are assigned to a worker now, in the order of their assignment. */
export function seatedAt(state: State, worker: Worker): number[] {
  const { phase, run, worker: seat } = state.tasks
  const { seats } = worker
  const found: number[] = []
  for (let i = 0; i < seats.length; i++) {
    const task = seats.tasks[i]
    if (phase[task] === RUNNING && run[task] === seats.runs[i] && seat[task] === worker.id) found.push(task)
  }
  return found
}
