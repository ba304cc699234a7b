// What threads are bound to return when they collect their garbage: asked of all of them in waves, one after another.
//
// A buffer that was given up is the system's again only when every thread that knew it has collected its wrapper. Until then
// it takes memory as before: whoever started something new in its place would have both. So a wave asks all, and is over when all have.

/** The main thread's place among the lanes. */
export const MAIN = -1

export class Returning {
  #wave = 0
  readonly #asked = new Set<number>()
  /** What had been given up when the wave began. */
  #givenUpBytes = 0
  /** What was left when the last wave was over: somebody uses it, however often all are asked. */
  #keptBytes = 0

  get isUnderWay(): boolean {
    return this.#asked.size > 0
  }

  /** Begins a wave, unless one is under way; gives its number. */
  begin(lanes: number, givenUpBytes: number): number {
    if (this.isUnderWay) return this.#wave
    for (let thread = MAIN; thread < lanes; thread++) this.#asked.add(thread)
    this.#givenUpBytes = givenUpBytes
    return ++this.#wave
  }

  /**
   * A thread has collected its garbage and told what it let go of.
   * @returns how much of what was given up has returned to the system; nothing while others are still to do so
   */
  collected(thread: number, wave: number): number | undefined {
    if (wave !== this.#wave || !this.#asked.delete(thread) || this.isUnderWay) return undefined
    return this.#givenUpBytes
  }

  /** A thread is gone, and what it saw with it. */
  ended(thread: number): number | undefined {
    return this.collected(thread, this.#wave)
  }

  /** A wave is over. @param strayBytes what is still seen */
  over(strayBytes: number): void {
    this.#keptBytes = strayBytes
  }

  /** How much of what stands about may still return: all of it during a wave, else what has come to stand about since. */
  bytes(strayBytes: number): number {
    this.#keptBytes = Math.min(this.#keptBytes, strayBytes)
    return this.isUnderWay ? strayBytes : strayBytes - this.#keptBytes
  }
}
