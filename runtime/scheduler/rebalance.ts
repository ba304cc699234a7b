// Moving values between workers: to spread memory evenly, and to empty a worker that shall leave.

import { discardCopy, heldBy } from './hold.ts'
import { STORED } from './phases.ts'
import { recallAll } from './recall.ts'
import { replicate } from './replicate.ts'
import { dirtyWorker, type State } from './state.ts'
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
    const largestFirst = heldBy(state, donor).sort(
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

function emptiest(
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

function move(state: State, task: number, donor: Worker, taker: Worker): void {
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

/** The worker shall leave: it gets nothing new, gives back what it has not begun, and its only copies go elsewhere. */
export function retire(state: State, worker: Worker): void {
  if (worker.retiring) return
  worker.retiring = true
  worker.status = 'leaving'
  recallAll(state, worker)
}

/** Called by the clock: moves what retiring workers still hold alone, and closes those that are empty. */
export function continueRetiring(state: State): void {
  for (const worker of state.present) {
    if (!worker.retiring || worker.outbox.close !== undefined) continue
    const others = state.present.filter((other) => other.status === 'running')
    const held = new Map(others.map((other) => [other, other.heldBytes]))
    const alone = heldBy(state, worker).filter(
      (task) => state.replicas.count(state.tasks.holders[task]) === 1,
    )
    for (const task of alone) {
      const taker = emptiest(state, task, others, held)
      if (!taker) continue
      move(state, task, worker, taker)
      held.set(taker, held.get(taker)! + state.tasks.weight[task])
    }
    // With nobody to take them, waiting would keep the worker for ever: what it takes is computed again.
    if (worker.assigned === 0 && (alone.length === 0 || others.length === 0)) close(state, worker)
  }
}

function close(state: State, worker: Worker): void {
  worker.outbox.close = 'retired'
  dirtyWorker(state, worker)
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
