// A run that waits for tasks which it submitted itself leaves its thread to others, those tasks among them.

import type { WorkerMessage } from '../protocol/messages.ts'
import { isCurrent } from './finish.ts'
import { lend } from './lend.ts'
import { ASIDE } from './phases.ts'
import { isConsumer } from './sources.ts'
import type { State } from './state.ts'
import type { Worker } from './worker.ts'

/** The runs stay assigned; they count for nothing when it is asked how occupied their worker is, until they go on. */
export function waiting(
  state: State,
  worker: Worker,
  message: Extract<WorkerMessage, { type: 'waiting' }>,
): void {
  worker.progressMs = state.nowMs
  message.tasks.forEach((task, i) => {
    if (!isCurrent(state, worker, task, message.runs[i])) return
    if (message.waits[i] === 1) setAside(state, worker, task)
    else goesOn(state, worker, task)
  })
}

function setAside(state: State, worker: Worker, task: number): void {
  const { tasks } = state
  if ((tasks.flags[task] & ASIDE) !== 0) return
  tasks.flags[task] |= ASIDE
  worker.aside++
  if (isConsumer(state, task)) worker.consuming--
  lend(state, worker, task, 1)
  worker.occupancyMs -= tasks.weight[task]
  tasks.weight[task] = 0 // How long it still takes when it goes on is not known.
  if (worker.quarantinedTask === task) {
    // What it waits for may have nowhere else to run.
    worker.quarantinedTask = -1
    worker.quarantined = false
    state.queuedMore = true
  }
  if (worker.roomy) return
  worker.roomy = true
  state.roomy.push(worker)
}

function goesOn(state: State, worker: Worker, task: number): void {
  if ((state.tasks.flags[task] & ASIDE) === 0) return
  state.tasks.flags[task] &= ~ASIDE
  worker.aside--
  if (isConsumer(state, task)) worker.consuming++
  lend(state, worker, task, -1)
}
