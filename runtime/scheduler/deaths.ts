// Workers that died while they ran a task: how each ended, and what that says of the task.

import { CONNECTION_BROKE, outgrewLimit, reasonSince } from '../protocol/cluster.ts'
import type { TaskFailure } from '../protocol/failure.ts'
import { schedulerFailure } from './fail.ts'
import { keyOf, placeText, type State, type Trouble, troubleOf } from './state.ts'
import type { Worker } from './worker.ts'

/** A worker died under the task's run. Of how it ended mostly its broken connection alone is known at first. */
export function chargeDeath(state: State, task: number, worker: Worker, reason: string): Trouble {
  const { name, pid, host } = worker.info
  const trouble = troubleOf(state, task)
  trouble.deaths++
  if (outgrewLimit(reason)) trouble.outgrown++
  else if (reason.includes(CONNECTION_BROKE)) trouble.unexplained.set(name, trouble.lines.length)
  trouble.lines.push(`run ${state.tasks.run[task]}: worker ${name} (pid ${pid} on ${host}) died: ${reason}`)
  return trouble
}

/** A worker was started in the place of one that died, and says how that one ended. */
export function explainDeath(state: State, name: string, how: string): void {
  for (const trouble of state.troubles.values()) {
    const line = trouble.unexplained.get(name)
    if (line === undefined) continue
    trouble.unexplained.delete(name)
    trouble.lines[line] = reasonSince(trouble.lines[line], how)
    if (outgrewLimit(how)) trouble.outgrown++
  }
}

/** What a task fails with that took too many workers along. */
export function tooManyDeaths(state: State, task: number, worker: Worker, trouble: Trouble): TaskFailure {
  const { deaths, outgrown, lines } = trouble
  // How the last one ended is not known yet: it ran alone there, as before.
  if (outgrown > 0 && outgrown >= deaths - 1) {
    const limit = `${Math.round(worker.info.memoryLimitBytes / 1e6)} MB`
    return schedulerFailure(
      state,
      task,
      'out-of-memory',
      'OutOfMemoryError',
      `the task ${keyOf(state, task)}${placeText(state, task)} grew past its worker's memory limit of ${limit} ` +
        `each time it ran, and ${deaths} workers were ended: ` +
        "make the pieces smaller, or raise the worker's memory limit",
      [...lines],
    )
  }
  return schedulerFailure(
    state,
    task,
    'workers-died',
    'WorkersDiedError',
    `${keyOf(state, task)} was running on ${deaths} workers when they died, so it is not tried again. ` +
      'It may use too much memory, call process.exit, or crash in native code: run it on one small input to see.',
    [...lines],
  )
}
