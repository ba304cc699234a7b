// Taking in a graph: keys to rows, edges to columns in the order in which the tasks should run, and what can start starts.

import { order } from '../graph/order.ts'
import type { GraphMessage } from '../protocol/messages.ts'
import type { Client } from './client.ts'
import { enterEdges } from './graphEdges.ts'
import { createSegment } from './graphSegment.ts'
import { needFromTheEnd, startFromTheBeginning } from './graphStart.ts'
import { GROUP_STRIDE } from './groups.ts'
import { CREATED } from './journal.ts'
import { DIGEST_WORDS } from './keyTable.ts'
import { nest } from './lend.ts'
import { countFrom } from './lineFigures.ts'
import { revive } from './need.ts'
import { CUSTOM, ERRED, RELEASED, STORED } from './phases.ts'
import { type Refusal, refusalOfGraph, refusalOfShape } from './refuse.ts'
import { freeSegment } from './release.ts'
import type { Segment } from './segment.ts'
import { dirtyClient, type State } from './state.ts'

/** Graphs up to this size share groups with earlier ones that look the same. */
const SMALL_GRAPH_TASKS = 16

/** Keys whose places in the table are read ahead of time; see `KeyTable.warm`. */
const WARMED_KEYS = 64

/** Takes in a graph, or says why not; then nothing has changed. */
export function ingest(state: State, client: Client, message: GraphMessage): Refusal | undefined {
  const broken = refusalOfShape(message)
  if (broken) return broken
  const words = wordsOf(message.digests)
  const rows = lookUp(state, words)
  const externals = lookUp(state, wordsOf(message.externals))
  const refusal = refusalOfGraph(state, client, message, rows, externals)
  if (refusal) return refusal

  // `newTasks[k]`: the task of the message that gets place k; `undefined` stands for "all, in the order of the message".
  const newTasks = placesOf(message, rows)
  const count = newTasks ? newTasks.length : rows.length
  let taken: Int32Array | undefined
  try {
    probeMemory(message, count)
    taken = state.tasks.take(count)
    state.keys.reserve(count, state.tasks.digests)
    state.wants.reserve(message.wanted.length)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    for (const row of taken ?? []) state.tasks.giveBack(row)
    return {
      reason: `the scheduler has no memory for ${count} more tasks beside its ${state.tasks.used}: ${error.message}`,
      keys: [],
    }
  }
  const index = state.freeSegments.pop() ?? state.segments.length
  const segment = createSegment(state, client, message, newTasks, count)
  state.segments[index] = segment
  enterTasks(state, client, message, segment, index, newTasks, taken, rows, words)
  enterEdges(state, message, segment, index, newTasks, taken, rows, externals)
  nameCustomKeys(state, message, rows, index)
  state.nextRank += count

  const joined = enterWants(state, client, message, rows, index)
  needFromTheEnd(state, segment, index, taken)
  startFromTheBeginning(state, segment, index, taken)
  // Tasks that other graphs brought, whose values were let go: wanted once more, so computed again.
  if (client.ofTasks) nest(state, rows)
  revive(state, joined)
  if (segment.alive === 0) freeSegment(state, index)
  return undefined
}

/**
 * Asks for as much memory as the graph will take beside its rows, and gives it back at once: later on, when half of it is
 * taken in, nothing may fail.
 * @throws {RangeError}
 */
function probeMemory({ args, dependencies }: GraphMessage, count: number): void {
  const segmentBytes = args.length + 12 * dependencies.length + 24 * count
  new ArrayBuffer(segmentBytes).transfer(0)
}

/** The bytes as 32-bit words, on the same memory where it is aligned. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2)
}

function lookUp(state: State, words: Int32Array): Int32Array {
  const rows = new Int32Array(words.length / DIGEST_WORDS).fill(-1)
  if (state.keys.size > 0) {
    const { digests } = state.tasks
    for (let i = 0; i < rows.length; i++) {
      if (i % WARMED_KEYS === 0) state.keys.warm(words, undefined, i, Math.min(i + WARMED_KEYS, rows.length))
      rows[i] = state.keys.find(digests, words, i * DIGEST_WORDS)
    }
  }
  return rows
}

/** Which task gets which place: new ones alone, in the order in which they should run. */
function placesOf(message: GraphMessage, rows: Int32Array): Int32Array | Uint32Array | undefined {
  const known = rows.some((row) => row >= 0)
  if (message.dependencies.length === 0) {
    if (!known) return undefined
    return Int32Array.from(rows.keys()).filter((task) => rows[task] < 0)
  }
  const places = order(rows.length, message.dependencyOffsets, message.dependencies)
  return known ? places.filter((task) => rows[task] < 0) : places
}

