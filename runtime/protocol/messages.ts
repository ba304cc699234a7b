// Every message of the control plane. A row is a message type; its fields say what it carries.
//
// Columns of one message have one entry a task unless the name says otherwise. A list of byte strings is two fields:
// `things` (all bytes joined) and `thingOffsets` (n + 1 offsets into it).

import type { ClusterInfo, WorkerInfo } from './cluster.ts'
import type { TaskFailure } from './failure.ts'
import {
  type AnyMessageOf,
  f64,
  flag,
  i32,
  type MessageOf,
  number,
  optional,
  plain,
  text,
  texts,
  u8,
  u16,
  u32,
} from './fields.ts'
import type { LineTime, RunEvent, RunSpec, RunSummary } from './runs.ts'
import type { TaskGroup, TaskOptions } from './taskOptions.ts'

/** What a client (a session, an editor or a terminal) says to the scheduler. */
export const CLIENT_MESSAGES = {
  /** First on every connection. */
  hello: { protocol: number, version: text, name: text },
  /** Worker modules by content address; each is sent once a connection. */
  modules: { names: texts, contents: u8, contentOffsets: u32 },
  /** What `want-modules` asked for cannot be given. */
  'no-modules': { names: texts, reason: text },
  /** New tasks, dependencies before dependents. */
  graph: {
    graph: number,
    groups: plain<TaskGroup[]>(),
    /** The graph's callables: semantic digests (16 bytes each), their encodings, and the modules each needs. */
    callables: u8,
    callableBytes: u8,
    callableOffsets: u32,
    callableModules: plain<string[][]>(),
    /** 16 bytes a task. */
    digests: u8,
    /** Index into `groups`. */
    group: u32,
    /** Index into `callables`. */
    callable: u32,
    /** Encoded argument lists; a dependency stands in one as its place in the task's own list of dependencies. */
    args: u8,
    argOffsets: u32,
    /** `dependencies[dependencyOffsets[i] … dependencyOffsets[i + 1]]`: a task of this graph, or −1 − index into `externals`. */
    dependencyOffsets: u32,
    dependencies: i32,
    /** Which part of each dependency's value is taken, −1 for all of it; absent where no task takes a part. */
    dependencyParts: optional(i32),
    /** Digests (16 bytes each) of keys that the scheduler has already. */
    externals: u8,
    /** Tasks whose results the client wants, and its handles for them. */
    wanted: u32,
    handles: u32,
    /** Distinct option sets; `option` has an entry a task, or is empty when all tasks use `options[0]`. */
    options: plain<TaskOptions[]>(),
    option: u16,
    /** Names of keys that the user chose: parallel lists of task index and name. */
    customKeyTasks: u32,
    customKeyNames: texts,
  },
  release: { handles: u32 },
  cancel: { handles: u32, reason: text },
  retry: { handles: u32 },
  /** Asks where results are: answered by `located`. */
  locate: { request: number, handles: u32 },
  /** Asks for room for values that this client holds: answered by `placed`, then written over the data plane. */
  scatter: {
    request: number,
    digests: u8,
    group: text,
    sizes: f64,
    handles: u32,
    broadcast: flag,
    workers: optional(plain<string[]>()),
  },
  /** Asks for a report: `info`, `story`, `explain`, `dump`, `logs`. Answered by `answer` or `refused`. */
  query: { request: number, what: text, key: optional(text), details: optional(plain<unknown>()) },
  /** Why, for those that have to leave and for the log. */
  scale: { request: number, workers: number, reason: optional(text) },
  /** Starts a session process beside the scheduler: answered by `answer` with the run's id. */
  run: { request: number, spec: plain<RunSpec>() },
  'cancel-run': { run: text },
  /** Sends the events of runs (all so far, then live ones) to this connection. */
  'watch-runs': { request: number, since: optional(plain<Record<string, number>>()) },
  /** A session process reports an event of the run it is. */
  'report-run': { run: text, event: plain<RunEvent>() },
  shutdown: { reason: text },
} as const

