// Everything decided since the last drain, as columnar messages: one of a kind for each worker and client.

import type { ClientReply, WorkerInstruction } from '../protocol/messages.ts'
import { ByteList, FloatList, IntList } from './grow.ts'
import { bytesTaken } from './parts.ts'
import { RUNNING } from './phases.ts'
import { rankOf } from './rank.ts'
import type { Segment } from './segment.ts'
import type { State } from './state.ts'
import type { Worker, WorkerOutbox } from './worker.ts'

export interface Post {
  toWorker(worker: number, message: WorkerInstruction): void
  toClient(client: number, message: ClientReply): void
}

/** The columns of one `execute`, used again for every worker: a task leaves no garbage. */
export class ExecuteColumns {
  readonly tasks = new IntList()
  readonly runs = new IntList()
  readonly priorities = new FloatList()
  readonly callables = new IntList()
  readonly args = new ByteList()
  readonly argOffsets = new IntList()
  readonly dependencyOffsets = new IntList()
  readonly dependencies = new IntList()
  readonly dependencyRuns = new IntList()
  readonly dependencyHolders = new IntList()
  readonly dependencySizes = new FloatList()
  /** Empty while no run takes a part. */
  readonly dependencyParts = new IntList()
  readonly inline = new ByteList()
  readonly timeouts = new FloatList()

  /** The next dependency is taken in part: those before it are whole as far as nothing was said of them. */
  takePart(part: number): void {
    while (this.dependencyParts.length < this.dependencies.length) this.dependencyParts.push(-1)
    this.dependencyParts.push(part)
  }

  clear(): void {
    this.tasks.clear()
    this.runs.clear()
    this.priorities.clear()
    this.callables.clear()
    this.args.clear()
    this.argOffsets.clear()
    this.dependencyOffsets.clear()
    this.dependencies.clear()
    this.dependencyRuns.clear()
    this.dependencyHolders.clear()
    this.dependencySizes.clear()
    this.dependencyParts.clear()
    this.inline.clear()
    this.timeouts.clear()
  }
}

/** Posts everything. Columns are views on buffers that are used again: they are valid during the call alone. */
export function drain(state: State, columns: ExecuteColumns, post: Post): void {
  for (const worker of state.dirtyWorkers) {
    worker.outbox.dirty = false
    if (state.workers[worker.id] === worker)
      drainWorker(state, worker, columns, (message) => post.toWorker(worker.id, message))
    columns.clear()
  }
  state.dirtyWorkers.length = 0
  for (const client of state.dirtyClients) {
    if (state.clients.get(client.id) === client)
      client.outbox.drain((message) => post.toClient(client.id, message))
  }
  state.dirtyClients.length = 0
}

function drainWorker(
  state: State,
  worker: Worker,
  columns: ExecuteColumns,
  post: (message: WorkerInstruction) => void,
): void {
  const { outbox } = worker
  const { rare } = outbox
  outbox.rare = false
  if (rare) {
    for (const { reason, message } of outbox.refused) post({ type: 'refused', reason, message })
    outbox.refused.length = 0
    postModules(outbox, post)
    // Before the tasks that somebody wants sampled.
    for (const watch of outbox.watchLines) post({ type: 'watch-lines', ...watch })
    outbox.watchLines.length = 0
  }
  const newPeers: number[] = []
  if (outbox.execute.length > 0) {
    const newCallables: number[] = []
    collect(state, worker, columns, newCallables, newPeers)
    postCallables(state, worker, newCallables, post)
    outbox.execute.clear()
  }
  if (rare) for (const holder of outbox.replicateHolders.view()) meet(worker, holder, newPeers)
  if (rare || newPeers.length > 0) postPeers(state, worker, newPeers, post)
  if (columns.tasks.length > 0) postExecute(columns, post)
  if (rare) postRare(outbox, post)
  if (outbox.discard.length > 0) {
    post({ type: 'discard', ...outbox.discard.views() })
    outbox.discard.clear()
    worker.discards++
  }
  if (rare && outbox.close !== undefined) {
    post({ type: 'close', reason: outbox.close })
    outbox.close = undefined
  }
}

