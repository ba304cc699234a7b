// The scheduler: routes messages to the functions that decide, and hands out what they decided. No clock, no sockets.

import type { ClusterInfo, WorkerInfo } from '../protocol/cluster.ts'
import type { FeedMessage } from '../protocol/feed.ts'
import type { ClientMessage, WorkerMessage } from '../protocol/messages.ts'
import { cancel, clientLeft, locate, release, retry } from './cancel.ts'
import { type Client, createClient } from './client.ts'
import { dispatch } from './dispatch.ts'
import { drain, ExecuteColumns, type Post } from './drain.ts'
import { EventLog } from './eventLog.ts'
import { explain } from './explain.ts'
import { explainAll } from './explainAll.ts'
import { dump, FeedPosition, feedDelta, feedSnapshot, unfold } from './feed.ts'
import { dropped, erred, finished, returned } from './finish.ts'
import { ingest } from './ingest.ts'
import { checkInvariants } from './invariants.ts'
import { lineFigures } from './lineFigures.ts'
import { missing } from './lose.ts'
import { heartbeat, type WorkerHello, workerJoined, workerLeaving, workerLeft } from './membership.ts'
import { FREE } from './phases.ts'
import { tellProgress } from './progress.ts'
import { continueRetiring, forgetMoves, rebalance, retire } from './rebalance.ts'
import { RunStream } from './runStream.ts'
import { scatter, stored } from './scatter.ts'
import { dirtyClient, dirtyWorker, keyOf, State } from './state.ts'
import { balance } from './steal.ts'
import { story } from './story.ts'
import { waiting } from './waiting.ts'
import { warnUnsuitable } from './warn.ts'
import { occupying, type Worker } from './worker.ts'

export interface SchedulerOptions {
  /** The cluster's id. */
  cluster: string
  /** How many tasks a worker may have per thread before their duration is known; 1.1 by default, Infinity for no limit. */
  saturation?: number
  /** Checks every invariant after every event: slow, for tests and for hunting a fault. */
  checkInvariants?: boolean
  /** After how many deaths of workers a task fails; 3 by default. */
  deathsMax?: number
  /** Keeps every event in `eventLog`, so that what happened can be played again. */
  recordEvents?: boolean
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
  /** What `info` and snapshots say of the cluster; the shell fills in what it alone knows. */
  clusterInfo: ClusterInfo

  constructor(options: SchedulerOptions) {
    this.state = new State(options.cluster, {
      saturation: options.saturation ?? 1.1,
      deathsMax: options.deathsMax ?? 3,
    })
    this.#seed = options.seed ?? 1
    this.#checks = options.checkInvariants ?? false
    if (options.recordEvents) this.eventLog = new EventLog()
    this.clusterInfo = { id: options.cluster, version: '', dashboardUrl: '', startedMs: 0, workers: [] }
  }

  clientJoined(client: number, name: string, nowMs: number): void {
    this.eventLog?.add({ kind: 'clientJoined', client, name, nowMs })
    this.state.nowMs = nowMs
    this.state.clients.set(client, createClient(client, name))
  }

