// How much memory a run is expected to need beside its arguments, from what its function gave before.

/** A result is made once by the function and once more where threads share it. */
const COPIES = 2
/** Of the largest result so far, how much is still expected after each smaller one. */
const MEMORY = 0.9

export class Growth {
  readonly #largest = new Map<number, number>()

  observe(callable: number, bytes: number): void {
    const before = this.#largest.get(callable) ?? 0
    this.#largest.set(callable, Math.max(bytes, MEMORY * before))
  }

  /** Bytes that a run may take until its result is kept and all else is let go of; 0 for a function that never ran here. */
  expectedBytes(callable: number): number {
    return COPIES * (this.#largest.get(callable) ?? 0)
  }
}
