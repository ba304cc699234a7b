// Lets few answers read from disk at a time: what is read to be sent is in memory until its receiver has taken it.

/** A receiver that does not take what it asked for must not stop the others: after this long the next has its turn. */
const PATIENCE_MS = 5000

interface Waiting {
  bytes: number
  go: () => void
}

export class Outflow {
  readonly #bytesMax: number
  readonly #patienceMs: number
  readonly #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined
  /** Bytes that were read and are not taken yet. */
  bytes = 0

  /** @param bytesMax of all answers under way; a larger one goes alone */
  constructor(bytesMax: number, patienceMs = PATIENCE_MS) {
    this.#bytesMax = bytesMax
    this.#patienceMs = patienceMs
  }

  /** Resolves when so much may be read; gives how to say that it was taken. */
  async turn(bytes: number): Promise<() => void> {
    if (!this.#fits(bytes) || this.#waiting.length > 0)
      await new Promise<void>((go) => {
        this.#waiting.push({ bytes, go })
        this.#watch()
      })
    else this.bytes += bytes
    let taken = false
    return () => {
      if (taken) return
      taken = true
      this.bytes -= bytes
      while (this.#waiting.length > 0 && this.#fits(this.#waiting[0].bytes)) this.#next()
    }
  }

  #fits(bytes: number): boolean {
    return this.bytes === 0 || this.bytes + bytes <= this.#bytesMax
  }

  #next(): void {
    const next = this.#waiting.shift()
    if (!next) return
    this.bytes += next.bytes
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting.length > 0) this.#watch()
    next.go()
  }

  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#next()
    }, this.#patienceMs).unref()
  }
}
