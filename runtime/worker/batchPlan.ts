// How many runs a thread gets at once: many tiny ones, one slow one.

/** The most runs in one batch: beyond it the cost of a message is already spread thin. */
export const BATCH_RUNS_MAX = 512
/** A batch should take no longer than this, so that nothing tiny waits behind it and little is lost with its thread. */
export const BATCH_MS = 4
/** A thread has a second batch ahead of it only while the first is expected to take less than this. */
export const AHEAD_MS = 20

/** Measured durations by callable: an average that follows the last few runs. */
export class Durations {
  readonly #averageMs = new Map<number, number>()

  observe(callable: number, durationMs: number): void {
    const before = this.#averageMs.get(callable)
    this.#averageMs.set(callable, before === undefined ? durationMs : before + (durationMs - before) / 8)
  }

  /** Expected milliseconds of a run; a function that never ran here is taken for a slow one. */
  expectedMs(callable: number): number {
    return this.#averageMs.get(callable) ?? AHEAD_MS
  }
}

/** The most runs that one thread may take of `ready`, so that every thread gets its share. */
export function fairShare(ready: number, threads: number): number {
  return Math.min(BATCH_RUNS_MAX, Math.max(1, Math.ceil(ready / threads)))
}
