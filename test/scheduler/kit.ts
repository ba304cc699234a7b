// A cluster on paper: graphs as one line of text, events in, every instruction and reply out as a line of text.

import assert from 'node:assert/strict'
import type { TaskFailure } from '../../runtime/protocol/failure.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import {
  CLIENT_MESSAGES,
  CLIENT_REPLIES,
  type ClientMessage,
  type ClientReply,
  type HeartbeatMessage,
  WORKER_INSTRUCTIONS,
  WORKER_MESSAGES,
  type WorkerInstruction,
  type WorkerMessage,
} from '../../runtime/protocol/messages.ts'
import type { TaskOptions } from '../../runtime/protocol/taskOptions.ts'
import { checkInvariants } from '../../runtime/scheduler/invariants.ts'
import { Scheduler, type SchedulerOptions } from '../../runtime/scheduler/scheduler.ts'
import { digestOf, graphMessage, readGraph } from './graphText.ts'

export interface WorkerSpec {
  name: string
  threads?: number
  resources?: Record<string, number>
  memoryLimitBytes?: number
  targetBytes?: number
  host?: string
  /** How the process of this name before it ended. */
  startedAgain?: string
}

export interface SimulateOptions extends Partial<SchedulerOptions> {
  /** Names, e.g. `w1`, or `w1*4` for four threads. */
  workers?: (string | WorkerSpec)[]
  /** Default: the tasks that nothing depends on. */
  wanted?: string[]
  options?: Record<string, TaskOptions>
  /** By group: into how many parts its tasks' results come. */
  parts?: Record<string, number>
  /** All tasks of one letter are one group, e.g. `a1`, `a2`; this gives durations, in ms, that are known already. */
  durationsMs?: Record<string, number>
}

/** An event: what happens to the cluster. */
export type Event = (cluster: PaperCluster) => void

/** One attempt that a worker was told of. */
interface Attempt {
  task: number
  run: number
  worker: string
}

export class PaperCluster {
  readonly scheduler: Scheduler
  /** Everything said so far, in order: `execute a@w1`, `finished a`, … */
  instructions: string[] = []
  readonly #workers = new Map<string, number>()
  readonly #names = new Map<number, string>()
  readonly #keys = new Map<number, string>()
  readonly attempts = new Map<string, Attempt[]>()
  readonly #handles = new Map<string, string>()
  readonly #handleOf = new Map<string, number>()
  readonly replies: ClientReply[] = []
  readonly sent: { worker: string; message: WorkerInstruction }[] = []
  #nextHandle = 1
  #nextGraph = 1
  nowMs = 1000

  constructor(options: SimulateOptions = {}) {
    this.scheduler = new Scheduler({ cluster: 'paper', ...options })
    this.scheduler.clientJoined(0, 'test', this.nowMs)
  }

  play(...events: Event[]): this {
    for (const event of events) {
      event(this)
      this.settle()
    }
    return this
  }

  /** What was said since the last call. */
  take(): string[] {
    const said = this.instructions
    this.instructions = []
    return said
  }

  settle(): void {
    checkInvariants(this.scheduler.state)
    this.scheduler.drain({
      toWorker: (worker, message) => this.#toWorker(worker, message),
      toClient: (client, message) => this.#toClient(client, message),
    })
    checkInvariants(this.scheduler.state)
  }

  client(message: ClientMessage, client = 0): void {
    const received = decodeFrame(CLIENT_MESSAGES, encodeFrame(CLIENT_MESSAGES, message))
    this.scheduler.clientMessage(client, received, this.nowMs)
  }

  worker(name: string, message: WorkerMessage): void {
    const received = decodeFrame(WORKER_MESSAGES, encodeFrame(WORKER_MESSAGES, message))
    this.scheduler.workerMessage(this.idOf(name), received, this.nowMs)
  }

  idOf(name: string): number {
    const id = this.#workers.get(name)
    assert.notEqual(id, undefined, `no worker ${name} ever joined`)
    return id!
  }

  /** A client more; one of that name may be of tasks. */
  greet(client: number, name: string): void {
    this.scheduler.clientJoined(client, name, this.nowMs)
  }

