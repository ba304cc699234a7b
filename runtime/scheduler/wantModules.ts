// Packages and files that workers lack: asked for from the clients that told of them, one after another, and handed on once.

import type { Client } from './client.ts'
import { dirtyClient, dirtyWorker, type State } from './state.ts'
import type { Worker } from './worker.ts'

export interface ModuleWant {
  /** The module that told of it: its owners are asked. */
  readonly of: string
  /** Ids of the workers that wait. */
  readonly workers: Set<number>
  /** Ids of clients that were asked, the last of whom has not answered. */
  readonly asked: number[]
  reason: string
}

/** A worker lacks what a module tells of. */
export function wantModules(state: State, worker: Worker, of: string, names: readonly string[]): void {
  for (const name of names) {
    const known = state.callables.modules.get(name)
    if (known) {
      give(state, worker, name, known.content)
      continue
    }
    const waiting = state.moduleWants.get(name)
    if (waiting) {
      waiting.workers.add(worker.id)
      continue
    }
    const want: ModuleWant = { of, workers: new Set([worker.id]), asked: [], reason: '' }
    state.moduleWants.set(name, want)
    askNext(state, name, want)
  }
}

/** A client sent modules: workers that wait for them get them. */
export function modulesCame(state: State, names: readonly string[]): void {
  for (const name of names) {
    const want = state.moduleWants.get(name)
    const content = state.callables.modules.get(name)?.content
    if (!want || !content) continue
    state.moduleWants.delete(name)
    for (const id of want.workers) {
      const worker = state.workers[id]
      if (worker) give(state, worker, name, content)
    }
  }
}

/** A client cannot give what it was asked for: the next one is asked. */
export function modulesRefused(state: State, client: Client, names: readonly string[], reason: string): void {
  for (const name of names) {
    const want = state.moduleWants.get(name)
    if (want?.asked.at(-1) !== client.id) continue
    want.reason = reason
    askNext(state, name, want)
  }
}

/** A client has left: what it was asked for is asked of another. */
export function askedClientLeft(state: State, id: number): void {
  for (const [name, want] of state.moduleWants)
    if (want.asked.at(-1) === id) {
      want.reason ||= 'the program that told of it has ended'
      askNext(state, name, want)
    }
}

function askNext(state: State, name: string, want: ModuleWant): void {
  const owners = state.callables.modules.get(want.of)?.owners ?? []
  for (const id of owners) {
    const client = want.asked.includes(id) ? undefined : state.clients.get(id)
    if (!client) continue
    want.asked.push(id)
    client.outbox.sealed.push({ type: 'want-modules', of: want.of, names: [name] })
    dirtyClient(state, client)
    return
  }
  state.moduleWants.delete(name)
  const reason = want.reason || 'the program that told of it has ended'
  for (const id of want.workers) {
    const worker = state.workers[id]
    if (!worker) continue
    worker.outbox.modules.push({ name, content: undefined, reason })
    dirtyWorker(state, worker)
  }
}

function give(state: State, worker: Worker, name: string, content: Uint8Array): void {
  worker.outbox.modules.push({ name, content, reason: '' })
  dirtyWorker(state, worker)
}
