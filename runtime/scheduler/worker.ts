// What the scheduler knows of one worker.

import type { WorkerInfo } from '../protocol/cluster.ts'
import type { HeartbeatMessage } from '../protocol/messages.ts'
import { Bits, FloatList, IntList } from './grow.ts'
import { RESOURCE_UNIT } from './options.ts'
import { TaskRuns } from './taskRuns.ts'

/** Everything decided for a worker since the last drain. */
export interface WorkerOutbox {
  dirty: boolean
  /** There is more than `execute` and `discard`. */
  rare: boolean
  /** Assignments; one that was taken back before it was sent is left out then. */
  execute: TaskRuns
  discard: TaskRuns
  cancel: TaskRuns
  recall: TaskRuns
  replicate: TaskRuns
  replicateHolders: IntList
  replicateSizes: FloatList
  /** Workers that have left and that this one knows. */
  peersLeft: number[]
  /** Callables that it need not keep; told with the next ones. */
  forgottenCallables: number[]
  refused: { reason: string; message: string | undefined }[]
  /** Packages and files that it asked for; without content, why nobody can give them. */
  modules: { name: string; content: Uint8Array | undefined; reason: string }[]
  /** Whether to say which values are where; absent where it was told already. */
  watchMemory: boolean | undefined
  /** Whether its threads are to be sampled, and under which number it tells what it saw (0: not now). */
  watchLines: { on: boolean; tell: number }[]
  close: string | undefined
}

/** An order to forget a copy. */
export interface Forgetting {
  run: number
  /** The instruction that it goes with, counted from 1. */
  discard: number
}

export interface Worker {
  readonly id: number
  readonly info: WorkerInfo
  readonly threads: number
  /** With more than this in memory, values leave for its disk. */
  readonly targetBytes: number
  /** `paused` workers get nothing new; `leaving` ones have said goodbye; of `silent` ones it is being asked whether they are gone. */
  status: 'running' | 'paused' | 'leaving' | 'silent'
  /** Present where its time is limited: since when it is here, from when on it hands over, when it will be ended. */
  time: { sinceMs: number; retireMs: number; endsMs: number } | undefined
  /** Until then it is not looked again for what fits into its time, behind what waits first. */
  looksAgainMs: number
  /** It shall leave once it is empty. */
  retiring: boolean
  /** Tasks assigned to it, and the milliseconds that they are expected to take in sum. */
  assigned: number
  occupancyMs: number
  /** How many of the assigned tasks wait for tasks of their own, and leave their threads to others. */
  aside: number
  /** How many of those that occupy a thread stand on other tasks. */
  consuming: number
  /** Bytes of all values that it holds, and what they were at its last heartbeat. */
  heldBytes: number
  heldBytesThen: number
  heldCount: number
  /** Scattered values on their way to it. */
  expectedBytes: number
  /** How much of each resource is free, in millionths. */
  readonly free: Map<string, number>
  /** How much of each is held by runs that wait for tasks of their own: free for those, for nobody else. */
  readonly lent: Map<string, number>
  /** It stands in the list of workers that have room since the last look at the queues. */
  roomy: boolean
  /** Tasks assigned (`seats`) and values held (`hasWhat`, the inverse of the holders lists); both with outdated entries. */
  readonly seats: TaskRuns
  readonly hasWhat: TaskRuns
  /** How many instructions to discard values it was sent. */
  discards: number
  /** Copies that it was told to forget while others hold the value, by task: its word that it has one may be older. */
  readonly forgetting: Map<number, Forgetting>
  /** Kept for a task that has died with workers before, and which runs alone: nothing else is assigned meanwhile. */
  quarantined: boolean
  /** That task once it is assigned, else −1. */
  quarantinedTask: number
  /** For placing: bytes of the task's dependencies that it holds, valid where `mark` is the current one. */
  mark: number
  markedBytes: number
  markedCount: number
  readonly knowsCallable: Bits
  readonly knowsModule: Set<string>
  readonly knowsPeer: Bits
  readonly outbox: WorkerOutbox
  /** Tasks that are being recalled from others for it. */
  promised: number
  promisedMs: number
  /** When it last reported an end, or was given work when it had none. */
  progressMs: number
  heartbeat: HeartbeatMessage | undefined
  heartbeatMs: number
  /** The group that each thread ran at the last heartbeat, −1 where none: its task may have ended since. */
  runningGroups: readonly number[]
  /** Per thread: at which heartbeat it last ran a task, and of which group. */
  readonly ranMs: number[]
  readonly ranGroup: number[]
}

export function createWorker(
  info: WorkerInfo,
  nowMs: number,
  targetBytes = Number.POSITIVE_INFINITY,
): Worker {
  return {
    id: info.worker,
    info,
    threads: Math.max(1, info.threads),
    targetBytes,
    status: 'running',
    time: undefined,
    looksAgainMs: 0,
    retiring: false,
    assigned: 0,
    occupancyMs: 0,
    aside: 0,
    consuming: 0,
    heldBytes: 0,
    heldBytesThen: 0,
    heldCount: 0,
    expectedBytes: 0,
    free: new Map(
      Object.entries(info.resources).map(([name, amount]) => [name, Math.round(amount * RESOURCE_UNIT)]),
    ),
    lent: new Map(),
    roomy: false,
    seats: new TaskRuns(),
    hasWhat: new TaskRuns(),
    discards: 0,
    forgetting: new Map(),
    quarantined: false,
    quarantinedTask: -1,
    mark: 0,
    markedBytes: 0,
    markedCount: 0,
    knowsCallable: new Bits(),
    knowsModule: new Set(),
    knowsPeer: new Bits(),
    outbox: {
      dirty: false,
      rare: false,
      execute: new TaskRuns(),
      discard: new TaskRuns(),
      cancel: new TaskRuns(),
      recall: new TaskRuns(),
      replicate: new TaskRuns(),
      replicateHolders: new IntList(),
      replicateSizes: new FloatList(),
      peersLeft: [],
      forgottenCallables: [],
      refused: [],
      modules: [],
      watchMemory: undefined,
      watchLines: [],
      close: undefined,
    },
    promised: 0,
    promisedMs: 0,
    progressMs: nowMs,
    heartbeat: undefined,
    heartbeatMs: nowMs,
    runningGroups: [],
    ranMs: [],
    ranGroup: [],
  }
}

/** Tasks that occupy a thread or will. */
export const occupying = (worker: Worker): number => worker.assigned - worker.aside

/** How much of a resource a worker has in all, in millionths. */
export function supplyOf(worker: Worker, resource: string): number {
  return Math.round((worker.info.resources[resource] ?? 0) * RESOURCE_UNIT)
}