/** Who has left and who is new among those that a worker may fetch from. */
function postPeers(
  state: State,
  { outbox }: Worker,
  newPeers: readonly number[],
  post: (message: WorkerInstruction) => void,
): void {
  const gone = outbox.peersLeft.filter((peer) => !newPeers.includes(peer))
  outbox.peersLeft.length = 0
  if (gone.length === 0 && newPeers.length === 0) return
  post({
    type: 'peers',
    workers: Uint32Array.from([...gone, ...newPeers]),
    addresses: [
      ...gone.map(() => ''),
      ...newPeers.map((peer) => state.workers[peer]?.info.dataAddress ?? ''),
    ],
  })
}

function postRare(outbox: WorkerOutbox, post: (message: WorkerInstruction) => void): void {
  const { replicate, replicateHolders, replicateSizes, cancel, recall } = outbox
  if (replicate.length > 0) {
    const holders = replicateHolders.view()
    post({ type: 'replicate', ...replicate.views(), holders, sizes: replicateSizes.view() })
    replicate.clear()
    replicateHolders.clear()
    replicateSizes.clear()
  }
  if (outbox.watchMemory !== undefined) post({ type: 'watch-memory', on: outbox.watchMemory })
  outbox.watchMemory = undefined
  if (cancel.length > 0) post({ type: 'cancel', ...cancel.views() })
  cancel.clear()
  if (recall.length > 0) post({ type: 'recall', ...recall.views() })
  recall.clear()
}

/** Gathers the worker's assignments that still stand, and what it must be told before them. */
function collect(
  state: State,
  worker: Worker,
  columns: ExecuteColumns,
  newCallables: number[],
  newPeers: number[],
): void {
  const { tasks, replicas, cross } = state
  const { execute } = worker.outbox
  let timed = false
  // Arguments of tasks that follow each other in a segment are one stretch: copied as one.
  let stretchOf: Segment | undefined
  let stretchFrom = 0
  let stretchTo = 0
  for (let i = 0; i < execute.length; i++) {
    const task = execute.tasks[i]
    const run = execute.runs[i]
    if (tasks.phase[task] !== RUNNING || tasks.run[task] !== run || tasks.worker[task] !== worker.id) continue
    const segment = state.segments[tasks.segment[task]]!
    const place = tasks.place[task]
    columns.tasks.push(task)
    columns.runs.push(run)
    columns.priorities.push(rankOf(state, task))
    const callable = segment.callables[segment.callable.length === 0 ? 0 : segment.callable[place]]
    columns.callables.push(callable)
    if (!worker.knowsCallable.has(callable)) {
      worker.knowsCallable.add(callable)
      newCallables.push(callable)
    }
    const from = segment.argOffsets[place]
    const to = segment.argOffsets[place + 1]
    if (segment === stretchOf && from === stretchTo) stretchTo = to
    else {
      if (stretchOf) columns.args.append(stretchOf.args, stretchFrom, stretchTo)
      stretchOf = segment
      stretchFrom = from
      stretchTo = to
    }
    columns.argOffsets.push(columns.args.length + from - stretchFrom)
    columns.inline.push(tasks.wants[task] >= 0 ? 1 : 0)
    if (segment.timeouts) {
      const { timeoutMs } = state.options.sets[tasks.option[task]]
      if (timeoutMs > 0 && !timed) {
        timed = true
        for (let earlier = columns.timeouts.length; earlier < columns.tasks.length - 1; earlier++)
          columns.timeouts.push(0)
      }
      if (timed) columns.timeouts.push(timeoutMs)
    } else if (timed) columns.timeouts.push(0)
    columns.dependencyOffsets.push(columns.dependencies.length)
    const { dependencyOffsets, dependencies, dependencyParts } = segment
    if (dependencyOffsets.length === 0) continue
    for (let e = dependencyOffsets[place], end = dependencyOffsets[place + 1]; e < end; e++) {
      const entry = dependencies[e]
      const dependency = entry >= 0 ? entry : cross.dependency[-1 - entry]
      const head = tasks.holders[dependency]
      let holder = worker.id
      if (!replicas.has(holder, head)) {
        holder = replicas.pick(head, task)
        meet(worker, holder, newPeers)
      }
      const part = dependencyParts.length === 0 ? -1 : dependencyParts[e]
      if (part >= 0 || columns.dependencyParts.length > 0) columns.takePart(part)
      columns.dependencies.push(dependency)
      columns.dependencyRuns.push(tasks.run[dependency])
      columns.dependencyHolders.push(holder)
      columns.dependencySizes.push(bytesTaken(state, dependency, part))
    }
  }
  if (stretchOf) columns.args.append(stretchOf.args, stretchFrom, stretchTo)
  columns.argOffsets.push(columns.args.length)
  columns.dependencyOffsets.push(columns.dependencies.length)
}

