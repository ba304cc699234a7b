// The threads of a worker: a piscina pool that owns them, and one long-lived lane on each, reached over its own port.

import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import type { TaskFailure } from '../protocol/failure.ts'
import type { LineTime } from '../protocol/runs.ts'
import { type LaneReport, SET_ASIDE } from '../worker/laneReport.ts'
import type { LaneEnd } from '../worker/onLane.ts'
import { type FromLane, LaneProgress, type LaneSetup, type ToLane } from './laneMessages.ts'
import type { LaneWish } from './moduleFolder.ts'
import { IDS_PER_THREAD } from './sharedMemory.ts'

export interface LaneEvents {
  opened(lane: number): void
  reported(lane: number, report: LaneReport): void
  ended(lane: number, end: LaneEnd): void
  /** A run that was set aside waits for tasks of its own, or goes on. */
  waits(lane: number, batch: number, index: number, waits: boolean): void
  /** Shared memory that the lane does not see any more: see `SharedMemory`. */
  letGo(lane: number, ids: number[]): void
  /** The lane has collected its garbage; see `Returning`. */
  collected(lane: number, wave: number): void
  /** What the lane's thread was seen at; see `LaneProfiler`. */
  sampled(lane: number, lines: LineTime[], told: number): void
  logged(level: string, text: string, batch: number, index: number, lane: number, stack?: string): void
  /** It lacks something, and waits for it. */
  wishes(wish: LaneWish): void
  /** A thread does not end, since native code holds it: only the end of the process helps. */
  stuck(reason: string): void
  /** Threads cannot be started at all. */
  broken(error: Error): void
}

export interface LaneOptions {
  /** See `LaneSetup`. */
  scheduler: { control: string; token: string; certificate?: string }
  threads: number
  worker: string
  moduleFolder: string
  /** See `LaneSetup`. */
  arrivals: SharedArrayBuffer
  sharedFiles: boolean
  /** See `WorkerConfig`. */
  quietTasks: boolean
  /** See `LaneSetup`. */
  collectBytes: number
}

/** How long a thread may take to end before it is called stuck. */
const STUCK_MS = 3000

interface Lane {
  port: MessagePort
  progress: LaneProgress
  end: AbortController
  thread: Worker | undefined
  /** Callables that it has been sent. */
  known: Set<number>
  /** Limits of time by batch, and when the runs began that were set aside (both for batches of one alone). */
  timers: Map<number, NodeJS.Timeout>
  asideSince: Map<number, number>
  /** It has said that it is ready, so its thread works. */
  opened: boolean
  /** Some run of it has ended: what fills its thread's memory may be that one's. */
  hasRun: boolean
}

export class Lanes {
  readonly #options: LaneOptions
  readonly #events: LaneEvents
  readonly #pool: Piscina
  readonly #lanes: Lane[] = []
  #started = 0
  #sampled = false
  #closed = false

  constructor(pool: Piscina, options: LaneOptions, events: LaneEvents) {
    this.#options = options
    this.#events = events
    this.#pool = pool
    for (let lane = 0; lane < options.threads; lane++) this.#start(lane)
  }

  /** Sends a lane something; `transfer` moves instead of copying. */
  post(lane: number, message: ToLane, transfer: ArrayBuffer[] = []): void {
    this.#lanes[lane].port.postMessage(message, transfer)
  }

