// How much memory a run is expected to need beside its arguments, from what its function gave before.

/** A result is made once by the function and once more where threads share it. */
const COPIES = 2
/** Of the largest result so far, how much is still expected after each smaller one. */
const MEMORY = 0.9

export class Growth {
  readonly #largest = new Map<number, number>()

  observe(callable: number, bytes: number): void {
    const before = this.#largest.get(callable)
    if (before === undefined || before > 0 || bytes > 0)
      this.#largest.set(callable, Math.max(bytes, MEMORY * (before ?? 0)))
  }

  /** The largest results that a function gives here, in bytes; nothing is known of one that never ran. */
  resultBytes(callable: number): number | undefined {
    return this.#largest.get(callable)
  }

  /**
   * Bytes that a run may take until its result is kept and all else is let go of.
   * @param inputBytes what it is given: where its function never ran here, the result is taken to be as large
   */
  expectedBytes(callable: number, inputBytes: () => number): number {
    // Whole bytes, so that what is kept for runs and let go of again adds up to nothing.
    return Math.ceil(COPIES * (this.#largest.get(callable) ?? inputBytes()))
  }
}