  /** `message` may hold views on received bytes: nothing of it is kept. */
  clientMessage(client: number, message: ClientMessage, nowMs: number): void {
    this.eventLog?.add({ kind: 'clientMessage', client, message, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const sender = state.clients.get(client)
    if (!sender) return
    this.#receiveFromClient(sender, message)
    this.#settle()
  }

  clientLeft(client: number, nowMs: number): void {
    this.eventLog?.add({ kind: 'clientLeft', client, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const leaver = state.clients.get(client)
    if (!leaver) return
    clientLeft(state, leaver)
    this.#settle()
  }

  workerJoined(hello: WorkerHello, nowMs: number): number {
    this.eventLog?.add({ kind: 'workerJoined', hello, nowMs })
    this.state.nowMs = nowMs
    const worker = workerJoined(this.state, hello)
    this.#settle()
    return worker.id
  }

  /** Messages of workers that have left are ignored, late and doubled ones change nothing. */
  workerMessage(worker: number, message: WorkerMessage, nowMs: number): void {
    this.eventLog?.add({ kind: 'workerMessage', worker, message, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const sender = state.workers[worker]
    if (!sender) return
    this.#receiveFromWorker(sender, message)
    this.#settle()
  }

  workerLeft(worker: number, reason: string, nowMs: number): void {
    this.eventLog?.add({ kind: 'workerLeft', worker, reason, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const leaver = state.workers[worker]
    if (!leaver) return
    workerLeft(state, leaver, reason)
    this.#settle()
  }

  /** Empties a worker and has it closed: what it runs ends there, its only copies go elsewhere, nothing is charged. */
  retireWorker(worker: number, nowMs: number): void {
    this.eventLog?.add({ kind: 'retireWorker', worker, nowMs })
    const { state } = this
    state.nowMs = nowMs
    const retired = state.workers[worker]
    if (!retired) return
    retire(state, retired)
    this.#settle()
  }

  /** To be called about every 100 ms: balance between workers, progress, warnings. */
  tick(nowMs: number): void {
    this.eventLog?.add({ kind: 'tick', nowMs })
    const { state } = this
    state.nowMs = nowMs
    balance(state)
    if (state.moves.size > 0) forgetMoves(state)
    continueRetiring(state)
    warnUnsuitable(state)
    tellProgress(state)
    this.#settle()
  }

  /**
   * Posts everything decided since the last drain, coalesced into columnar messages. Columns are views on buffers that
   * the next event overwrites: encode them before returning from `post`.
   */
  drain(post: Post): void {
    this.eventLog?.add({ kind: 'drain' })
    drain(this.state, this.#columns, post)
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
    return this.state.present.map(({ info }) => info)
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

  #receiveFromClient(client: Client, message: ClientMessage): void {
    const { state } = this
    switch (message.type) {
      case 'graph': {
        const refusal = ingest(state, client, message)
        if (refusal) this.#reply(client, { type: 'graph-refused', graph: message.graph, ...refusal })
        return
      }
      case 'modules':
        for (let i = 0; i < message.names.length; i++) {
          const content = message.contents.subarray(message.contentOffsets[i], message.contentOffsets[i + 1])
          state.callables.addModule(client.id, message.names[i], content)
          client.modules.add(message.names[i])
        }
        return
      case 'release':
        release(state, client, message.handles)
        return
      case 'cancel':
        cancel(state, client, message.handles, message.reason)
        return
      case 'retry':
        retry(state, client, message.handles)
        return
      case 'locate':
        locate(state, client, message.request, message.handles)
        return
      case 'scatter':
        scatter(state, client, message)
        return
      case 'query':
        this.#answer(client, message)
        return
      case 'hello':
        return
      case 'scale':
      case 'run':
      case 'cancel-run':
      case 'watch-runs':
      case 'report-run':
      case 'shutdown':
        // The process around the scheduler serves these; reaching this point, there is none that does.
        this.#reply(client, {
          type: 'refused',
          request: 'request' in message ? message.request : -1,
          reason: `nobody here can serve a ${message.type} message`,
          message: message.type,
        })
        return
      default:
        neverSent(message)
    }
  }

  #receiveFromWorker(worker: Worker, message: WorkerMessage): void {
    const { state } = this
    switch (message.type) {
      case 'finished':
        finished(state, worker, message)
        if (occupying(worker) < worker.threads) balance(state)
        return
      case 'erred':
        erred(state, worker, message)
        return
      case 'stored':
        stored(state, worker, message)
        return
      case 'missing':
        missing(state, worker, message)
        return
      case 'returned':
        returned(state, worker, message)
        return
      case 'dropped':
        dropped(state, worker, message)
        return
      case 'waiting':
        waiting(state, worker, message)
        return
      case 'heartbeat':
        heartbeat(state, worker, message)
        return
      case 'transferred':
        for (let i = 0; i < message.froms.length; i++)
          state.stream?.add(message.froms[i], worker.id, 0, message.starts[i], message.durationsMs[i], 2)
        return
      case 'leaving':
        workerLeaving(state, worker)
        return
      case 'hello':
        worker.outbox.refused.push({ reason: 'a worker says hello once', message: 'hello' })
        dirtyWorker(state, worker)
        return
      case 'log':
        this.#forwardLog(worker, message)
        return
      default:
        neverSent(message)
    }
  }

  #answer(client: Client, message: Extract<ClientMessage, { type: 'query' }>): void {
    const value = this.#valueOf(client, message.what, message.key ?? '')
    if (value === undefined)
      this.#reply(client, {
        type: 'refused',
        request: message.request,
        reason: `no report is called ${JSON.stringify(message.what)}: there are info, story, explain, why, lines, dump and rebalance`,
        message: 'query',
      })
    else this.#reply(client, { type: 'answer', request: message.request, value })
  }

  #valueOf(client: Client, what: string, key: string): unknown {
    switch (what) {
      case 'info':
        return { ...this.clusterInfo, workers: this.workers() }
      case 'story':
        return this.story(key)
      case 'why':
        return this.explainAll()
      case 'explain':
        return this.explain(key)
      case 'key':
        return keyOfNumber(this.state, Number(key))
      case 'dump':
        return this.dump()
      case 'lines':
        return lineFigures(this.state, client)
      case 'rebalance':
        return rebalance(this.state)
      default:
        return undefined
    }
  }

  #forwardLog(worker: Worker, message: Extract<WorkerMessage, { type: 'log' }>): void {
    for (const client of this.state.clients.values())
      this.#reply(client, {
        type: 'log',
        level: message.level,
        text: message.text,
        worker: worker.info.name,
      })
  }

  #reply(client: Client, message: Client['outbox']['sealed'][number]): void {
    client.outbox.sealed.push(message)
    dirtyClient(this.state, client)
  }
}

/** A task that runs has its number for as long as it does; others' numbers say nothing. */
function keyOfNumber(state: State, task: number): string {
  return task >= 0 && task < state.tasks.top && state.tasks.phase[task] !== FREE ? keyOf(state, task) : ''
}

/** Unknown types never get here: decoding refuses them. */
function neverSent(message: never): never {
  throw new TypeError(
    `no message of type ${JSON.stringify((message as { type: string }).type)} is served here`,
  )
}