  postAll(message: ToLane): void {
    for (const { port } of this.#lanes) port.postMessage(message)
  }

  get count(): number {
    return this.#lanes.length
  }

  /** Samples threads from now on, or no more: see `LineWatch`. */
  sample(on: boolean, tell: number): void {
    this.#sampled = on
    for (const { progress } of this.#lanes) progress.sampled = on
    this.postAll({ kind: 'sample', on, tell })
  }

  /** Callables have new numbers from now on: lanes are sent them again. */
  forgetCallables(): void {
    for (const { known } of this.#lanes) known.clear()
  }

  /** No run will name these callables again. */
  forget(numbers: Uint32Array): void {
    this.#lanes.forEach(({ known }, lane) => {
      const own = numbers.filter((number) => known.delete(number))
      if (own.length > 0) this.post(lane, { kind: 'forget', numbers: own })
    })
  }

  /** The numbers among `callables` that the lane has not been sent; from now on they count as sent. */
  unknownTo(lane: number, callables: Uint32Array): number[] {
    const { known } = this.#lanes[lane]
    const unknown: number[] = []
    for (const number of callables) {
      if (known.has(number)) continue
      known.add(number)
      unknown.push(number)
    }
    return unknown
  }

  progress(lane: number): LaneProgress {
    return this.#lanes[lane].progress
  }

  /** Ends the lane's thread if `batch`, a single run, is not over when its time is; waiting for other tasks counts. */
  limit(lane: number, batch: number, timeoutMs: number): void {
    const entry = this.#lanes[lane]
    const again = (ms: number): void => void entry.timers.set(batch, setTimeout(look, ms))
    const look = (): void => {
      entry.timers.delete(batch)
      const { progress, asideSince } = entry
      const runs = progress.batch === batch && progress.index === 0
      const start = asideSince.get(batch) ?? (runs ? progress.start : undefined)
      if (this.#lanes[lane] !== entry || start === undefined) return
      const durationMs = performance.timeOrigin + performance.now() - start
      if (durationMs < timeoutMs) again(Math.ceil(timeoutMs - durationMs))
      else this.#end(lane, { batch, index: 0, failure: timedOut(timeoutMs), start, durationMs })
    }
    again(timeoutMs + 1)
  }

  /**
   * Ends a lane's thread now; a new one takes its place.
   * @param failure of the run under way; it was cancelled when absent
   * @param mayRunAlone it fails only if it ran alone: see `LaneEnd`
   */
  end(lane: number, failure?: TaskFailure, mayRunAlone = false): void {
    this.#end(lane, { ...endOf(this.#lanes[lane].progress, failure), mayRunAlone })
  }

  /** Whether the lane's thread has ended a run before. */
  hasRun(lane: number): boolean {
    return this.#lanes[lane].hasRun
  }

  /** Bytes of a thread's objects and buffers; infinitely many when it does not answer in time. */
  async usedBytes(lane: number, patienceMs: number): Promise<number> {
    const { thread } = this.#lanes[lane]
    const { promise: patience, resolve } = Promise.withResolvers<number>()
    const timer = setTimeout(resolve, patienceMs, Number.POSITIVE_INFINITY)
    const statistics = thread?.getHeapStatistics().then(
      ({ used_heap_size, external_memory }) => used_heap_size + external_memory,
      () => 0,
    )
    const bytes = await Promise.race([patience, statistics ?? 0])
    clearTimeout(timer)
    return bytes
  }

  #end(lane: number, end: LaneEnd): void {
    const entry = this.#lanes[lane]
    const { thread } = entry
    entry.end.abort()
    this.#over(lane, entry, end)
    if (thread) this.#watchEnd(thread)
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { timers, port } of this.#lanes) {
      for (const timer of timers.values()) clearTimeout(timer)
      port.close()
    }
    await this.#pool.destroy()
  }