/** Fills the columns of the new rows; a key that comes twice in the graph gets one row, and its second place stays empty. */
function enterTasks(
  state: State,
  client: Client,
  message: GraphMessage,
  segment: Segment,
  index: number,
  newTasks: Int32Array | Uint32Array | undefined,
  taken: Int32Array,
  rows: Int32Array,
  words: Int32Array,
): void {
  const { tasks, keys, groups } = state
  const { digests } = tasks
  const groupNumbers = message.groups.map((group) =>
    groups.enter(group, segment.serial, rows.length <= SMALL_GRAPH_TASKS),
  )
  for (const group of groupNumbers) countFrom(state, client, group)
  const optionNumbers = message.options.map((options) => state.options.enter(options, client.ofTasks))
  const firstOption = optionNumbers[0] ?? 0
  segment.timeouts = message.options.some((options) => (options.timeoutMs ?? 0) > 0)
  const withOption = message.option.length > 0
  const withCallable = segment.callable.length > 0
  let created = 0
  let warmed = 0
  for (let k = 0; k < taken.length; k++) {
    if (k === warmed) {
      warmed = Math.min(k + WARMED_KEYS, taken.length)
      keys.warm(words, newTasks, k, warmed)
    }
    const task = newTasks ? newTasks[k] : k
    const row = taken[k]
    const twin = keys.findOrInsert(digests, words, task * DIGEST_WORDS, row)
    if (twin >= 0) {
      rows[task] = twin
      tasks.giveBack(row)
      taken[k] = -1
      continue
    }
    rows[task] = row
    const group = groupNumbers[message.group[task]]
    tasks.segment[row] = index
    tasks.place[row] = k
    tasks.group[row] = group
    tasks.option[row] = withOption ? optionNumbers[message.option[task]] : firstOption
    if (withCallable) segment.callable[k] = message.callable[task]
    tasks.phase[row] = RELEASED
    groups.sizes[group]++
    groups.counts[group * GROUP_STRIDE + RELEASED]++
    created++
  }
  state.counts[RELEASED] += created
  segment.alive = created
  segment.progress.total = created
  // One line for many: a story finds the graph's beginning by its first row, and by time for the others.
  if (created <= SMALL_GRAPH_TASKS)
    for (const row of taken) if (row >= 0) state.journal.write(state.nowMs, CREATED, row, 0, -1)
}

function nameCustomKeys(state: State, message: GraphMessage, rows: Int32Array, index: number): void {
  for (let i = 0; i < message.customKeyTasks.length; i++) {
    const row = rows[message.customKeyTasks[i]]
    if (state.tasks.segment[row] !== index) continue
    state.tasks.flags[row] |= CUSTOM
    state.customNames.set(row, message.customKeyNames[i])
  }
}

/** Enters the client's wants; returns those tasks of earlier graphs that are not there yet. */
function enterWants(
  state: State,
  client: Client,
  message: GraphMessage,
  rows: Int32Array,
  index: number,
): number[] {
  const { tasks, wants } = state
  const joined: number[] = []
  for (let i = 0; i < message.wanted.length; i++) {
    const task = rows[message.wanted[i]]
    const handle = message.handles[i]
    client.handles.add(handle, wants.add(client.id, handle, task, tasks.wants))
    tasks.keepers[task]++
    tasks.waiters[task]++
    if (tasks.segment[task] === index) continue
    const phase = tasks.phase[task]
    if (phase === STORED) client.outbox.finished(handle, tasks.weight[task], message.args, 0, 0)
    else if (phase === ERRED) client.outbox.erred(handle, state.failures.get(task)!)
    else if (phase === RELEASED) joined.push(task)
    if (phase === STORED || phase === ERRED) dirtyClient(state, client)
  }
  return joined
}
