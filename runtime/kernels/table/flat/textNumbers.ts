// Numbers that texts were given, found again by the texts' bytes: an open-addressing hash table over copies of them.

import { type FlatTexts, INLINE_BYTES } from './flatFrame.ts'
import { mixed, mixedPair } from './groupNumbers.ts'

type Texts = Pick<FlatTexts, 'views' | 'buffers'>

/** Words of an entry: a hash, the four of the text's view (with where it stands in `#bytes` if it is long), and its number. */
const ENTRY = 6
const FIRST_ENTRIES = 1024

export class TextNumbers {
  /** Of each place of the table an entry's number and one more; 0 where there is none. */
  #table = new Int32Array(4 * FIRST_ENTRIES)
  #entries = new Int32Array(ENTRY * FIRST_ENTRIES)
  #bytes = new Uint8Array(0)
  #end = 0
  #hashes = new Int32Array(0)
  #found = new Int32Array(0)
  /** How many texts are known. */
  count = 0

  /** How many bytes all of it takes. */
  get byteLength(): number {
    return this.#table.byteLength + this.#entries.byteLength + this.#bytes.byteLength
  }

  /**
   * Writes the numbers of texts that are known. In three runs, since memory is waited for less where nothing hangs on its answer.
   * @returns the rows of the others
   */
  find(texts: Texts, rows: number, to: Uint32Array): number[] {
    if (this.#hashes.length < rows) {
      this.#hashes = new Int32Array(rows)
      this.#found = new Int32Array(rows)
    }
    const hashes = this.#hashes
    const found = this.#found
    for (let row = 0; row < rows; row++) hashes[row] = hashOf(texts, row)
    const table = this.#table
    const mask = table.length - 1
    for (let row = 0; row < rows; row++) found[row] = table[hashes[row] & mask]
    const entries = this.#entries
    const unknown: number[] = []
    for (let row = 0; row < rows; row++) {
      let entry = found[row] - 1
      // Most texts stand where they are looked for first.
      if (!this.#isEntry(entry, texts, row, hashes[row])) {
        entry = this.#find(texts, row, hashes[row])
        if (entry < 0) {
          unknown.push(row)
          continue
        }
      }
      to[row] = entries[ENTRY * entry + 5]
    }
    return unknown
  }

  /** Keeps the number of a text. */
  add(texts: Texts, row: number, number: number): void {
    const hash = hashOf(texts, row)
    if (this.#find(texts, row, hash) >= 0) return
    if (ENTRY * this.count === this.#entries.length) this.#grow()
    const to = ENTRY * this.count
    const { views, buffers } = texts
    const length = views[4 * row]
    this.#entries[to] = hash
    for (let word = 0; word < 4; word++) this.#entries[to + 1 + word] = views[4 * row + word]
    if (length > INLINE_BYTES) {
      this.#entries[to + 3] = 0
      this.#entries[to + 4] = this.#stored(buffers[views[4 * row + 2]], views[4 * row + 3], length)
    }
    this.#entries[to + 5] = number
    this.#place(hash, this.count++)
  }

  #find(texts: Texts, row: number, hash: number): number {
    const table = this.#table
    const mask = table.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const entry = table[place] - 1
      if (entry < 0 || this.#isEntry(entry, texts, row, hash)) return entry
    }
  }

  #isEntry(entry: number, { views, buffers }: Texts, row: number, hash: number): boolean {
    if (entry < 0) return false
    const entries = this.#entries
    const own = ENTRY * entry
    const at = 4 * row
    const length = views[at]
    if (
      entries[own] !== hash ||
      entries[own + 1] !== (length | 0) ||
      entries[own + 2] !== (views[at + 1] | 0)
    )
      return false
    return length > INLINE_BYTES
      ? this.#isSame(entries[own + 4], buffers[views[at + 2]], views[at + 3], length)
      : entries[own + 3] === (views[at + 2] | 0) && entries[own + 4] === (views[at + 3] | 0)
  }

  #isSame(stored: number, bytes: Uint8Array, from: number, length: number): boolean {
    for (let i = 4; i < length; i++) if (this.#bytes[stored + i] !== bytes[from + i]) return false
    return true
  }

  #stored(bytes: Uint8Array, from: number, length: number): number {
    if (this.#end + length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#end + length))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes.set(bytes.subarray(from, from + length), this.#end)
    const at = this.#end
    this.#end += length
    return at
  }

  #place(hash: number, entry: number): void {
    const mask = this.#table.length - 1
    let place = hash & mask
    while (this.#table[place] !== 0) place = (place + 1) & mask
    this.#table[place] = entry + 1
  }

  /** The table keeps four places for each entry that there is room for. */
  #grow(): void {
    const larger = new Int32Array(2 * this.#entries.length)
    larger.set(this.#entries)
    this.#entries = larger
    this.#table = new Int32Array(2 * this.#table.length)
    for (let entry = 0; entry < this.count; entry++) this.#place(larger[ENTRY * entry], entry)
  }
}

function hashOf({ views, buffers }: Texts, row: number): number {
  const at = 4 * row
  const length = views[at]
  const hash = mixedPair(length, views[at + 1])
  if (length <= INLINE_BYTES) return mixedPair(mixedPair(views[at + 2], views[at + 3]), hash)
  const bytes = buffers[views[at + 2]]
  const from = views[at + 3]
  let long = hash
  for (let i = 4; i < length; i++) long = Math.imul(long ^ bytes[from + i], 0x01000193)
  return mixed(long)
}