/** What the scheduler says to a client. */
export const CLIENT_REPLIES = {
  welcome: { protocol: number, cluster: plain<ClusterInfo>() },
  /** Results that are now held by workers. Small ones are inside: an empty slice means "fetch it". */
  finished: { handles: u32, sizes: f64, inline: u8, inlineOffsets: u32 },
  erred: { handles: u32, failures: plain<TaskFailure[]>(), failure: u32 },
  /** Results that were finished and are being computed again, since their worker is gone. */
  unfinished: { handles: u32 },
  cancelled: { handles: u32, reason: text },
  'graph-refused': { graph: number, reason: text, keys: texts },
  /** Counts of a graph's tasks, at most ten times a second while it runs. */
  progress: {
    graph: number,
    total: number,
    finished: number,
    running: number,
    erred: number,
    perSecond: number,
  },
  /** Asks for packages and files by name that a worker lacks, told of by the module `of`: answered by `modules` or `no-modules`. */
  'want-modules': { of: text, names: texts },
  /** Per handle: the task, its run, and the holder's index in `addresses` (−1: not held by anyone). */
  located: { request: number, tasks: i32, runs: i32, holders: i32, addresses: texts },
  placed: { request: number, tasks: i32, runs: i32, holders: i32, addresses: texts },
  answer: { request: number, value: plain<unknown>() },
  /** The request, or (with `request` −1) the message named by `message`, cannot be served. */
  refused: { request: number, reason: text, message: optional(text) },
  'run-event': {
    run: text,
    sequence: number,
    event: plain<RunEvent>(),
    summary: optional(plain<RunSummary>()),
  },
  workers: { joined: plain<WorkerInfo[]>(), left: plain<{ worker: number; reason: string }[]>() },
  log: { level: text, text: text, worker: optional(text), key: optional(text) },
  closing: { reason: text },
} as const

/** What the scheduler says to a worker. */
export const WORKER_INSTRUCTIONS = {
  welcome: { protocol: number, worker: number, cluster: text },
  modules: { names: texts, contents: u8, contentOffsets: u32 },
  /** Nobody can give what `want-modules` asked for. */
  'no-modules': { names: texts, reason: text },
  /** Callables by the scheduler's own number for them; each is sent once a worker, before its first task. */
  callables: {
    numbers: u32,
    contents: u8,
    contentOffsets: u32,
    modules: plain<string[][]>(),
    labels: texts,
    /** Numbers of earlier ones that no task will name again. */
    forgotten: optional(u32),
  },
  /** Where other workers serve data; an empty address means that worker has left. */
  peers: { workers: u32, addresses: texts },
  execute: {
    tasks: i32,
    runs: i32,
    /** Smaller runs first. */
    priorities: f64,
    callables: u32,
    args: u8,
    argOffsets: u32,
    dependencyOffsets: u32,
    /** Per dependency: the task, the run that made its value, one worker that holds it, and its size. */
    dependencies: i32,
    dependencyRuns: i32,
    dependencyHolders: i32,
    dependencySizes: f64,
    /** Which part of each dependency's value is taken, −1 for all of it; absent where no run takes a part. Sizes are then about those of the parts. */
    dependencyParts: optional(i32),
    /** 1 where a client wants the result: a small one then comes back inside `finished`. */
    inline: u8,
    /** Milliseconds, 0 for none; empty when no task has a limit. */
    timeouts: f64,
  },
  /** Values that nobody needs any more. */
  discard: { tasks: i32, runs: i32 },
  /** Stops runs: waiting ones are dropped, running ones lose their thread. */
  cancel: { tasks: i32, runs: i32 },
  /** Asks for runs back that have not begun: answered by `returned`. */
  recall: { tasks: i32, runs: i32 },
  /** Asks for copies of values: answered by `stored`. */
  replicate: { tasks: i32, runs: i32, holders: i32, sizes: f64 },
  /** Somebody looks at the memory of key prefixes, or nobody does any more: heartbeats say which values are where. */
  'watch-memory': { on: flag },
  /** Threads are to be sampled, or not any more. With a number, what was seen so far is told under it: `line-times`. */
  'watch-lines': { on: flag, tell: number },
  /** The scheduler has no use for a message: says which and why. */
  refused: { reason: text, message: optional(text) },
  close: { reason: text },
} as const

