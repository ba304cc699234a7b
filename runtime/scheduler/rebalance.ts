// Moving values between workers, to spread memory evenly.

import { discardCopy, heldBy } from './hold.ts'
import { isInParts } from './parts.ts'
import { STORED } from './phases.ts'
import { replicate } from './replicate.ts'
import type { State } from './state.ts'
import type { Worker } from './worker.ts'

/** Differences below a tenth of the mean are not worth a transfer. */
const TOLERANCE = 1.1

/** A worker does not say that it could not fetch a copy: after this long the move is tried anew where it is still wanted. */
const MOVE_MS_MAX = 10_000

const shareOf = (worker: Worker, bytes: number): number => bytes / Math.max(1, worker.info.memoryLimitBytes)

/** Moves values from the fullest workers to the emptiest until all are about equally full. Returns what is under way. */
export function rebalance(state: State): { values: number; bytes: number } {
  const workers = state.present.filter((worker) => worker.status !== 'leaving')
  const moved = { values: 0, bytes: 0 }
  if (workers.length < 2) return moved
  const held = new Map(workers.map((worker) => [worker, worker.heldBytes]))
  const limits = workers.reduce((sum, worker) => sum + Math.max(1, worker.info.memoryLimitBytes), 0)
  const mean = workers.reduce((sum, worker) => sum + worker.heldBytes, 0) / limits
  for (const donor of workers) {
    if (shareOf(donor, held.get(donor)!) <= mean * TOLERANCE) continue
    const movable = heldBy(state, donor).filter((task) => !isInParts(state, task))
    const largestFirst = movable.sort(
      (one, other) => state.tasks.weight[other] - state.tasks.weight[one] || one - other,
    )
    for (const task of largestFirst) {
      const bytes = state.tasks.weight[task]
      const taker = emptiest(state, task, workers, held)
      // Moving more than the difference would only swap the roles.
      if (!taker || shareOf(taker, held.get(taker)! + bytes) > mean * TOLERANCE) continue
      if (shareOf(donor, held.get(donor)! - bytes) < mean / TOLERANCE) continue
      move(state, task, donor, taker)
      held.set(donor, held.get(donor)! - bytes)
      held.set(taker, held.get(taker)! + bytes)
      moved.values++
      moved.bytes += bytes
    }
  }
  return moved
}

/** Who has the most room for a value among those that run and do not have it. */
export function emptiest(
  state: State,
  task: number,
  workers: readonly Worker[],
  held: ReadonlyMap<Worker, number>,
): Worker | undefined {
  let best: Worker | undefined
  for (const worker of workers) {
    if (worker.status !== 'running' || state.replicas.has(worker.id, state.tasks.holders[task])) continue
    if (!best || shareOf(worker, held.get(worker)!) < shareOf(best, held.get(best)!)) best = worker
  }
  return best
}

/** Copies a value; the donor's own goes when the copy has arrived. */
export function move(state: State, task: number, donor: Worker, taker: Worker): void {
  if (state.moves.has(task)) return
  replicate(state, task, taker)
  state.moves.set(task, { run: state.tasks.run[task], from: donor.id, to: taker.id, sinceMs: state.nowMs })
}

/** A copy has arrived: if it was asked for as a move, the donor lets go of its own. */
export function completeMove(state: State, task: number, worker: Worker): void {
  const pending = state.moves.get(task)
  if (!pending || pending.to !== worker.id) return
  state.moves.delete(task)
  const donor = state.workers[pending.from]
  const { tasks, replicas } = state
  if (!donor || tasks.phase[task] !== STORED || tasks.run[task] !== pending.run) return
  if (!replicas.has(donor.id, tasks.holders[task]) || !replicas.has(worker.id, tasks.holders[task])) return
  discardCopy(state, task, donor)
}

/** Moves that cannot end any more: the value is gone, or one of the two workers, or the copy could not be fetched. */
export function forgetMoves(state: State): void {
  for (const [task, { run, from, to, sinceMs }] of state.moves)
    if (
      state.tasks.run[task] !== run ||
      state.tasks.phase[task] !== STORED ||
      state.nowMs - sinceMs > MOVE_MS_MAX ||
      !state.workers[from] ||
      !state.workers[to]
    )
      state.moves.delete(task)
}
