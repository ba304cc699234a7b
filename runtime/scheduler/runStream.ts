// Finished runs for the panels' task stream: all of them while they are few, a fair sample when there are too many.

import type { FeedMessage } from '../protocol/feed.ts'

/** More rectangles in a fifth of a second than any screen can show. */
const RUNS_MAX = 1000

export class RunStream {
  readonly #group = new Uint32Array(RUNS_MAX)
  readonly #worker = new Uint16Array(RUNS_MAX)
  readonly #thread = new Uint8Array(RUNS_MAX)
  readonly #starts = new Float64Array(RUNS_MAX)
  readonly #durationsMs = new Float64Array(RUNS_MAX)
  readonly #what = new Uint8Array(RUNS_MAX)
  #total = 0
  #random: number

  constructor(seed: number) {
    this.#random = seed | 1
  }

  /** `what`: 0 computed, 1 erred, 2 transferred (then `group` is the sending worker). */
  add(
    group: number,
    worker: number,
    thread: number,
    startMs: number,
    durationMs: number,
    what: number,
  ): void {
    let slot = this.#total++
    if (slot >= RUNS_MAX) {
      // Reservoir sampling: each run of the period stays with the same chance.
      this.#random = (Math.imul(this.#random, 1664525) + 1013904223) | 0
      slot = (this.#random >>> 0) % this.#total
      if (slot >= RUNS_MAX) return
    }
    this.#group[slot] = group
    this.#worker[slot] = worker
    this.#thread[slot] = thread
    this.#starts[slot] = startMs
    this.#durationsMs[slot] = durationMs
    this.#what[slot] = what
  }

  /** The message for what was added since the last one, or nothing. */
  take(): FeedMessage | undefined {
    if (this.#total === 0) return undefined
    const count = Math.min(this.#total, RUNS_MAX)
    const message: FeedMessage = {
      type: 'stream',
      total: this.#total,
      group: this.#group.slice(0, count),
      worker: this.#worker.slice(0, count),
      thread: this.#thread.slice(0, count),
      starts: this.#starts.slice(0, count),
      durationsMs: this.#durationsMs.slice(0, count),
      what: this.#what.slice(0, count),
    }
    this.#total = 0
    return message
  }
}
