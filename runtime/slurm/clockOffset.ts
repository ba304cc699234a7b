// How far Slurm's clock is ahead of this machine's, learnt from when jobs were seen to start. Pure.

/** Slurm's moments are whole seconds, cut off. */
const CUT_MS = 999

/**
 * A job that waited at one moment and ran at a later one, both by this machine's clock, has started in between: what Slurm
 * says of its start bounds how far the clocks are apart. Without reason to think otherwise they are the same.
 */
export class ClockOffset {
  #leastMs = -Infinity
  #mostMs = Infinity

  /** What to take from Slurm's moments, so that they are this machine's: negative where its clock is behind. */
  get offsetMs(): number {
    if (this.#leastMs > 0) return this.#leastMs
    return this.#mostMs < 0 ? this.#mostMs : 0
  }

  /**
   * A job has started.
   * @param startMs when, by Slurm's clock
   * @param waitedMs when it still waited, by ours
   * @param ranMs when it ran already, by ours
   * @example clock.started(110_000, 0, 10_000) // Slurm's clock is 100 s ahead at least
   */
  started(startMs: number, waitedMs: number, ranMs: number): void {
    const least = startMs - ranMs
    const most = startMs + CUT_MS - waitedMs
    // A clock was set, or a job's waiting was seen wrongly: the newest counts.
    const contradicts = least > this.#mostMs || most < this.#leastMs
    this.#leastMs = contradicts ? least : Math.max(least, this.#leastMs)
    this.#mostMs = contradicts ? most : Math.min(most, this.#mostMs)
  }
}
