// What stands behind a client and its futures: the connection, the future table, and the graph of this turn.

import type { KernelNames } from '../functions/kernelNames.ts'
import type { Lifter } from '../functions/lifter.ts'
import { GrowingU32 } from '../graph/growing.ts'
import type { TaskFunction } from '../graph/taskGraph.ts'
import { DataClient } from '../host/dataClient.ts'
import { taskThread } from '../host/taskContext.ts'
import type { Handle } from '../protocol/ids.ts'
import type { ClientMessage, ClientReply } from '../protocol/messages.ts'
import type { TaskGroup, TaskOptions } from '../protocol/taskOptions.ts'
import type { SchedulerAddress } from './address.ts'
import type { SiteProgress } from './computeSites.ts'
import type { Connection } from './connection.ts'
import { ClosedError, UsageError } from './errors.ts'
import { type Future, FutureBatch, type FutureHolder, handleOf, holderOf } from './future.ts'
import { CANCELLED, ERRED, type FutureStatus, FutureTable, PENDING } from './futureTable.ts'
import { GraphWriter } from './graphWriter.ts'
import { HeldArguments } from './heldArguments.ts'
import { requireKind } from './optionKinds.ts'
import { Results } from './results.ts'
import { onceAtExit, placeOf, tellUnasked } from './unaskedFailures.ts'
import { Waits } from './waits.ts'

/** A call of the user's: which function, under which name and options. */
export interface Call {
  fn: TaskFunction
  bound?: readonly unknown[]
  group: TaskGroup
  options: TaskOptions
  pure: boolean
  key?: string
}

export class Core implements FutureHolder {
  readonly table = new FutureTable()
  readonly waits: Waits
  readonly results: Results
  readonly connection: Connection
  readonly address: SchedulerAddress
  readonly data: DataClient
  readonly lifter: Lifter
  readonly kernels: KernelNames
  /** Tasks of this turn's `submit` calls. */
  #open: GraphWriter | undefined
  /** A writer of few tasks whose graph is on its way: the next turn's is made with it. */
  #spare: GraphWriter | undefined
  #graphs = 0
  readonly #modulesSent = new Set<string>()
  #releases: GrowingU32 | undefined
  /** Graphs that the scheduler has not answered for, oldest first: the handles that each brought. */
  readonly #unanswered: { graph: number; handles: Uint32Array }[] = []
  readonly #progress = new Map<number, (progress: SiteProgress) => void>()
  /** Futures that must not be collected, since somebody waits for their results. */
  readonly #inUse = new Set<readonly Future[]>()
  readonly #warned = new Set<string>()
  readonly #held: HeldArguments
  /** Told about what the scheduler says beside futures. */
  onLog: (text: string) => void = () => {}
  readonly #tellAtExit: (() => void) | undefined
  /** Told when the connection has ended. */
  onClosed: () => void = () => {}

