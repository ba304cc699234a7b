// Values and workers that are gone: what was on them is made again, from what it takes.

import type { WorkerMessage } from '../protocol/messages.ts'
import { chargeDeath, tooManyDeaths } from './deaths.ts'
import { dataLost, fail } from './fail.ts'
import { isCurrent } from './finish.ts'
import { discardCopy, heldBy, removeHolder } from './hold.ts'
import { DIED, LOST, MISSED } from './journal.ts'
import { reconsider, revive } from './need.ts'
import { READY, RELEASED, RUNNING, STORED, TROUBLED, WAITING } from './phases.ts'
import { settle } from './release.ts'
import { seatedAt, unseat } from './seat.ts'
import {
  dirtyWorker,
  eachDependency,
  eachDependent,
  keyOf,
  type State,
  setPhase,
  troubleOf,
} from './state.ts'
import { tellUnfinished } from './tell.ts'
import type { Worker } from './worker.ts'

/** Scattered data is the only copy: a failed fetch from a worker that is alive is tried again this often. */
const MISSES_OF_SCATTERED_MAX = 5

/** Deals with stored tasks that no worker holds any more. */
export function loseValues(state: State, lost: readonly number[]): void {
  const { tasks } = state
  const again: number[] = []
  for (const task of lost) {
    if (tasks.phase[task] !== STORED || tasks.holders[task] >= 0) continue
    const { scattered } = state.segments[tasks.segment[task]]!
    if (!scattered) {
      state.journal.write(state.nowMs, LOST, task, tasks.run[task], -1)
      setPhase(state, task, RELEASED)
      tellUnfinished(state, task)
    }
    eachDependent(state, task, (dependent) => {
      // Queued, or assigned and not sent yet, it has all the others. Counted per edge: it may stand on a task twice.
      if (tasks.phase[dependent] === READY || isUnsent(state, dependent)) {
        if (tasks.phase[dependent] === RUNNING) unseat(state, dependent)
        setPhase(state, dependent, WAITING)
        tasks.waiting[dependent] = 0
      }
      if (tasks.phase[dependent] === WAITING) tasks.waiting[dependent]++
      // A running one may have its copy already; if not, it will say what it misses.
    })
    if (scattered) {
      fail(state, task, dataLost(state, task, 'the only worker that held it has left'))
      continue
    }
    if (tasks.waiters[task] > 0) again.push(task)
    else settle(state, task)
  }
  revive(state, again)
}

/** Was it assigned so lately that its worker has not been told? */
function isUnsent(state: State, task: number): boolean {
  const { tasks } = state
  if (tasks.phase[task] !== RUNNING || tasks.worker[task] < 0) return false
  const { execute } = state.workers[tasks.worker[task]]!.outbox
  for (let i = 0; i < execute.length; i++)
    if (execute.tasks[i] === task && execute.runs[i] === tasks.run[task]) return true
  return false
}

/** Puts a task back among the waiting ones; an entry that it has in a queue is skipped when it comes up. */
function waitAgain(state: State, task: number): void {
  const { tasks } = state
  let waiting = 0
  eachDependency(state, task, (dependency) => {
    if (tasks.phase[dependency] !== STORED) waiting++
  })
  setPhase(state, task, WAITING)
  tasks.waiting[task] = waiting
}

/** A worker has left: its values are gone, and its runs are over. `charged` where a run of its may have been the reason. */
export function workerGone(state: State, worker: Worker, reason: string, charged: boolean): void {
  const { tasks } = state
  const held = heldBy(state, worker)
  const seated = seatedAt(state, worker)
  for (const task of held) removeHolder(state, task, worker)
  loseValues(
    state,
    held.filter((task) => tasks.phase[task] === STORED && tasks.holders[task] < 0),
  )
  for (const [task, at] of [...state.arriving]) {
    if (at !== worker.id) continue
    state.arriving.delete(task)
    state.bringers.delete(task)
    fail(state, task, dataLost(state, task, 'the worker that should hold it left before it arrived'))
  }
  for (const task of seated) {
    // Failures on the way here may have taken it along.
    if (tasks.phase[task] !== RUNNING || tasks.worker[task] !== worker.id) continue
    const run = tasks.run[task]
    unseat(state, task)
    state.journal.write(state.nowMs, DIED, task, run, worker.id)
    if (!charged) {
      reconsider(state, task)
      continue
    }
    tasks.flags[task] |= TROUBLED
    const trouble = chargeDeath(state, task, worker, reason)
    if (trouble.deaths < state.limits.deathsMax) reconsider(state, task)
    else fail(state, task, tooManyDeaths(state, task, worker, trouble))
  }
}

/** A client has left: values that it alone was bringing will not come. */
export function bringerGone(state: State, client: number): void {
  for (const [task, at] of [...state.arriving]) {
    const bringers = state.bringers.get(task)
    if (!bringers?.delete(client) || bringers.size > 0) continue
    state.arriving.delete(task)
    state.bringers.delete(task)
    const worker = state.workers[at]
    if (worker) worker.expectedBytes = Math.max(0, worker.expectedBytes - state.tasks.weight[task])
    fail(state, task, dataLost(state, task, 'the client that was bringing it has left'))
  }
}

/** Runs that could not start, since a value was not where the scheduler said. */
export function missing(
  state: State,
  worker: Worker,
  message: Extract<WorkerMessage, { type: 'missing' }>,
): void {
  const { tasks, replicas } = state
  const lost: number[] = []
  const again: number[] = []
  for (let i = 0; i < message.tasks.length; i++) {
    const task = message.tasks[i]
    if (!isCurrent(state, worker, task, message.runs[i])) continue
    const own = new Set<number>()
    eachDependency(state, task, (dependency) => own.add(dependency))
    for (let e = message.dependencyOffsets[i]; e < message.dependencyOffsets[i + 1]; e++) {
      const dependency = message.dependencies[e]
      const holder = state.workers[message.holders[e]]
      // Lost and made again since this run was sent: what could not be had was the older value.
      if (!own.has(dependency) || tasks.run[dependency] > message.runs[i]) continue
      if (!holder || !replicas.has(holder.id, tasks.holders[dependency])) continue
      if (isLastOfScattered(state, task, dependency)) continue
      discardCopy(state, dependency, holder)
      dirtyWorker(state, holder)
      if (tasks.holders[dependency] < 0) lost.push(dependency)
    }
    unseat(state, task)
    state.journal.write(state.nowMs, MISSED, task, message.runs[i], worker.id)
    again.push(task)
    // Between runs it is WAITING, so that losing its dependencies below finds it in a phase that it understands.
    waitAgain(state, task)
  }
  loseValues(state, lost)
  for (const task of again) if (tasks.phase[task] === WAITING) reconsider(state, task)
}

/** A scattered value is not given up for a fetch that failed while its only holder is alive, unless that goes on and on. */
function isLastOfScattered(state: State, task: number, dependency: number): boolean {
  const { tasks, replicas } = state
  if (!state.segments[tasks.segment[dependency]]!.scattered) return false
  if (replicas.count(tasks.holders[dependency]) > 1) return false
  tasks.flags[task] |= TROUBLED
  const trouble = troubleOf(state, task)
  trouble.lines.push(`could not fetch ${keyOf(state, dependency)} from its only holder`)
  return trouble.lines.length <= MISSES_OF_SCATTERED_MAX
}
