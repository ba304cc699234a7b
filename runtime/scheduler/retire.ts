// Emptying a worker that shall leave.

import { heldBy } from './hold.ts'
import { isInParts } from './parts.ts'
import { emptiest, move } from './rebalance.ts'
import { recallAll } from './recall.ts'
import { suits, suitsEver } from './restrict.ts'
import { assign } from './seat.ts'
import { dirtyWorker, type State } from './state.ts'
import { canFinish } from './timeLeft.ts'
import { occupying, type Worker } from './worker.ts'

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
      (task) => state.replicas.count(state.tasks.holders[task]) === 1 && !isInParts(state, task),
    )
    for (const task of alone) {
      const taker = emptiest(state, task, others, held)
      if (!taker) continue
      move(state, task, worker, taker)
      held.set(taker, held.get(taker)! + state.tasks.weight[task])
    }
    if (worker.assigned > 0) helpItself(state, worker, others)
    // With nobody to take them, waiting would keep the worker for ever: what it takes is computed again.
    else if (alone.length === 0 || others.length === 0) close(state, worker)
  }
}

/**
 * All its runs wait for tasks that they submitted, which may have nowhere to run but here: it takes what nobody else could
 * run, else it would wait for them and they for another worker.
 */
function helpItself(state: State, worker: Worker, others: readonly Worker[]): void {
  if (occupying(worker) > 0) return
  for (const restriction of [undefined, ...state.options.restrictions]) {
    const queue = restriction?.queue ?? state.queue
    const task = queue.top(state)
    if (task < 0 || !canFinish(state, worker, task)) continue
    if (restriction && !suits(state, worker, restriction)) continue
    if (others.some((other) => !restriction || suitsEver(state, other, restriction))) continue
    queue.pop(task)
    assign(state, task, worker)
    return
  }
}

function close(state: State, worker: Worker): void {
  worker.outbox.close = 'retired'
  dirtyWorker(state, worker)
}
