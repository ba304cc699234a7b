// Workers whose time is limited, as that of a batch job is: what they may still begin, and when they hand over.

import { READY } from './phases.ts'
import { retire } from './retire.ts'
import type { State } from './state.ts'
import type { Worker } from './worker.ts'

/**
 * Whether a worker has the time for a task, behind what it has already. A task that takes longer than the worker was ever
 * given would find no better one: it may try.
 */
export function canFinish(state: State, worker: Worker, task: number): boolean {
  const { time } = worker
  if (time === undefined) return true
  const { groups, tasks } = state
  const group = tasks.group[task]
  // Of a function that never ran nothing is known.
  if (!groups.isMeasured(group)) return true
  const expectedMs = groups.expectedMs(group)
  if (expectedMs > time.endsMs - time.sinceMs) return true
  return state.nowMs + worker.occupancyMs / worker.threads + expectedMs <= time.endsMs
}

/**
 * Called by the clock: workers whose end is near begin to hand over. What tasks are expected to take is learnt while they run, so
 * that a worker which lacked the time for what waits may have it now: the end of the event looks again.
 */
export function retireInTime(state: State): void {
  for (const worker of state.present) {
    if (worker.time === undefined) continue
    if (state.nowMs >= worker.time.retireMs) retire(state, worker)
    else if (worker.assigned === 0 && state.counts[READY] > 0) state.queuedMore = true
  }
}
