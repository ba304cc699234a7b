// The scheduler: routes messages to the functions that decide, and hands out what they decided. No clock, no sockets.

import type { ClusterInfo, WorkerInfo } from '../protocol/cluster.ts'
import type { FeedMessage } from '../protocol/feed.ts'
import type { ClientMessage, WorkerMessage } from '../protocol/messages.ts'
import { workersHere } from './answer.ts'
import { clientLeft } from './cancel.ts'
import { createClient } from './client.ts'
import { burdenOf, type Demand, demandOf } from './demand.ts'
import { dispatch } from './dispatch.ts'
import { drain, ExecuteColumns, type Post } from './drain.ts'
import { EventLog, type EventSink } from './eventLog.ts'
import { explain } from './explain.ts'
import { explainAll } from './explainAll.ts'
import { dump, FeedPosition, feedDelta, feedSnapshot, unfold } from './feed.ts'
import { fromClient } from './fromClient.ts'
import { fromWorker } from './fromWorker.ts'
import { checkInvariants } from './invariants.ts'
import { type WorkerHello, workerJoined, workerLeft, workerSilent } from './membership.ts'
import { dropNeedlessCopies } from './needlessCopies.ts'
import { memoryByPrefix, watchMemory } from './prefixMemory.ts'
import { tellProgress } from './progress.ts'
import { forgetMoves } from './rebalance.ts'
import { continueRetiring, retire } from './retire.ts'
import { RunStream } from './runStream.ts'
import { State } from './state.ts'
import { balance } from './steal.ts'
import { story } from './story.ts'
import { retireInTime } from './timeLeft.ts'
import { warnUnsuitable } from './warn.ts'

/** Less often than a value that is used again and again is needed. */
const COPIES_EVERY_MS = 1000
/** A task that takes longer, or for ever, must not hold sources: the worker's own limits are left as its last defence. */
const SOURCES_HELD_MS = 5000

export interface SchedulerOptions {
  /** The cluster's id. */
  cluster: string
  /** How many tasks a worker may have per thread before their duration is known; 1.1 by default, Infinity for no limit. */
  saturation?: number
  /** Checks every invariant after every event: slow, for tests and for hunting a fault. */
  checkInvariants?: boolean
  /** After how many deaths of workers a task fails; 3 by default. */
  deathsMax?: number
  /** How often copies that nobody needs are looked for, in milliseconds; 1000 by default. */
  copiesEveryMs?: number
  /** For so long sources wait for a task that uses data to end, in milliseconds; 5000 by default. */
  sourcesHeldMs?: number
  /** Keeps every event in `eventLog`, so that what happened can be played again. */
  recordEvents?: boolean
  /** Gets every event instead, e.g. to write it to a file. */
  sink?: EventSink
  seed?: number
}

export class Scheduler {
  readonly state: State
  readonly #columns = new ExecuteColumns()
  readonly #feed = new FeedPosition()
  readonly #seed: number
  readonly #checks: boolean
  /** Present where it was asked for. */
  readonly eventLog: EventLog | undefined
  readonly #sink: EventSink | undefined
  #clusterInfo: ClusterInfo

  constructor(options: SchedulerOptions) {
    this.state = new State(options.cluster, {
      saturation: options.saturation ?? 1.1,
      deathsMax: options.deathsMax ?? 3,
      sourcesHeldMs: options.sourcesHeldMs ?? SOURCES_HELD_MS,
      copiesEveryMs: options.copiesEveryMs ?? COPIES_EVERY_MS,
    })
    this.#seed = options.seed ?? 1
    this.#checks = options.checkInvariants ?? false
    if (options.recordEvents) this.eventLog = new EventLog()
    this.#sink = options.sink ?? this.eventLog
    this.#clusterInfo = { id: options.cluster, version: '', dashboardUrl: '', startedMs: 0, workers: [] }
  }

  /** What `info` and snapshots say of the cluster; the shell fills in what it alone knows. */
  get clusterInfo(): ClusterInfo {
    return this.#clusterInfo
  }

  set clusterInfo(info: ClusterInfo) {
    this.#sink?.add({ kind: 'clusterInfo', info })
    this.#clusterInfo = info
  }

  clientJoined(client: number, name: string, nowMs: number): void {
    this.#sink?.add({ kind: 'clientJoined', client, name, nowMs })
    this.state.nowMs = nowMs
    this.state.clients.set(client, createClient(client, name))
  }

