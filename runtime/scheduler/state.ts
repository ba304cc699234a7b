// Everything the scheduler knows, and the one function that moves a task from phase to phase.

import type { TaskFailure } from '../protocol/failure.ts'
import { keyText } from '../protocol/ids.ts'
import { CallableTable } from './callables.ts'
import type { Client } from './client.ts'
import { CrossEdges } from './crossEdges.ts'
import type { Dataset } from './datasets.ts'
import { GROUP_STRIDE, Groups } from './groups.ts'
import { IntList } from './grow.ts'
import { Journal } from './journal.ts'
import { KeyTable } from './keyTable.ts'
import { LineWatch } from './lineTimes.ts'
import { OptionSets } from './options.ts'
import { CUSTOM, ERRED, isPending, RUNNING } from './phases.ts'
import { ReadyQueue } from './readyQueue.ts'
import { ReplicaPool } from './replicas.ts'
import type { RunStream } from './runStream.ts'
import type { WaitingScatter } from './scatter.ts'
import type { Segment } from './segment.ts'
import { TaskColumns } from './tasks.ts'
import type { ModuleWant } from './wantModules.ts'
import { WantPool } from './wants.ts'
import type { Worker } from './worker.ts'

/** What the few tasks need that have failed or lost a worker. */
export interface Trouble {
  /** How often it threw. */
  throws: number
  /** Workers that died while it was assigned to them. */
  deaths: number
  /** Those of them that were ended since they used more memory than they may. */
  outgrown: number
  /** Workers, by name, of whose end only the broken connection is known, and the line that says so. */
  unexplained: Map<string, number>
  /** One line a death or a failed attempt. */
  lines: string[]
}

export interface Limits {
  saturation: number
  deathsMax: number
  /** How often copies that nobody needs are looked for. */
  copiesEveryMs: number
  /** For so long sources wait for a task that uses data to end. */
  sourcesHeldMs: number
}

export class State {
  readonly cluster: string
  readonly limits: Limits
  nowMs = 0
  readonly tasks = new TaskColumns()
  /** Per phase. */
  readonly counts = new Int32Array(8)
  readonly keys = new KeyTable()
  readonly segments: (Segment | undefined)[] = []
  readonly freeSegments: number[] = []
  readonly replicas = new ReplicaPool()
  readonly wants = new WantPool()
  readonly cross = new CrossEdges()
  readonly groups = new Groups()
  readonly options = new OptionSets()
  readonly callables = new CallableTable()
  /** Packages and files that workers wait for, by name. */
  readonly moduleWants = new Map<string, ModuleWant>()
  /** Unrestricted tasks that wait for a worker. */
  readonly queue = new ReadyQueue()
  /** By id; ids are never used again, so the list has holes. */
  readonly workers: (Worker | undefined)[] = []
  /** Their names, of those too that have left: stories tell of them. */
  readonly workerNames: string[] = []
  /** The workers that are here, in the order of their ids. */
  readonly present: Worker[] = []
  readonly clients = new Map<number, Client>()
  /** What is published, by name: held in nobody's place. */
  readonly datasets = new Map<string, Dataset>()
  nextDataset = 1
  readonly failures = new Map<number, TaskFailure>()
  readonly troubles = new Map<number, Trouble>()
  /** What running tasks say of how far they have come. */
  readonly ownProgress = new Map<number, string>()
  readonly customNames = new Map<number, string>()
  readonly journal = new Journal()
  /** Threads of workers that take tasks. */
  threads = 0
  nextRun = 1
  nextRank = 0
  nextSerial = 1
  nextMark = 1
  /** Workers that have room since the last look at the queues, and whether tasks were queued since. */
  readonly roomy: Worker[] = []
  queuedMore = false
  /** The last look at the queues left sources in them, since memory is above target. */
  sourcesHeld = false
  /** When a task that uses data was last given to a worker, or ended. */
  consumedMs = 0
  readonly dirtyWorkers: Worker[] = []
  readonly dirtyClients: Client[] = []
  /** Graphs whose counts changed since their client was told. */
  readonly moving: Segment[] = []
  /** Tasks that have died with two workers or more: each runs alone on its worker, so that the next death is its own. */
  readonly quarantine = new ReadyQueue()
  /** Workers that are kept free for those. */
  reserved = 0
  /** Scattered values on their way, and the worker that will hold each. */
  readonly arriving = new Map<number, number>()
  /** The clients that are bringing each of those. */
  readonly bringers = new Map<number, Set<number>>()
  /** Scatter requests that wait for a worker. */
  readonly waitingScatters: WaitingScatter[] = []
  /** For the feed: workers that left, and those with new readings, since it last looked. */
  readonly left: { worker: number; reason: string }[] = []
  /** Workers that have been asked for and are not here yet, a line each. */
  expectedWorkers: readonly string[] = []
  readonly readings = new Set<Worker>()
  membershipChanged = false
  /** Somebody looks at the memory of key prefixes. */
  memoryWatched = false
  /** Clients that want to know at which lines threads spend their time. */
  readonly lineWatch = new LineWatch()
  /** Records finished runs for panels, while somebody watches. */
  stream: RunStream | undefined = undefined
  /** Values on their way from one worker to another. */
  readonly moves = new Map<number, { run: number; from: number; to: number; sinceMs: number }>()
  /** How many copies of a value a client asked for. */
  readonly copiesAsked = new Map<number, number>()
  /** How far the look at copies has come, and when it began. */
  readonly copiesLook = { row: 0, sinceMs: 0 }
  /** Tasks asked back from a worker, and the worker that shall have them. */
  readonly thieves = new Map<number, number>()
  /** Rows whose last need may be gone; see release.ts. */
  readonly unneeded = new IntList()
  sweeping = false
  nextTurn = 0
  balancedMs = 0
  /** Measured speed of transfers between workers. */
  bytesPerMs = 500_000