/** What a worker says to the scheduler. */
export const WORKER_MESSAGES = {
  /** `held*`: values it still has from an earlier connection to the same cluster. */
  hello: {
    protocol: number,
    version: text,
    name: text,
    host: text,
    pid: number,
    threads: number,
    memoryLimitBytes: number,
    /** With more than this in memory, values leave for the disk. */
    targetBytes: optional(number),
    dataAddress: text,
    resources: plain<Record<string, number>>(),
    cluster: optional(text),
    /** How the process of that name before it ended, where its supervisor started this one for it. */
    startedAgain: optional(text),
    heldTasks: i32,
    heldRuns: i32,
    heldSizes: f64,
  },
  finished: {
    tasks: i32,
    runs: i32,
    sizes: f64,
    /** Epoch milliseconds, with fractions. */
    starts: f64,
    durationsMs: f64,
    threads: u8,
    inline: u8,
    inlineOffsets: u32,
  },
  erred: {
    tasks: i32,
    runs: i32,
    starts: f64,
    durationsMs: f64,
    threads: u8,
    /** Each task's failure, as `failures[failure[i]]`. */
    failures: plain<TaskFailure[]>(),
    failure: u32,
  },
  /** Values that came by the data plane: scattered data and replicas. `discards`: how many such instructions the worker had followed by then. */
  stored: { tasks: i32, runs: i32, sizes: f64, discards: number },
  /** Runs that cannot start since `dependencies` could not be had from `holders`. */
  missing: { tasks: i32, runs: i32, dependencyOffsets: u32, dependencies: i32, holders: i32 },
  returned: { tasks: i32, runs: i32 },
  /** Runs that `cancel` ended, or whose thread died for another task's sake: they run again uncharged. */
  dropped: { tasks: i32, runs: i32 },
  /** Every half second, and at once when it pauses or resumes. */
  heartbeat: {
    cpuPercent: number,
    managedBytes: number,
    rssBytes: number,
    spilledBytes: number,
    heldTasks: number,
    waiting: number,
    paused: flag,
    /** Transfers since the last heartbeat. */
    receivedBytes: number,
    sentBytes: number,
    /** Per thread: the task it runs (−1: none) and since when (epoch milliseconds). */
    runningTasks: i32,
    runningSince: f64,
    gpus: optional(plain<GpuReading[]>()),
    /** Bytes of values on their way here from other workers. */
    movingBytes: optional(number),
    /** While somebody looks: values that are on disk alone, and values on their way here, up to a number. */
    spilledTasks: optional(i32),
    movingTasks: optional(i32),
  },
  /** Asks for packages and files of a program by name, told of by the module `of`: answered by `modules` or `no-modules`. */
  'want-modules': { of: text, names: texts },
  /** What threads were seen at since the last time; `told` is the number that `watch-lines` had, or 0 where nobody asked. */
  'line-times': { lines: plain<LineTime[]>(), told: number },
  /** Values that were written to disk, since memory was full. */
  spilled: { tasks: i32, runs: i32 },
  /** Transfers between workers that took long enough to be worth showing. */
  transferred: { froms: i32, starts: f64, durationsMs: f64, sizes: f64 },
  log: { level: text, text: text, task: optional(number), stack: optional(text) },
  leaving: { reason: text },
  /** Runs that wait for tasks of their own (`waits` 1), so that their threads are free, or that go on (0). */
  waiting: { tasks: i32, runs: i32, waits: u8 },
} as const

/** One device as `nvidia-smi` reports it. */
export interface GpuReading {
  index: number
  name: string
  utilisationPercent: number
  memoryUsedBytes: number
  memoryTotalBytes: number
  temperatureCelsius: number
}

export type ClientMessage = AnyMessageOf<typeof CLIENT_MESSAGES>
export type ClientReply = AnyMessageOf<typeof CLIENT_REPLIES>
export type WorkerInstruction = AnyMessageOf<typeof WORKER_INSTRUCTIONS>
export type WorkerMessage = AnyMessageOf<typeof WORKER_MESSAGES>

export type GraphMessage = MessageOf<typeof CLIENT_MESSAGES, 'graph'>
export type ScatterMessage = MessageOf<typeof CLIENT_MESSAGES, 'scatter'>
export type FinishedReply = MessageOf<typeof CLIENT_REPLIES, 'finished'>
export type ExecuteInstruction = MessageOf<typeof WORKER_INSTRUCTIONS, 'execute'>
export type FinishedMessage = MessageOf<typeof WORKER_MESSAGES, 'finished'>
export type HeartbeatMessage = MessageOf<typeof WORKER_MESSAGES, 'heartbeat'>
