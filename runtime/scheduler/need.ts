// Needing a value again: a task whose value was let go or lost is computed anew, with all that it takes.

import { dataLost, fail } from './fail.ts'
import { NEEDED_AGAIN } from './journal.ts'
import { ERRED, RELEASED, STORED, WAITING } from './phases.ts'
import { ready } from './place.ts'
import { eachDependency, type State, setPhase } from './state.ts'

/** Starts over with those of some tasks that are RELEASED and needed, and with every dependency that is not there. */
export function revive(state: State, released: readonly number[]): void {
  const { tasks } = state
  const stack: number[] = []
  const enter = (task: number): void => {
    // Entered once: the phase says so from here on, whoever needs it next.
    setPhase(state, task, WAITING)
    state.journal.write(state.nowMs, NEEDED_AGAIN, task, tasks.run[task], -1)
    stack.push(task)
  }
  for (const task of released) if (tasks.phase[task] === RELEASED && tasks.waiters[task] > 0) enter(task)
  const begin: number[] = []
  const failed: number[] = []
  while (stack.length > 0) {
    const task = stack.pop()!
    if (state.segments[tasks.segment[task]]!.scattered) {
      failed.push(task)
      continue
    }
    let waiting = 0
    eachDependency(state, task, (dependency) => {
      tasks.waiters[dependency]++
      const phase = tasks.phase[dependency]
      if (phase === STORED) return
      waiting++
      if (phase === RELEASED) enter(dependency)
      else if (phase === ERRED) failed.push(task)
    })
    tasks.waiting[task] = waiting
    if (waiting === 0) begin.push(task)
  }
  // Only now: failing and starting look at phases and counts, which must all be right by then.
  for (const task of failed) failFor(state, task)
  for (const task of begin) if (tasks.phase[task] === WAITING) ready(state, task)
}

/** Fails a WAITING task for the reason that it cannot run: a failed dependency, or data that is gone. */
export function failFor(state: State, task: number): void {
  const { tasks } = state
  if (tasks.phase[task] !== WAITING) return
  let culprit = -1
  eachDependency(state, task, (dependency) => {
    if (culprit < 0 && tasks.phase[dependency] === ERRED) culprit = dependency
  })
  const failure =
    culprit >= 0
      ? state.failures.get(culprit)!
      : dataLost(state, task, 'it was released before a dependent had to be computed again')
  fail(state, task, failure)
}

/** Puts a task that was running, or could have been, where its dependencies say: waiting, failed or ready. */
export function reconsider(state: State, task: number): void {
  const { tasks } = state
  let waiting = 0
  let failed = false
  eachDependency(state, task, (dependency) => {
    const phase = tasks.phase[dependency]
    if (phase !== STORED) waiting++
    if (phase === ERRED) failed = true
  })
  setPhase(state, task, WAITING)
  tasks.waiting[task] = waiting
  if (failed) failFor(state, task)
  else if (waiting === 0) ready(state, task)
}