  #start(lane: number): void {
    const { port1, port2 } = new MessageChannel()
    const entry: Lane = {
      port: port1,
      progress: new LaneProgress(),
      end: new AbortController(),
      thread: undefined,
      known: new Set(),
      timers: new Map(),
      asideSince: new Map(),
      opened: false,
      hasRun: false,
    }
    this.#lanes[lane] = entry
    entry.progress.sampled = this.#sampled
    port1.on('message', (message: FromLane) => {
      if (this.#lanes[lane] === entry) this.#receive(lane, entry, message)
    })
    const { worker, moduleFolder, arrivals, sharedFiles, quietTasks, collectBytes, scheduler } = this.#options
    const setup: LaneSetup = {
      port: port2,
      progress: entry.progress.buffer,
      moduleFolder,
      arrivals,
      sharedFiles,
      quietTasks,
      worker,
      lane,
      scheduler,
      firstBufferId: ++this.#started * IDS_PER_THREAD,
      collectBytes,
    }
    this.#pool
      .run(setup, { transferList: [port2], signal: entry.end.signal })
      .then(() => new Error('its loop ended'))
      .catch((error: Error) => error)
      .then((error) => {
        if (this.#closed || this.#lanes[lane] !== entry) return
        if (entry.opened) this.#over(lane, entry, endOf(entry.progress, failureOfEnd(error)))
        else this.#events.broken(error)
      })
  }

  #receive(lane: number, entry: Lane, message: FromLane): void {
    switch (message.kind) {
      case 'ready':
        entry.opened = true
        entry.thread = this.#pool.threads.find(({ threadId }) => threadId === message.threadId)
        this.#events.opened(lane)
        break
      case 'report':
        entry.hasRun = true
        this.#noteAside(entry, message)
        this.#events.reported(lane, message)
        break
      case 'waits':
        this.#events.waits(lane, message.batch, message.index, message.waits)
        break
      case 'wish':
        this.#events.wishes(message.wish)
        break
      case 'let-go':
        this.#events.letGo(lane, message.ids)
        break
      case 'collected':
        this.#events.collected(lane, message.wave)
        break
      case 'line-times':
        this.#events.sampled(lane, message.lines, message.told)
        break
      case 'log':
        this.#events.logged(message.level, message.text, message.batch, message.index, lane, message.stack)
        break
    }
  }

  /** Remembers since when a run with a limit goes on beside the batches. */
  #noteAside(entry: Lane, report: LaneReport): void {
    if (report.aside !== undefined) entry.asideSince.delete(report.batch)
    else if (report.sizes[0] === SET_ASIDE && entry.timers.has(report.batch))
      entry.asideSince.set(report.batch, report.starts[0])
  }

  /** The lane's thread is gone or going: what it sent before counts, then a new lane takes its number. */
  #over(lane: number, entry: Lane, end: LaneEnd): void {
    for (const timer of entry.timers.values()) clearTimeout(timer)
    for (let sent = receiveMessageOnPort(entry.port); sent; sent = receiveMessageOnPort(entry.port))
      this.#receive(lane, entry, sent.message as FromLane)
    entry.port.close()
    this.#start(lane)
    this.#events.ended(lane, end)
  }

  #watchEnd(thread: Worker): void {
    const timer = setTimeout(() => {
      this.#events.stuck(`a thread did not end within ${STUCK_MS / 1000} s: native code holds it`)
    }, STUCK_MS)
    timer.unref()
    thread.once('exit', () => clearTimeout(timer))
  }
}

function endOf(progress: LaneProgress, failure: TaskFailure | undefined): LaneEnd {
  const { index, batch, start } = progress
  if (index < 0) return { failure }
  const durationMs = performance.timeOrigin + performance.now() - start
  return { batch, index, failure, start, durationMs }
}

function timedOut(timeoutMs: number): TaskFailure {
  const message = `the task ran longer than its timeoutMs of ${timeoutMs}: its thread was ended`
  return { kind: 'timed-out', name: 'TaskTimeoutError', message, stack: '', key: '' }
}

/** Why a run has no result, when its thread ended on its own. */
function failureOfEnd(error: Error & { code?: string }): TaskFailure {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return {
      kind: 'out-of-memory',
      name: 'OutOfMemoryError',
      message:
        "the task's JavaScript objects outgrew its thread's heap: make the pieces smaller, or raise the worker's memory limit",
      stack: '',
      key: '',
    }
  const message = `the thread that ran the task ended: ${error.message}`
  return { kind: 'threw', name: error.name, message, stack: error.stack ?? '', key: '' }
}
