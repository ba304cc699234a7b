// What a worker whose time is nearly over may still do, while the first tasks that wait would take it beyond its end.

import { GROUP_STRIDE } from './groups.ts'
import { READY, TROUBLED } from './phases.ts'
import type { ReadyQueue } from './readyQueue.ts'
import { suits } from './restrict.ts'
import { assign } from './seat.ts'
import { isHeldBack } from './sources.ts'
import type { State } from './state.ts'
import { canFinish } from './timeLeft.ts'
import type { Worker } from './worker.ts'

/** So far behind the first task is looked, all queues together. */
const LOOKS_MAX = 50_000
/** A worker is looked for again when that costs next to nothing beside the time since. */
const LOOKS_PER_MS = 500

/**
 * Gives a worker up to `share` tasks that it can finish from behind those that it cannot. Order among queues of different
 * restrictions is not kept.
 */
export function fillBehind(
  state: State,
  worker: Worker,
  share: number,
  hasRoom: (state: State, worker: Worker, task: number) => boolean,
): void {
  if (state.nowMs < worker.looksAgainMs || !anyFits(state, worker)) return
  let given = 0
  let looks = 0
  const from = (queue: ReadyQueue, may: () => boolean): void => {
    if (given >= share || !may()) return
    const standing = queue.behind(state, LOOKS_MAX - looks, (task) => {
      looks++
      return fits(state, worker, task)
    })
    for (const each of standing) {
      if (given >= share || !may() || !hasRoom(state, worker, each.row)) return
      // What it was given just now takes of its time.
      if (!fits(state, worker, each.row)) continue
      queue.take(each)
      assign(state, each.row, worker)
      given++
    }
  }
  from(state.queue, () => true)
  for (const restriction of state.options.restrictions)
    from(restriction.queue, () => suits(state, worker, restriction))
  worker.looksAgainMs = state.nowMs + Math.floor(looks / LOOKS_PER_MS)
}

/** Tasks that died with workers keep their turn. */
const fits = (state: State, worker: Worker, task: number): boolean =>
  (state.tasks.flags[task] & TROUBLED) === 0 &&
  canFinish(state, worker, task) &&
  !isHeldBack(state, worker, task)

/** Whether any group has tasks that wait and that the worker could finish: without one there is no use in looking. */
function anyFits({ groups, nowMs }: State, { time, occupancyMs, threads }: Worker): boolean {
  if (time === undefined) return false
  const leftMs = time.endsMs - nowMs - occupancyMs / threads
  for (let group = 0; group < groups.infos.length; group++) {
    if (groups.counts[group * GROUP_STRIDE + READY] === 0) continue
    if (!groups.isMeasured(group)) return true
    const expectedMs = groups.expectedMs(group)
    if (expectedMs <= leftMs || expectedMs > time.endsMs - time.sinceMs) return true
  }
  return false
}
