// Where a task runs: near its data, on whoever is soonest done, within what was asked for.

import { QUEUED } from './journal.ts'
import type { Restriction } from './options.ts'
import { bytesTaken } from './parts.ts'
import { READY, TROUBLED } from './phases.ts'
import { rankOf } from './rank.ts'
import { suits, suitsEver } from './restrict.ts'
import { assign, DEATHS_TO_QUARANTINE } from './seat.ts'
import { type State, setPhase } from './state.ts'
import { canFinish } from './timeLeft.ts'
import { occupying, type Worker } from './worker.ts'

/** What fetching anything from another worker costs beside its bytes, in milliseconds. */
const FETCH_MS = 0.3
/** How many idle workers are looked at beside those that hold a dependency. */
const IDLE_TRIED = 4

/** A task's dependencies are all stored: assigns it, or queues it until a worker has room. */
export function ready(state: State, task: number): void {
  const { tasks } = state
  const { restriction } = state.options.sets[tasks.option[task]]
  const troubled = (tasks.flags[task] & TROUBLED) !== 0
  if (troubled && state.troubles.get(task)!.deaths >= DEATHS_TO_QUARANTINE && !restriction) {
    enqueue(state, task, state.quarantine)
    return
  }
  if (isRootLike(state, task) || (troubled && state.troubles.get(task)!.deaths > 0)) {
    enqueue(state, task, restriction ? restriction.queue : state.queue)
    return
  }
  const worker = bestWorker(state, task, restriction)
  if (worker) assign(state, task, worker)
  else enqueue(state, task, restriction ? restriction.queue : state.queue)
}

/** Puts a task into a queue; the end of the event looks at the queues. */
export function enqueue(state: State, task: number, queue: { push(rank: number, row: number): void }): void {
  setPhase(state, task, READY)
  queue.push(rankOf(state, task), task)
  state.queuedMore = true
  state.journal.write(state.nowMs, QUEUED, task, state.tasks.run[task], -1)
}

/**
 * Root tasks wait at the scheduler and are handed out as workers have room, since a worker that loads ahead of what it
 * can process fills its memory. So do tasks of a large group that all stand on the same few values, e.g. one that
 * was scattered: where those lie says nothing about where to run.
 */
export function isRootLike(state: State, task: number): boolean {
  const { tasks, groups } = state
  const { dependencyOffsets } = state.segments[tasks.segment[task]]!
  if (dependencyOffsets.length === 0) return true
  const place = tasks.place[task]
  if (dependencyOffsets[place] === dependencyOffsets[place + 1]) return true
  const group = tasks.group[task]
  return groups.fewDependencies[group] !== 0 && groups.sizes[group] > 2 * state.threads
}

/** Expected wait for its threads plus the time to bring what it lacks; the least wins, then the earlier worker. */
export function bestWorker(state: State, task: number, restriction?: Restriction): Worker | undefined {
  const { tasks, replicas, workers, cross } = state
  const { dependencyOffsets, dependencies, dependencyParts } = state.segments[tasks.segment[task]]!
  const mark = state.nextMark++
  let total = 0
  let count = 0
  const place = tasks.place[task]
  const first = dependencyOffsets.length === 0 ? 0 : dependencyOffsets[place]
  const end = dependencyOffsets.length === 0 ? 0 : dependencyOffsets[place + 1]
  for (let e = first; e < end; e++) {
    const entry = dependencies[e]
    const dependency = entry >= 0 ? entry : cross.dependency[-1 - entry]
    const isPart = dependencyParts.length > 0
    const bytes = isPart ? bytesTaken(state, dependency, dependencyParts[e]) : tasks.weight[dependency]
    total += bytes
    count++
    for (let holder = tasks.holders[dependency]; holder >= 0; holder = replicas.next[holder]) {
      const worker = workers[replicas.worker[holder]]
      if (worker === undefined) continue
      if (worker.mark !== mark) {
        worker.mark = mark
        worker.markedBytes = 0
        worker.markedCount = 0
      }
      worker.markedBytes += bytes
      worker.markedCount++
    }
  }
  let best: Worker | undefined
  let bestCost = Infinity
  const consider = (worker: Worker): void => {
    if (worker.status !== 'running' || worker.quarantined || !canFinish(state, worker, task)) return
    if (restriction && !suits(state, worker, restriction)) return
    const held = worker.mark === mark
    const lackedBytes = held ? total - worker.markedBytes : total
    const fetchMs = (held ? worker.markedCount : 0) < count ? FETCH_MS + lackedBytes / state.bytesPerMs : 0
    const cost = worker.occupancyMs / worker.threads + fetchMs
    if (cost < bestCost) {
      best = worker
      bestCost = cost
    }
  }
  for (let e = first; e < end; e++) {
    const entry = dependencies[e]
    const dependency = entry >= 0 ? entry : cross.dependency[-1 - entry]
    for (let holder = tasks.holders[dependency]; holder >= 0; holder = replicas.next[holder]) {
      const worker = workers[replicas.worker[holder]]
      if (worker !== undefined) consider(worker)
    }
  }
  // Idle workers may be sooner done, though they hold nothing; without any holder everybody is asked.
  const { present } = state
  if (best === undefined) for (const worker of present) consider(worker)
  else
    for (let i = 0; i < IDLE_TRIED && i < present.length; i++) {
      const worker = present[state.nextTurn++ % present.length]
      if (occupying(worker) < worker.threads) consider(worker)
    }
  return best
}

/** Whether any worker that is here could ever run tasks of a restriction. */
export function anySuits(state: State, restriction: Restriction): boolean {
  return state.present.some((worker) => suitsEver(state, worker, restriction))
}
