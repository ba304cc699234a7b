// Letting go of what nobody needs: values first, rows once nobody could need the value again.

import { discard, discardAll } from './hold.ts'
import { LET_GO } from './journal.ts'
import {
  COPIED_ON_DEMAND,
  CUSTOM,
  ERRED,
  FREE,
  READY,
  RELEASED,
  RUNNING,
  STORED,
  TROUBLED,
  WAITING,
} from './phases.ts'
import { unseat } from './seat.ts'
import { dirtyWorker, type State, setPhase } from './state.ts'

/** One waiter fewer; without any, the value goes. */
export function unneed(state: State, task: number): void {
  if (--state.tasks.waiters[task] === 0) settle(state, task)
}

/** A client no longer wants a result. `entry` is of the pool of wants. */
export function dropWant(state: State, entry: number): void {
  const { tasks, wants } = state
  const task = wants.task[entry]
  wants.remove(entry, tasks.wants)
  tasks.keepers[task]--
  if (--tasks.waiters[task] === 0) settle(state, task)
}

/**
 * Lets go of a task that nobody waits for, and of everything that only it needed. Long chains are a list, not a
 * recursion: a graph may be a million tasks deep.
 */
export function settle(state: State, task: number): void {
  state.unneeded.push(task)
  if (state.sweeping) return
  state.sweeping = true
  const { unneeded } = state
  const { phase, waiters, keepers } = state.tasks
  while (unneeded.length > 0) {
    const next = unneeded.items[--unneeded.length]
    if (phase[next] === FREE || waiters[next] > 0) continue
    if (phase[next] !== ERRED && phase[next] !== RELEASED) letGo(state, next)
    if (keepers[next] === 0) forget(state, next)
  }
  state.sweeping = false
}

function letGo(state: State, task: number): void {
  const { tasks } = state
  const phase = tasks.phase[task]
  if (phase === STORED) discardAll(state, task)
  else if (phase === RUNNING) stop(state, task)
  setPhase(state, task, RELEASED)
  state.journal.write(state.nowMs, LET_GO, task, tasks.run[task], -1)
  if (phase === WAITING || phase === READY || phase === RUNNING) unneedDependencies(state, task)
}

function stop(state: State, task: number): void {
  const { tasks } = state
  const arrivingAt = state.arriving.get(task)
  if (arrivingAt !== undefined) {
    state.arriving.delete(task)
    state.bringers.delete(task)
    const worker = state.workers[arrivingAt]
    if (!worker) return
    worker.expectedBytes = Math.max(0, worker.expectedBytes - tasks.weight[task])
    discard(state, worker, task, tasks.run[task])
    return
  }
  const worker = state.workers[tasks.worker[task]]!
  worker.outbox.cancel.push(task, tasks.run[task])
  dirtyWorker(state, worker)
  unseat(state, task)
}

/** A task that needed its dependencies does so no more. */
export function unneedDependencies(state: State, task: number): void {
  const { tasks, cross } = state
  const { dependencyOffsets, dependencies } = state.segments[tasks.segment[task]]!
  if (dependencyOffsets.length === 0) return
  const place = tasks.place[task]
  for (let e = dependencyOffsets[place], end = dependencyOffsets[place + 1]; e < end; e++) {
    const entry = dependencies[e]
    unneed(state, entry >= 0 ? entry : cross.dependency[-1 - entry])
  }
}

/** Gives the row back: no client wants it and no dependent exists. */
function forget(state: State, task: number): void {
  const { tasks, cross } = state
  const index = tasks.segment[task]
  const segment = state.segments[index]!
  const { dependencyOffsets, dependencies } = segment
  if (dependencyOffsets.length > 0) {
    const place = tasks.place[task]
    for (let e = dependencyOffsets[place], end = dependencyOffsets[place + 1]; e < end; e++) {
      const entry = dependencies[e]
      const dependency = entry >= 0 ? entry : cross.dependency[-1 - entry]
      if (entry < 0) cross.remove(-1 - entry, tasks.crossDependents)
      if (--tasks.keepers[dependency] === 0) state.unneeded.push(dependency)
    }
  }
  state.keys.delete(tasks.digests, task)
  if (tasks.phase[task] === ERRED) state.failures.delete(task)
  if ((tasks.flags[task] & TROUBLED) !== 0) state.troubles.delete(task)
  if ((tasks.flags[task] & CUSTOM) !== 0) state.customNames.delete(task)
  if ((tasks.flags[task] & COPIED_ON_DEMAND) !== 0) state.copiesAsked.delete(task)
  // The group's counts keep it: a panel shows what became of all tasks, not only of those still here.
  state.counts[tasks.phase[task]]--
  tasks.giveBack(task)
  if (--segment.alive === 0) freeSegment(state, index)
}

/** With the last task of a graph, its arguments and dependencies go. */
export function freeSegment(state: State, index: number): void {
  const segment = state.segments[index]!
  for (const number of segment.callables)
    for (const forgotten of state.callables.release(number))
      for (const worker of state.present)
        if (worker.knowsCallable.has(forgotten)) worker.outbox.forgottenCallables.push(forgotten)
  state.segments[index] = undefined
  state.freeSegments.push(index)
}
