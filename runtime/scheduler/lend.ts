// Resources of runs that wait for tasks of their own: lent to tasks that tasks submitted, those among them.

import { READY } from './phases.ts'
import { rankOf } from './rank.ts'
import type { State } from './state.ts'
import type { Worker } from './worker.ts'

/**
 * What a run holds while it waits may be what the tasks need that it waits for. It is free for nested tasks and for nobody
 * else, so that it is there again when they are done. Gone on beside nested tasks that it does not wait for, a run shares
 * with those.
 * @param sign 1 when the run begins to wait, −1 when it goes on or ends
 */
export function lend(state: State, worker: Worker, task: number, sign: 1 | -1): void {
  const { restriction } = state.options.sets[state.tasks.option[task]]
  for (const [name, amount] of restriction?.resources ?? [])
    worker.lent.set(name, (worker.lent.get(name) ?? 0) + sign * amount)
}

/** A task asks for some that a program has submitted already: from now on they may borrow too, or both wait for ever. */
export function nest(state: State, rows: Int32Array): void {
  const { tasks, options } = state
  for (const row of rows) {
    const { restriction, options: asked } = options.sets[tasks.option[row]]
    if (!restriction || restriction.nested) continue
    tasks.option[row] = options.enter(asked, true)
    const { restriction: nested } = options.sets[tasks.option[row]]
    if (tasks.phase[row] !== READY || !nested?.nested) continue
    // Its entry in the other queue does no harm: whichever comes up first is the one that counts.
    nested.queue.push(rankOf(state, row), row)
    state.queuedMore = true
  }
}
