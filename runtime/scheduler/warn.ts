// Warnings to clients about tasks that no worker here can ever run.

import { describe } from './explain.ts'
import { anySuits } from './place.ts'
import { dirtyClient, keyOf, type State } from './state.ts'

/** Workers may be on their way: a batch system takes its time. */
const WARN_AFTER_MS = 10_000

/** Called by the clock. */
export function warnUnsuitable(state: State): void {
  for (const restriction of state.options.restrictions) {
    const task = restriction.queue.top(state)
    if (task < 0 || anySuits(state, restriction)) {
      restriction.unsuitableSinceMs = -1
      restriction.warned = false
      continue
    }
    if (restriction.unsuitableSinceMs < 0) restriction.unsuitableSinceMs = state.nowMs
    if (restriction.warned || state.nowMs - restriction.unsuitableSinceMs < WARN_AFTER_MS) continue
    restriction.warned = true
    const key = keyOf(state, task)
    const seconds = Math.round((state.nowMs - restriction.unsuitableSinceMs) / 1000)
    for (const client of state.clients.values()) {
      client.outbox.sealed.push({
        type: 'log',
        level: 'warn',
        text: `${key} has waited ${seconds} s for ${describe(restriction)}, which no worker here has. explain() says more.`,
        key,
      })
      dirtyClient(state, client)
    }
  }
}
