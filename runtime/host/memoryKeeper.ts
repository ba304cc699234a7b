// Watches a worker's memory: measures it when much has moved, has garbage collected, hands free memory to lanes.

import { onMeasured } from '../worker/decide.ts'
import type { LaneReport } from '../worker/laneReport.ts'
import { isShort } from '../worker/room.ts'
import { CollectPlan } from './collectPlan.ts'
import { collectGarbage } from './garbage.ts'
import type { Lanes } from './lanes.ts'
import { Overflow } from './overflow.ts'
import { MAIN, Returning } from './returning.ts'
import type { SharedMemory } from './sharedMemory.ts'
import { SpareGrants } from './spareGrants.ts'
import type { WorkerCore } from './workerCore.ts'

/** Free shared memory up to this share of the limit is kept for the next values. */
export const FREE_SHARE_MAX = 0.2
/** Memory is measured when so much came into it since the last time. */
const MEASURE_SHARE = 0.05
/** A worker that starts nothing for want of memory measures itself so often. */
const SHORT_MEASURE_MS = 25
/** And while threads run, its size is looked at so often. */
const WATCH_MS = 25
/** More often where each thread could fill what is left until it pauses between two such looks. */
const WATCH_NEAR_MS = 3
const THREAD_FILLS_BYTES = 100e6

/** How much shared memory a lane may see before it collects its garbage: all lanes together a tenth of the limit. */
export const collectBytesOf = (limitBytes: number, threads: number): number =>
  Math.min(256e6, Math.max(16e6, (0.1 * limitBytes) / threads))

export class MemoryKeeper {
  readonly #core: WorkerCore
  readonly #memory: SharedMemory
  readonly #lanes: Lanes
  readonly #grants = new SpareGrants()
  readonly #returning = new Returning()
  #movedBytes = 0
  readonly #plan = new CollectPlan()
  #collecting: NodeJS.Immediate | undefined
  #wave = NO_WAVE
  #soon: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined
  #busy = false
  readonly #overflow: Overflow

  constructor(core: WorkerCore, memory: SharedMemory, lanes: Lanes) {
    this.#core = core
    this.#memory = memory
    this.#lanes = lanes
    this.#overflow = new Overflow(core, lanes)
  }

  /** A lane's results came into memory. */
  reported(lane: number, report: LaneReport): void {
    if (report.shared.length > 0) this.#grants.made(lane, sizesMade(report))
    for (const size of report.sizes) this.#movedBytes += Math.max(0, size)
    this.#measureMoved()
  }

  /**
   * So many bytes came into memory from elsewhere: it is measured when they are many, since a heartbeat may come too late.
   * @param garbageBytes what reading them left behind, which V8 is in no hurry to collect
   */
  moved(bytes: number, garbageBytes: number): void {
    this.#movedBytes += bytes
    this.#memory.givenUpBytes += garbageBytes
    this.#measureMoved()
  }

  /** Tells the books what stands about, and how much of it may return. */
  tell(): void {
    const { state } = this.#core
    const { strayBytes, unreturnedBytes } = this.#memory
    state.strayBytes = strayBytes + unreturnedBytes
    state.returnedBytesMax = unreturnedBytes
    state.returningBytes = this.#returning.bytes(strayBytes) + unreturnedBytes
  }

  /** A lane has collected its garbage. */
  collected(lane: number, wave: number): void {
    this.#over(this.#returning.collected(lane, wave))
  }

  laneEnded(lane: number): void {
    this.#memory.laneEnded(lane)
    this.#over(this.#returning.ended(lane))
  }