  /** `message` may hold views on received bytes: nothing of it is kept. */
  clientMessage(client: number, message: ClientMessage, nowMs: number): void {
    this.#sink?.add({ kind: 'clientMessage', client, message, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const sender = state.clients.get(client)
    if (!sender) return
    fromClient(state, sender, message, this.#clusterInfo)
    this.#settle()
  }

  clientLeft(client: number, nowMs: number): void {
    this.#sink?.add({ kind: 'clientLeft', client, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const leaver = state.clients.get(client)
    if (!leaver) return
    clientLeft(state, leaver)
    this.#settle()
  }

  workerJoined(hello: WorkerHello, nowMs: number): number {
    this.#sink?.add({ kind: 'workerJoined', hello, nowMs })
    this.state.nowMs = nowMs
    const worker = workerJoined(this.state, hello)
    this.#settle()
    return worker.id
  }

  /** Messages of workers that have left are ignored, late and doubled ones change nothing. */
  workerMessage(worker: number, message: WorkerMessage, nowMs: number): void {
    this.#sink?.add({ kind: 'workerMessage', worker, message, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const sender = state.workers[worker]
    if (!sender) return
    fromWorker(state, sender, message)
    this.#settle()
  }

  /** @param ended it was ended from outside, so that nothing that it ran can have been the reason */
  workerLeft(worker: number, reason: string, nowMs: number, ended = false): void {
    this.#sink?.add({ kind: 'workerLeft', worker, reason, nowMs, ...(ended && { ended }) })
    const { state } = this
    state.nowMs = nowMs
    const leaver = state.workers[worker]
    if (!leaver) return
    workerLeft(state, leaver, reason, ended)
    this.#settle()
  }

  /** Empties a worker and has it closed: what it runs ends there, its only copies go elsewhere, nothing is charged. */
  retireWorker(worker: number, nowMs: number): void {
    this.#sink?.add({ kind: 'retireWorker', worker, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const retired = state.workers[worker]
    if (!retired) return
    retire(state, retired)
    this.#settle()
  }

  /** Its time is limited: from `retireMs` on it hands over what it holds, and tasks that would take it beyond `endsMs` go elsewhere. */
  workerEnds(
    worker: number,
    { retireMs, endsMs }: { retireMs: number; endsMs: number },
    nowMs: number,
  ): void {
    this.#sink?.add({ kind: 'workerEnds', worker, retireMs, endsMs, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const limited = state.workers[worker]
    if (limited) limited.time = { sinceMs: limited.time?.sinceMs ?? nowMs, retireMs, endsMs }
  }

  /** It is not known yet whether it is gone: meanwhile it gets nothing new. */
  workerSilent(worker: number, nowMs: number): void {
    this.#sink?.add({ kind: 'workerSilent', worker, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const silent = state.workers[worker]
    if (silent) workerSilent(state, silent)
    this.#settle()
  }

  /** Workers that have been asked for and are not here yet, a line each: told to whoever asks why tasks wait. */
  expectWorkers(lines: readonly string[]): void {
    this.state.expectedWorkers = lines
  }

  /** What there is to do, and what is kept. */
  get demand(): Demand {
    return demandOf(this.state)
  }

  /** What it costs to do without a worker, in milliseconds. */
  burden(worker: number): number {
    const found = this.state.workers[worker]
    return found ? burdenOf(found) : 0
  }

  /** To be called about every 100 ms: balance between workers, progress, warnings. */
  tick(nowMs: number): void {
    this.#sink?.add({ kind: 'tick', nowMs })
    const { state } = this
    state.nowMs = nowMs
    balance(state)
    if (state.moves.size > 0) forgetMoves(state)
    retireInTime(state)
    continueRetiring(state)
    dropNeedlessCopies(state)
    warnUnsuitable(state)
    tellProgress(state)
    this.#settle()
  }

  /**
   * Posts everything decided since the last drain, coalesced into columnar messages. Columns are views on buffers that
   * the next event overwrites: encode them before returning from `post`.
   */
  drain(post: Post): void {
    this.#sink?.add({ kind: 'drain' })
    const tap = this.#sink?.tapped?.(post)
    drain(this.state, this.#columns, tap?.post ?? post)
    tap?.end()
  }

  feedSnapshot(nowMs: number): FeedMessage {
    this.state.nowMs = nowMs
    return feedSnapshot(this.state, this.clusterInfo)
  }

  /** What changed since the last call; a panel that joins gets a snapshot first. */
  feedDelta(nowMs: number): FeedMessage[] {
    this.state.nowMs = nowMs
    return feedDelta(this.state, this.#feed)
  }

  /** Switches the recording of finished runs for the task stream. */
  recordStream(on: boolean): void {
    if (!on) this.state.stream = undefined
    else this.state.stream ??= new RunStream(this.#seed)
  }

  /** Switches what workers tell of the memory of single values, for `memoryByPrefix`. */
  watchMemory(on: boolean, nowMs: number): void {
    this.#sink?.add({ kind: 'watchMemory', on, nowMs })
    this.state.nowMs = nowMs
    watchMemory(this.state, on)
    this.#settle()
  }

  /** How much memory the keys of each name take on each worker, as told while `watchMemory` is on. */
  memoryByPrefix(): FeedMessage {
    return memoryByPrefix(this.state)
  }

  unfold(group: number, limit: number): FeedMessage {
    return unfold(this.state, group, limit)
  }

  /** What happened to a task, oldest first. */
  story(key: string): string[] {
    return story(this.state, key)
  }

  /** Why a task is not done yet. */
  explain(key: string): string[] {
    return explain(this.state, key)
  }

  /** Why what is asked for is not done yet, of everything at once. */
  explainAll(): string[] {
    return explainAll(this.state)
  }

  dump(): unknown {
    return dump(this.state)
  }

  /** The workers that are here. */
  workers(): WorkerInfo[] {
    return workersHere(this.state)
  }

  /** Tasks that wait for a worker, and tasks that workers have. */
  get pending(): { queued: number; running: number } {
    return { queued: this.state.counts[2], running: this.state.counts[3] }
  }

  /** After every event: what became possible is handed out. */
  #settle(): void {
    dispatch(this.state)
    if (this.#checks) checkInvariants(this.state)
  }
}