  submit(text: string, options: SimulateOptions = {}, client = 0): void {
    const graph = readGraph(text)
    const wanted = options.wanted ?? graph.sinks
    const handles = wanted.map((key) => {
      const handle = this.#nextHandle++
      this.#handles.set(`${client}:${handle}`, key)
      this.#handleOf.set(`${client}:${key}`, handle)
      return handle
    })
    const message = graphMessage(graph, {
      graph: this.#nextGraph++,
      wanted,
      handles,
      options: options.options,
      ...(options.parts && { parts: options.parts }),
    })
    this.client(message, client)
  }

  handleOf(key: string, client = 0): number {
    const handle = this.#handleOf.get(`${client}:${key}`)
    assert.notEqual(handle, undefined, `client ${client} does not want ${key}`)
    return handle!
  }

  newHandle(key: string, client = 0): number {
    const handle = this.#nextHandle++
    this.#handles.set(`${client}:${handle}`, key)
    this.#handleOf.set(`${client}:${key}`, handle)
    return handle
  }

  join(spec: string | WorkerSpec, held: Attempt[] = [], heldBytes = 8): void {
    const given = specOf(spec)
    const { name, threads = 1, resources = {}, memoryLimitBytes = 1e9, targetBytes, host } = given
    const hello = decodeFrame(
      WORKER_MESSAGES,
      encodeFrame(WORKER_MESSAGES, {
        type: 'hello',
        protocol: 1,
        version: '0',
        name,
        host: host ?? `host-of-${name}`,
        pid: 1,
        threads,
        memoryLimitBytes,
        targetBytes,
        dataAddress: `unix:/${name}`,
        resources,
        ...(given.startedAgain !== undefined && { startedAgain: given.startedAgain }),
        cluster: 'paper',
        heldTasks: Int32Array.from(held, ({ task }) => task),
        heldRuns: Int32Array.from(held, ({ run }) => run),
        heldSizes: Float64Array.from(held, () => heldBytes),
      }),
    )
    assert.equal(hello.type, 'hello')
    const id = this.scheduler.workerJoined(hello as Extract<WorkerMessage, { type: 'hello' }>, this.nowMs)
    this.#workers.set(name, id)
    this.#names.set(id, name)
  }

  /** The nth attempt at a key, the latest by default. */
  attempt(key: string, nth?: number): Attempt {
    const attempts = this.attempts.get(key) ?? []
    const attempt = nth === undefined ? attempts.at(-1) : attempts[nth]
    assert.notEqual(attempt, undefined, `${key} was never sent to a worker`)
    return attempt!
  }

  nameTask(task: number, key: string): void {
    this.#keys.set(task, key)
  }

  #toWorker(worker: number, message: WorkerInstruction): void {
    const name = this.#names.get(worker)!
    const received = decodeFrame(WORKER_INSTRUCTIONS, encodeFrame(WORKER_INSTRUCTIONS, message))
    this.sent.push({ worker: name, message: received })
    switch (received.type) {
      case 'execute':
        for (let i = 0; i < received.tasks.length; i++) {
          const key = new TextDecoder().decode(
            received.args.subarray(received.argOffsets[i], received.argOffsets[i + 1]),
          )
          const attempt = { task: received.tasks[i], run: received.runs[i], worker: name }
          this.#keys.set(attempt.task, key)
          this.attempts.set(key, [...(this.attempts.get(key) ?? []), attempt])
          this.instructions.push(`execute ${key}@${name}`)
        }
        return
      case 'discard':
      case 'cancel':
      case 'recall':
      case 'replicate':
        for (const task of received.tasks)
          this.instructions.push(`${received.type} ${this.#keys.get(task) ?? task}@${name}`)
        return
      case 'refused':
        this.instructions.push(`refused ${received.reason}`)
        return
      case 'close':
        this.instructions.push(`close @${name}`)
        return
      default:
        // Callables, modules and peers are looked at by the tests that are about them.
        return
    }
  }

  #toClient(client: number, message: ClientReply): void {
    const received = decodeFrame(CLIENT_REPLIES, encodeFrame(CLIENT_REPLIES, message))
    this.replies.push(received)
    const who = client === 0 ? '' : ` for ${client}`
    const name = (handle: number): string => this.#handles.get(`${client}:${handle}`) ?? `#${handle}`
    switch (received.type) {
      case 'finished':
      case 'unfinished':
        for (const handle of received.handles)
          this.instructions.push(`${received.type} ${name(handle)}${who}`)
        return
      case 'erred':
        received.handles.forEach((handle, i) => {
          const failure = received.failures[received.failure[i]]
          this.instructions.push(
            `erred ${name(handle)}: ${failure.kind} of ${failure.key.split('-')[0]}${who}`,
          )
        })
        return
      case 'cancelled':
        for (const handle of received.handles) this.instructions.push(`cancelled ${name(handle)}${who}`)
        return
      case 'graph-refused':
        this.instructions.push(`graph-refused: ${received.reason}${who}`)
        return
      case 'refused':
        this.instructions.push(`refused: ${received.reason}${who}`)
        return
      default:
        return
    }
  }
}