  /** All threads have collected their garbage: what had been given up has returned. */
  #over(returnedBytes: number | undefined): void {
    if (returnedBytes === undefined) return
    this.#memory.unreturnedBytes -= returnedBytes
    this.#returning.over(this.#memory.strayBytes)
    this.#core.on(() => {})
  }

  #measureMoved(): void {
    if (this.#movedBytes >= MEASURE_SHARE * this.#core.state.limits.limitBytes)
      this.measure(process.memoryUsage.rss())
  }

  /** Gives a lane free memory of the sizes that its last results had: the next ones are often as large. */
  grant(lane: number): void {
    if (this.#memory.freeBytes === 0) return
    const granted = this.#grants.wanted(lane).flatMap(([byteLength, count]) => {
      const buffers = this.#memory.grant(lane, byteLength, count)
      this.#grants.given(lane, byteLength, buffers.length)
      return buffers
    })
    if (granted.length > 0) this.#lanes.post(lane, { kind: 'grant', buffers: granted })
  }

  measure(rssBytes: number): void {
    this.#movedBytes = 0
    const usedBytes = rssBytes - this.#memory.freeBytes
    this.#tidy(usedBytes)
    this.#core.on(() => onMeasured(this.#core.state, usedBytes, performance.now()))
  }

  /** While nothing is started for want of memory, so that work goes on as soon as it can. */
  measureSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined
      this.measure(process.memoryUsage.rss())
    }, SHORT_MEASURE_MS)
  }

  /** While threads run: a task may fill the memory between two heartbeats. */
  watch(busy: boolean): void {
    this.#busy = busy
    // Threads that rest for a moment between two tasks must not put the next look off.
    if (busy) this.#watch ??= setTimeout(() => this.#look(), WATCH_MS)
  }

  close(): void {
    clearTimeout(this.#soon)
    clearImmediate(this.#collecting)
    clearTimeout(this.#watch)
  }

  /** Small tasks that keep what they make fill a memory at the speed at which it can be written. */
  #look(): void {
    const rssBytes = process.memoryUsage.rss()
    const { limitBytes, pauseShare } = this.#core.state.limits
    const isNear = rssBytes > pauseShare * limitBytes - this.#lanes.count * THREAD_FILLS_BYTES
    this.#watch = this.#busy ? setTimeout(() => this.#look(), isNear ? WATCH_NEAR_MS : WATCH_MS) : undefined
    if (rssBytes > pauseShare * limitBytes) this.measure(rssBytes)
    this.#overflow.look(rssBytes - this.#memory.freeBytes)
  }

  /**
   * Shared memory is freed only when asked: by the lanes that let go of it, and by this thread for what was given up.
   * The supervisor counts free memory too: it is kept only as far as all stays below what pauses the worker.
   * @param usedBytes the process's size without free memory
   */
  #tidy(usedBytes: number): void {
    const { limitBytes, spillShare, pauseShare } = this.#core.state.limits
    // Where values leave for the disk all the time there is hardly any room below that share: without some beyond it the
    // memory of each value that left would be given up just before the next one needs it, and fresh memory is dear.
    const keptShare = Math.max(spillShare, pauseShare)
    this.#memory.trim(Math.max(0, keptShare * limitBytes - usedBytes))
    const { givenUpBytes } = this.#memory
    const { values, baseBytes, strayBytes, returningBytes, limits } = this.#core.state
    const unexplainedBytes = usedBytes - values.managedBytes - strayBytes - baseBytes
    const isAwaited = returningBytes > 0 && isShort(this.#core.state)
    const nowMs = performance.now()
    const readings = { nowMs, usedBytes, strayBytes, unexplainedBytes, givenUpBytes, isAwaited }
    const { lanes, own } = this.#plan.next(readings, limits)
    if (lanes) {
      const wave = this.#returning.begin(this.#lanes.count, this.#memory.unreturnedBytes)
      this.#lanes.postAll({ kind: 'collect', wave })
      this.#grants.letGo()
      if (own || this.#memory.unreturnedBytes > 0) this.#collectSoon(wave)
      else this.#over(this.#returning.collected(MAIN, wave))
    } else if (own) this.#collectSoon()
  }

  /** Not now: the functions that called this one may still have in their frames what is given up. */
  #collectSoon(wave = NO_WAVE): void {
    this.#wave = Math.max(this.#wave, wave)
    this.#memory.givenUpBytes = 0
    this.#collecting ??= setImmediate(() => {
      this.#collecting = undefined
      collectGarbage()
      this.#over(this.#returning.collected(MAIN, this.#wave))
    })
  }
}

const NO_WAVE = 0

/** The sizes of all buffers that a report's results stand in. */
const sizesMade = ({ shared }: LaneReport): number[] =>
  shared.flatMap(({ bytes, buffers }) => [
    ...(bytes ? [bytes.buffer.byteLength] : []),
    ...buffers.map(({ byteLength }) => byteLength),
  ])
