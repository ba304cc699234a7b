// Telling clients what became of the results that they want.

import type { TaskFailure } from '../protocol/failure.ts'
import type { ClientReply } from '../protocol/messages.ts'
import type { Client } from './client.ts'
import { dirtyClient, type State } from './state.ts'

const NO_BYTES: Uint8Array = new Uint8Array(0)

/** The value is held by a worker. `inline[from … to]` is the value itself when it is small and at hand. */
export function tellFinished(state: State, task: number, inline = NO_BYTES, from = 0, to = 0): void {
  const { wants } = state
  const bytes = state.tasks.weight[task]
  for (let entry = state.tasks.wants[task]; entry >= 0; entry = wants.next[entry]) {
    const client = state.clients.get(wants.client[entry])
    if (!client) continue // Published: nobody to tell.
    client.outbox.finished(wants.handle[entry], bytes, inline, from, to)
    if (!client.outbox.dirty) dirtyClient(state, client)
  }
}

export function tellErred(state: State, task: number, failure: TaskFailure): void {
  const { wants } = state
  for (let entry = state.tasks.wants[task]; entry >= 0; entry = wants.next[entry]) {
    const client = state.clients.get(wants.client[entry])
    if (!client) continue // Published: nobody to tell.
    client.outbox.erred(wants.handle[entry], failure)
    dirtyClient(state, client)
  }
}

/** What was finished or erred before is being computed again. */
export function tellUnfinished(state: State, task: number): void {
  const { wants } = state
  for (let entry = state.tasks.wants[task]; entry >= 0; entry = wants.next[entry]) {
    const client = state.clients.get(wants.client[entry])
    if (!client) continue // Published: nobody to tell.
    client.outbox.taken(wants.handle[entry])
    dirtyClient(state, client)
  }
}

/** Tells a client something of its own: it goes out before what is told in columns. */
export function reply(state: State, client: Client, message: ClientReply): void {
  client.outbox.sealed.push(message)
  dirtyClient(state, client)
}
