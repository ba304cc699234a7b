// What the window knows of its cluster: a reducer over the feed. No `vscode`, no clock.

import { reasonSince, type WorkerInfo } from '../../runtime/protocol/cluster.ts'
import type { FeedGroup, FeedMessage, LoadLimits } from '../../runtime/protocol/feed.ts'
import { applyJobsNews, type JobsReport } from '../../runtime/protocol/jobs.ts'
import type { GpuReading } from '../../runtime/protocol/messages.ts'
import type { ClusterKind } from './foundCluster.ts'

/** Where the window's cluster is in its life. */
export type ClusterPhase =
  | { kind: 'none' }
  | { kind: 'starting'; name: string }
  | {
      kind: 'running'
      id: string
      /** As menus and lenses say it. */
      name: string
      from: ClusterKind
      version: string
      dashboardUrl: string
      startedMs: number
    }
  | { kind: 'stopping' }
  /** It ended without being asked to. */
  | { kind: 'lost'; reason: string }

/** What one thread of a worker runs: a group's name, and since when. */
export interface RunningThread {
  thread: number
  group: string
  sinceMs: number
}

export interface WorkerModel {
  info: WorkerInfo
  cpuPercent: number
  rssBytes: number
  managedBytes: number
  spilledBytes: number
  heldTasks: number
  paused: boolean
  threads: RunningThread[]
  gpus: GpuReading[]
}

/** A worker that is no more, as it was last seen. */
export interface GoneWorker extends WorkerModel {
  reason: string
}

const GONE_MAX = 20

/** Changed in place. */
export interface ClusterModel {
  phase: ClusterPhase
  workers: Map<number, WorkerModel>
  /** Workers that left by themselves or were lost, the latest first. */
  gone: GoneWorker[]
  groups: Map<number, FeedGroup>
  tasksPerSecond: number
  queued: number
  /** Of a cluster whose workers are jobs. */
  jobs?: JobsReport
  /** Of a cluster whose workers follow the load, and are no jobs: the fewest and the most. */
  follows?: LoadLimits
}

export const noClusterModel = (): ClusterModel => ({
  phase: { kind: 'none' },
  workers: new Map(),
  gone: [],
  groups: new Map(),
  tasksPerSecond: 0,
  queued: 0,
})

/** Enters a phase; whatever was known of another cluster is forgotten. */
export function enterPhase(model: ClusterModel, phase: ClusterPhase): void {
  if (phase.kind !== 'running') {
    model.workers.clear()
    model.gone = []
    model.groups.clear()
    model.tasksPerSecond = 0
    model.queued = 0
    model.jobs = undefined
    model.follows = undefined
  }
  model.phase = phase
}

/** Takes one message of the feed in; says whether anything that the window shows changed. */
export function applyFeed(model: ClusterModel, message: FeedMessage): boolean {
  switch (message.type) {
    case 'snapshot': {
      const { cluster } = message
      const { phase } = model
      const known = phase.kind === 'running' ? phase : { name: 'local', from: 'local' as const }
      model.phase = {
        ...{ kind: 'running', name: known.name, from: known.from },
        id: cluster.id,
        version: cluster.version,
        dashboardUrl: cluster.dashboardUrl,
        startedMs: cluster.startedMs,
      }
      model.workers = new Map(cluster.workers.map((info) => [info.worker, newWorker(info)]))
      model.groups = new Map(message.groups.map((group) => [group.group, group]))
      // It comes behind the snapshot where there is such.
      model.follows = undefined
      return true
    }
    case 'groups':
      for (const group of message.added) model.groups.set(group.group, group)
      return false
    case 'workers':
      return applyWorkers(model, message)
    case 'rates':
      model.tasksPerSecond = message.tasksPerSecond
      model.queued = message.queued
      return true
    case 'follows':
      model.follows = message.limits
      return true
    case 'jobs':
      model.jobs = applyJobsNews(model.jobs, message.news)
      return true
    default:
      return false
  }
}

function applyWorkers(model: ClusterModel, message: Extract<FeedMessage, { type: 'workers' }>): boolean {
  for (const { worker, reason } of message.left) {
    const known = model.workers.get(worker)
    model.workers.delete(worker)
    if (known) model.gone = [{ ...known, reason }, ...model.gone].slice(0, GONE_MAX)
  }
  for (const info of message.joined) {
    model.workers.set(info.worker, newWorker(info))
    const before = model.gone.find((gone) => gone.info.name === info.name)
    if (!before || info.startedAgain === undefined) continue
    const known = { ...before, reason: reasonSince(before.reason, info.startedAgain) }
    model.gone = model.gone.map((gone) => (gone === before ? known : gone))
  }
  for (let i = 0; i < message.worker.length; i++) {
    const worker = model.workers.get(message.worker[i])
    if (!worker) continue
    worker.cpuPercent = message.cpuPercent[i]
    worker.rssBytes = message.rssBytes[i]
    worker.managedBytes = message.managedBytes[i]
    worker.spilledBytes = message.spilledBytes[i]
    worker.heldTasks = message.heldTasks[i]
    worker.paused = message.paused[i] === 1
    worker.threads = runningThreads(model, message, i)
  }
  for (const { worker, readings } of message.gpus ?? []) {
    const known = model.workers.get(worker)
    if (known) known.gpus = readings
  }
  return message.joined.length + message.left.length + message.worker.length > 0
}

function runningThreads(
  model: ClusterModel,
  message: Extract<FeedMessage, { type: 'workers' }>,
  row: number,
): RunningThread[] {
  const { runningOffsets, runningGroup, runningSince } = message
  const from = runningOffsets[row]
  const threads: RunningThread[] = []
  for (let at = from; at < runningOffsets[row + 1]; at++) {
    const group = runningGroup[at]
    if (group < 0) continue
    const name = model.groups.get(group)?.name ?? 'a task'
    threads.push({ thread: at - from, group: name, sinceMs: runningSince[at] })
  }
  return threads
}

function newWorker(info: WorkerInfo): WorkerModel {
  return {
    info,
    cpuPercent: 0,
    rssBytes: 0,
    managedBytes: 0,
    spilledBytes: 0,
    heldTasks: 0,
    paused: false,
    threads: [],
    gpus: [],
  }
}

/** Sums over the workers of a cluster. */
export interface ClusterTotals {
  workers: number
  threads: number
  busy: number
  rssBytes: number
  memoryLimitBytes: number
}

export function totalsOf(model: ClusterModel): ClusterTotals {
  const totals = { workers: model.workers.size, threads: 0, busy: 0, rssBytes: 0, memoryLimitBytes: 0 }
  for (const worker of model.workers.values()) {
    totals.threads += worker.info.threads
    totals.busy += worker.threads.length
    totals.rssBytes += worker.rssBytes
    totals.memoryLimitBytes += worker.info.memoryLimitBytes
  }
  return totals
}
