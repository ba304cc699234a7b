// How many workers a local cluster has, with how many threads and how much memory each: what was asked for, checked.

import { availableParallelism } from 'node:os'
import { memoryHere, memoryLimitBytes } from './memoryLimit.ts'
import { type WorkerMemory, type WorkerMemoryRequest, workerMemory } from './workerMemory.ts'

/** What a person may ask of a local cluster. */
export interface WorkerCountsRequest extends WorkerMemoryRequest {
  /** Worker processes; 1 by default. */
  workers?: number | string
  /** Threads of each; by default the machine's cores, shared out among the workers. */
  threads?: number | string
  /** Of each worker: `'4GB'`, `'512MiB'`, a fraction of the machine's memory, or bytes. By default an equal share of it. */
  memoryLimit?: string | number
}

export interface WorkerCounts {
  workers: number
  threads: number
  memoryLimitBytes: number
  /** Present where anything was asked of it. */
  memory?: WorkerMemory
}

/** A number of workers or threads that cannot be. */
export class WorkerCountError extends Error {
  override name = 'WorkerCountError'
  readonly option: string
  readonly given: string
  constructor(option: string, given: string, max: number) {
    super(`${option} must be a whole number from 1 to ${max}, not ${JSON.stringify(given)}`)
    this.option = option
    this.given = given
  }
}

/** Processes and threads beyond this are a slip of the keyboard on any one machine. */
export const WORKERS_MAX = 256
/** Threads of a worker are numbered in one byte. */
export const THREADS_MAX = 255

/**
 * @param names what the options are called where they were given, for messages
 * @throws {WorkerCountError} {@link MemoryLimitError} {@link WorkerMemoryError}
 * @example workerCounts({ workers: 2 }) // on 8 cores: 2 workers of 4 threads, half of the memory each
 */
export function workerCounts(
  request: WorkerCountsRequest,
  names: { workers: string; threads: string } = { workers: 'workers', threads: 'threadsPerWorker' },
  here: { cores: number; memoryBytes: number } = { cores: availableParallelism(), memoryBytes: memoryHere() },
): WorkerCounts {
  const workers = wholeNumber(names.workers, request.workers, WORKERS_MAX) ?? 1
  const threads =
    wholeNumber(names.threads, request.threads, THREADS_MAX) ??
    Math.min(THREADS_MAX, Math.max(1, Math.floor(here.cores / workers)))
  const bytes =
    request.memoryLimit === undefined
      ? Math.floor(here.memoryBytes / workers)
      : memoryLimitBytes(request.memoryLimit, here.memoryBytes)
  const memory = workerMemory(request)
  const isAsked = Object.keys(memory).length > 0
  return { workers, threads, memoryLimitBytes: bytes, ...(isAsked && { memory }) }
}

function wholeNumber(option: string, given: number | string | undefined, max: number): number | undefined {
  if (given === undefined) return undefined
  const number = typeof given === 'string' && /^\s*\d+\s*$/.test(given) ? Number(given) : given
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > max)
    throw new WorkerCountError(option, String(given), max)
  return number
}
