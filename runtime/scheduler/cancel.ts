// What a client takes back: handles that it releases, computations that it cancels, and everything when it leaves.

import type { Client } from './client.ts'
import { discardAll } from './hold.ts'
import { lineClientLeft } from './lineTimes.ts'
import { bringerGone, loseValues } from './lose.ts'
import { revive } from './need.ts'
import { ERRED, RELEASED, STORED } from './phases.ts'
import { dropWant } from './release.ts'
import { dirtyClient, eachDependency, eachDependent, type State, setPhase } from './state.ts'
import { tellUnfinished } from './tell.ts'
import { askedClientLeft } from './wantModules.ts'

/** Unknown handles are ignored: they were released before, or their graph was refused. */
export function release(state: State, client: Client, handles: Uint32Array): void {
  takeBackWaiting(state, client, handles)
  for (const handle of handles) {
    const entry = client.handles.get(handle)
    if (entry < 0) continue
    client.handles.delete(handle)
    dropWant(state, entry)
  }
}

/**
 * Gives up tasks for this client, and what it wants of their dependents: those could not be had without them. Other
 * clients' wishes stay; what nobody else needs is stopped.
 */
export function cancel(state: State, client: Client, handles: Uint32Array, reason: string): void {
  const { wants, tasks } = state
  const cancelled = takeBackWaiting(state, client, handles)
  const found = new Set<number>()
  const stack: number[] = []
  for (const handle of handles) {
    const entry = client.handles.get(handle)
    if (entry < 0 || found.has(wants.task[entry])) continue
    found.add(wants.task[entry])
    stack.push(wants.task[entry])
  }
  while (stack.length > 0)
    eachDependent(state, stack.pop()!, (dependent) => {
      if (found.has(dependent)) return
      found.add(dependent)
      stack.push(dependent)
    })
  const entries: number[] = []
  for (const task of found)
    for (let entry = tasks.wants[task]; entry >= 0; entry = wants.next[entry])
      if (wants.client[entry] === client.id) entries.push(entry)
  for (const entry of entries) {
    const handle = wants.handle[entry]
    cancelled.push(handle)
    client.handles.delete(handle)
  }
  for (const entry of entries) dropWant(state, entry)
  if (cancelled.length === 0) return
  client.outbox.seal()
  client.outbox.sealed.push({ type: 'cancelled', handles: Uint32Array.from(cancelled), reason })
  dirtyClient(state, client)
}

/** Handles of a scatter that still waits for a worker are let go of when it gets one. Returns those found. */
function takeBackWaiting(state: State, client: Client, handles: Uint32Array): number[] {
  const found: number[] = []
  for (const waiting of state.waitingScatters) {
    if (waiting.client !== client) continue
    for (const handle of handles) if (waiting.message.handles.includes(handle)) found.push(handle)
    waiting.takenBack.push(...found)
  }
  return found
}

/** A client could not have these values from those who should hold them: what can be computed is computed again. */
function makeAgain(state: State, tasks: readonly number[]): void {
  const again = tasks.filter((task) => !state.segments[state.tasks.segment[task]]!.scattered)
  for (const task of again) discardAll(state, task)
  loseValues(state, again)
}

/** Tries failed tasks again, and the failed ones that they depend on; and results that could not be fetched. */
export function retry(state: State, client: Client, handles: Uint32Array): void {
  const { wants, tasks } = state
  const stack: number[] = []
  const unobtainable: number[] = []
  for (const handle of handles) {
    const entry = client.handles.get(handle)
    if (entry < 0) continue
    const task = wants.task[entry]
    if (tasks.phase[task] === ERRED) stack.push(task)
    else if (tasks.phase[task] === STORED) unobtainable.push(task)
  }
  makeAgain(state, unobtainable)
  const again: number[] = []
  while (stack.length > 0) {
    const task = stack.pop()!
    if (tasks.phase[task] !== ERRED) continue
    again.push(task)
    state.failures.delete(task)
    const trouble = state.troubles.get(task)
    if (trouble) {
      trouble.throws = 0
      trouble.deaths = 0
      trouble.outgrown = 0
      trouble.unexplained.clear()
    }
    setPhase(state, task, RELEASED)
    tellUnfinished(state, task)
    eachDependency(state, task, (dependency) => {
      if (tasks.phase[dependency] === ERRED) stack.push(dependency)
    })
  }
  revive(
    state,
    again.filter((task) => tasks.waiters[task] > 0),
  )
}

/** Asks where results are: handles that are unknown, or not held by anyone, get −1. */
export function locate(state: State, client: Client, request: number, handles: Uint32Array): void {
  const { wants, tasks, replicas } = state
  const addresses: string[] = []
  const indexOf = new Map<number, number>()
  const rows = new Int32Array(handles.length)
  const runs = new Int32Array(handles.length)
  const holders = new Int32Array(handles.length)
  for (let i = 0; i < handles.length; i++) {
    const entry = client.handles.get(handles[i])
    const task = entry < 0 ? -1 : wants.task[entry]
    const holder = task < 0 ? -1 : replicas.pick(tasks.holders[task], i)
    rows[i] = task
    runs[i] = task < 0 ? -1 : tasks.run[task]
    holders[i] = -1
    const worker = state.workers[holder]
    if (!worker) continue
    let at = indexOf.get(holder)
    if (at === undefined) {
      at = addresses.length
      indexOf.set(holder, at)
      addresses.push(worker.info.dataAddress)
    }
    holders[i] = at
  }
  client.outbox.sealed.push({ type: 'located', request, tasks: rows, runs, holders, addresses })
  dirtyClient(state, client)
}

export function clientLeft(state: State, client: Client): void {
  state.clients.delete(client.id)
  const entries = [...client.handles.values()]
  for (const entry of entries) dropWant(state, entry)
  bringerGone(state, client.id)
  lineClientLeft(state, client)
  state.callables.clientLeft(client.id, client.modules)
  askedClientLeft(state, client.id)
  for (const segment of state.segments) if (segment?.client === client.id) segment.client = -1
}

/** The row of a key's digest given as bytes, for reports. */
export function rowOfDigest(state: State, digest: Uint8Array): number {
  return state.keys.find(state.tasks.digests, new Int32Array(digest.slice().buffer), 0)
}
