// The worker: carries out what `runtime/worker` decides with threads, sockets, files and timers, and tells it what came of it.

import { join } from 'node:path'
import type { Piscina } from 'piscina'
import type { WorkerAction } from '../worker/actions.ts'
import { decide } from '../worker/decide.ts'
import { memoryLimits } from '../worker/memory.ts'
import { onDisconnected, onOtherCluster } from '../worker/onInstruction.ts'
import { onLaneEnded, onLaneOpened, onLaneReported, onLaneWaits } from '../worker/onLane.ts'
import { isShort } from '../worker/room.ts'
import { WorkerState } from '../worker/workerState.ts'
import { ConnectionRefusedError, ControlClient } from './controlClient.ts'
import { DataClient } from './dataClient.ts'
import { DataServer } from './dataServer.ts'
import { GpuWatch } from './gpuReadings.ts'
import { HEARTBEAT_MS, heartbeat } from './heartbeat.ts'
import { LaneFeeder } from './laneFeeder.ts'
import { type LaneEvents, Lanes } from './lanes.ts'
import { LineWatch } from './lineWatch.ts'
import { collectBytesOf, FREE_SHARE_MAX, MemoryKeeper } from './memoryKeeper.ts'
import { ModuleFolder } from './moduleFolder.ts'
import { CpuWatch } from './processReadings.ts'
import { SharedMemory } from './sharedMemory.ts'
import { SpillFiles } from './spillFiles.ts'
import { Spilling } from './spilling.ts'
import { ValueStore } from './valueStore.ts'
import { ValueTransfers } from './valueTransfers.ts'
import { EXIT_ALONE, EXIT_CLOSED, EXIT_REFUSED, removeFolders, type WorkerConfig } from './workerConfig.ts'
import type { WorkerCore } from './workerCore.ts'
import { workerHello } from './workerHello.ts'
import { receiveInstruction } from './workerInstructions.ts'

const RECONNECT_MS = 30_000

export class WorkerProcess implements WorkerCore {
  readonly state: WorkerState
  readonly store: ValueStore
  readonly #config: WorkerConfig
  readonly #end: (code: number, reason: string) => void
  readonly #memory: SharedMemory
  readonly #files: SpillFiles
  readonly #spilling: Spilling
  readonly #lanes: Lanes
  readonly #lineWatch: LineWatch
  readonly #keeper: MemoryKeeper
  readonly #feeder: LaneFeeder
  readonly #peers: DataClient
  readonly #transfers: ValueTransfers
  readonly #server: DataServer
  readonly #control: ControlClient
  readonly #cpu = new CpuWatch()
  readonly #gpus = new GpuWatch()
  readonly #modules: ModuleFolder
  #dataAddress = ''
  #worker = -1
  #cluster: string | undefined
  #beat: NodeJS.Timeout | undefined
  #acting = false
  #actAgain = false
  #over = false
  #begun = false
  /** Somebody looks at the memory of single values; a new connection says so again. */
  #memoryWatched = false

