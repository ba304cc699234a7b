// How far running tasks say that they have come: kept in their own words while they run.

import type { WorkerMessage } from '../protocol/messages.ts'
import { RUNNING } from './phases.ts'
import type { State } from './state.ts'
import type { Worker } from './worker.ts'

/** Longer sentences are cut: there is one for every running task at most. */
const TEXT_MAX = 200

export function noteProgress(
  { tasks, ownProgress }: State,
  worker: Worker,
  { task = -1, text }: Extract<WorkerMessage, { type: 'log' }>,
): void {
  if (task < 0 || task >= tasks.top) return
  if (tasks.phase[task] === RUNNING && tasks.worker[task] === worker.id)
    ownProgress.set(task, text.slice(0, TEXT_MAX))
}
