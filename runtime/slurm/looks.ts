// Looks at something, one at a time: again soon when there is news, and later by itself.

export class Looks {
  readonly #look: () => Promise<void>
  readonly #nextMs: () => number
  readonly #soonMs: number
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #again = false
  #stopped = false

  /**
   * @param look must not fail
   * @param nextMs when to look again where nothing happens meanwhile
   * @param soonMs so long news gather after a look that they came in the middle of
   */
  constructor(look: () => Promise<void>, nextMs: () => number, soonMs: number) {
    this.#look = look
    this.#nextMs = nextMs
    this.#soonMs = soonMs
  }

  get isStopped(): boolean {
    return this.#stopped
  }

  /** Looks now, or once more after the look of now. */
  soon(): void {
    if (this.#stopped) return
    if (this.#looking) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined
      const afterMs = this.#again ? this.#soonMs : this.#nextMs()
      this.#again = false
      if (!this.#stopped) this.#timer = setTimeout(() => this.soon(), afterMs)
    })
  }

  /** Resolves when no look goes on, and none will. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#looking
  }
}
