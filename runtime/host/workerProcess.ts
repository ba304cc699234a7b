// The worker: carries out what `runtime/worker` decides with threads, sockets, files and timers, and tells it what came of it.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Piscina } from 'piscina'
import type { EncodedValue } from '../functions/encodedValue.ts'
import type { WorkerInstruction, WorkerMessage } from '../protocol/messages.ts'
import { HEDDLE_VERSION, PROTOCOL_VERSION } from '../protocol/version.ts'
import type { WorkerAction } from '../worker/actions.ts'
import { decide, onMeasured } from '../worker/decide.ts'
import type { FetchRequest } from '../worker/fetchPlan.ts'
import type { LaneReport } from '../worker/laneReport.ts'
import { memoryLimits } from '../worker/memory.ts'
import {
  onCancel,
  onDiscard,
  onDisconnected,
  onExecute,
  onRecall,
  onReplicate,
} from '../worker/onInstruction.ts'
import { onLaneEnded, onLaneOpened, onLaneReported } from '../worker/onLane.ts'
import {
  holdForSending,
  onFetchEnded,
  onFetched,
  onLoaded,
  onNotLoaded,
  onNotWritten,
  onPut,
  onWritten,
} from '../worker/onValue.ts'
import { CANCELLED } from '../worker/runBooks.ts'
import { AWAITED } from '../worker/values.ts'
import { unpin, WorkerState } from '../worker/workerState.ts'
import { ConnectionRefusedError, ControlClient } from './controlClient.ts'
import { DataClient } from './dataClient.ts'
import { DataServer, type LentValue } from './dataServer.ts'
import { collectGarbage } from './garbage.ts'
import { GpuWatch } from './gpuReadings.ts'
import { HEARTBEAT_MS, heartbeat } from './heartbeat.ts'
import { startMessages } from './laneBatch.ts'
import { Lanes } from './lanes.ts'

import { CpuWatch } from './processReadings.ts'
import { SharedMemory } from './sharedMemory.ts'
import { SpillFiles } from './spillFiles.ts'
import { ValueStore } from './valueStore.ts'
import { EXIT_ALONE, EXIT_CLOSED, EXIT_REFUSED, type WorkerConfig } from './workerConfig.ts'

/** A callable as the scheduler sent it: lanes load it when they first need it. */
export interface SentCallable {
  bytes: Uint8Array
  modules: string[]
  label: string
}

/** Transfers at least this long or large are worth showing. */
const SHOWN_TRANSFER_MS = 2
const SHOWN_TRANSFER_BYTES = 1e6
/** Free shared memory up to this share of the limit is kept for the next values. */
const FREE_SHARE_MAX = 0.2
/** Lanes collect their garbage when more than this stands about that they alone may still see. */
const STRAY_SHARE_MAX = 0.05
/** How often they are asked at most. */
const COLLECT_EVERY_MS = 50
/** And how often when memory is short for other reasons: what tasks made may be garbage too. */
const COLLECT_TIGHT_EVERY_MS = 250
const PAUSED_MEASURE_MS = 25
/** This thread collects its own when so much was given up that only a collection returns. */
const GIVEN_UP_SHARE_MAX = 0.05
/** Memory is measured when so much came into it since the last time. */
const MEASURE_SHARE = 0.05

export class WorkerProcess {
  readonly #config: WorkerConfig
  readonly #end: (code: number, reason: string) => void
  readonly #state: WorkerState
  readonly #memory: SharedMemory
  readonly #store: ValueStore
  readonly #spill: SpillFiles
  readonly #lanes: Lanes
  readonly #server: DataServer
  readonly #peers: DataClient
  readonly #control: ControlClient
  readonly #addresses = new Map<number, string>()
  readonly #callables = new Map<number, SentCallable>()
  readonly #cpu = new CpuWatch()
  readonly #gpus = new GpuWatch()
  readonly #moduleFolder: string
  /** By lane: sizes of the buffers that its last results stand in, and how many of each. */
  readonly #madeBy: (Map<number, number> | undefined)[] = []
  #dataAddress = ''
  #worker = -1
  #cluster: string | undefined
  #beat: NodeJS.Timeout | undefined
  #writing = Promise.resolve()
  #acting = false
  #actAgain = false
  #receivedBytes = 0
  #movedBytes = 0
  #soon: NodeJS.Timeout | undefined
  #collectedAt = 0
  #over = false

