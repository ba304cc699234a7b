// Taking in a graph: keys to rows, edges to columns in the order in which the tasks should run, and what can start starts.

import { order } from '../graph/order.ts'
import { DIGEST_BYTES } from '../protocol/ids.ts'
import type { GraphMessage } from '../protocol/messages.ts'
import type { Client } from './client.ts'
import { GROUP_STRIDE } from './groups.ts'
import { IntList } from './grow.ts'
import { CREATED, QUEUED } from './journal.ts'
import { DIGEST_WORDS } from './keyTable.ts'
import { failFor, revive } from './need.ts'
import { CUSTOM, ERRED, READY, RELEASED, STORED, WAITING } from './phases.ts'
import { isRootLike, ready } from './place.ts'
import { type Refusal, refusalOfGraph, refusalOfShape } from './refuse.ts'
import { freeSegment, settle } from './release.ts'
import { NO_OFFSETS, NO_ROWS, type Segment } from './segment.ts'
import { dirtyClient, rankOf, type State } from './state.ts'

/** Graphs up to this size share groups with earlier ones that look the same. */
const SMALL_GRAPH_TASKS = 16
/** Root tasks of one graph from this many on are a list of their own in the queue. */
const SORTED_RUN_MIN = 32
/** Groups whose tasks stand on at most this many different tasks are spread, not placed by locality. */
const FEW_DEPENDENCIES_MAX = 4

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
  let taken: Int32Array
  try {
    taken = state.tasks.take(count)
    state.keys.reserve(count, state.tasks.digests)
    state.wants.reserve(message.wanted.length)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return {
      reason: `the scheduler has no memory for ${count} more tasks beside its ${state.tasks.used}: ${error.message}`,
      keys: [],
    }
  }
  const index = state.freeSegments.pop() ?? state.segments.length
  const segment = createSegment(state, client, message, newTasks, count)
  state.segments[index] = segment
  enterTasks(state, message, segment, index, newTasks, taken, rows, words)
  enterEdges(state, message, segment, index, newTasks, taken, rows, externals)
  nameCustomKeys(state, message, rows, index)
  state.nextRank += count

  const joined = enterWants(state, client, message, rows, index)
  needFromTheEnd(state, segment, index, taken)
  startFromTheBeginning(state, segment, index, taken)
  // Tasks that other graphs brought, whose values were let go: wanted once more, so computed again.
  revive(state, joined)
  if (segment.alive === 0) freeSegment(state, index)
  return undefined
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
    for (let i = 0; i < rows.length; i++) rows[i] = state.keys.find(digests, words, i * DIGEST_WORDS)
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

function createSegment(
  state: State,
  client: Client,
  message: GraphMessage,
  newTasks: Int32Array | Uint32Array | undefined,
  count: number,
): Segment {
  const { callables, callableBytes, callableOffsets, callableModules } = message
  const labels = new Array<string>(callableModules.length).fill('')
  for (let i = 0; i < message.callable.length; i++)
    if (labels[message.callable[i]] === '')
      labels[message.callable[i]] = message.groups[message.group[i]].name
  const segment: Segment = {
    serial: state.nextSerial++,
    client: client.id,
    graph: message.graph,
    rankBase: state.nextRank,
    alive: 0,
    places: count,
    dependencyOffsets: NO_OFFSETS,
    dependencies: NO_ROWS,
    dependentOffsets: NO_OFFSETS,
    dependents: NO_ROWS,
    callable: new Uint16Array(callableModules.length > 1 ? count : 0),
    callables: callableModules.map((modules, i) =>
      state.callables.use(
        callables,
        i * DIGEST_BYTES,
        callableBytes.subarray(callableOffsets[i], callableOffsets[i + 1]),
        modules,
        labels[i],
      ),
    ),
    args: new Uint8Array(0),
    argOffsets: new Uint32Array(count + 1),
    scattered: false,
    timeouts: false,
    createdMs: state.nowMs,
    progress: createProgress(count),
  }
  copyArguments(segment, message, newTasks)
  return segment
}

export function createProgress(total: number): Segment['progress'] {
  return { total, pending: 0, running: 0, erred: 0, toldFinished: 0, toldMs: 0, moving: false }
}

