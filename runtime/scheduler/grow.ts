// Typed arrays that grow: the only containers on the hot path, so that a task leaves no garbage behind.

export type TypedColumn = Uint8Array | Uint16Array | Int16Array | Int32Array | Uint32Array | Float64Array

/** The same column with room for `capacity` entries. */
export function resized<T extends TypedColumn>(column: T, capacity: number): T {
  const Kind = column.constructor as new (length: number) => T
  const larger = new Kind(capacity)
  larger.set(column.length <= capacity ? column : column.subarray(0, capacity))
  return larger
}

/** Lists larger than this are given back after a drain instead of being kept for the next one. */
const KEPT_ENTRIES_MAX = 1 << 18

export class IntList {
  items = new Int32Array(16)
  length = 0

  push(value: number): void {
    if (this.length === this.items.length) this.items = resized(this.items, this.length * 2)
    this.items[this.length++] = value
  }

  clear(): void {
    this.length = 0
    if (this.items.length > KEPT_ENTRIES_MAX) this.items = new Int32Array(16)
  }

  view(): Int32Array {
    return this.items.subarray(0, this.length)
  }

  /** The same bits, read as unsigned. */
  viewUnsigned(): Uint32Array {
    return new Uint32Array(this.items.buffer, 0, this.length)
  }
}

export class FloatList {
  items = new Float64Array(16)
  length = 0

  push(value: number): void {
    if (this.length === this.items.length) this.items = resized(this.items, this.length * 2)
    this.items[this.length++] = value
  }

  clear(): void {
    this.length = 0
    if (this.items.length > KEPT_ENTRIES_MAX) this.items = new Float64Array(16)
  }

  view(): Float64Array {
    return this.items.subarray(0, this.length)
  }
}

export class ByteList {
  items = new Uint8Array(64)
  length = 0

  push(value: number): void {
    if (this.length === this.items.length) this.#reserve(1)
    this.items[this.length++] = value
  }

  /** Appends `source[from … to]`. */
  append(source: Uint8Array, from: number, to: number): void {
    const count = to - from
    if (this.length + count > this.items.length) this.#reserve(count)
    // A view costs more than copying a few bytes one by one.
    if (count <= 48) {
      const { items } = this
      let at = this.length
      for (let i = from; i < to; i++) items[at++] = source[i]
    } else this.items.set(source.subarray(from, to), this.length)
    this.length += count
  }

  clear(): void {
    this.length = 0
    if (this.items.length > KEPT_ENTRIES_MAX * 8) this.items = new Uint8Array(64)
  }

  view(): Uint8Array {
    return this.items.subarray(0, this.length)
  }

  #reserve(count: number): void {
    this.items = resized(this.items, Math.max(this.items.length * 2, this.length + count))
  }
}

/** A growing set of small non-negative integers. */
export class Bits {
  #words = new Uint32Array(2)

  has(index: number): boolean {
    const word = index >>> 5
    return word < this.#words.length && (this.#words[word] & (1 << (index & 31))) !== 0
  }

  add(index: number): void {
    const word = index >>> 5
    if (word >= this.#words.length)
      this.#words = resized(this.#words, Math.max(this.#words.length * 2, word + 1))
    this.#words[word] |= 1 << (index & 31)
  }

  delete(index: number): void {
    const word = index >>> 5
    if (word < this.#words.length) this.#words[word] &= ~(1 << (index & 31))
  }
}
