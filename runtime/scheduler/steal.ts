// Work stealing: idle workers get tasks that others have been given and have not begun.

import { RECALLED_STEP } from './journal.ts'
import { bytesTaken } from './parts.ts'
import { ASIDE, READY, RECALLED } from './phases.ts'
import { suits } from './restrict.ts'
import { seatedAt } from './seat.ts'
import { dirtyWorker, eachDependency, type State } from './state.ts'
import { canFinish } from './timeLeft.ts'
import { occupying, type Worker } from './worker.ts'

/** Looked at more often, a balance would move tasks whose last move has not arrived yet. */
const BALANCE_EVERY_MS = 5
/** Giving a task back and sending it elsewhere takes two messages: less work than this is not worth it. */
const STEAL_COST_MS = 1
/** A worker that was silent for longer runs something slow, whatever the average says: what waits behind it can move. */
const SILENT_MS = 20

/** Recalls tasks from the most occupied workers for idle ones. They move when the worker has given them back. */
export function balance(state: State): void {
  if (state.nowMs - state.balancedMs < BALANCE_EVERY_MS) return
  state.balancedMs = state.nowMs
  forgetPromises(state)
  // What is queued goes to idle workers first: stealing is for what has been handed out.
  if (!state.sourcesHeld && state.counts[READY] > 0 && state.queue.top(state) >= 0) return
  const thieves = state.present.filter(
    (worker) => worker.status === 'running' && !worker.quarantined && occupying(worker) < worker.threads,
  )
  if (thieves.length === 0) return
  const victims = state.present
    .filter((worker) => occupying(worker) > worker.threads && load(state, worker) > STEAL_COST_MS)
    .sort((one, other) => load(state, other) - load(state, one))
  for (const victim of victims) {
    if (!stealFrom(state, victim, thieves)) return
  }
}

/** Expected milliseconds until a worker's threads are through with what they have. */
function load(state: State, worker: Worker): number {
  const expectedMs = worker.occupancyMs / worker.threads
  const silentMs = state.nowMs - worker.progressMs
  return silentMs > SILENT_MS ? Math.max(expectedMs, silentMs) : expectedMs
}

/** Says whether thieves are left. */
function stealFrom(state: State, victim: Worker, thieves: Worker[]): boolean {
  const { tasks } = state
  const seated = seatedAt(state, victim)
  let victimLoad = load(state, victim)
  let spare = occupying(victim) - victim.threads
  // The last ones given are the last to begin.
  for (let i = seated.length - 1; i >= 0 && spare > 0; i--) {
    const task = seated[i]
    if ((tasks.flags[task] & (RECALLED | ASIDE)) !== 0) continue
    const expectedMs = tasks.weight[task]
    let best = -1
    let bestEnd = victimLoad - STEAL_COST_MS
    for (let t = 0; t < thieves.length; t++) {
      const thief = thieves[t]
      const { restriction } = state.options.sets[tasks.option[task]]
      if (thief === victim || (restriction && !suits(state, thief, restriction))) continue
      if (!canFinish(state, thief, task)) continue
      const end =
        (thief.occupancyMs + thief.promisedMs) / thief.threads + expectedMs + fetchMs(state, task, thief)
      if (end < bestEnd) {
        best = t
        bestEnd = end
      }
    }
    if (best < 0) continue
    const thief = thieves[best]
    tasks.flags[task] |= RECALLED
    state.thieves.set(task, thief.id)
    victim.outbox.recall.push(task, tasks.run[task])
    dirtyWorker(state, victim)
    state.journal.write(state.nowMs, RECALLED_STEP, task, tasks.run[task], victim.id)
    thief.promisedMs += expectedMs
    thief.promised++
    victimLoad -= expectedMs / victim.threads
    spare--
    if (thief.assigned + thief.promised >= thief.threads + 1) thieves.splice(best, 1)
    if (thieves.length === 0) break
  }
  return thieves.length > 0
}

function fetchMs(state: State, task: number, worker: Worker): number {
  let bytes = 0
  let lacked = 0
  eachDependency(state, task, (dependency, part) => {
    if (state.replicas.has(worker.id, state.tasks.holders[dependency])) return
    bytes += bytesTaken(state, dependency, part)
    lacked++
  })
  return lacked === 0 ? 0 : 0.3 + bytes / state.bytesPerMs
}

/** Promises hold until the next look: by then the tasks have moved, or have begun where they were. */
function forgetPromises(state: State): void {
  for (const worker of state.present) {
    worker.promisedMs = 0
    worker.promised = 0
  }
}
