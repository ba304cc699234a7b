// From a 32-bit number to another: open addressing with typed arrays, for clients' handles.

const EMPTY = -1
const GONE = -2

export class IntTable {
  #keys = new Uint32Array(64)
  #values = new Int32Array(64).fill(EMPTY)
  #used = 0
  #gone = 0

  get size(): number {
    return this.#used
  }

  /** The value of a key, or −1. Values are never negative. */
  get(key: number): number {
    const values = this.#values
    const mask = values.length - 1
    for (let slot = mixed(key) & mask; ; slot = (slot + 1) & mask) {
      const value = values[slot]
      if (value === EMPTY) return -1
      if (value !== GONE && this.#keys[slot] === key) return value
    }
  }

  /** Makes room for `count` more at once. */
  reserve(count: number): void {
    if ((this.#used + this.#gone + count) * 2 > this.#values.length) this.#rebuild(this.#used + count)
  }

  /** The key must be new. */
  add(key: number, value: number): void {
    if ((this.#used + this.#gone + 1) * 2 > this.#values.length) this.#rebuild(this.#used * 2)
    const mask = this.#values.length - 1
    let slot = mixed(key) & mask
    while (this.#values[slot] >= 0) slot = (slot + 1) & mask
    if (this.#values[slot] === GONE) this.#gone--
    this.#keys[slot] = key
    this.#values[slot] = value
    this.#used++
  }

  delete(key: number): void {
    const values = this.#values
    const mask = values.length - 1
    for (let slot = mixed(key) & mask; values[slot] !== EMPTY; slot = (slot + 1) & mask) {
      if (values[slot] === GONE || this.#keys[slot] !== key) continue
      this.#used--
      if (values[(slot + 1) & mask] === EMPTY) values[slot] = EMPTY
      else {
        values[slot] = GONE
        this.#gone++
      }
      return
    }
  }

  *values(): Generator<number> {
    for (const value of this.#values) if (value >= 0) yield value
  }

  #rebuild(count: number): void {
    const keys = this.#keys
    const values = this.#values
    let capacity = 64
    while (capacity < count * 2) capacity *= 2
    this.#keys = new Uint32Array(capacity)
    this.#values = new Int32Array(capacity).fill(EMPTY)
    this.#used = 0
    this.#gone = 0
    for (let i = 0; i < values.length; i++) if (values[i] >= 0) this.add(keys[i], values[i])
  }
}

/** Handles mostly count upwards: neighbours stay neighbours, so that a batch of them walks through memory in order. */
const mixed = (key: number): number => key ^ (key >>> 15)
