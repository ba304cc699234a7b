// Where the rows of a join's right side stand, by their key.

import type { FlatColumn } from './flatFrame.ts'
import { fitsTable, isThere, mixed, rangeOf } from './groupNumbers.ts'
import { wordsOver } from './words.ts'

/** Rows by a whole number. */
export interface KeyIndex {
  /** Of each key, its number among all, or −1. */
  readonly find: (keys: Int32Array, validity: Uint8Array | undefined) => Int32Array
  /** Of each key's number, the first row; several rows of one key stand together in `rows`. */
  readonly first: Int32Array
  /** Absent where every key has one row: of each key's number where its rows begin in `rows`, and the end. */
  readonly starts?: Int32Array
  readonly rows?: Int32Array
  /** In memory. */
  readonly bytes: number
}

/**
 * Whole numbers as words of 32 bits.
 * @returns nothing where the column has no whole numbers, or larger ones
 */
export function keysOf(column: FlatColumn): Int32Array | undefined {
  if (column.form !== 'values' || column.type === 'category') return undefined
  const { values, validity } = column
  if (values instanceof Int32Array) return values
  if (values instanceof Float64Array || values instanceof Float32Array) return undefined
  if (values instanceof Uint32Array || values instanceof BigUint64Array || values instanceof BigInt64Array) {
    const isWords = !(values instanceof Uint32Array)
    const words = isWords
      ? wordsOver(values)
      : new Int32Array(values.buffer, values.byteOffset, values.length)
    const keys = new Int32Array(values.length)
    for (let row = 0; row < keys.length; row++) {
      const low = isWords ? words[2 * row] : words[row]
      const high = isWords ? words[2 * row + 1] : 0
      if (high !== low >> 31 && isThere(validity, row)) return undefined
      keys[row] = low
    }
    return keys
  }
  return new Int32Array(values)
}

/** An index of keys; absent ones have none. */
export function keyIndex(keys: Int32Array, validity: Uint8Array | undefined): KeyIndex {
  const range = rangeOf(keys, validity)
  if (range === undefined)
    return { find: (wanted) => new Int32Array(wanted.length).fill(-1), first: new Int32Array(0), bytes: 0 }
  const [low, high] = range
  const table = fitsTable(high - low + 1, keys.length)
    ? new RangeTable(low, high - low + 1)
    : new HashTable(keys.length)
  const of = table.add(keys, validity)
  const { first, starts, rows } = together(of, table.count)
  const find = (wanted: Int32Array, there: Uint8Array | undefined): Int32Array => table.find(wanted, there)
  const bytes = table.bytes + first.byteLength + (starts?.byteLength ?? 0) + (rows?.byteLength ?? 0)
  return { find, first, ...(starts && rows && { starts, rows }), bytes }
}

/** Rows of the same key one behind the other, in their order. */
function together(of: Int32Array, count: number): Pick<KeyIndex, 'first' | 'starts' | 'rows'> {
  const first = new Int32Array(count).fill(-1)
  const starts = new Int32Array(count + 1)
  let there = 0
  for (let row = 0; row < of.length; row++) {
    const key = of[row]
    if (key < 0) continue
    there++
    if (first[key] < 0) first[key] = row
    starts[key + 1]++
  }
  if (there === count) return { first }
  for (let key = 0; key < count; key++) starts[key + 1] += starts[key]
  const next = starts.slice(0, count)
  const rows = new Int32Array(there)
  for (let row = 0; row < of.length; row++) if (of[row] >= 0) rows[next[of[row]]++] = row
  return { first, starts, rows }
}

/** Keys by their place in a range. */
class RangeTable {
  count = 0
  readonly #low: number
  readonly #numbers: Int32Array
  constructor(low: number, size: number) {
    this.#low = low
    this.#numbers = new Int32Array(size)
  }

  get bytes(): number {
    return this.#numbers.byteLength
  }

  add(keys: Int32Array, validity: Uint8Array | undefined): Int32Array {
    const of = new Int32Array(keys.length)
    for (let row = 0; row < keys.length; row++) {
      if (!isThere(validity, row)) {
        of[row] = -1
        continue
      }
      const at = keys[row] - this.#low
      if (this.#numbers[at] === 0) this.#numbers[at] = ++this.count
      of[row] = this.#numbers[at] - 1
    }
    return of
  }

  find(keys: Int32Array, validity: Uint8Array | undefined): Int32Array {
    const numbers = this.#numbers
    const size = numbers.length
    const low = this.#low
    const found = new Int32Array(keys.length)
    for (let row = 0; row < keys.length; row++) {
      const at = keys[row] - low
      found[row] = at >= 0 && at < size && isThere(validity, row) ? numbers[at] - 1 : -1
    }
    return found
  }
}

/** Keys by a hash, two words a place: the key, and its number and one more. */
class HashTable {
  count = 0
  readonly #places: Int32Array
  constructor(keys: number) {
    this.#places = new Int32Array(4 * 2 ** Math.ceil(Math.log2(Math.max(2, keys))))
  }

  get bytes(): number {
    return this.#places.byteLength
  }

  add(keys: Int32Array, validity: Uint8Array | undefined): Int32Array {
    const of = new Int32Array(keys.length)
    for (let row = 0; row < keys.length; row++) {
      if (!isThere(validity, row)) {
        of[row] = -1
        continue
      }
      const at = this.#place(keys[row])
      if (this.#places[at + 1] === 0) {
        this.#places[at] = keys[row]
        this.#places[at + 1] = ++this.count
      }
      of[row] = this.#places[at + 1] - 1
    }
    return of
  }

  find(keys: Int32Array, validity: Uint8Array | undefined): Int32Array {
    const found = new Int32Array(keys.length)
    for (let row = 0; row < keys.length; row++)
      found[row] = isThere(validity, row) ? this.#places[this.#place(keys[row]) + 1] - 1 : -1
    return found
  }

  /** Where a key stands, or the free place where it would. */
  #place(key: number): number {
    const mask = this.#places.length - 2
    let at = (mixed(key) << 1) & mask
    while (this.#places[at + 1] !== 0 && this.#places[at] !== key) at = (at + 2) & mask
    return at
  }
}
