// The workers there are and what each last reported: the feed's `snapshot` and `workers` messages.

import { reasonSince, type WorkerInfo } from '../../runtime/protocol/cluster.ts'
import type { FEED_MESSAGES, FeedMessage } from '../../runtime/protocol/feed.ts'
import type { MessageOf } from '../../runtime/protocol/fields.ts'
import type { GpuReading } from '../../runtime/protocol/messages.ts'

/** What a worker said in its last heartbeat. */
export interface WorkerReading {
  /** 100 is one core kept busy, so a worker of 4 threads may say 400. */
  cpuPercent: number
  managedBytes: number
  rssBytes: number
  spilledBytes: number
  heldTasks: number
  waiting: number
  paused: boolean
  /** On their way to it from other workers. */
  movingBytes: number
  /** Sources wait, since its memory is above target. */
  holdsSources: boolean
  /** Per thread: the number of the group it runs (−1: none) and since when (epoch milliseconds). */
  runningGroup: readonly number[]
  runningSince: readonly number[]
}

export interface WorkerState {
  info: WorkerInfo
  reading?: WorkerReading
  gpus?: GpuReading[]
}

/** Changed in place. */
export interface Workers {
  /** By worker number, in the order of joining. */
  byNumber: Map<number, WorkerState>
  /** Who left lately and why, the latest first. */
  left: { name: string; reason: string }[]
  /** Raised when workers come or go. */
  shape: number
}

const LEFT_MAX = 20

export const noWorkers = (): Workers => ({ byNumber: new Map(), left: [], shape: 0 })

/** Takes one message in; says whether it changed anything. */
export function applyToWorkers(workers: Workers, message: FeedMessage): boolean {
  if (message.type === 'snapshot') {
    const before = workers.byNumber
    workers.byNumber = new Map()
    // A second snapshot of the same cluster must not blank what each worker said a moment ago.
    for (const info of message.cluster.workers)
      workers.byNumber.set(info.worker, sameWorker(before.get(info.worker), info))
    workers.shape++
    return true
  }
  if (message.type !== 'workers') return false
  for (const { worker, reason } of message.left) {
    const gone = workers.byNumber.get(worker)
    workers.byNumber.delete(worker)
    workers.left = [{ name: gone?.info.name ?? `worker ${worker}`, reason }, ...workers.left].slice(
      0,
      LEFT_MAX,
    )
  }
  for (const info of message.joined) {
    workers.byNumber.set(info.worker, sameWorker(workers.byNumber.get(info.worker), info))
    const before = workers.left.find(({ name }) => name === info.name)
    if (before && info.startedAgain !== undefined)
      before.reason = reasonSince(before.reason, info.startedAgain)
  }
  if (message.joined.length > 0 || message.left.length > 0) workers.shape++
  takeReadings(workers, message)
  return true
}

function sameWorker(known: WorkerState | undefined, info: WorkerInfo): WorkerState {
  return known && known.info.name === info.name && known.info.pid === info.pid ? { ...known, info } : { info }
}

function takeReadings(workers: Workers, message: MessageOf<typeof FEED_MESSAGES, 'workers'>): void {
  const { runningOffsets } = message
  for (let i = 0; i < message.worker.length; i++) {
    const state = workers.byNumber.get(message.worker[i])
    if (!state) continue
    const [from, to] = [runningOffsets[i] ?? 0, runningOffsets[i + 1] ?? 0]
    state.reading = {
      cpuPercent: message.cpuPercent[i],
      managedBytes: message.managedBytes[i],
      rssBytes: message.rssBytes[i],
      spilledBytes: message.spilledBytes[i],
      heldTasks: message.heldTasks[i],
      waiting: message.waiting[i],
      paused: message.paused[i] === 1,
      movingBytes: message.movingBytes?.[i] ?? 0,
      holdsSources: message.holdsSources?.[i] === 1,
      runningGroup: Array.from(message.runningGroup.subarray(from, to)),
      runningSince: Array.from(message.runningSince.subarray(from, to)),
    }
  }
  for (const { worker, readings } of message.gpus ?? []) {
    const state = workers.byNumber.get(worker)
    if (state) state.gpus = readings
  }
}

/** The whole cluster's sums of what its workers last said. */
export interface WorkerTotals {
  workers: number
  threads: number
  busyThreads: number
  paused: number
  cpuPercent: number
  managedBytes: number
  rssBytes: number
  spilledBytes: number
  memoryLimitBytes: number
}

export function totalsOf(workers: Workers): WorkerTotals {
  const sum: WorkerTotals = {
    workers: workers.byNumber.size,
    threads: 0,
    busyThreads: 0,
    paused: 0,
    cpuPercent: 0,
    managedBytes: 0,
    rssBytes: 0,
    spilledBytes: 0,
    memoryLimitBytes: 0,
  }
  for (const { info, reading } of workers.byNumber.values()) {
    sum.threads += info.threads
    sum.memoryLimitBytes += info.memoryLimitBytes
    if (!reading) continue
    sum.busyThreads += reading.runningGroup.filter((group) => group >= 0).length
    sum.paused += reading.paused ? 1 : 0
    sum.cpuPercent += reading.cpuPercent
    sum.managedBytes += reading.managedBytes
    sum.rssBytes += reading.rssBytes
    sum.spilledBytes += reading.spilledBytes
  }
  return sum
}