/** A cluster whose workers have joined and which has been given a graph. */
export function simulate(text: string, options: SimulateOptions = {}): PaperCluster {
  const cluster = new PaperCluster(options)
  for (const spec of options.workers ?? []) cluster.join(spec)
  cluster.settle()
  if (text !== '') cluster.submit(text, options)
  cluster.settle()
  return cluster
}

function specOf(spec: string | WorkerSpec): WorkerSpec {
  if (typeof spec !== 'string') return spec
  const [name, threads] = spec.split('*')
  return { name, threads: threads === undefined ? 1 : Number(threads) }
}

export interface EndOptions {
  bytes?: number
  durationMs?: number
  /** Which attempt, counted from 0; the latest by default. */
  nth?: number
  inline?: Uint8Array
}

/** A worker reports results. */
export const finished =
  (keys: string, worker: string, { bytes = 8, durationMs = 10, nth, inline }: EndOptions = {}): Event =>
  (cluster) => {
    const attempts = keys.split(' ').map((key) => cluster.attempt(key, nth))
    const count = attempts.length
    const value = inline ?? new Uint8Array(0)
    cluster.worker(worker, {
      type: 'finished',
      tasks: Int32Array.from(attempts, ({ task }) => task),
      runs: Int32Array.from(attempts, ({ run }) => run),
      sizes: new Float64Array(count).fill(bytes),
      starts: new Float64Array(count).fill(cluster.nowMs),
      durationsMs: new Float64Array(count).fill(durationMs),
      threads: new Uint8Array(count),
      inline: value,
      inlineOffsets: Uint32Array.from({ length: count + 1 }, (_, i) => (i === 0 ? 0 : value.length)),
    })
  }

export const erred =
  (key: string, worker: string, failure: Partial<TaskFailure> = {}): Event =>
  (cluster) => {
    const { task, run } = cluster.attempt(key)
    cluster.worker(worker, {
      type: 'erred',
      tasks: Int32Array.of(task),
      runs: Int32Array.of(run),
      starts: Float64Array.of(cluster.nowMs),
      durationsMs: Float64Array.of(1),
      threads: Uint8Array.of(0),
      failures: [{ kind: 'threw', name: 'Error', message: 'no', stack: '', key: `${key}-0`, ...failure }],
      failure: Uint32Array.of(0),
    })
  }

/** Gives runs back: `returned`, `dropped`. */
const given =
  (type: 'returned' | 'dropped') =>
  (keys: string, worker: string, nth?: number): Event =>
  (cluster) => {
    const attempts = keys.split(' ').map((key) => cluster.attempt(key, nth))
    cluster.worker(worker, {
      type,
      tasks: Int32Array.from(attempts, ({ task }) => task),
      runs: Int32Array.from(attempts, ({ run }) => run),
    })
  }
export const returned = given('returned')
export const dropped = given('dropped')

/** Runs wait for tasks of their own, or go on. */
export const waits =
  (keys: string, worker: string, yes = true): Event =>
  (cluster) => {
    const attempts = keys.split(' ').map((key) => cluster.attempt(key))
    cluster.worker(worker, {
      type: 'waiting',
      tasks: Int32Array.from(attempts, ({ task }) => task),
      runs: Int32Array.from(attempts, ({ run }) => run),
      waits: new Uint8Array(attempts.length).fill(yes ? 1 : 0),
    })
  }