  /**
   * @param pool threads that have been started already
   * @param end called once, when there is nothing more to do here
   */
  constructor(config: WorkerConfig, pool: Piscina, end: (code: number, reason: string) => void) {
    this.#config = config
    this.#end = end
    this.#moduleFolder = join(config.folder, 'modules')
    mkdirSync(this.#moduleFolder, { recursive: true, mode: 0o700 })
    const limits = memoryLimits(config.memoryLimitBytes, config.memoryShares)
    this.#state = new WorkerState({ threads: config.threads, limits })
    const freeBytesMax = FREE_SHARE_MAX * limits.limitBytes
    this.#memory = new SharedMemory(config.threads, freeBytesMax)
    this.#store = new ValueStore(this.#memory)
    const allocate = (byteLength: number): SharedArrayBuffer => this.#memory.take(byteLength)
    this.#lanes = new Lanes(
      pool,
      {
        threads: config.threads,
        worker: config.name,
        moduleFolder: this.#moduleFolder,
        collectBytes: collectBytesOf(config),
      },
      {
        opened: (lane) => this.#on(() => onLaneOpened(this.#state, lane)),
        reported: (lane, report) => this.#reported(lane, report),
        ended: (lane, end) => {
          this.#memory.laneEnded(lane)
          this.#on(() => onLaneEnded(this.#state, lane, end))
        },
        letGo: (lane, ids) => {
          this.#memory.letGo(lane, ids)
          this.#act()
        },
        logged: (level, text, batch, index, lane, stack) => {
          const posted = this.#state.lanes[lane].posted.find((one) => one.batch === batch)
          const slot = index >= 0 ? posted?.slots[index] : undefined
          const task = slot === undefined ? undefined : this.#state.runs.task(slot)
          this.#control.send({ type: 'log', level, text, task, stack })
        },
        stuck: (reason) => this.#giveUp(reason),
        broken: (error) => this.#finish(EXIT_REFUSED, `threads cannot be started: ${error.message}`),
      },
    )
    this.#spill = new SpillFiles(
      config.spillFolder ?? join(config.folder, 'spill'),
      config.spillLimitBytes,
      allocate,
    )
    const source = {
      lend: (task: number, run: number) => this.#lend(task, run),
      put: (task: number, run: number, value: EncodedValue) => this.#put(task, run, value),
    }
    this.#server = new DataServer(source, config.token, allocate)
    this.#peers = new DataClient(config.token, allocate)
    this.#control = new ControlClient(
      { control: config.control, token: config.token, reconnectMs: config.reconnectMs ?? 30_000 },
      {
        hello: () => this.#hello(),
        received: (message) => this.#on(() => this.#receive(message)),
        lost: () => this.#on(() => onDisconnected(this.#state)),
        over: (error) =>
          this.#finish(error instanceof ConnectionRefusedError ? EXIT_REFUSED : EXIT_ALONE, error.message),
        flushing: () => {
          for (const message of this.#state.reports.take()) this.#control.send(message)
        },
      },
    )
  }

  async start(): Promise<void> {
    this.#dataAddress = await this.#server.listen(this.#config.dataAddress)
    this.#control.connect()
    this.#beat = setInterval(() => this.#heartbeat(), HEARTBEAT_MS)
  }

  /** Leaves the cluster and ends. */
  leave(reason: string): void {
    this.#control.close(reason)
    this.#finish(EXIT_CLOSED, reason)
  }

  /** Removes its files and sockets; threads and connections are left to the end of the process. */
  removeFiles(): void {
    this.#server.close()
    rmSync(this.#config.folder, { recursive: true, force: true })
    if (this.#config.spillFolder) rmSync(this.#config.spillFolder, { recursive: true, force: true })
  }

  #finish(code: number, reason: string): void {
    if (this.#over) return
    this.#over = true
    clearInterval(this.#beat)
    clearTimeout(this.#soon)
    this.#peers.close()
    this.removeFiles()
    this.#end(code, reason)
  }

  /** Only a new process helps: the supervisor starts one, the scheduler runs again what this one was running. */
  #giveUp(reason: string): void {
    console.error(`heddle worker ${this.#config.name} ends: ${reason}`)
    this.#control.send({ type: 'log', level: 'error', text: reason })
    this.#control.flush()
    setImmediate(() => process.kill(process.pid, 'SIGKILL'))
  }

  /** One event: the books change, then what they decide is carried out. */
  #on(event: () => void): void {
    event()
    this.#act()
  }

  #act(): void {
    this.#actAgain = true
    if (this.#acting) return
    this.#acting = true
    while (this.#actAgain) {
      this.#actAgain = false
      this.#state.strayBytes = this.#memory.strayBytes
      for (const action of decide(this.#state)) this.#perform(action)
    }
    this.#acting = false
    if (this.#state.paused || this.#state.held) this.#measureSoon()
    this.#control.flushSoon()
  }

  #receive(message: WorkerInstruction): void {
    switch (message.type) {
      case 'welcome':
        this.#welcomed(message.worker, message.cluster)
        break
      case 'modules':
        message.names.forEach((name, i) => {
          const { contents, contentOffsets } = message
          writeFileSync(
            join(this.#moduleFolder, basename(name)),
            contents.subarray(contentOffsets[i], contentOffsets[i + 1]),
          )
        })
        break
      case 'callables': {
        const { contents, contentOffsets, modules, labels } = message
        message.numbers.forEach((number, i) => {
          const bytes = contents.slice(contentOffsets[i], contentOffsets[i + 1])
          this.#callables.set(number, { bytes, modules: modules[i], label: labels[i] })
        })
        break
      }
      case 'peers':
        message.workers.forEach((worker, i) => {
          const before = this.#addresses.get(worker)
          const address = message.addresses[i]
          if (before !== undefined && before !== address) this.#peers.forget(before)
          if (address === '') this.#addresses.delete(worker)
          else this.#addresses.set(worker, address)
        })
        break
      case 'execute':
        onExecute(this.#state, message)
        break
      case 'discard':
        onDiscard(this.#state, message)
        break
      case 'cancel':
        onCancel(this.#state, message)
        break
      case 'recall':
        onRecall(this.#state, message)
        break
      case 'replicate':
        onReplicate(this.#state, message)
        break
      case 'refused':
        console.error(
          `heddle worker ${this.#config.name}: the scheduler refused a message: ${message.reason}`,
        )
        break
      case 'close':
        this.leave(message.reason)
        break
      default:
        message satisfies never
    }
  }

  #hello(): WorkerMessage {
    const { values } = this.#state
    const rows: number[] = []
    if (this.#cluster !== undefined)
      for (let row = 0; row < values.rows; row++) {
        const known = values.phase(row) !== AWAITED && values.rowOf(values.task(row), values.run(row)) === row
        if (known) rows.push(row)
      }
    return {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      version: HEDDLE_VERSION,
      name: this.#config.name,
      host: this.#config.host,
      pid: process.pid,
      threads: this.#config.threads,
      memoryLimitBytes: this.#config.memoryLimitBytes,
      dataAddress: this.#dataAddress,
      resources: this.#config.resources,
      cluster: this.#cluster,
      heldTasks: Int32Array.from(rows, (row) => values.task(row)),
      heldRuns: Int32Array.from(rows, (row) => values.run(row)),
      heldSizes: Float64Array.from(rows, (row) => values.bytes(row)),
    }
  }

  #welcomed(worker: number, cluster: string): void {
    this.#worker = worker
    // Numbers of callables and peers are a connection's own.
    this.#callables.clear()
    this.#addresses.clear()
    this.#cluster = cluster
    const { startedAgain, name } = this.#config
    if (startedAgain) {
      this.#control.send({
        type: 'log',
        level: 'warning',
        text: `worker ${name} started again: ${startedAgain}`,
      })
      this.#config.startedAgain = undefined
    }
    this.#heartbeat()
  }

  #perform(action: WorkerAction): void {
    switch (action.kind) {
      case 'start':
        this.#startBatch(action)
        break
      case 'stop':
        this.#stop(action)
        break
      case 'fetch':
        void this.#fetch(action)
        break
      case 'spill':
        this.#writing = this.#writing.then(() => this.#write(action.rows))
        break
      case 'release':
        for (const row of action.rows) this.#store.release(row)
        break
      case 'load':
        for (const row of action.rows) void this.#load(row)
        break
      case 'forget':
        for (const row of action.rows) {
          this.#store.release(row)
          this.#spill.forget(row)
        }
        break
      case 'tell-pause':
        this.#heartbeat()
        break
      default:
        action satisfies never
    }
  }

  #startBatch({ lane, batch, slots, timeoutMs }: Extract<WorkerAction, { kind: 'start' }>): void {
    // Its thread may have been ended by an action before this one: then the runs are ready again.
    if (!this.#state.lanes[lane].posted.some((posted) => posted.batch === batch)) return
    const { message, transfer } = startMessages(this.#state, this.#store, lane, batch, slots)
    const unknown = this.#lanes.unknownTo(lane, message.callables)
    if (unknown.length > 0) {
      const sent = unknown.map((number) => this.#callables.get(number))
      this.#lanes.post(lane, {
        kind: 'callables',
        numbers: unknown,
        contents: sent.map((callable) => callable?.bytes ?? new Uint8Array(0)),
        modules: sent.map((callable) => callable?.modules ?? []),
      })
    }
    this.#grant(lane)
    this.#lanes.post(lane, message, transfer)
    if (timeoutMs > 0) this.#lanes.limit(lane, batch, timeoutMs)
  }

  /** Ends a lane that is running a cancelled task now; looks again while one of them waits in the lane. */
  #stop(action: Extract<WorkerAction, { kind: 'stop' }>): void {
    const { lane, batch } = action
    const posted = this.#state.lanes[lane].posted.find((one) => one.batch === batch)
    if (!posted) return
    const isCancelled = (at: number): boolean => this.#state.runs.phase(posted.slots[at]) === CANCELLED
    const progress = this.#lanes.progress(lane)
    if (progress.batch === batch && progress.index >= posted.reported && isCancelled(progress.index)) {
      this.#lanes.end(lane)
      return
    }
    for (let at = posted.reported; at < posted.slots.length; at++)
      if (isCancelled(at)) {
        setTimeout(() => this.#on(() => this.#stop(action)), 10)
        return
      }
  }

  #reported(lane: number, report: LaneReport): void {
    this.#store.keepReport(lane, onLaneReported(this.#state, lane, report), report)
    if (report.shared.length > 0) this.#madeBy[lane] = buffersMade(report)
    this.#act()
    this.#moved(report.sizes.reduce((sum, size) => sum + size, 0))
  }

  /** So many bytes came into memory: measured anew when they are many, since a heartbeat may come too late. */
  #moved(bytes: number): void {
    this.#movedBytes += bytes
    if (this.#movedBytes < MEASURE_SHARE * this.#config.memoryLimitBytes) return
    this.#measure(process.memoryUsage.rss())
  }

  /** Gives a lane free memory of the sizes that its last results had: the next ones are often as large. */
  #grant(lane: number): void {
    const made = this.#madeBy[lane]
    if (!made || this.#memory.freeBytes === 0) return
    const buffers = [...made].flatMap(([byteLength, count]) => this.#memory.grant(lane, byteLength, count))
    if (buffers.length > 0) this.#lanes.post(lane, { kind: 'grant', buffers })
    this.#madeBy[lane] = undefined
  }

  async #fetch({ request, holder, tasks, runs }: FetchRequest): Promise<void> {
    const names = Array.from(tasks, (task, i) => ({ task, run: runs[i] }))
    const address = this.#addresses.get(holder)
    const start = performance.timeOrigin + performance.now()
    let values: (EncodedValue | undefined)[] = []
    try {
      if (address !== undefined) values = await this.#peers.get(address, names)
    } catch {
      // A broken transfer is an absent value: the scheduler names another holder, or computes it again.
    }
    this.#on(() => {
      let bytes = 0
      names.forEach(({ task, run }, i) => {
        const value = values[i]
        if (!value) return
        const size = sizeOf(value)
        bytes += size
        const row = onFetched(this.#state, task, run, size)
        if (row !== -1) this.#store.keep(row, value)
      })
      this.#receivedBytes += bytes
      const durationMs = performance.timeOrigin + performance.now() - start
      if (durationMs >= SHOWN_TRANSFER_MS || bytes >= SHOWN_TRANSFER_BYTES)
        this.#state.reports.transferred(holder, start, durationMs, bytes)
      const absent = names.filter((_, i) => !values[i])
      onFetchEnded(this.#state, request, absent)
    })
  }

  #put(task: number, run: number, value: EncodedValue): void {
    this.#on(() => {
      const row = onPut(this.#state, task, run, sizeOf(value))
      if (row !== -1) this.#store.keep(row, value)
    })
  }

  #lend(task: number, run: number): LentValue | Promise<LentValue | undefined> | undefined {
    const { values } = this.#state
    const row = values.rowOf(task, run)
    if (row === -1 || values.phase(row) === AWAITED) return undefined
    holdForSending(this.#state, row)
    const giveBack = (): void => this.#on(() => unpin(this.#state, [row]))
    if (values.inMemory(row)) return { value: this.#store.get(row), giveBack }
    return this.#spill.read(row).then(
      (value) => ({ value, giveBack }),
      () => {
        giveBack()
        return undefined
      },
    )
  }

  async #write(rows: number[]): Promise<void> {
    const left = new Set(rows)
    try {
      await this.#spill.write(
        rows,
        (row) => this.#store.get(row),
        (written) =>
          this.#on(() => {
            for (const row of written) left.delete(row)
            onWritten(this.#state, written)
          }),
      )
    } catch (error) {
      const text = (error as Error).message
      console.error(`heddle worker ${this.#config.name}: ${text}`)
      this.#control.send({ type: 'log', level: 'error', text })
      this.#on(() => onNotWritten(this.#state, [...left]))
    }
  }

  async #load(row: number): Promise<void> {
    try {
      const value = await this.#spill.read(row)
      this.#on(() => {
        this.#store.keep(row, value)
        onLoaded(this.#state, [row])
      })
    } catch (error) {
      const text = `a spilled value cannot be read back: ${(error as Error).message}`
      this.#control.send({ type: 'log', level: 'error', text })
      this.#on(() => onNotLoaded(this.#state, [row], this.#worker))
    }
  }

  #heartbeat(): void {
    if (this.#over) return
    const rssBytes = process.memoryUsage.rss()
    const message = heartbeat(this.#state, {
      cpuPercent: this.#cpu.percent(),
      rssBytes,
      receivedBytes: this.#receivedBytes,
      sentBytes: this.#server.sentBytes,
      gpus: this.#gpus.latest(performance.now()),
      progress: (lane) => this.#lanes.progress(lane),
    })
    this.#receivedBytes = 0
    this.#server.sentBytes = 0
    this.#control.send(message)
    this.#measure(rssBytes)
  }

  #measure(rssBytes: number): void {
    this.#movedBytes = 0
    this.#tidyMemory(rssBytes)
    this.#on(() => onMeasured(this.#state, rssBytes - this.#memory.freeBytes))
  }

  /** A worker that starts nothing for want of memory measures itself often, so that it goes on as soon as it can. */
  #measureSoon(): void {
    if (this.#soon || this.#over) return
    this.#soon = setTimeout(() => {
      this.#soon = undefined
      this.#measure(process.memoryUsage.rss())
    }, PAUSED_MEASURE_MS)
  }

  /** Shared memory is freed only when asked: by the lanes that let go of it, and by this thread for what was given up. */
  #tidyMemory(rssBytes: number): void {
    const { limitBytes, spillShare } = this.#state.limits
    const isTight = rssBytes > spillShare * limitBytes
    if (isTight) this.#memory.clear()
    const now = performance.now()
    const isMuch = this.#memory.strayBytes > STRAY_SHARE_MAX * limitBytes
    const everyMs = isMuch ? COLLECT_EVERY_MS : COLLECT_TIGHT_EVERY_MS
    if ((isMuch || isTight) && now - this.#collectedAt > everyMs) {
      this.#collectedAt = now
      for (let lane = 0; lane < this.#config.threads; lane++) this.#lanes.post(lane, { kind: 'collect' })
    }
    if (this.#memory.givenUpBytes > (isTight ? 0 : GIVEN_UP_SHARE_MAX * limitBytes)) {
      this.#memory.givenUpBytes = 0
      collectGarbage()
    }
  }
}

/** Lanes together may see a tenth of the memory limit before one of them collects its garbage. */
const collectBytesOf = ({ memoryLimitBytes, threads }: WorkerConfig): number =>
  Math.min(256e6, Math.max(16e6, (0.1 * memoryLimitBytes) / threads))

/** How many buffers of each size a report's results stand in, up to a few. */
function buffersMade(report: LaneReport): Map<number, number> {
  const made = new Map<number, number>()
  for (const { bytes, buffers } of report.shared)
    for (const buffer of bytes ? [bytes.buffer, ...buffers] : buffers)
      if (made.size < 4 || made.has(buffer.byteLength))
        made.set(buffer.byteLength, Math.min(8, (made.get(buffer.byteLength) ?? 0) + 1))
  return made
}

const sizeOf = (value: EncodedValue): number =>
  value.buffers.reduce((sum, { byteLength }) => sum + byteLength, value.bytes.length)
