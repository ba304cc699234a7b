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
  readonly #hasRoom: (bytes: number) => boolean
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  /** Nobody took anything for as long as patience lasts. */
  #isStuck = false
  #timer: NodeJS.Timeout | undefined
  /** Bytes that were read and are not taken yet. */
  bytes = 0

  /**
   * @param bytesMax of all answers under way; a larger one goes alone
   * @param hasRoom whether such a larger one may be read now: asked again by `look`
   */
  constructor(bytesMax: number, patienceMs = PATIENCE_MS, hasRoom = (_bytes: number): boolean => true) {
    this.#bytesMax = bytesMax
    this.#patienceMs = patienceMs
    this.#hasRoom = hasRoom
  }

  /** Bytes that were read or wait for their turn, and are bound to leave: nothing when receivers do not take any. */
  get movingBytes(): number {
    return this.#isStuck ? 0 : this.bytes + this.#waitingBytes
  }

  /** Resolves when so much may be read; gives how to say that it was taken. */
  async turn(bytes: number): Promise<() => void> {
    if (!this.#fits(bytes) || this.#waiting.length > 0)
      await new Promise<void>((go) => {
        this.#waiting.push({ bytes, go })
        this.#waitingBytes += bytes
        this.#watch()
      })
    else {
      this.bytes += bytes
      this.#watch()
    }
    let taken = false
    return () => {
      if (taken) return
      taken = true
      this.bytes -= bytes
      this.#isStuck = false
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.look()
      if (this.movingBytes > 0) this.#watch()
    }
  }

  /** To be called when there may be room: those whose turn it is go on. */
  look(): void {
    while (this.#waiting.length > 0 && this.#fits(this.#waiting[0].bytes)) this.#next()
  }

  #fits(bytes: number): boolean {
    if (bytes > this.#bytesMax) return this.bytes === 0 && this.#hasRoom(bytes)
    return this.bytes + bytes <= this.#bytesMax
  }

  #next(): void {
    const next = this.#waiting.shift()
    if (!next) return
    this.bytes += next.bytes
    this.#waitingBytes -= next.bytes
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#watch()
    next.go()
  }

  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#isStuck = true
      this.#next()
    }, this.#patienceMs).unref()
  }
}
