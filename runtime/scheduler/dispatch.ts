// Handing out queued tasks to workers with room, at the end of every event.

import { READY, TROUBLED } from './phases.ts'
import { rankOf } from './rank.ts'
import type { ReadyQueue } from './readyQueue.ts'
import { suits } from './restrict.ts'
import { assign } from './seat.ts'
import { fillBehind } from './shortTasks.ts'
import { isHeldBack } from './sources.ts'
import type { State } from './state.ts'
import { canFinish } from './timeLeft.ts'
import { occupying, type Worker } from './worker.ts'

/** A worker may have this much measured work ahead of each of its threads: less than a round trip would leave it idle. */
const READ_AHEAD_MS = 2
const READ_AHEAD_TASKS = 512

/** Looks at the queues when something was queued or somebody got room. */
export function dispatch(state: State): void {
  handOutQuarantined(state)
  // What held sources back may have ended anywhere.
  const all = state.queuedMore || state.sourcesHeld
  state.sourcesHeld = false
  if (state.counts[READY] > 0) {
    const candidates = all ? state.present : state.roomy
    const queued = state.counts[READY]
    // Each gets a share of what is queued: the first worker must not take all of it, however much it can take.
    for (const worker of candidates) {
      if (state.counts[READY] === 0) break
      if (worker.status === 'running')
        fill(state, worker, Math.ceil((queued * worker.threads) / state.threads))
    }
    // Shares were cut by restrictions or by what others could not take: whoever has room takes the rest.
    if (all && state.counts[READY] > 0)
      for (const worker of candidates) if (worker.status === 'running') fill(state, worker, Infinity)
  }
  for (const worker of state.roomy) worker.roomy = false
  state.roomy.length = 0
  state.queuedMore = false
}

/** Gives a worker up to `share` tasks, while it has room. */
function fill(state: State, worker: Worker, share: number): void {
  for (let given = 0; given < share; given++) {
    if (worker.quarantined) return
    let queue: ReadyQueue = state.queue
    let task = startable(state, worker, queue)
    for (const restriction of state.options.restrictions) {
      const other = startable(state, worker, restriction.queue)
      if (other < 0 || (task >= 0 && rankOf(state, other) > rankOf(state, task))) continue
      if (!suits(state, worker, restriction)) continue
      queue = restriction.queue
      task = other
    }
    if (task < 0 || !hasRoom(state, worker, task)) return
    if (!canFinish(state, worker, task)) {
      fillBehind(state, worker, share - given, hasRoom)
      return
    }
    queue.pop(task)
    assign(state, task, worker)
  }
}

/** The first task of a queue, or −1 where there is none or it must wait for memory. */
function startable(state: State, worker: Worker, queue: ReadyQueue): number {
  const task = queue.top(state)
  if (task < 0 || !isHeldBack(state, worker, task)) return task
  state.sourcesHeld = true
  return -1
}

/**
 * Room is a little more than the worker has threads (`saturation`), or for tasks known to be short, as many as keep it
 * busy until the next ones can arrive.
 */
function hasRoom(state: State, worker: Worker, task: number): boolean {
  const { tasks, groups } = state
  // It died with a worker once: it starts at once or waits, so that few others share the blame for a second death.
  if ((tasks.flags[task] & TROUBLED) !== 0 && state.troubles.get(task)!.deaths > 0)
    return occupying(worker) < worker.threads
  if (occupying(worker) < roomOf(state, worker)) return true
  const group = tasks.group[task]
  return (
    groups.isMeasured(group) &&
    occupying(worker) < READ_AHEAD_TASKS * worker.threads &&
    worker.occupancyMs + groups.expectedMs(group) <= READ_AHEAD_MS * worker.threads
  )
}

/** Tasks that a worker may have at any rate. */
export function roomOf(state: State, worker: Worker): number {
  return Math.max(1, Math.ceil(state.limits.saturation * worker.threads))
}

/** A task that has died with workers before gets a worker of its own: one is kept free of new work until it is empty. */
function handOutQuarantined(state: State): void {
  let task = state.quarantine.top(state)
  if (task < 0) {
    if (state.reserved > 0) giveUpReserved(state)
    return
  }
  const usable = state.present.filter((worker) => worker.status === 'running')
  let reserved = 0
  for (const worker of usable) {
    if (!worker.quarantined) continue
    reserved++
    if (worker.quarantinedTask >= 0 || task < 0) continue
    const place = worker.assigned === 0 ? worker : emptied(state, worker, usable)
    if (!place) continue
    runAlone(state, task, place)
    task = state.quarantine.top(state)
  }
  const most = Math.max(1, usable.length >> 2)
  while (task >= 0 && reserved < most) {
    const free = usable.filter((worker) => !worker.quarantined)
    if (free.length === 0) break
    const worker = free.reduce((least, one) => (one.assigned < least.assigned ? one : least))
    worker.quarantined = true
    reserved++
    if (worker.assigned > 0) continue
    runAlone(state, task, worker)
    task = state.quarantine.top(state)
  }
  state.reserved = reserved
}

/**
 * Where to go instead of a reserved worker that is not empty: to one that is, which is then reserved in its place. Runs
 * that wait for tasks of their own may wait for this very task: when all workers have such, it runs beside them.
 */
function emptied(state: State, reserved: Worker, usable: readonly Worker[]): Worker | undefined {
  const empty = usable.find(({ quarantined, assigned }) => !quarantined && assigned === 0)
  if (!empty) return occupying(reserved) === 0 ? reserved : undefined
  reserved.quarantined = false
  empty.quarantined = true
  state.queuedMore = true
  return empty
}

function runAlone(state: State, task: number, worker: Worker): void {
  state.quarantine.pop(task)
  assign(state, task, worker)
  worker.quarantinedTask = task
}

/** Workers that were kept free for tasks which nobody needs any more take part again. */
function giveUpReserved(state: State): void {
  for (const worker of state.present)
    if (worker.quarantined && worker.quarantinedTask < 0) worker.quarantined = false
  state.reserved = 0
  state.queuedMore = true
}
