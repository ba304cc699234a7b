// Values that a client holds itself: room is found for each, the client writes them to workers, workers report them.

import type { ScatterMessage, WorkerMessage } from '../protocol/messages.ts'
import { storeValue } from './adopt.ts'
import type { Client } from './client.ts'
import { createProgress } from './graphSegment.ts'
import { addHolder, discard, isForgetting } from './hold.ts'
import { DIGEST_WORDS } from './keyTable.ts'
import { BROADCAST, ERRED, RELEASED, RUNNING, STORED } from './phases.ts'
import { completeMove } from './rebalance.ts'
import { dropWant } from './release.ts'
import { broadcast } from './replicate.ts'
import { goesBy } from './restrict.ts'
import { NO_OFFSETS, NO_ROWS, type Segment } from './segment.ts'
import { dirtyClient, nextRun, type State, setPhase } from './state.ts'
import { tellUnfinished } from './tell.ts'
import type { Worker } from './worker.ts'

/** A request that waits for a worker to join. */
export interface WaitingScatter {
  client: Client
  message: ScatterMessage
  /** Handles that the client has released meanwhile. */
  takenBack: number[]
  sinceMs: number
  /** Whether its client was told that it waits. */
  warned: boolean
}

/** Answers with `placed` now, or once a worker is there. */
export function scatter(state: State, client: Client, message: ScatterMessage): void {
  const reason = refusalOf(state, client, message)
  if (reason) {
    client.outbox.sealed.push({ type: 'refused', request: message.request, reason })
    dirtyClient(state, client)
    return
  }
  const workers = candidates(state, message)
  if (workers.length === 0) {
    const kept = structuredClone(message)
    state.waitingScatters.push({ client, message: kept, takenBack: [], sinceMs: state.nowMs, warned: false })
    return
  }
  placeValues(state, client, message, workers)
}

export function startWaitingScatters(state: State): void {
  const waiting = state.waitingScatters.splice(0)
  for (const each of waiting) {
    const { client, message, takenBack } = each
    if (state.clients.get(client.id) !== client) continue
    if (candidates(state, message).length === 0) {
      state.waitingScatters.push(each)
      continue
    }
    scatter(state, client, message)
    for (const handle of takenBack) {
      const entry = client.handles.get(handle)
      if (entry < 0) continue
      client.handles.delete(handle)
      dropWant(state, entry)
    }
  }
}

function refusalOf(state: State, client: Client, message: ScatterMessage): string | undefined {
  const count = message.handles.length
  if (message.digests.length !== count * 16 || message.sizes.length !== count)
    return 'the scatter request is broken: its columns do not fit each other'
  const { handles } = message
  if (new Set(handles).size < count) return 'a handle stands twice in the request'
  for (const handle of handles) if (client.handles.get(handle) >= 0) return `handle ${handle} is in use`
  const keys = new Int32Array(message.digests.slice().buffer)
  for (let i = 0; i < count; i++) {
    const row = state.keys.find(state.tasks.digests, keys, i * DIGEST_WORDS)
    if (row >= 0 && !state.segments[state.tasks.segment[row]]!.scattered)
      return 'the key of the value is that of a task already: one key cannot have two contents'
  }
  return undefined
}

function candidates(state: State, message: ScatterMessage): Worker[] {
  const names = message.workers
  return state.present.filter(
    (worker) => worker.status === 'running' && (names === undefined || goesBy(worker, names)),
  )
}

function placeValues(state: State, client: Client, message: ScatterMessage, workers: Worker[]): void {
  const { tasks, keys, groups } = state
  const count = message.handles.length
  const words = new Int32Array(message.digests.slice().buffer)
  const taken = tasks.take(count)
  keys.reserve(count, tasks.digests)
  const index = state.freeSegments.pop() ?? state.segments.length
  const segment = scatteredSegment(state, count)
  state.segments[index] = segment
  const group = groups.enter({ name: message.group, kind: 'scatter' }, segment.serial, true)
  const rows = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const known = keys.find(tasks.digests, words, i * DIGEST_WORDS)
    const row = known >= 0 ? known : taken[i]
    rows[i] = row
    if (known >= 0) tasks.giveBack(taken[i])
    else enterRow(state, segment, index, row, i, group, words)
    const handle = message.handles[i]
    client.handles.add(handle, state.wants.add(client.id, handle, row, tasks.wants))
    tasks.keepers[row]++
    tasks.waiters[row]++
    if (message.broadcast) tasks.flags[row] |= BROADCAST
    if (tasks.phase[row] === STORED) {
      client.outbox.finished(handle, tasks.weight[row], message.digests, 0, 0)
      if (message.broadcast) broadcast(state, row)
    } else if (!state.arriving.has(row)) expect(state, row, workers, message.sizes[i])
  }
  if (segment.alive === 0) {
    state.segments[index] = undefined
    state.freeSegments.push(index)
  }
  answerPlaced(state, client, message, rows)
}

