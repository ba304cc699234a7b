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
  #view: Int32Array | undefined
  #unsigned: Uint32Array | undefined

  push(value: number): void {
    if (this.length === this.items.length) this.#replace(resized(this.items, this.length * 2))
    this.items[this.length++] = value
  }

  clear(): void {
    this.length = 0
    if (this.items.length > KEPT_ENTRIES_MAX) this.#replace(new Int32Array(16))
  }

  /** The entries, as a view that later changes show in. Views of one length are one object: making one costs more than a task. */
  view(): Int32Array {
    if (this.#view?.length !== this.length) this.#view = this.items.subarray(0, this.length)
    return this.#view
  }

  /** The same bits, read as unsigned. */
  viewUnsigned(): Uint32Array {
    if (this.#unsigned?.length !== this.length)
      this.#unsigned = new Uint32Array(this.items.buffer, 0, this.length)
    return this.#unsigned
  }

  #replace(items: Int32Array<ArrayBuffer>): void {
    this.items = items
    this.#view = undefined
    this.#unsigned = undefined
  }
}

export class FloatList {
  items = new Float64Array(16)
  length = 0
  #view: Float64Array | undefined

  push(value: number): void {
    if (this.length === this.items.length) this.#replace(resized(this.items, this.length * 2))
    this.items[this.length++] = value
  }

  clear(): void {
    this.length = 0
    if (this.items.length > KEPT_ENTRIES_MAX) this.#replace(new Float64Array(16))
  }

  /** The entries, as a view that later changes show in. Views of one length are one object: making one costs more than a task. */
  view(): Float64Array {
    if (this.#view?.length !== this.length) this.#view = this.items.subarray(0, this.length)
    return this.#view
  }

  #replace(items: Float64Array<ArrayBuffer>): void {
    this.items = items
    this.#view = undefined
  }
}

export class ByteList {
  items = new Uint8Array(64)
  length = 0
  #view: Uint8Array | undefined

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
    if (this.items.length > KEPT_ENTRIES_MAX * 8) this.#replace(new Uint8Array(64))
  }

  /** See {@link IntList.view}. */
  view(): Uint8Array {
    if (this.#view?.length !== this.length) this.#view = this.items.subarray(0, this.length)
    return this.#view
  }

  #reserve(count: number): void {
    this.#replace(resized(this.items, Math.max(this.items.length * 2, this.length + count)))
  }

  #replace(items: Uint8Array<ArrayBuffer>): void {
    this.items = items
    this.#view = undefined
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
