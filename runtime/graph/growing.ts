// Columns that grow: typed arrays with room to spare, for messages whose length is not known beforehand.

/** V8 keeps arrays up to this size beside their object: most messages carry a task or two. */
const SMALL_BYTES = 64

/** A growing column of unsigned 32-bit numbers. */
export class GrowingU32 {
  #items: Uint32Array
  length = 0

  constructor(room = SMALL_BYTES / 4) {
    this.#items = new Uint32Array(room)
  }

  push(value: number): void {
    if (this.length === this.#items.length) this.#items = grown(this.#items, this.length + 1)
    this.#items[this.length++] = value
  }

  /** Appends `first, first + 1, …`, `count` numbers. */
  pushRange(first: number, count: number): void {
    this.#items = grown(this.#items, this.length + count)
    for (let i = 0; i < count; i++) this.#items[this.length + i] = first + i
    this.length += count
  }

  at(index: number): number {
    return this.#items[index]
  }

  /** What was pushed so far, as a view: valid until the next push. */
  view(): Uint32Array<ArrayBuffer> {
    return this.#items.subarray(0, this.length) as Uint32Array<ArrayBuffer>
  }

  /** The same bits as signed numbers. */
  signedView(): Int32Array {
    return new Int32Array(this.#items.buffer, 0, this.length)
  }
}

/** A growing string of bytes. */
export class GrowingBytes {
  #items: Uint8Array
  length = 0

  constructor(room = SMALL_BYTES) {
    this.#items = new Uint8Array(room)
  }

  push(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.#items.set(bytes, this.length)
    this.length += bytes.length
  }

  /** Makes room for `count` more bytes, so that `buffer` may be written to directly. */
  reserve(count: number): void {
    this.#items = grown(this.#items, this.length + count)
  }

  /** The bytes behind: only those before `length` mean anything. Valid until the next push. */
  get buffer(): Uint8Array {
    return this.#items
  }

  view(): Uint8Array {
    return this.#items.subarray(0, this.length)
  }
}

function grown<T extends Uint8Array | Uint32Array>(items: T, needed: number): T {
  if (needed <= items.length) return items
  const more = new (items.constructor as new (length: number) => T)(Math.max(needed, items.length * 2))
  more.set(items)
  return more
}