  constructor(cluster: string, limits: Limits) {
    this.cluster = cluster
    this.limits = limits
  }
}

/** Moves a task to a phase; every count that depends on phases is kept here. */
export function setPhase(state: State, task: number, phase: number): void {
  const { tasks, groups, counts } = state
  const before = tasks.phase[task]
  tasks.phase[task] = phase
  counts[before]--
  counts[phase]++
  const group = tasks.group[task]
  groups.counts[group * GROUP_STRIDE + before]--
  groups.counts[group * GROUP_STRIDE + phase]++
  groups.touch(group)
  const segment = state.segments[tasks.segment[task]]!
  const { progress } = segment
  if (before === RUNNING) progress.running--
  else if (before === ERRED) progress.erred--
  if (phase === RUNNING) progress.running++
  else if (phase === ERRED) progress.erred++
  if (isPending(before)) progress.pending--
  if (isPending(phase)) progress.pending++
  if (!progress.moving) {
    progress.moving = true
    state.moving.push(segment)
  }
}

export function nextRun(state: State): number {
  const run = state.nextRun
  state.nextRun = run === 0x7fffffff ? 1 : run + 1
  return run
}

/** Something was decided for a worker: anything but an assignment or a value to forget is `rare`, and looked for on its own. */
export function dirtyWorker(state: State, worker: Worker, rare = true): void {
  if (rare) worker.outbox.rare = true
  if (worker.outbox.dirty) return
  worker.outbox.dirty = true
  state.dirtyWorkers.push(worker)
}

export function dirtyClient(state: State, client: Client): void {
  if (client.outbox.dirty) return
  client.outbox.dirty = true
  state.dirtyClients.push(client)
}

/** Calls back for each dependency of a task, and the part of it that it takes. For the paths that are not hot; those walk the arrays themselves. */
export function eachDependency(
  state: State,
  task: number,
  call: (dependency: number, part: number) => void,
): void {
  const segment = state.segments[state.tasks.segment[task]]!
  const place = state.tasks.place[task]
  const { dependencyOffsets, dependencies, dependencyParts } = segment
  if (dependencyOffsets.length === 0) return
  for (let e = dependencyOffsets[place], end = dependencyOffsets[place + 1]; e < end; e++) {
    const entry = dependencies[e]
    const part = dependencyParts.length === 0 ? -1 : dependencyParts[e]
    call(entry >= 0 ? entry : state.cross.dependency[-1 - entry], part)
  }
}

/** Calls back for each dependent that exists. The callback may forget the task it is given, but no other. */
export function eachDependent(state: State, task: number, call: (dependent: number) => void): void {
  const { tasks, cross } = state
  const index = tasks.segment[task]
  const { dependentOffsets, dependents } = state.segments[index]!
  if (dependentOffsets.length > 0) {
    const place = tasks.place[task]
    for (let e = dependentOffsets[place], end = dependentOffsets[place + 1]; e < end; e++) {
      const dependent = dependents[e]
      if (tasks.segment[dependent] === index) call(dependent)
    }
  }
  for (let edge = tasks.crossDependents[task]; edge >= 0; ) {
    const after = cross.next[edge]
    call(cross.dependent[edge])
    edge = after
  }
}

/** The key as people read it. */
export function keyOf(state: State, task: number): string {
  const { tasks } = state
  if ((tasks.flags[task] & CUSTOM) !== 0) return state.customNames.get(task)!
  const digest = new Uint8Array(tasks.digests.buffer, task * 16, 16)
  return keyText(state.groups.infos[tasks.group[task]].name, digest)
}

/** Where the user asked for the task, for a sentence. @example placeText(state, task) // ' (analysis.ts:12)' */
export function placeText(state: State, task: number): string {
  const { file, line } = state.groups.infos[state.tasks.group[task]]
  return file === undefined ? '' : ` (${file}:${line})`
}

/** The entry for a task's failed attempts. */
export function troubleOf(state: State, task: number): Trouble {
  let trouble = state.troubles.get(task)
  if (!trouble) {
    trouble = { throws: 0, deaths: 0, outgrown: 0, unexplained: new Map(), lines: [] }
    state.troubles.set(task, trouble)
  }
  return trouble
}
