// A task gets a failure instead of a value, and with it everything that depends on it.

import type { FailureKind, SourcePlace, TaskFailure } from '../protocol/failure.ts'
import { discardAll } from './hold.ts'
import { FAILED } from './journal.ts'
import { ERRED, READY, RUNNING, STORED, WAITING } from './phases.ts'
import { settle, unneedDependencies } from './release.ts'
import { eachDependent, keyOf, type State, setPhase } from './state.ts'
import { tellErred } from './tell.ts'

/**
 * Fails a task; a running one must have been unseated. Dependents get the very same failure: it names the key that
 * failed first, and clients are told of one failure however many tasks it takes along.
 */
export function fail(state: State, first: number, failure: TaskFailure): void {
  const { tasks } = state
  failure.place ??= placeOfGroup(state, tasks.group[first])
  const stack = [first]
  while (stack.length > 0) {
    const task = stack.pop()!
    const phase = tasks.phase[task]
    if (phase !== WAITING && phase !== READY && phase !== RUNNING && phase !== STORED) continue
    if (phase === STORED) discardAll(state, task)
    setPhase(state, task, ERRED)
    state.failures.set(task, failure)
    if (task === first) state.groups.failed[tasks.group[task]]++
    else state.groups.skipped[tasks.group[task]]++
    state.journal.write(state.nowMs, FAILED, task, tasks.run[task], -1)
    tellErred(state, task, failure)
    eachDependent(state, task, (dependent) => {
      // A running dependent may have its copy already; if not, it will say what it misses.
      if (tasks.phase[dependent] === WAITING || tasks.phase[dependent] === READY) stack.push(dependent)
    })
    // Tasks on the stack cannot be forgotten meanwhile: they still have waiters, which fail only after them.
    if (phase !== STORED) unneedDependencies(state, task)
    if (tasks.waiters[task] === 0) settle(state, task)
  }
}

/** Where the user asked for a task: the place of a failure whose own stack has no line of the user's. */
function placeOfGroup(state: State, group: number): SourcePlace | undefined {
  const { file, line, column } = state.groups.infos[group]
  return file === undefined || line === undefined ? undefined : { file, line, column: column ?? 1 }
}

/** A failure that the scheduler itself finds, not the user's code. */
export function schedulerFailure(
  state: State,
  task: number,
  kind: FailureKind,
  name: string,
  message: string,
  story?: string[],
): TaskFailure {
  return { kind, name, message, stack: `${name}: ${message}`, key: keyOf(state, task), story }
}

export function dataLost(state: State, task: number, how: string): TaskFailure {
  return schedulerFailure(
    state,
    task,
    'data-lost',
    'DataLostError',
    `the scattered value ${keyOf(state, task)} is gone: ${how}. ` +
      'Nobody can compute it again; scatter it once more, with { broadcast: true } to keep copies on all workers.',
  )
}
