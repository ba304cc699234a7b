// Warnings to clients about tasks that no worker here can ever run, and values that none may hold.

import { describe } from './explain.ts'
import { anySuits } from './place.ts'
import { dirtyClient, keyOf, type State } from './state.ts'

/** Workers may be on their way: a batch system takes its time. */
const WARN_AFTER_MS = 10_000

/** Called by the clock. */
export function warnUnsuitable(state: State): void {
  warnOfTasks(state)
  for (const waiting of state.waitingScatters) {
    const { client, message, takenBack } = waiting
    if (waiting.warned || state.nowMs - waiting.sinceMs < WARN_AFTER_MS) continue
    if (takenBack.length === message.handles.length) continue
    waiting.warned = true
    const seconds = Math.round((state.nowMs - waiting.sinceMs) / 1000)
    const holder = message.workers ? `the worker ${message.workers.join(' or ')}` : 'a worker'
    client.outbox.sealed.push({
      type: 'log',
      level: 'warn',
      text: `scatter has waited ${seconds} s for ${holder}: none is here.`,
    })
    dirtyClient(state, client)
  }
}

function warnOfTasks(state: State): void {
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
