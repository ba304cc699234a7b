// Groups of tasks as panels count them, and how long the functions behind them take.

import type { FeedGroup } from '../protocol/feed.ts'
import type { TaskGroup } from '../protocol/taskOptions.ts'
import { IntList, resized } from './grow.ts'

/** Counts of a group are at `group * GROUP_STRIDE + phase`. */
export const GROUP_STRIDE = 8

/** What a function whose duration was never measured is taken to need, in milliseconds. */
const UNKNOWN_DURATION_MS = 50
/** The newest measurement weighs at least this much, so that a change shows. */
const NEWEST_WEIGHT_MIN = 0.05
/** No measurement is taken for less: clocks are coarse, and even nothing takes time. */
const DURATION_MS_MIN = 0.001

export class Groups {
  readonly infos: FeedGroup[] = []
  counts = new Uint32Array(64 * GROUP_STRIDE)
  /** Per group: the function whose durations it shares, an index into `durationMs`. */
  fn = new Int32Array(64)
  /** Per group: how many tasks ever came, and whether they all stand on the same few dependencies. */
  sizes = new Uint32Array(64)
  fewDependencies = new Uint8Array(64)
  /** Per group: into how many parts results come; 0 where they are whole. */
  parts = new Uint32Array(64)
  /** Per function: the average, and the number of measurements up to 1 / NEWEST_WEIGHT_MIN. */
  durationMs = new Float64Array(64)
  samples = new Uint8Array(64)
  /** Per group, of all runs that ended well: how many, the milliseconds that they took, and the bytes of their results. */
  runs = new Float64Array(64)
  runMs = new Float64Array(64)
  runBytes = new Float64Array(64)
  /** Per group: bytes of results that were written to disk. */
  spilledBytes = new Float64Array(64)
  /** Per group: tasks that failed of themselves, and those that never ran since one that they need failed. */
  failed = new Float64Array(64)
  skipped = new Float64Array(64)
  /** Groups whose counts changed since the feed last looked. */
  readonly changed = new IntList()
  #changedMark = new Uint8Array(64)
  readonly #functions = new Map<string, number>()
  readonly #small = new Map<string, number>()
  /** Pairs (dependency, dependent), each once, in the order of their first appearance. */
  readonly edges: number[] = []
  readonly #edgeSet = new Set<number>()

  /**
   * The number of a group of a new graph. Graphs of a few tasks, such as one `submit` each, share the groups of earlier
   * ones that look the same: panels could not show a million groups, and nobody could keep them.
   */
  enter(group: TaskGroup, computation: number, small: boolean): number {
    const text = `${group.name}\n${group.kind ?? ''}\n${group.file ?? ''}\n${group.line ?? 0}\n${group.column ?? 0}\n${group.parts ?? 0}`
    const known = small ? this.#small.get(text) : undefined
    if (known !== undefined) return known
    const number = this.infos.length
    if (number === this.fn.length) this.#grow()
    this.infos.push({ ...group, group: number, computation })
    this.parts[number] = group.parts ?? 0
    let fn = this.#functions.get(text)
    if (fn === undefined) {
      fn = this.#functions.size
      this.#functions.set(text, fn)
      if (fn === this.durationMs.length) {
        this.durationMs = resized(this.durationMs, fn * 2)
        this.samples = resized(this.samples, fn * 2)
      }
    }
    this.fn[number] = fn
    if (small) this.#small.set(text, number)
    return number
  }

  /** Takes in a run that ended well. */
  measure(group: number, durationMs: number, bytes: number): void {
    this.runs[group]++
    this.runMs[group] += durationMs || 0
    this.runBytes[group] += bytes || 0
    const fn = this.fn[group]
    const { samples } = this
    if (samples[fn] < 1 / NEWEST_WEIGHT_MIN) samples[fn]++
    const measured = Math.max(durationMs || 0, DURATION_MS_MIN)
    this.durationMs[fn] += (measured - this.durationMs[fn]) / samples[fn]
  }

  isMeasured(group: number): boolean {
    return this.samples[this.fn[group]] > 0
  }

  expectedMs(group: number): number {
    const fn = this.fn[group]
    return this.samples[fn] > 0 ? this.durationMs[fn] : UNKNOWN_DURATION_MS
  }

  touch(group: number): void {
    if (this.#changedMark[group] !== 0) return
    this.#changedMark[group] = 1
    this.changed.push(group)
  }

  takeChanged(): Int32Array {
    const changed = this.changed.view().slice().sort()
    for (const group of changed) this.#changedMark[group] = 0
    this.changed.clear()
    return changed
  }

  connect(dependency: number, dependent: number): void {
    const pair = dependency * 0x4000000 + dependent
    if (this.#edgeSet.has(pair)) return
    this.#edgeSet.add(pair)
    this.edges.push(dependency, dependent)
  }

  #grow(): void {
    const capacity = this.fn.length * 2
    this.counts = resized(this.counts, capacity * GROUP_STRIDE)
    this.fn = resized(this.fn, capacity)
    this.runs = resized(this.runs, capacity)
    this.runMs = resized(this.runMs, capacity)
    this.runBytes = resized(this.runBytes, capacity)
    this.spilledBytes = resized(this.spilledBytes, capacity)
    this.parts = resized(this.parts, capacity)
    this.failed = resized(this.failed, capacity)
    this.skipped = resized(this.skipped, capacity)
    this.sizes = resized(this.sizes, capacity)
    this.fewDependencies = resized(this.fewDependencies, capacity)
    this.#changedMark = resized(this.#changedMark, capacity)
  }
}
