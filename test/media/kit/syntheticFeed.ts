// A made-up cluster that speaks the feed: seeded, with its own clock, at any rate. For tests and for looking at panels.

import type { ClusterInfo, WorkerInfo } from '../../../runtime/protocol/cluster.ts'
import { type FeedGroup, type FeedMessage, TASK_STATES } from '../../../runtime/protocol/feed.ts'
import type { GpuReading } from '../../../runtime/protocol/messages.ts'
import { PROGRAM, type ProgramGroup } from './syntheticProgram.ts'

export interface SyntheticOptions {
  seed?: number
  workers?: number
  threadsPerWorker?: number
  tasksPerSecond?: number
  /** Devices per worker. */
  gpus?: number
  /** Runs sent per delta at most; the others are counted alone. */
  sampleMax?: number
  program?: readonly ProgramGroup[]
  startMs?: number
}

const GIB = 1024 ** 3
const STATES = TASK_STATES.length

/** A small generator of numbers from 0 to 1: the same seed gives the same ones. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export class SyntheticFeed {
  readonly random: () => number
  readonly workers: WorkerInfo[]
  readonly groups: FeedGroup[]
  /** Workers that say that they are paused. */
  readonly paused = new Set<number>()
  nowMs: number
  readonly #o: Required<SyntheticOptions>
  readonly #done: Float64Array
  readonly #erred: Uint32Array
  /** Per thread: until when it is busy, and with which group. */
  readonly #busyUntil: Float64Array
  readonly #busyWith: Int32Array
  readonly #busySince: Float64Array
  readonly #memory: Float64Array
  #carry = 0
  #lastRateMs: number
  #sinceRate = 0

  constructor(options: SyntheticOptions = {}) {
    this.#o = {
      seed: 1,
      workers: 4,
      threadsPerWorker: 4,
      tasksPerSecond: 20_000,
      gpus: 0,
      sampleMax: 1000,
      program: PROGRAM,
      startMs: Date.UTC(2026, 0, 15, 9, 30),
      ...options,
    }
    const { workers, threadsPerWorker, program, startMs } = this.#o
    this.random = seeded(this.#o.seed)
    this.nowMs = startMs
    this.#lastRateMs = startMs
    this.groups = program.map(({ tasks: _, after: __, ...group }, index) => ({
      ...group,
      group: index + 10,
      computation: 1,
    }))
    this.workers = Array.from({ length: workers }, (_, worker) => ({
      worker,
      name: `loom-${String(worker + 1).padStart(2, '0')}`,
      host: `node${(worker >> 1) + 1}`,
      pid: 4000 + worker,
      threads: threadsPerWorker,
      memoryLimitBytes: 4 * GIB,
      dataAddress: `tcp://127.0.0.1:${41000 + worker}`,
      resources: {},
    }))
    this.#done = new Float64Array(program.length)
    this.#erred = new Uint32Array(program.length)
    const threads = workers * threadsPerWorker
    this.#busyUntil = new Float64Array(threads).fill(startMs)
    this.#busyWith = new Int32Array(threads).fill(-1)
    this.#busySince = new Float64Array(threads)
    this.#memory = new Float64Array(workers).fill(0.12)
  }

  get cluster(): ClusterInfo {
    return {
      id: 'cloth-7f3a',
      version: '0.1.0',
      dashboardUrl: 'http://127.0.0.1:8787/',
      startedMs: this.#o.startMs - 754_000,
      workers: this.workers,
    }
  }

  snapshot(): FeedMessage {
    return {
      type: 'snapshot',
      cluster: this.cluster,
      groups: this.groups,
      counts: this.#counts(this.groups.map((_, index) => index)),
      edges: this.#edges(),
      atMs: this.nowMs,
    }
  }

  /** Lets `ms` pass and tells what happened: `stream`, `groups`, `workers`, and `rates` once a second. */
  advance(ms = 100): FeedMessage[] {
    const from = this.nowMs
    this.nowMs += ms
    const finished = this.#work(from)
    const messages: FeedMessage[] = [finished.stream]
    const changed = finished.changed
    messages.push({
      type: 'groups',
      added: [],
      edges: new Uint32Array(0),
      changed: Uint32Array.from(changed, (index) => this.groups[index].group),
      counts: this.#counts(changed),
    })
    messages.push(this.#readings())
    this.#sinceRate += finished.total
    if (this.nowMs - this.#lastRateMs >= 1000) {
      const seconds = (this.nowMs - this.#lastRateMs) / 1000
      messages.push({
        type: 'rates',
        atMs: this.nowMs,
        tasksPerSecond: this.#sinceRate / seconds,
        bytesPerSecond: this.#sinceRate * 4200 * (0.6 + this.random()),
        queued: Math.round(this.#left()),
        schedulerCpuPercent: 8 + 14 * this.random(),
      })
      this.#lastRateMs = this.nowMs
      this.#sinceRate = 0
    }
    return messages
  }

  /** The tasks of a group; those of neighbouring groups are joined as the program says. */
  unfold(group: number, limit: number): FeedMessage {
    const index = this.groups.findIndex((each) => each.group === group)
    const { tasks: total, after } = this.#o.program[index]
    const shown = Math.min(total, limit)
    const first = index * 1_000_000
    const done = Math.floor(this.#done[index])
    const edges: number[] = []
    for (const dependency of after) {
      const others = this.#o.program[dependency].tasks
      const fan = Math.max(1, Math.round(others / total))
      for (let i = 0; i < shown; i++)
        for (let k = 0; k < Math.min(fan, 16); k++)
          edges.push(dependency * 1_000_000 + ((i * fan + k) % others), first + i)
    }
    return {
      type: 'tasks',
      group,
      total,
      tasks: Int32Array.from({ length: shown }, (_, i) => first + i),
      states: Uint8Array.from({ length: shown }, (_, i) =>
        i < this.#erred[index] ? 4 : i < done ? 3 : i < done + 4 ? 2 : i < done + 60 ? 1 : 0,
      ),
      workers: Int32Array.from({ length: shown }, (_, i) => (i < done + 4 ? i % this.workers.length : -1)),
      durationsMs: Float64Array.from({ length: shown }, (_, i) => (i < done ? 3 + (i % 40) : Number.NaN)),
      keys: Array.from(
        { length: shown },
        (_, i) => `${this.groups[index].name}-${(first + i).toString(16).padStart(32, '0')}`,
      ),
      edges: Uint32Array.from(edges),
    }
  }

  story(key: string): FeedMessage {
    return {
      type: 'story',
      key,
      lines: [
        '2026-03-01T09:30:01.204Z came with graph 1 of session analysis.ts',
        '2026-03-01T09:30:01.950Z became ready: both dependencies are held',
        '2026-03-01T09:30:01.951Z was sent to loom-02, which held 2 of 2 dependencies (3.1 MB)',
        '2026-03-01T09:30:01.958Z finished there after 6.2 ms, 48 kB',
      ],
    }
  }

  /** Ends a worker. */
  lose(worker: number, reason: string): FeedMessage {
    this.workers.splice(
      this.workers.findIndex((info) => info.worker === worker),
      1,
    )
    return { ...this.#readings(), left: [{ worker, reason }] } as FeedMessage
  }

  /** Makes tasks of a group fail. */
  fail(group: number, tasks: number): void {
    this.#erred[this.groups.findIndex((each) => each.group === group)] += tasks
  }

  #left(): number {
    return this.#o.program.reduce((sum, { tasks }, index) => sum + tasks - this.#done[index], 0)
  }

  /** Fills every thread with runs until now; groups advance no faster than what they depend on. */
  #work(from: number): { stream: FeedMessage; changed: number[]; total: number } {
    const { tasksPerSecond, sampleMax, program, threadsPerWorker } = this.#o
    const threads = this.workers.length * threadsPerWorker
    const meanMs = (1000 * threads * 0.94) / tasksPerSecond
    const columns: number[][] = []
    const changed = new Set<number>()
    let total = 0
    this.#carry += 1
    for (let thread = 0; thread < threads; thread++) {
      while (this.#busyUntil[thread] < this.nowMs) {
        const before = this.#busyWith[thread]
        if (before >= 0 && this.#busyUntil[thread] > from - 1000) {
          const durationMs = this.#busyUntil[thread] - this.#busySince[thread]
          const erred = this.#erred[before] > 0 && this.random() < 0.001 ? 1 : 0
          columns.push([
            this.groups[before].group,
            Math.floor(thread / threadsPerWorker),
            thread % threadsPerWorker,
            this.#busySince[thread],
            durationMs,
            erred,
          ])
          total++
        }
        const next = this.#pick()
        const since = this.#busyUntil[thread] + meanMs * 0.06
        this.#busyWith[thread] = next
        this.#busySince[thread] = since
        if (next < 0) {
          this.#busyUntil[thread] = this.nowMs
          break
        }
        this.#done[next]++
        changed.add(next)
        const weight = program[next].weight ?? 1
        this.#busyUntil[thread] = since + meanMs * weight * (0.35 + 1.3 * this.random())
        if (this.#done[next] % 37 === 0 && program[next].after.length > 0)
          columns.push([
            (Math.floor(thread / threadsPerWorker) + 1) % this.workers.length,
            Math.floor(thread / threadsPerWorker),
            0,
            since - meanMs * 0.5,
            meanMs * (0.3 + this.random()),
            2,
          ])
      }
    }
    const kept =
      columns.length <= sampleMax
        ? columns
        : columns.filter((_, i) => i % Math.ceil(columns.length / sampleMax) === 0)
    return {
      changed: [...changed],
      total,
      stream: {
        type: 'stream',
        total: columns.length,
        group: Uint32Array.from(kept, (row) => row[0]),
        worker: Uint16Array.from(kept, (row) => row[1]),
        thread: Uint8Array.from(kept, (row) => row[2]),
        starts: Float64Array.from(kept, (row) => row[3]),
        durationsMs: Float64Array.from(kept, (row) => row[4]),
        what: Uint8Array.from(kept, (row) => row[5]),
      },
    }
  }

  /** The deepest group that may advance, mostly: as a scheduler that frees memory first would choose. */
  #pick(): number {
    const { program } = this.#o
    const open: number[] = []
    for (let index = program.length - 1; index >= 0; index--) {
      const { tasks, after } = program[index]
      if (this.#done[index] >= tasks) continue
      const share = (this.#done[index] + 1) / tasks
      if (after.every((dependency) => share <= this.#done[dependency] / program[dependency].tasks))
        open.push(index)
    }
    if (open.length === 0) return -1
    return open[Math.floor(this.random() ** 2 * open.length)]
  }

  /** What the keys of each name take: of the paused workers much is on disk, and one value is on its way. */
  memory(): FeedMessage {
    const rows = this.workers.flatMap(({ worker }) =>
      this.#o.program.slice(0, 6).map((_, prefix) => {
        const bytes = (0.05 + 0.9 * ((prefix * 5 + worker) % 7)) * 0.1 * GIB
        const spilledBytes = this.paused.has(worker) ? bytes * 0.7 : 0
        return {
          worker,
          prefix,
          bytes,
          spilledBytes,
          movingBytes: prefix === 1 && worker === 1 ? 0.1 * GIB : 0,
        }
      }),
    )
    return {
      type: 'memory',
      prefixes: this.#o.program.map(({ name }) => name),
      worker: Uint16Array.from(rows, ({ worker }) => worker),
      prefix: Uint32Array.from(rows, ({ prefix }) => prefix),
      results: Uint32Array.from(rows, ({ prefix }) => 40 * (prefix + 1)),
      managedBytes: Float64Array.from(rows, ({ bytes, spilledBytes }) => bytes - spilledBytes),
      spilledBytes: Float64Array.from(rows, ({ spilledBytes }) => spilledBytes),
      movingBytes: Float64Array.from(rows, ({ movingBytes }) => movingBytes),
    }
  }

  #counts(indices: readonly number[]): Uint32Array {
    const counts = new Uint32Array(indices.length * STATES)
    const running = new Map<number, number>()
    for (const index of this.#busyWith) if (index >= 0) running.set(index, (running.get(index) ?? 0) + 1)
    indices.forEach((index, i) => {
      const { tasks, after } = this.#o.program[index]
      const now = Math.min(running.get(index) ?? 0, this.#done[index])
      const done = this.#done[index] - now
      const erred = Math.min(this.#erred[index], tasks - this.#done[index])
      const share =
        after.length === 0 ? 1 : Math.min(...after.map((d) => this.#done[d] / this.#o.program[d].tasks))
      const left = tasks - done - now - erred
      const ready = Math.max(0, Math.min(left, Math.floor(share * tasks - done - now)))
      const released = index + 2 < this.#o.program.length ? Math.floor(done * 0.7) : 0
      counts.set([left - ready, ready, now, done - released, erred, released], i * STATES)
    })
    return counts
  }

  #edges(): Uint32Array {
    return Uint32Array.from(
      this.#o.program.flatMap(({ after }, index) =>
        after.flatMap((dependency) => [this.groups[dependency].group, this.groups[index].group]),
      ),
    )
  }

  #readings(): FeedMessage {
    const { threadsPerWorker, gpus } = this.#o
    const n = this.workers.length
    const busy = (worker: number): number[] =>
      Array.from({ length: threadsPerWorker }, (_, thread) => {
        const index = this.#busyWith[worker * threadsPerWorker + thread]
        return index < 0 ? -1 : this.groups[index].group
      })
    for (let worker = 0; worker < n; worker++) {
      const next =
        this.#memory[worker] +
        (this.random() - 0.5 - 0.6 * (this.#memory[worker] - 0.42 - 0.08 * worker)) * 0.05
      this.#memory[worker] = Math.min(0.86, Math.max(0.08, next))
    }
    const readings = (worker: number): GpuReading[] =>
      Array.from({ length: gpus }, (_, index) => ({
        index,
        name: 'NVIDIA A100-SXM4-40GB',
        utilisationPercent: Math.round(55 + 45 * Math.sin(this.nowMs / 9000 + worker + index) ** 2),
        memoryUsedBytes: (9 + 20 * this.#memory[worker]) * GIB,
        memoryTotalBytes: 40 * GIB,
        temperatureCelsius: Math.round(52 + 20 * this.#memory[worker] + index),
      }))
    return {
      type: 'workers',
      joined: [],
      left: [],
      worker: Uint16Array.from(this.workers, ({ worker }) => worker),
      cpuPercent: Float64Array.from(this.workers, ({ worker }) =>
        Math.min(
          100 * threadsPerWorker,
          busy(worker).filter((group) => group >= 0).length * (82 + 17 * this.random()) + 3,
        ),
      ),
      managedBytes: Float64Array.from(this.workers, (_, i) => this.#memory[i] * 0.72 * 4 * GIB),
      rssBytes: Float64Array.from(this.workers, (_, i) => this.#memory[i] * 4 * GIB + 0.1 * GIB),
      spilledBytes: Float64Array.from(this.workers, ({ worker }, i) =>
        this.paused.has(worker) ? this.#memory[i] * 0.3 * 4 * GIB : 0,
      ),
      heldTasks: Uint32Array.from(this.workers, (_, i) => Math.round(this.#memory[i] * 3100)),
      waiting: Uint32Array.from(this.workers, () => Math.round(64 * this.random())),
      paused: Uint8Array.from(this.workers, ({ worker }) => (this.paused.has(worker) ? 1 : 0)),
      movingBytes: Float64Array.from(this.workers, ({ worker }) => (worker === 1 ? 0.1 * GIB : 0)),
      holdsSources: Uint8Array.from(this.workers, ({ worker }) => (worker === 2 ? 1 : 0)),
      runningOffsets: Uint32Array.from({ length: n + 1 }, (_, i) => i * threadsPerWorker),
      runningGroup: Int32Array.from(this.workers.flatMap(({ worker }) => busy(worker))),
      runningSince: Float64Array.from({ length: n * threadsPerWorker }, (_, i) => this.#busySince[i] ?? 0),
      ...(gpus > 0
        ? { gpus: this.workers.map(({ worker }) => ({ worker, readings: readings(worker) })) }
        : {}),
    }
  }
}