  constructor(connection: Connection, address: SchedulerAddress, lifter: Lifter, kernels: KernelNames) {
    this.connection = connection
    this.address = address
    this.data = new DataClient(address.token, { gateway: address.gateway, certificate: address.certificate })
    this.lifter = lifter
    this.kernels = kernels
    this.#held = new HeldArguments({
      kernels,
      lifter,
      table: this.table,
      newGraph: () => this.#graphWith(undefined),
      release: (handles) => this.release(handles),
      warn: (text) => this.#warnOnce(text),
    })
    this.waits = new Waits(this.table, () => connection.hold())
    this.results = new Results({
      table: this.table,
      waits: this.waits,
      connection,
      data: this.data,
      lifter,
    })
    // A task's client belongs to its thread, which others use too.
    if (!taskThread()) this.#tellAtExit = onceAtExit(() => tellUnasked(this.table, this.onLog))
    connection.listen(
      (reply) => this.#receive(reply),
      (reason) => {
        this.table.allLost(reason)
        this.onClosed()
      },
    )
  }

  /** @throws {ClosedError} */
  requireOpen(): void {
    const reason = this.connection.closedBecause
    if (reason !== undefined) throw new ClosedError(reason)
  }

  /** A graph of its own, to be sent by `sendGraph`. */
  newGraph(): GraphWriter {
    return this.#graphWith(this.#held)
  }

  #graphWith(large: HeldArguments | undefined): GraphWriter {
    const writer: GraphWriter = new GraphWriter(this.#graphs++, {
      large,
      lifter: this.lifter,
      kernels: this.kernels,
      table: this.table,
      holder: this,
      warn: (text) => this.#warnOnce(text),
      sealOthers: () => {
        if (this.#open !== writer) this.seal()
      },
    })
    return writer
  }

  #spareGraph(): GraphWriter {
    const spare = this.#spare
    if (!spare) return this.newGraph()
    this.#spare = undefined
    spare.begin(this.#graphs++)
    return spare
  }

  /** Queues a finished graph behind everything that was asked before. */
  sendGraph(writer: GraphWriter): void {
    this.seal()
    writer.digest()
    this.#queueGraph(() => this.#messagesOf(writer))
  }

  /** What is released from now on stands behind this graph, whose handles may be among it. */
  #queueGraph(make: () => ClientMessage[]): void {
    this.#releases = undefined
    this.connection.send(make)
  }

  #messagesOf(writer: GraphWriter): ClientMessage[] {
    const held = writer.takeHeld()
    const before = held ? this.#messagesOf(held) : []
    if (held) this.#held.sent(held)
    const graph = writer.finish()
    const isNamed = graph.groups[0]?.kind === 'argument' && this.#held.hasWarned
    if (graph.args.length > LARGE_ARGUMENTS_BYTES && !isNamed)
      this.#warnOnce(
        `${Math.round(graph.args.length / 1e6)} MB of arguments travel through the scheduler (${graph.groups[0].name}): ` +
          'scatter large values first, and pass their futures: await client.scatter(value)',
      )
    // The writer may be used again for another graph.
    if (graph.handles.length > 0)
      this.#unanswered.push({ graph: graph.graph, handles: graph.handles.slice() })
    const names = [...writer.modules].filter((name) => !this.#modulesSent.has(name))
    return names.length === 0 ? [...before, graph] : [...before, this.modulesMessage(names), graph]
  }

  /** The contents of worker modules that the scheduler does not have from this client yet. */
  modulesMessage(names: readonly string[]): ClientMessage {
    const contents = names.map((name) => this.lifter.moduleContent(name))
    const contentOffsets = new Uint32Array(names.length + 1)
    contents.forEach((content, i) => {
      this.#modulesSent.add(names[i])
      contentOffsets[i + 1] = contentOffsets[i] + content.length
    })
    return { type: 'modules', names: [...names], contents: Buffer.concat(contents), contentOffsets }
  }

  /** A worker has none of the program's packages and files: they are sent as it asks for them. */
  #carry(names: readonly string[]): void {
    for (const name of names) {
      try {
        const content = this.lifter.carriedContent(name)
        if (!content) throw new Error('the program that told of it has it no more')
        const contentOffsets = Uint32Array.of(0, content.length)
        this.connection.send({ type: 'modules', names: [name], contents: content, contentOffsets })
      } catch (error) {
        this.connection.send({ type: 'no-modules', names: [name], reason: (error as Error).message })
      }
    }
  }

  /** Which of these modules were not sent yet. */
  unsentModules(names: Iterable<string>): string[] {
    return [...names].filter((name) => !this.#modulesSent.has(name))
  }

  /** Closes this turn's graph: what is asked from now on comes after it. */
  seal(): void {
    this.#open?.digest()
    this.#open = undefined
  }

  /** One task in this turn's graph. */
  submit(call: Call, args: readonly unknown[]): Handle {
    this.requireOpen()
    let writer = this.#open
    if (!writer) {
      const opened = this.#spareGraph()
      writer = this.#open = opened
      this.#queueGraph(() => {
        if (this.#open === opened) this.#open = undefined
        const messages = opened.size === 0 ? [] : this.#messagesOf(opened)
        // They are encoded before anybody else runs.
        if (opened.size <= SPARE_TASKS_MAX && opened.argBytes <= SPARE_BYTES_MAX) this.#spare = opened
        return messages
      })
    }
    const group = writer.groupOfCall({
      ...call.group,
      fn: call.fn,
      bound: call.bound ?? [],
      options: call.options,
      pure: call.pure,
    })
    const task = writer.addTask(group, args)
    const handle = this.table.allocate(1, call.group.name, placeOf(call.group))
    writer.want(task, handle)
    if (call.key !== undefined) {
      writer.setCustomKey(task, call.key)
      this.table.setCustomKey(handle, call.key)
    }
    return handle
  }

  /** Makes the futures of handles in a row. */
  futures<T>(
    make: (batch: FutureBatch, handle: Handle) => Future<T>,
    first: Handle,
    count: number,
  ): Future<T>[] {
    // Batches are small enough that a kept future keeps few others' results alive.
    const futures: Future<T>[] = new Array(count)
    let batch: FutureBatch | undefined
    for (let i = 0; i < count; i++) {
      if (i % BATCH === 0) batch = new FutureBatch(this, first + i, Math.min(BATCH, count - i))
      futures[i] = make(batch!, first + i)
    }
    return futures
  }

  // What futures ask.

  status(handle: Handle): FutureStatus {
    const status = this.table.statusName(handle)
    if (status === 'error') this.table.ask([handle])
    return status
  }

  key(handle: Handle): string {
    this.#open?.digest()
    return this.table.key(handle)
  }

  async result(future: Future): Promise<unknown> {
    const list = [future]
    this.#inUse.add(list)
    try {
      return (await this.results.values([handleOf(future)]))[0]
    } finally {
      this.#inUse.delete(list)
    }
  }

  exception(future: Future): Promise<Error | undefined> {
    const handle = handleOf(future)
    return this.using([future], async () => {
      await this.waits.one(handle)
      return this.results.errorOf(handle)
    })
  }

  cancel(handles: readonly Handle[], reason: string): void {
    requireKind('reason', reason, 'string', 'a text')
    const pending = handles.filter(
      (handle) => this.table.status(handle) === PENDING && this.table.isHeld(handle),
    )
    if (pending.length === 0) return
    this.seal()
    this.connection.send({ type: 'cancel', handles: Uint32Array.from(pending), reason })
    this.table.cancelled(pending, reason)
  }

  retry(handles: readonly Handle[]): void {
    this.requireOpen()
    const failed: Handle[] = []
    for (const handle of handles) {
      const status = this.table.status(handle)
      if (status === ERRED) failed.push(handle)
      else if (status === CANCELLED)
        throw new UsageError(
          'a future that was cancelled or released cannot be retried: submit its task again',
        )
    }
    if (failed.length === 0) return
    this.seal()
    this.connection.send({ type: 'retry', handles: Uint32Array.from(failed) })
    this.table.pendingAgain(failed)
  }

  release(handles: readonly Handle[]): void {
    // A key that is still to be hashed needs its row, as does a task of this turn that refers to it.
    this.seal()
    for (const handle of handles) if (this.table.release(handle)) this.#releasesOfTurn().push(handle)
  }

  releaseRange(first: Handle, count: number): void {
    this.seal()
    const releases = this.#releasesOfTurn()
    for (let handle = first; handle < first + count; handle++)
      if (this.table.release(handle)) releases.push(handle)
  }

  /** What is released in one turn, between two graphs, goes out in one message. */
  #releasesOfTurn(): GrowingU32 {
    if (this.#releases) return this.#releases
    const releases = new GrowingU32()
    if (this.connection.closedBecause !== undefined) return releases
    this.#releases = releases
    this.connection.send(() => {
      if (this.#releases === releases) this.#releases = undefined
      return releases.length === 0 ? [] : [{ type: 'release', handles: releases.view() }]
    })
    return releases
  }

  /** Keeps futures from being collected until `work` is done. */
  async using<R>(futures: readonly Future[], work: () => Promise<R>): Promise<R> {
    this.#inUse.add(futures)
    try {
      return await work()
    } finally {
      this.#inUse.delete(futures)
    }
  }

  /** Calls back with the counts of a graph until `stop`. */
  watchProgress(graph: number, hear: (progress: SiteProgress) => void): () => void {
    this.#progress.set(graph, hear)
    return () => this.#progress.delete(graph)
  }

  #receive(reply: ClientReply): void {
    switch (reply.type) {
      case 'finished':
        this.#answered(reply.handles)
        this.table.finished(reply.handles, reply.inline, reply.inlineOffsets)
        return
      case 'erred':
        this.#answered(reply.handles)
        this.table.erred(reply.handles, reply.failures, reply.failure)
        return
      case 'unfinished':
        this.table.pendingAgain(reply.handles)
        return
      case 'cancelled':
        this.table.cancelled(reply.handles, reply.reason)
        return
      case 'graph-refused':
        this.#refused(reply.graph, reply.reason)
        return
      case 'progress':
        this.#progress.get(reply.graph)?.(reply)
        return
      case 'want-modules':
        this.#carry(reply.names)
        return
      case 'log':
        this.onLog(reply.worker === undefined ? reply.text : `${reply.worker}: ${reply.text}`)
        return
      case 'refused':
        this.onLog(`the scheduler refused a message: ${reply.reason}`)
        return
      case 'welcome':
      case 'workers':
      case 'run-event':
      case 'closing':
      case 'located':
      case 'placed':
      case 'answer':
        return
    }
  }

  /** Results of a graph show that it and all before it were taken in. */
  #answered(handles: Uint32Array): void {
    const open = this.#unanswered
    let count = 0
    while (count < open.length && open[count].handles[0] <= handles[0]) count++
    if (count > 0) open.splice(0, count)
  }

  /** The scheduler wants nothing of a graph: whoever waits for its results hears why. */
  #refused(graph: number, reason: string): void {
    const at = this.#unanswered.findIndex((each) => each.graph === graph)
    if (at < 0) {
      this.onLog(`a computation was refused: ${reason}`)
      return
    }
    const [{ handles }] = this.#unanswered.splice(at, 1)
    this.table.refused(handles, reason)
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return
    this.#warned.add(text)
    this.onLog(text)
  }

  async close(reason: string): Promise<void> {
    this.#tellAtExit?.()
    this.data.close()
    await this.connection.close(reason)
  }
}

const BATCH = 1024
const SPARE_TASKS_MAX = 1024
const SPARE_BYTES_MAX = 1 << 20
/** The scheduler keeps arguments until their tasks are done: large ones belong on workers. */
const LARGE_ARGUMENTS_BYTES = 20e6

/** The client that all of these futures belong to; nothing when there are none. */
export function coreOf(futures: readonly Future[]): Core | undefined {
  const core = futures.length > 0 ? (holderOf(futures[0]) as Core) : undefined
  for (const future of futures)
    if (holderOf(future) !== core) throw new TypeError('these futures belong to different clients')
  return core
}

export const handlesOf = (futures: readonly Future[]): Handle[] => futures.map(handleOf)
