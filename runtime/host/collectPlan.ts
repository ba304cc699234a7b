// When garbage is collected: often enough that shared memory comes back, seldom enough that collections are not what a
// worker does. A collection goes through a whole heap: 15 MB of it take some 20 ms of CPU time, and a loaded machine's threads 100 ms.

import type { MemoryLimits } from '../worker/memory.ts'

/** Lanes collect their garbage when more than this stands about that they alone may still see. */
const STRAY_SHARE_MAX = 0.05
/** How often they are asked at most. */
const COLLECT_EVERY_MS = 50
/** And how often when memory is short for other reasons: what tasks made may be garbage too. */
const COLLECT_TIGHT_EVERY_MS = 250
/** Where collecting gives nothing back, it is done less and less often, down to this. */
const COLLECT_VAIN_EVERY_MS = 1000
/** Memory is not short because of garbage where less than this is neither values nor what the process takes at its least. */
const GARBAGE_SHARE_MIN = 0.05
/** A collection after which the process is smaller by so much gave something back. */
const WORTH_SHARE = 0.02
/** The main thread collects its own when so much was given up that only a collection returns. */
const GIVEN_UP_SHARE_MAX = 0.05

/** What a worker's memory is like at one moment. */
export interface MemoryReadings {
  nowMs: number
  /** The process's size without free memory. */
  usedBytes: number
  /** Memory in which no value stands, but that lanes have not let go of. */
  strayBytes: number
  /** What is used beside values, those remains, and what the process takes at its least: garbage may be among it. */
  unexplainedBytes: number
  /** Memory given up since the main thread's last collection. */
  givenUpBytes: number
  /** Something waits for memory that a collection may return. */
  isAwaited?: boolean
}

export class CollectPlan {
  #atMs = Number.NEGATIVE_INFINITY
  /** What it was like then, and how often lanes were asked in vain since. */
  #strayBytesThen = 0
  #usedBytesThen = Number.POSITIVE_INFINITY
  #vain = 0

  /** Which threads should collect their garbage now. */
  next(
    now: MemoryReadings,
    { limitBytes, spillShare, pauseShare }: MemoryLimits,
  ): { lanes: boolean; own: boolean } {
    const isTight = now.usedBytes > spillShare * limitBytes
    const isMuch = now.strayBytes > STRAY_SHARE_MAX * limitBytes
    const isGivenUp = now.givenUpBytes > GIVEN_UP_SHARE_MAX * limitBytes
    const mayBeGarbage =
      now.unexplainedBytes > GARBAGE_SHARE_MIN * limitBytes || now.usedBytes > pauseShare * limitBytes
    const isAwaited = now.isAwaited === true
    const leastMs =
      isMuch || isAwaited ? COLLECT_EVERY_MS : mayBeGarbage ? COLLECT_TIGHT_EVERY_MS : COLLECT_VAIN_EVERY_MS
    // What left since the last time is a reason to ask at once.
    const vain = now.strayBytes > this.#strayBytesThen ? 0 : this.#vain
    const everyMs = Math.min(COLLECT_VAIN_EVERY_MS, leastMs * 2 ** vain)
    const lanes = (isMuch || isTight || isAwaited) && now.nowMs - this.#atMs > everyMs
    if (lanes) this.#asked(now, limitBytes)
    return { lanes, own: isGivenUp || (lanes && (isTight || isAwaited)) }
  }

  #asked({ nowMs, strayBytes, usedBytes }: MemoryReadings, limitBytes: number): void {
    const fellBytes = this.#usedBytesThen - usedBytes
    const wasVain = strayBytes === this.#strayBytesThen && fellBytes < WORTH_SHARE * limitBytes
    this.#vain = wasVain ? this.#vain + 1 : 0
    this.#atMs = nowMs
    this.#strayBytesThen = strayBytes
    this.#usedBytesThen = usedBytes
  }
}
