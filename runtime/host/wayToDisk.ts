// Whether large values go to the disk through the system's page cache or around it: whichever takes less time here. Pure.

/** Through the page cache, or around it. */
export type Way = 'cached' | 'around'

/** What is in the page cache is still to be written, and takes memory from everybody: it must be faster by so much. */
const CACHED_WORTH = 1.5
/** How much of what a way takes is what it took the last time. */
const LAST_SHARE = 0.3
/** So often the way that was slower is tried again: a disk's other users come and go. */
const TRY_AGAIN_EVERY = 50

export class WayToDisk {
  /** Milliseconds a byte; absent where it was not tried. */
  readonly #cost: { cached?: number; around?: number } = {}
  #canGoAround: boolean
  #writes = 0

  /** @param canGoAround false where the system has no such thing */
  constructor(canGoAround: boolean) {
    this.#canGoAround = canGoAround
  }

  /** How the next value should go. */
  next(): Way {
    if (!this.#canGoAround) return 'cached'
    const { cached, around } = this.#cost
    if (around === undefined) return 'around'
    if (cached === undefined) return 'cached'
    const better = around <= cached * CACHED_WORTH ? 'around' : 'cached'
    if (++this.#writes % TRY_AGAIN_EVERY > 0) return better
    return better === 'around' ? 'cached' : 'around'
  }

  /** A value went this way. */
  took(way: Way, bytes: number, ms: number): void {
    const before = this.#cost[way]
    const cost = ms / bytes
    this.#cost[way] = before === undefined ? cost : before + LAST_SHARE * (cost - before)
  }

  /** The file system refuses it. */
  cannotGoAround(): void {
    this.#canGoAround = false
  }
}
