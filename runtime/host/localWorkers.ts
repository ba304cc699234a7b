// The workers that a scheduler keeps on its own machine: as many as were asked for, each under a supervisor.

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { WorkerMemory } from '../cluster/workerMemory.ts'
import type { WorkerInfo } from '../protocol/cluster.ts'
import type { WorkerFate, WorkerFates } from './controlPlane.ts'
import { MemoryWatch } from './memoryWatch.ts'
import { Supervisor } from './supervisor.ts'
import { memoryConfig, workerConfig } from './workerConfig.ts'

export interface LocalWorkersOptions {
  control: string
  token: string
  runFolder: string
  /** Where values go that memory cannot hold; inside the run folder when absent. */
  spillFolder?: string
  threads: number
  /** Of each worker. */
  memoryLimitBytes: number
  memory?: WorkerMemory
  resources?: Record<string, number>
  /** See `WorkerConfig`. */
  quietTasks?: boolean
  /** A worker that was not asked to leave cannot be kept running. */
  gaveUp: (name: string, code: number) => void
}

/** Programs that start at the same time as the first workers: the user's and the scheduler. */
const STARTING_BESIDE = 2
/** The rest is started so long after the first has joined: until then that one loads what its first task needs. */
const REST_LATER_MS = 250
/** Or after so long even if none of the first has come. */
const REST_AFTER_MS = 2000
/** A process whose connection broke ends so soon, or it goes on without it. */
const END_MS_MAX = 1000

/** Supervisors see their workers' processes end: nobody has to wait for the next one to say how. */
export class LocalWorkers implements WorkerFates {
  readonly #options: LocalWorkersOptions
  readonly #workers = new Map<string, { supervisor: Supervisor; leaving: boolean; gone: Promise<void> }>()
  readonly #watch = new MemoryWatch()
  #next = 0
  /** How many a new cluster is to have in the end, and the timer that sees to it. */
  #rest: { count: number; timer: NodeJS.Timeout; soon: boolean } | undefined

  constructor(options: LocalWorkersOptions) {
    this.#options = options
  }

  get count(): number {
    let count = 0
    for (const { leaving } of this.#workers.values()) if (!leaving) count++
    return count
  }

  /**
   * Starts a new cluster's workers: at first those that the machine has cores for, so that a first task need not wait for
   * all of them to load; the rest a moment after {@link firstJoined} says so.
   */
  begin(count: number): void {
    const first = Math.min(count, Math.max(1, availableParallelism() - STARTING_BESIDE))
    this.scale(first)
    if (first < count) this.#startRest(count, REST_AFTER_MS)
  }

  /** A worker has joined: the others may start soon. */
  firstJoined(): void {
    if (!this.#rest || this.#rest.soon) return
    clearTimeout(this.#rest.timer)
    this.#startRest(this.#rest.count, REST_LATER_MS)
  }

  /** Starts workers, or lets those leave that came last, until there are `count`. @returns the names of those that leave */
  scale(count: number): string[] {
    clearTimeout(this.#rest?.timer)
    this.#rest = undefined
    while (this.count < count) this.#start()
    const leave = [...this.#workers].filter(([, { leaving }]) => !leaving).slice(count)
    for (const [, worker] of leave) {
      worker.leaving = true
      worker.supervisor.leave()
    }
    return leave.map(([name]) => name)
  }

  /** What one of them brings. */
  get size(): { threads: number; memoryBytes: number } {
    const { threads, memoryLimitBytes } = this.#options
    return { threads, memoryBytes: memoryLimitBytes }
  }

  /** Those of these workers that are kept here, and are not leaving. */
  staying(workers: readonly WorkerInfo[]): WorkerInfo[] {
    return workers.filter(({ name }) => this.#workers.get(name)?.leaving === false)
  }

  /** The scheduler empties a worker and has it end: it is not started again. */
  retire(name: string): void {
    const worker = this.#workers.get(name)
    if (!worker) return
    worker.leaving = true
    worker.supervisor.lastTime()
  }

  /** Asks all to leave; resolves when they are gone, by force after `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    this.scale(0)
    for (const { supervisor } of this.#workers.values()) supervisor.leave()
    const force = setTimeout(() => this.abandon(), patienceMs)
    await Promise.all([...this.#workers.values()].map(({ gone }) => gone))
    clearTimeout(force)
  }

  /** Ends them at once and removes their files. */
  abandon(): void {
    clearTimeout(this.#rest?.timer)
    for (const worker of this.#workers.values()) {
      worker.leaving = true
      worker.supervisor.abandon()
    }
  }

  /** Resolves when all are gone, or after `patienceMs`. */
  async gone(patienceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const patience = setTimeout(resolve, patienceMs)
    await Promise.race([promise, Promise.all([...this.#workers.values()].map(({ gone }) => gone))])
    clearTimeout(patience)
  }

  joined(): void {}

  left(): void {}

  /** How the process ended, or nothing of one that goes on or is nobody's here: a task of its may have been the reason. */
  ask({ name, pid }: WorkerInfo): Promise<WorkerFate> | undefined {
    const end = this.#workers.get(name)?.supervisor.endOf(pid)
    if (!end) return undefined
    const { promise, resolve } = Promise.withResolvers<WorkerFate>()
    const patience = setTimeout(() => resolve({ ended: false }), END_MS_MAX)
    void end.then((reason) => {
      clearTimeout(patience)
      resolve({ ended: false, reason })
    })
    return promise
  }

  #startRest(count: number, afterMs: number): void {
    const timer = setTimeout(() => this.scale(count), afterMs)
    this.#rest = { count, timer, soon: afterMs === REST_LATER_MS }
  }

  #start(): void {
    const {
      control,
      token,
      runFolder,
      spillFolder,
      threads,
      memoryLimitBytes,
      memory,
      resources,
      quietTasks,
    } = this.#options
    const name = `w${this.#next++}`
    const config = workerConfig({
      name,
      control,
      token,
      runFolder,
      threads,
      memoryLimitBytes,
      ...(resources && { resources }),
      ...(quietTasks && { quietTasks }),
      ...memoryConfig(memory ?? {}, undefined),
      ...(spillFolder && { spillFolder: join(spillFolder, name) }),
    })
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const ended = (code: number, reason: string): void => {
      if (code !== 0) console.error(`heddle worker ${name}: ${reason}`)
      this.#workers.delete(name)
      resolve()
      if (!worker.leaving) this.#options.gaveUp(name, code)
    }
    const supervisor = new Supervisor(config, ended, this.#watch)
    const worker = { supervisor, leaving: false, gone }
    this.#workers.set(name, worker)
    supervisor.start()
  }
}