/** Before a worker is told to fetch from another, it is told where that one is. */
function meet(worker: Worker, peer: number, newPeers: number[]): void {
  if (peer < 0 || peer === worker.id || worker.knowsPeer.has(peer)) return
  worker.knowsPeer.add(peer)
  newPeers.push(peer)
}

function postExecute(columns: ExecuteColumns, post: (message: WorkerInstruction) => void): void {
  post({
    type: 'execute',
    tasks: columns.tasks.view(),
    runs: columns.runs.view(),
    priorities: columns.priorities.view(),
    callables: columns.callables.viewUnsigned(),
    args: columns.args.view(),
    argOffsets: columns.argOffsets.viewUnsigned(),
    dependencyOffsets: columns.dependencyOffsets.viewUnsigned(),
    dependencies: columns.dependencies.view(),
    dependencyRuns: columns.dependencyRuns.view(),
    dependencyHolders: columns.dependencyHolders.view(),
    dependencySizes: columns.dependencySizes.view(),
    ...(columns.dependencyParts.length > 0 && { dependencyParts: columns.dependencyParts.view() }),
    inline: columns.inline.view(),
    timeouts: columns.timeouts.view(),
  })
}

/** What the worker asked for. */
function postModules(outbox: Worker['outbox'], post: (message: WorkerInstruction) => void): void {
  if (outbox.modules.length === 0) return
  for (const { name, content, reason } of outbox.modules.splice(0))
    if (content)
      post({
        type: 'modules',
        names: [name],
        contents: content,
        contentOffsets: Uint32Array.of(0, content.length),
      })
    else post({ type: 'no-modules', names: [name], reason })
}

/** Modules first, then the callables that need them: each once a worker. */
function postCallables(
  state: State,
  worker: Worker,
  numbers: readonly number[],
  post: (message: WorkerInstruction) => void,
): void {
  if (numbers.length === 0) return
  const callables = numbers.map((number) => state.callables.byNumber.get(number)!)
  const names: string[] = []
  for (const { modules } of callables)
    for (const name of modules) {
      if (worker.knowsModule.has(name)) continue
      worker.knowsModule.add(name)
      names.push(name)
    }
  if (names.length > 0) {
    const joined = join(names.map((name) => state.callables.modules.get(name)!.content))
    post({ type: 'modules', names, contents: joined.bytes, contentOffsets: joined.offsets })
  }
  const joined = join(callables.map(({ content }) => content))
  const forgotten = worker.outbox.forgottenCallables
  post({
    type: 'callables',
    numbers: Uint32Array.from(numbers),
    contents: joined.bytes,
    contentOffsets: joined.offsets,
    modules: callables.map(({ modules }) => [...modules]),
    labels: callables.map(({ label }) => label),
    ...(forgotten.length > 0 && { forgotten: Uint32Array.from(forgotten) }),
  })
  forgotten.length = 0
}

function join(parts: readonly Uint8Array[]): { bytes: Uint8Array; offsets: Uint32Array } {
  const offsets = new Uint32Array(parts.length + 1)
  for (let i = 0; i < parts.length; i++) offsets[i + 1] = offsets[i] + parts[i].length
  const bytes = new Uint8Array(offsets[parts.length])
  for (let i = 0; i < parts.length; i++) bytes.set(parts[i], offsets[i])
  return { bytes, offsets }
}
