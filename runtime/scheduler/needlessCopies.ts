// Copies of values that nobody needs any more: runs that are over had fetched them. They go by themselves.

import { discardCopy } from './hold.ts'
import { BROADCAST, RUNNING, STORED, SURPLUS } from './phases.ts'
import { eachDependent, type State } from './state.ts'
import type { Worker } from './worker.ts'

/** Rows that one look takes at most, dependents of those with several copies included: well under a millisecond. */
const ROWS_MAX = 20_000

/**
 * Called by the clock. It goes through the rows, some at a time, once every `copiesEveryMs`: a copy goes when two looks
 * in a row found one too many, so that one which is used again and again stays.
 */
export function dropNeedlessCopies(state: State): void {
  const { copiesLook: look, tasks, replicas, counts } = state
  // Every value has one copy: there is nothing to look at.
  if (replicas.size <= counts[STORED]) return
  if (look.row === 0) {
    if (state.nowMs - look.sinceMs < state.limits.copiesEveryMs) return
    look.sinceMs = state.nowMs
  }
  let left = ROWS_MAX
  for (; look.row < tasks.top; look.row++) {
    if (left-- <= 0) return
    const row = look.row
    if (tasks.phase[row] !== STORED || replicas.next[tasks.holders[row]] < 0) continue
    left -= lookAt(state, row)
  }
  look.row = 0
}

/** Looks at a value with several copies; returns how many dependents it went through. */
function lookAt(state: State, task: number): number {
  const { flags } = state.tasks
  const wasSurplus = (flags[task] & SURPLUS) !== 0
  flags[task] &= ~SURPLUS
  const { copies, looked } = needless(state, task)
  if (copies.length === 0) return looked
  if (wasSurplus) for (const worker of copies) discardCopy(state, task, worker)
  else flags[task] |= SURPLUS
  return looked
}

/**
 * The workers whose copy of a value nobody needs, the fullest first. One copy stays for each task that waits for the value,
 * as many as were asked for, and one at least; all stay where runs that need it have been told of it.
 * @returns and how many dependents were looked at
 */
export function needless(state: State, task: number): { copies: Worker[]; looked: number } {
  const { tasks, replicas, wants } = state
  const none = { copies: [], looked: 0 }
  if ((tasks.flags[task] & BROADCAST) !== 0 || state.moves.has(task)) return none
  // Copies on workers that may be gone soon count for nothing, and go with them.
  let spare: Worker[] = []
  for (let entry = tasks.holders[task]; entry >= 0; entry = replicas.next[entry]) {
    const worker = state.workers[replicas.worker[entry]]
    if (worker && (worker.status === 'running' || worker.status === 'paused')) spare.push(worker)
  }
  let pending = tasks.waiters[task]
  for (let entry = tasks.wants[task]; entry >= 0; entry = wants.next[entry]) pending--
  const wanted = Math.max(1, pending, state.copiesAsked.get(task) ?? 1)
  if (spare.length <= wanted) return none
  let looked = 0
  if (pending > 0) {
    const users = new Set<Worker | undefined>()
    eachDependent(state, task, (dependent) => {
      looked++
      if (tasks.phase[dependent] === RUNNING) users.add(state.workers[tasks.worker[dependent]])
    })
    const held = spare.length
    spare = spare.filter((worker) => !users.delete(worker))
    // Somebody is fetching it, from whichever holder it was told of.
    if (users.size > 0) return { copies: [], looked }
    return { copies: fullestFirst(spare).slice(0, held - wanted), looked }
  }
  return { copies: fullestFirst(spare).slice(0, spare.length - wanted), looked }
}

function fullestFirst(workers: Worker[]): Worker[] {
  const fullness = ({ heldBytes, info }: Worker): number => heldBytes / Math.max(1, info.memoryLimitBytes)
  return workers.sort((one, other) => fullness(other) - fullness(one) || one.id - other.id)
}