function scatteredSegment(state: State, count: number): Segment {
  const segment: Segment = {
    serial: state.nextSerial++,
    client: -1,
    graph: -1,
    rankBase: state.nextRank,
    alive: 0,
    places: count,
    dependencyOffsets: NO_OFFSETS,
    dependencies: NO_ROWS,
    dependencyParts: NO_ROWS,
    dependentOffsets: NO_OFFSETS,
    dependents: NO_ROWS,
    callable: new Uint16Array(0),
    callables: [],
    args: new Uint8Array(0),
    argOffsets: new Uint32Array(0),
    scattered: true,
    timeouts: false,
    createdMs: state.nowMs,
    progress: createProgress(count),
  }
  state.nextRank += count
  return segment
}

function enterRow(
  state: State,
  segment: Segment,
  index: number,
  row: number,
  place: number,
  group: number,
  words: Int32Array,
): void {
  const { tasks } = state
  tasks.digests.set(words.subarray(place * DIGEST_WORDS, (place + 1) * DIGEST_WORDS), row * DIGEST_WORDS)
  state.keys.insert(tasks.digests, row)
  tasks.segment[row] = index
  tasks.place[row] = place
  tasks.group[row] = group
  tasks.option[row] = 0
  segment.alive++
  state.groups.sizes[group]++
  state.counts[0]++
  setPhase(state, row, RELEASED)
}

/** Chooses the worker that shall hold a value: the one with the least in its memory, what is on its way included. */
function expect(state: State, row: number, workers: readonly Worker[], bytes: number): void {
  const { tasks } = state
  let best = workers[0]
  let least = Infinity
  for (const worker of workers) {
    const load = (worker.heldBytes + worker.expectedBytes) / Math.max(1, worker.info.memoryLimitBytes)
    if (load < least) {
      best = worker
      least = load
    }
  }
  best.expectedBytes += bytes
  if (tasks.phase[row] === ERRED) {
    // It was lost, and its client brings it again.
    state.failures.delete(row)
    tellUnfinished(state, row)
  }
  tasks.run[row] = nextRun(state)
  setPhase(state, row, RUNNING)
  tasks.weight[row] = bytes
  state.arriving.set(row, best.id)
}

function bringersOf(state: State, row: number): Set<number> {
  let bringers = state.bringers.get(row)
  if (!bringers) {
    bringers = new Set()
    state.bringers.set(row, bringers)
  }
  return bringers
}

function answerPlaced(state: State, client: Client, message: ScatterMessage, rows: Int32Array): void {
  const { tasks } = state
  const addresses: string[] = []
  const indexOf = new Map<number, number>()
  const holders = Int32Array.from(rows, (row) => {
    const arriving = state.arriving.get(row)
    if (arriving !== undefined) bringersOf(state, row).add(client.id)
    const id = arriving ?? state.replicas.pick(tasks.holders[row], 0)
    const worker = state.workers[id]
    if (!worker) return -1
    let at = indexOf.get(id)
    if (at === undefined) {
      at = addresses.length
      indexOf.set(id, at)
      addresses.push(worker.info.dataAddress)
    }
    return at
  })
  client.outbox.sealed.push({
    type: 'placed',
    request: message.request,
    tasks: rows,
    runs: Int32Array.from(rows, (row) => tasks.run[row]),
    holders,
    addresses,
  })
  dirtyClient(state, client)
}

/** Values that came to a worker by the data plane: scattered ones, and copies that it was told to make. */
export function stored(
  state: State,
  worker: Worker,
  message: Extract<WorkerMessage, { type: 'stored' }>,
): void {
  const { tasks, replicas } = state
  for (let i = 0; i < message.tasks.length; i++) {
    const task = message.tasks[i]
    const run = message.runs[i]
    const known = task >= 0 && task < tasks.top && tasks.run[task] === run
    if (known && tasks.phase[task] === RUNNING && state.arriving.get(task) === worker.id) {
      state.arriving.delete(task)
      state.bringers.delete(task)
      worker.expectedBytes = Math.max(0, worker.expectedBytes - tasks.weight[task])
      storeValue(state, task, worker, message.sizes[i])
      if ((tasks.flags[task] & BROADCAST) !== 0) broadcast(state, task)
    } else if (known && tasks.phase[task] === STORED) {
      if (!replicas.has(worker.id, tasks.holders[task])) {
        if (isForgetting(state, task, worker, message.discards)) {
          discard(state, worker, task, run)
          continue
        }
        addHolder(state, task, worker)
      }
      if (state.moves.size > 0) completeMove(state, task, worker)
    } else {
      // Also where the task waits to be computed again: the message may be late, and the copy discarded meanwhile.
      discard(state, worker, task, run)
    }
  }
}
