// What a worker is started with: handed from its supervisor in the environment, since the token must not stand in argv.

import { rmSync } from 'node:fs'
import { availableParallelism, hostname, totalmem } from 'node:os'
import { join } from 'node:path'
import type { WorkerMemory } from '../cluster/workerMemory.ts'
import { SHARED_FROM_BYTES } from '../kernels/resultMemory.ts'
import type { MemoryLimits } from '../worker/memory.ts'
import type { ClusterTls } from './clusterTls.ts'

export interface WorkerConfig {
  /** Unique in its cluster, e.g. `w0`. */
  name: string
  host: string
  /** The scheduler: `unix:/path`, `ws://host:port` or `wss://host:port`. */
  control: string
  token: string
  threads: number
  memoryLimitBytes: number
  /** Where to serve data: `unix:/path`, `tcp://host:0` or `tls://host:0`. */
  dataAddress: string
  /** Worker modules and whatever else is this worker's alone; removed when it ends. */
  folder: string
  /** Where values go that memory cannot hold: a folder of this worker alone, removed with it; by default inside `folder`. */
  spillFolder?: string
  spillLimitBytes?: number
  resources: Record<string, number>
  /** The cluster's certificate, where it is on several machines. */
  tls?: ClusterTls
  /** False where the paths of programs' packages and files mean nothing on this machine; by default they are looked at. */
  sharedFiles?: boolean
  /** What tasks print goes to clients alone, and not to this worker's output as well. */
  quietTasks?: boolean
  memoryShares?: Partial<MemoryLimits>
  /** How long to look for a scheduler that is gone. */
  reconnectMs?: number
  /** Why the process before this one ended, told to the scheduler's log. */
  startedAgain?: string
}

/** What `workerConfig` fills in for a worker of this machine. */
export interface WorkerRequest extends Partial<WorkerConfig> {
  name: string
  control: string
  token: string
  /** The cluster's run folder: this worker's own folders and sockets go there. */
  runFolder: string
}

/** What was asked for the memory of workers, as part of a worker's configuration: `scratch` is its owner's folder. */
export function memoryConfig(memory: WorkerMemory, scratch: string | undefined): Partial<WorkerConfig> {
  const { memoryShares, spillLimitBytes } = memory
  const of = (share: number | false): number => (share === false ? NEVER : share)
  return {
    ...(memoryShares && {
      memoryShares: Object.fromEntries(
        Object.entries(memoryShares).map(([name, share]) => [`${name}Share`, of(share)]),
      ),
    }),
    ...(spillLimitBytes !== undefined && { spillLimitBytes }),
    ...(scratch !== undefined && { spillFolder: join(scratch, 'values') }),
  }
}

/** A share that no process reaches; JSON knows no infinity. */
const NEVER = 1e9

const CONFIG_ENV = 'HEDDLE_WORKER'

/** Fills in what was not asked for: all threads, all memory, a unix socket in the run folder. */
export function workerConfig(request: WorkerRequest): WorkerConfig {
  const { runFolder, ...given } = request
  return {
    host: hostname(),
    threads: availableParallelism(),
    memoryLimitBytes: totalmem(),
    dataAddress: `unix:${join(runFolder, `worker-${request.name}.sock`)}`,
    folder: join(runFolder, `worker-${request.name}`),
    resources: {},
    ...given,
  }
}

/**
 * What makes glibc return freed blocks to the system at once, but for a small share of the worker's limit: its size must follow
 * what it holds. New pages are dear, though: with blocks up to 32 MB used again, a sort of 10 million rows had a quarter of the
 * page faults. Memory of results is pooled by the worker (`SharedMemory`). What is smaller than the first of these lies in glibc's
 * heaps, which shrink only from their ends: with pieces of 180 KB there, 60 MB each of two heaps stayed when they were gone.
 */
function givesMemoryBack({ memoryLimitBytes }: WorkerConfig): NodeJS.ProcessEnv {
  const within = (share: number, least: number, most: number): string =>
    String(Math.round(Math.max(least, Math.min(most, memoryLimitBytes * share))))
  return {
    MALLOC_MMAP_THRESHOLD_: mappedFrom(memoryLimitBytes) ?? within(1 / 256, 2 ** 19, 2 ** 25),
    MALLOC_TRIM_THRESHOLD_: within(1 / 64, 2 ** 22, 2 ** 26),
    MALLOC_ARENA_MAX: '4',
  }
}

/** Workers with less than this have no room for pieces of shared memory in glibc's heaps. */
const TINY_LIMIT_BYTES = 2 ** 29
/** And those with less than this none for pieces of 128 KB. */
const SMALL_LIMIT_BYTES = 2 ** 31

/**
 * From how many bytes on a piece is mapped by itself, where the limit is so small that what glibc's heaps keep matters: of 1 GB those
 * were 160 to 235 MB while 4 GB of rows were sorted, and 25 to 35 MB with pieces of 128 KB mapped, for a twentieth more of time.
 * With parts of 100 KB in them a worker of 260 MB took 226 MB without any value, and 140 MB with all shared memory mapped. In
 * workers of 1 GB that is not worth its time: the same sort took 66.5 s, and 48.5 s with pieces from 128 KB on.
 */
function mappedFrom(memoryLimitBytes: number): string | undefined {
  if (memoryLimitBytes < TINY_LIMIT_BYTES) return String(SHARED_FROM_BYTES)
  return memoryLimitBytes < SMALL_LIMIT_BYTES ? String(2 ** 17) : undefined
}

/** The environment for a supervisor or a worker with this configuration. */
export function workerEnvironment(config: WorkerConfig): NodeJS.ProcessEnv {
  return { ...givesMemoryBack(config), ...process.env, [CONFIG_ENV]: JSON.stringify(config) }
}

/** Takes the configuration out of the environment, so that no task finds the token there. */
export function takeWorkerConfig(): WorkerConfig {
  const text = process.env[CONFIG_ENV]
  delete process.env[CONFIG_ENV]
  if (text === undefined)
    throw new Error('a worker is started by its supervisor: use `heddle worker --connect ADDRESS`')
  return JSON.parse(text) as WorkerConfig
}

/** A worker's end, told to its supervisor by the exit code. */
export const EXIT_CLOSED = 0
/** The scheduler refused it, or its configuration cannot work: starting it again is of no use. */
export const EXIT_REFUSED = 3
/** The scheduler cannot be reached any more. */
export const EXIT_ALONE = 4

/** Removes the folders that are this worker's alone; one that cannot be (it became read-only) must not stop its end. */
export function removeFolders({ folder, spillFolder }: WorkerConfig): void {
  for (const path of [folder, spillFolder]) {
    if (path === undefined) continue
    try {
      rmSync(path, { recursive: true, force: true })
    } catch (error) {
      console.error(`heddle worker: ${path} cannot be removed: ${(error as Error).message}`)
    }
  }
}
