// What panels are fed: one snapshot, then small deltas, columnar, at most ten a second; details only when asked for.

import type { ClusterInfo, WorkerInfo } from './cluster.ts'
import {
  type AnyMessageOf,
  f64,
  flag,
  i32,
  number,
  optional,
  plain,
  text,
  texts,
  u8,
  u16,
  u32,
} from './fields.ts'
import type { JobsNews } from './jobs.ts'
import type { GpuReading } from './messages.ts'
import type { RunEvent, RunSummary } from './runs.ts'
import type { TaskGroup } from './taskOptions.ts'

/** The columns of a group's counts, in this order. */
export const TASK_STATES = ['waiting', 'ready', 'running', 'stored', 'erred', 'released'] as const
export type TaskStateName = (typeof TASK_STATES)[number]

/** A group of tasks as the feed numbers it. */
export interface FeedGroup extends TaskGroup {
  group: number
  /** The serial of the graph that it came with, so that panels can tell computations apart. */
  computation: number
}

/** The fewest and the most workers of a cluster that follows its load. */
export interface LoadLimits {
  minimum: number
  maximum: number
}

/** From the scheduler to a panel. */
export const FEED_MESSAGES = {
  /** Everything a panel needs to start. Sent first, and again after a gap. */
  snapshot: {
    cluster: plain<ClusterInfo>(),
    groups: plain<FeedGroup[]>(),
    /** `TASK_STATES.length` counts a group, in the order of `groups`. */
    counts: u32,
    /** Edges between groups: pairs of group numbers, from dependency to dependent. */
    edges: u32,
    atMs: number,
  },
  /** New groups and edges, and the counts of groups that changed. */
  groups: { added: plain<FeedGroup[]>(), edges: u32, changed: u32, counts: u32 },
  /** Finished runs since the last one, a fair sample when there are too many: `total` says how many there were. */
  stream: {
    total: number,
    group: u32,
    worker: u16,
    thread: u8,
    starts: f64,
    durationsMs: f64,
    /** 0 computed, 1 erred, 2 transferred (then `group` is the sending worker). */
    what: u8,
  },
  workers: {
    joined: plain<WorkerInfo[]>(),
    left: plain<{ worker: number; reason: string }[]>(),
    /** Readings, one entry a worker that reported. */
    worker: u16,
    cpuPercent: f64,
    managedBytes: f64,
    rssBytes: f64,
    spilledBytes: f64,
    heldTasks: u32,
    waiting: u32,
    paused: u8,
    /** Bytes on their way to it from other workers. */
    movingBytes: optional(f64),
    /** 1 where sources are held back, since its memory is above target. */
    holdsSources: optional(u8),
    /** Per thread, joined in the order of `worker`: the group it runs, or −1, and since when. */
    runningOffsets: u32,
    runningGroup: i32,
    runningSince: f64,
    gpus: optional(plain<{ worker: number; readings: GpuReading[] }[]>()),
  },
  /**
   * For those who asked (`memory`), about once a second: how much of each worker's memory belongs to the keys of one name
   * (`prefix`, an index into `prefixes`). Workers and prefixes without any are left out.
   */
  memory: {
    prefixes: texts,
    worker: u16,
    prefix: u32,
    results: u32,
    managedBytes: f64,
    spilledBytes: f64,
    movingBytes: f64,
  },
  /** Throughput and queue, once a second. */
  rates: {
    atMs: number,
    tasksPerSecond: number,
    bytesPerSecond: number,
    queued: number,
    schedulerCpuPercent: number,
  },
  /**
   * The answer to `unfold`: tasks of a group, at most as many as were asked for. `states` are indices into
   * `TASK_STATES`, `workers` is −1 where none holds or runs it, `durationsMs` is NaN where it has not run. `edges` are
   * pairs of task numbers, from dependency to dependent, with every dependent in `tasks`; dependencies may be of other groups.
   */
  tasks: {
    group: number,
    total: number,
    tasks: i32,
    states: u8,
    workers: i32,
    durationsMs: f64,
    keys: texts,
    edges: u32,
  },
  /** The answer to `story` and `explain`. */
  story: { key: text, lines: texts },
  log: { level: text, text: text, worker: optional(text) },
  /** An event of a run, for panels that show runs (`results`, `dashboard`): those so far first, then live ones. */
  'run-event': {
    run: text,
    sequence: number,
    event: plain<RunEvent>(),
    summary: optional(plain<RunSummary>()),
  },
  /** Jobs that workers run in: all of them first, then what changed. Only of clusters that have jobs. */
  jobs: { news: plain<JobsNews>() },
  /** Workers that are no jobs follow the load between these numbers from now on, or no more. */
  follows: { limits: optional(plain<LoadLimits>()) },
  closing: { reason: text },
} as const

/** From a panel to the scheduler. */
export const FEED_REQUESTS = {
  /** First on every connection. `panel` is one of the pages of `media`, so that only what it shows needs to be sent. */
  hello: { protocol: number, panel: text },
  unfold: { group: number, limit: number },
  story: { key: text },
  /** Starts or ends `memory` for this panel. */
  memory: { on: flag },
} as const

export type FeedMessage = AnyMessageOf<typeof FEED_MESSAGES>
export type FeedRequest = AnyMessageOf<typeof FEED_REQUESTS>

/** Where a panel gets its data: VS Code's `postMessage` or a WebSocket, it does not know which. */
export interface Feed {
  /** Calls back for every message from now on; returns how to stop. */
  listen(receive: (message: FeedMessage) => void): () => void
  request(request: FeedRequest): void
  /** Asks the surroundings to show a place in the user's source, where they can. */
  open(place: { file: string; line: number; column: number }): void
}