/** A run could not start: `dependency` was not to be had from `holder`. */
export const missing =
  (key: string, worker: string, dependency: string, holder: string): Event =>
  (cluster) => {
    const { task, run } = cluster.attempt(key)
    cluster.worker(worker, {
      type: 'missing',
      tasks: Int32Array.of(task),
      runs: Int32Array.of(run),
      dependencyOffsets: Uint32Array.of(0, 1),
      dependencies: Int32Array.of(cluster.attempt(dependency).task),
      holders: Int32Array.of(cluster.idOf(holder)),
    })
  }

/** @param discards how many instructions to discard values it had followed by then; all by default */
export const stored =
  (task: number, run: number, worker: string, bytes = 8, discards?: number): Event =>
  (cluster) =>
    cluster.worker(worker, {
      type: 'stored',
      tasks: Int32Array.of(task),
      runs: Int32Array.of(run),
      sizes: Float64Array.of(bytes),
      discards: discards ?? cluster.scheduler.state.workers[cluster.idOf(worker)]!.discards,
    })

export const heartbeat =
  (worker: string, changes: Partial<HeartbeatMessage> = {}): Event =>
  (cluster) =>
    cluster.worker(worker, {
      type: 'heartbeat',
      cpuPercent: 0,
      managedBytes: 0,
      rssBytes: 0,
      spilledBytes: 0,
      heldTasks: 0,
      waiting: 0,
      paused: false,
      receivedBytes: 0,
      sentBytes: 0,
      runningTasks: new Int32Array(0),
      runningSince: new Float64Array(0),
      ...changes,
    })

export const joined =
  (spec: string | WorkerSpec, held: Attempt[] = []): Event =>
  (cluster) =>
    cluster.join(spec, held)
export const lost =
  (worker: string, reason = 'killed'): Event =>
  (cluster) =>
    cluster.scheduler.workerLeft(cluster.idOf(worker), reason, cluster.nowMs)
export const leaving =
  (worker: string): Event =>
  (cluster) =>
    cluster.worker(worker, { type: 'leaving', reason: 'asked to' })
export const submitted =
  (text: string, options: SimulateOptions = {}, client = 0): Event =>
  (cluster) =>
    cluster.submit(text, options, client)
export const released =
  (keys: string, client = 0): Event =>
  (cluster) =>
    cluster.client(
      { type: 'release', handles: Uint32Array.from(keys.split(' '), (key) => cluster.handleOf(key, client)) },
      client,
    )
export const cancelled =
  (keys: string, client = 0): Event =>
  (cluster) =>
    cluster.client(
      {
        type: 'cancel',
        handles: Uint32Array.from(keys.split(' '), (key) => cluster.handleOf(key, client)),
        reason: 'changed my mind',
      },
      client,
    )
export const retried =
  (keys: string, client = 0): Event =>
  (cluster) =>
    cluster.client(
      { type: 'retry', handles: Uint32Array.from(keys.split(' '), (key) => cluster.handleOf(key, client)) },
      client,
    )
export const clientJoined =
  (client: number): Event =>
  (cluster) =>
    cluster.scheduler.clientJoined(client, `client ${client}`, cluster.nowMs)
export const retired =
  (worker: string): Event =>
  (cluster) =>
    cluster.scheduler.retireWorker(cluster.idOf(worker), cluster.nowMs)
export const rebalanced: Event = (cluster) => cluster.client({ type: 'query', request: 9, what: 'rebalance' })
export const clientLeft =
  (client: number): Event =>
  (cluster) =>
    cluster.scheduler.clientLeft(client, cluster.nowMs)
export const tick =
  (afterMs = 100): Event =>
  (cluster) => {
    cluster.nowMs += afterMs
    cluster.scheduler.tick(cluster.nowMs)
  }

/** Asks the scheduler to keep a value of the client's own. */
export const scattered =
  (key: string, changes: { broadcast?: boolean; bytes?: number; workers?: string[] } = {}): Event =>
  (cluster) =>
    cluster.client({
      type: 'scatter',
      request: 1,
      digests: digestOf(key),
      group: key,
      sizes: Float64Array.of(changes.bytes ?? 8),
      handles: Uint32Array.of(cluster.newHandle(key)),
      broadcast: changes.broadcast ?? false,
      workers: changes.workers,
    })