/** Arguments lie in the order of the places, so that tasks handed out together are one stretch of bytes. */
function copyArguments(
  segment: Segment,
  message: GraphMessage,
  newTasks: Int32Array | Uint32Array | undefined,
): void {
  const { args, argOffsets } = message
  if (!newTasks) {
    segment.args = args.slice()
    segment.argOffsets.set(argOffsets)
    return
  }
  const offsets = segment.argOffsets
  for (let k = 0; k < newTasks.length; k++) {
    const task = newTasks[k]
    offsets[k + 1] = offsets[k] + argOffsets[task + 1] - argOffsets[task]
  }
  const copied = new Uint8Array(offsets[newTasks.length])
  for (let k = 0; k < newTasks.length; k++) {
    const from = argOffsets[newTasks[k]]
    const length = offsets[k + 1] - offsets[k]
    const to = offsets[k]
    if (length > 64) copied.set(args.subarray(from, from + length), to)
    else for (let i = 0; i < length; i++) copied[to + i] = args[from + i]
  }
  segment.args = copied
}

/** Fills the columns of the new rows; a key that comes twice in the graph gets one row, and its second place stays empty. */
function enterTasks(
  state: State,
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
  const optionNumbers = message.options.map((options) => state.options.enter(options))
  const firstOption = optionNumbers[0] ?? 0
  segment.timeouts = message.options.some((options) => (options.timeoutMs ?? 0) > 0)
  const withOption = message.option.length > 0
  const withCallable = segment.callable.length > 0
  let created = 0
  for (let k = 0; k < taken.length; k++) {
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

function enterEdges(
  state: State,
  message: GraphMessage,
  segment: Segment,
  index: number,
  newTasks: Int32Array | Uint32Array | undefined,
  taken: Int32Array,
  rows: Int32Array,
  externals: Int32Array,
): void {
  const { dependencyOffsets, dependencies } = message
  if (dependencies.length === 0) return
  const { tasks, groups, cross } = state
  const { keepers, place, crossDependents } = tasks
  const count = taken.length
  const offsets = new Uint32Array(count + 1)
  for (let k = 0; k < count; k++) {
    const task = newTasks ? newTasks[k] : k
    const edges = taken[k] < 0 ? 0 : dependencyOffsets[task + 1] - dependencyOffsets[task]
    offsets[k + 1] = offsets[k] + edges
  }
  const entries = new Int32Array(offsets[count])
  const dependentOffsets = new Uint32Array(count + 1)
  const seen = new FewDependencies(groups.infos.length)
  let lastFrom = -1
  let lastTo = -1
  for (let k = 0; k < count; k++) {
    const row = taken[k]
    if (row < 0) continue
    const task = newTasks ? newTasks[k] : k
    const group = tasks.group[row]
    let at = offsets[k]
    for (let e = dependencyOffsets[task], end = dependencyOffsets[task + 1]; e < end; e++) {
      const entry = dependencies[e]
      const dependency = entry >= 0 ? rows[entry] : externals[-1 - entry]
      keepers[dependency]++
      const from = tasks.group[dependency]
      if (from !== lastFrom || group !== lastTo) {
        lastFrom = from
        lastTo = group
        groups.connect(from, group)
      }
      seen.add(group, dependency)
      if (tasks.segment[dependency] === index) {
        entries[at++] = dependency
        dependentOffsets[place[dependency] + 1]++
      } else entries[at++] = -1 - cross.add(dependency, row, crossDependents)
    }
  }
  for (let k = 0; k < count; k++) dependentOffsets[k + 1] += dependentOffsets[k]
  const dependents = new Int32Array(dependentOffsets[count])
  const next = dependentOffsets.slice(0, count)
  for (let k = 0; k < count; k++) {
    const row = taken[k]
    for (let e = offsets[k], end = offsets[k + 1]; e < end; e++)
      if (entries[e] >= 0) dependents[next[place[entries[e]]]++] = row
  }
  segment.dependencyOffsets = offsets
  segment.dependencies = entries
  segment.dependentOffsets = dependentOffsets
  segment.dependents = dependents
  for (const row of taken)
    if (row >= 0) groups.fewDependencies[tasks.group[row]] = seen.isFew(tasks.group[row]) ? 1 : 0
}

/** Counts different dependencies per group as far as it matters. */
class FewDependencies {
  readonly #found: (number[] | undefined)[]

  constructor(groups: number) {
    this.#found = new Array(groups)
  }

  add(group: number, dependency: number): void {
    const found = this.#found[group]
    if (found === undefined) this.#found[group] = [dependency]
    else if (found.length <= FEW_DEPENDENCIES_MAX && !found.includes(dependency)) found.push(dependency)
  }

  isFew(group: number): boolean {
    const found = this.#found[group]
    return found !== undefined && found.length <= FEW_DEPENDENCIES_MAX
  }
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
  client.handles.reserve(message.handles.length)
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

/** Counts of many tasks that go from one phase to another: neighbours are mostly of one group, and are counted together. */
class PhaseMoves {
  readonly #state: State
  readonly #from: number
  readonly #to: number
  #group = -1
  #count = 0
  #total = 0

  constructor(state: State, from: number, to: number) {
    this.#state = state
    this.#from = from
    this.#to = to
  }

  add(group: number): void {
    if (group !== this.#group) {
      this.#flush()
      this.#group = group
    }
    this.#count++
  }

  /** Completes the counts; returns how many tasks moved. */
  end(): number {
    this.#flush()
    return this.#total
  }

  #flush(): void {
    if (this.#count === 0) return
    const { counts, groups } = this.#state
    const at = this.#group * GROUP_STRIDE
    groups.counts[at + this.#from] -= this.#count
    groups.counts[at + this.#to] += this.#count
    groups.touch(this.#group)
    counts[this.#from] -= this.#count
    counts[this.#to] += this.#count
    this.#total += this.#count
    this.#count = 0
  }
}

/** Walks back from the wanted tasks: what somebody needs waits, what nobody needs is let go at once. */
function needFromTheEnd(state: State, segment: Segment, index: number, taken: Int32Array): void {
  const { tasks, cross } = state
  const { waiters, waiting, phase } = tasks
  const { dependencyOffsets, dependencies } = segment
  const withEdges = dependencies.length > 0
  const again: number[] = []
  const moved = new PhaseMoves(state, RELEASED, WAITING)
  for (let k = taken.length - 1; k >= 0; k--) {
    const row = taken[k]
    if (row < 0 || waiters[row] === 0) continue
    phase[row] = WAITING
    moved.add(tasks.group[row])
    if (!withEdges) continue
    let missing = 0
    for (let e = dependencyOffsets[k], end = dependencyOffsets[k + 1]; e < end; e++) {
      const entry = dependencies[e]
      if (entry >= 0) {
        waiters[entry]++
        missing++
        continue
      }
      const dependency = cross.dependency[-1 - entry]
      waiters[dependency]++
      if (phase[dependency] !== STORED) missing++
      if (phase[dependency] === RELEASED) again.push(dependency)
    }
    waiting[row] = missing
  }
  segment.progress.pending += moved.end()
  revive(state, again)
  if (state.counts[RELEASED] === 0) return
  for (let k = taken.length - 1; k >= 0; k--) {
    const row = taken[k]
    // A row may have been forgotten with one after it; rows of this graph are not used again meanwhile.
    if (row >= 0 && tasks.segment[row] === index && phase[row] === RELEASED && waiters[row] === 0) {
      segment.progress.total--
      if (tasks.keepers[row] === 0) settle(state, row)
    }
  }
}

/** Walks forward: tasks that can start are queued or placed; one that stands on a failure fails. */
function startFromTheBeginning(state: State, segment: Segment, index: number, taken: Int32Array): void {
  const { tasks } = state
  const roots = new IntList()
  for (let k = 0; k < taken.length; k++) {
    const row = taken[k]
    if (row < 0 || tasks.segment[row] !== index) continue
    if (tasks.phase[row] !== WAITING) continue
    if (tasks.waiting[row] > 0) {
      if (standsOnFailure(state, segment, k)) failFor(state, row)
      continue
    }
    const set = tasks.option[row]
    if ((set === 0 || isPlain(state, set)) && isRootLike(state, row)) roots.push(row)
    else ready(state, row)
  }
  queueRoots(state, segment, roots)
}

/** Tasks of such options keep the order of their places in a queue for everybody. */
function isPlain(state: State, set: number): boolean {
  const { restriction, rankOffset } = state.options.sets[set]
  return !restriction && rankOffset === 0
}

function standsOnFailure(state: State, segment: Segment, place: number): boolean {
  const { phase } = state.tasks
  const { dependencyOffsets, dependencies } = segment
  for (let e = dependencyOffsets[place], end = dependencyOffsets[place + 1]; e < end; e++) {
    const entry = dependencies[e]
    if (entry < 0 && phase[state.cross.dependency[-1 - entry]] === ERRED) return true
  }
  return false
}

function queueRoots(state: State, segment: Segment, found: IntList): void {
  const { phase } = state.tasks
  const few = found.length < SORTED_RUN_MIN
  const moved = new PhaseMoves(state, WAITING, READY)
  let count = 0
  for (let i = 0; i < found.length; i++) {
    const row = found.items[i]
    // Failures of others may have taken it along since it was found.
    if (phase[row] !== WAITING) continue
    phase[row] = READY
    moved.add(state.tasks.group[row])
    found.items[count++] = row
    if (!few) continue
    state.queue.push(rankOf(state, row), row)
    state.journal.write(state.nowMs, QUEUED, row, 0, -1)
  }
  moved.end()
  if (count === 0) return
  if (!few) state.queue.pushRun(segment, found.items.slice(0, count), rankOf(state, found.items[0]))
  state.queuedMore = true
}