  /**
   * @param pool threads that have been started already
   * @param end called once, when there is nothing more to do here
   * @param begun called once, when it is given its first tasks
   */
  constructor(
    config: WorkerConfig,
    pool: Piscina,
    end: (code: number, reason: string) => void,
    begun: () => void = () => {},
  ) {
    const { name, threads, token, folder, spillFolder, spillLimitBytes } = config
    this.#config = config
    this.#end = end
    this.#modules = new ModuleFolder(join(folder, 'modules'))
    const limits = memoryLimits(config.memoryLimitBytes, config.memoryShares)
    const { limitBytes } = limits
    this.state = new WorkerState({ threads, limits })
    this.#memory = new SharedMemory(threads, FREE_SHARE_MAX * limitBytes)
    this.store = new ValueStore(this.#memory)
    const allocate = (byteLength: number): SharedArrayBuffer => this.#memory.take(byteLength)
    this.#files = new SpillFiles(spillFolder ?? join(folder, 'spill'), spillLimitBytes, allocate)
    this.#spilling = new Spilling(this, this.#files)
    const collectBytes = collectBytesOf(limitBytes, threads)
    const certificate = config.tls?.certificate
    const scheduler = { control: config.control, token, ...(certificate && { certificate }) }
    const { path: moduleFolder, arrivals } = this.#modules
    const { sharedFiles = true, quietTasks = false } = config
    const laneOptions = {
      scheduler,
      threads,
      worker: name,
      moduleFolder,
      arrivals,
      sharedFiles,
      quietTasks,
      collectBytes,
    }
    this.#lanes = new Lanes(pool, laneOptions, this.#laneEvents())
    this.#lineWatch = new LineWatch(this.#lanes, (message) => {
      this.#control.send(message)
      this.#control.flushSoon()
    })
    this.#keeper = new MemoryKeeper(this, this.#memory, this.#lanes)
    this.#feeder = new LaneFeeder(this, this.#lanes, this.#keeper)
    this.#peers = new DataClient(token, { allocate, certificate })
    this.#transfers = new ValueTransfers(this, this.#files, this.#peers)
    this.#server = new DataServer(this.#transfers, token, allocate, config.tls)
    const parts = {
      name,
      state: this.state,
      modules: this.#modules,
      feeder: this.#feeder,
      transfers: this.#transfers,
      watchMemory: (on: boolean) => {
        this.#memoryWatched = on
        if (on) this.#heartbeat()
      },
      watchLines: (on: boolean, tell: number) => this.#lineWatch.watch(on, tell),
      welcomed: (worker: number, cluster: string) => this.#welcomed(worker, cluster),
      leave: (reason: string) => this.leave(reason),
    }
    const { control, reconnectMs = RECONNECT_MS } = config
    this.#control = new ControlClient(
      { control, token, certificate, reconnectMs },
      {
        hello: () => workerHello(this.state, config, this.#dataAddress, this.#cluster),
        received: (message) => {
          if (message.type === 'execute' && !this.#begun) {
            this.#begun = true
            begun()
          }
          this.on(() => receiveInstruction(parts, message))
        },
        lost: () => this.on(() => onDisconnected(this.state)),
        over: (error) =>
          this.#finish(error instanceof ConnectionRefusedError ? EXIT_REFUSED : EXIT_ALONE, error.message),
        flushing: () => {
          for (const message of this.state.reports.take()) this.#control.send(message)
        },
      },
    )
  }

  async start(): Promise<void> {
    this.#dataAddress = await this.#server.listen(this.#config.dataAddress)
    this.#control.connect()
    this.#beat = setInterval(() => this.#heartbeat(), HEARTBEAT_MS)
  }

  on(event: () => void): void {
    event()
    this.#act()
  }

  moved(bytes: number, garbageBytes: number): void {
    this.#keeper.moved(bytes, garbageBytes)
  }

  log(level: string, text: string): void {
    // What fails after its folders were removed is of no interest.
    if (this.#over) return
    if (level === 'error') console.error(`heddle worker ${this.#config.name}: ${text}`)
    this.#control.send({ type: 'log', level, text })
  }

  /** Leaves the cluster and ends. */
  leave(reason: string): void {
    this.#control.close(reason)
    this.#finish(EXIT_CLOSED, reason)
  }

  /** Removes its files and sockets; threads and connections are left to the end of the process. */
  removeFiles(): void {
    this.#server.close()
    removeFolders(this.#config)
  }

  #finish(code: number, reason: string): void {
    if (this.#over) return
    this.#over = true
    clearInterval(this.#beat)
    this.#lineWatch.close()
    this.#keeper.close()
    this.#peers.close()
    this.removeFiles()
    this.#end(code, reason)
  }

  /** Only a new process helps: the supervisor starts one, the scheduler runs again what this one was running. */
  #giveUp(reason: string): void {
    this.log('error', reason)
    this.#control.flush()
    setImmediate(() => process.kill(process.pid, 'SIGKILL'))
  }

  #laneEvents(): LaneEvents {
    return {
      opened: (lane) => this.on(() => onLaneOpened(this.state, lane)),
      reported: (lane, report) => {
        this.on(() => this.store.keepReport(lane, onLaneReported(this.state, lane, report), report))
        this.#keeper.reported(lane, report)
      },
      ended: (lane, end) => {
        this.#keeper.laneEnded(lane)
        this.#lineWatch.laneEnded(lane)
        this.on(() => onLaneEnded(this.state, lane, end))
      },
      waits: (lane, batch, index, waits) => this.on(() => onLaneWaits(this.state, lane, batch, index, waits)),
      wishes: (wish) =>
        this.#modules.wish(wish, (of, name) => {
          this.#control.send({ type: 'want-modules', of, names: [name] })
          this.#control.flushSoon()
        }),
      letGo: (lane, ids) => this.on(() => this.#memory.letGo(lane, ids)),
      collected: (lane, wave) => this.#keeper.collected(lane, wave),
      sampled: (lane, lines, told) => this.#lineWatch.heard(lane, lines, told),
      logged: (level, text, batch, index, lane, stack) => {
        const { posted, aside } = this.state.lanes[lane]
        const own = posted.find((one) => one.batch === batch)
        const beside = aside.find((one) => one.batch === batch && one.index === index)
        const slot = index >= 0 ? (beside?.slot ?? own?.slots[index]) : undefined
        const task = slot === undefined ? undefined : this.state.runs.task(slot)
        this.#control.send({ type: 'log', level, text, task, stack })
      },
      stuck: (reason) => this.#giveUp(reason),
      broken: (error) => this.#finish(EXIT_REFUSED, `threads cannot be started: ${error.message}`),
    }
  }

  /** Carries out what the books decide; what that changes is decided upon next. */
  #act(): void {
    this.#actAgain = true
    if (this.#acting || this.#over) return
    this.#acting = true
    while (this.#actAgain) {
      this.#actAgain = false
      this.#keeper.tell()
      this.#transfers.look()
      this.state.lentBytes = this.#transfers.lentBytes
      for (const action of decide(this.state)) this.#perform(action)
    }
    this.#acting = false
    this.#transfers.look()
    this.#keeper.watch(this.state.lanes.some(({ posted }) => posted.length > 0))
    if (isShort(this.state)) this.#keeper.measureSoon()
    this.#control.flushSoon()
  }

  #perform(action: WorkerAction): void {
    switch (action.kind) {
      case 'start':
        this.#feeder.start(action)
        break
      case 'stop':
        this.#feeder.stop(action)
        break
      case 'fetch':
        void this.#transfers.fetch(action)
        break
      case 'spill':
        this.#spilling.write(action.rows)
        break
      case 'release':
        for (const row of action.rows) this.store.release(row)
        this.#actAgain = true
        break
      case 'load':
        for (const row of action.rows) void this.#spilling.load(row, this.#worker)
        break
      case 'forget':
        for (const row of action.rows) {
          this.store.release(row)
          this.#files.forget(row)
        }
        this.#actAgain = true
        break
      case 'tell-pause':
        this.#heartbeat()
        break
      default:
        action satisfies never
    }
  }

  #welcomed(worker: number, cluster: string): void {
    this.#worker = worker
    this.#memoryWatched = false
    // Whoever watched asks again.
    this.#lineWatch.watch(false, 0)
    this.#feeder.forgetCallables()
    this.#transfers.forgetAddresses()
    if (this.#cluster !== undefined && this.#cluster !== cluster) onOtherCluster(this.state)
    this.#cluster = cluster
    const { startedAgain, name } = this.#config
    if (startedAgain) this.log('warning', `worker ${name} started again: ${startedAgain}`)
    this.#config.startedAgain = undefined
    this.#heartbeat()
  }

  #heartbeat(): void {
    if (this.#over) return
    const rssBytes = process.memoryUsage.rss()
    const message = heartbeat(this.state, {
      cpuPercent: this.#cpu.percent(),
      rssBytes,
      receivedBytes: this.#transfers.receivedBytes,
      sentBytes: this.#server.sentBytes,
      gpus: this.#gpus.latest(performance.now()),
      memoryWatched: this.#memoryWatched,
      progress: (lane) => this.#lanes.progress(lane),
    })
    this.#transfers.receivedBytes = 0
    this.#server.sentBytes = 0
    this.#control.send(message)
    this.#keeper.measure(rssBytes)
  }
}
