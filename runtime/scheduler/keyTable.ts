// From a key's digest to its task row: open addressing over rows, the digests themselves lie in a column of the tasks.

import { DIGEST_BYTES } from '../protocol/ids.ts'

const EMPTY = -1
const GONE = -2

/** More rows than this cannot be named by a slot: 134 million. */
export const ROWS_MAX = 2 ** 27
const ROW_MASK = ROWS_MAX - 1

/**
 * A slot holds a row and, above it, four bits of its key: fifteen of sixteen other keys are told apart without a look at
 * their digests, which lie elsewhere in memory.
 */
const slotOf = (row: number, w1: number): number => row | ((w1 & 15) << 27)

/** Four 32-bit words a key: digests are read as words, since a byte at a time would cost sixteen loads. */
export const DIGEST_WORDS = DIGEST_BYTES / 4

export class KeyTable {
  #slots = new Int32Array(256).fill(EMPTY)
  #mask = 255
  #used = 0
  #gone = 0

  get size(): number {
    return this.#used
  }

  get byteLength(): number {
    return this.#slots.byteLength
  }

  /** Makes room for `count` more keys at once, so that a large graph is not rehashed again and again. */
  reserve(count: number, digests: Int32Array): void {
    const needed = this.#used + this.#gone + count
    if (needed * 3 > this.#slots.length * 2) this.#rebuild(this.#used + count, digests)
  }

  /**
   * Reads the slots where a search for each of some keys will begin, and does nothing with them: these reads do not wait
   * for each other, while those of searches with work between them do. Keys far apart in a large table would cost a wait
   * for memory each. Returns what it read, so that no compiler leaves it out.
   */
  warm(wanted: Int32Array, keys: Int32Array | Uint32Array | undefined, from: number, to: number): number {
    const slots = this.#slots
    const mask = this.#mask
    let read = 0
    for (let k = from; k < to; k++) read ^= slots[wanted[(keys ? keys[k] : k) * DIGEST_WORDS] & mask]
    return read
  }

  /** The row of a key, or −1. `wanted[at … at + 4]` are its words. */
  find(digests: Int32Array, wanted: Int32Array, at: number): number {
    const slots = this.#slots
    const mask = this.#mask
    const w0 = wanted[at]
    const tag = slotOf(0, wanted[at + 1])
    for (let slot = w0 & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]
      if (entry === EMPTY) return -1
      if ((entry & ~ROW_MASK) !== tag) continue
      const row = entry & ROW_MASK
      const d = row * DIGEST_WORDS
      if (
        digests[d] === w0 &&
        digests[d + 1] === wanted[at + 1] &&
        digests[d + 2] === wanted[at + 2] &&
        digests[d + 3] === wanted[at + 3]
      )
        return row
    }
  }

  /** Enters a row whose digest stands in `digests` already; its key must be new, and room reserved. */
  insert(digests: Int32Array, row: number): void {
    const slots = this.#slots
    const mask = this.#mask
    const d = row * DIGEST_WORDS
    let slot = digests[d] & mask
    while (slots[slot] >= 0) slot = (slot + 1) & mask
    if (slots[slot] === GONE) this.#gone--
    slots[slot] = slotOf(row, digests[d + 1])
    this.#used++
  }

  /** The row of a key that is known, or −1 after entering `row` for it; its digest is copied then. Room must be reserved. */
  findOrInsert(digests: Int32Array, wanted: Int32Array, at: number, row: number): number {
    const slots = this.#slots
    const mask = this.#mask
    const w0 = wanted[at]
    const w1 = wanted[at + 1]
    const w2 = wanted[at + 2]
    const w3 = wanted[at + 3]
    const tag = slotOf(0, w1)
    let free = -1
    let slot = w0 & mask
    for (; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]
      if (entry === EMPTY) break
      if (entry === GONE) {
        if (free < 0) free = slot
        continue
      }
      if ((entry & ~ROW_MASK) !== tag) continue
      const other = entry & ROW_MASK
      const d = other * DIGEST_WORDS
      if (digests[d] === w0 && digests[d + 1] === w1 && digests[d + 2] === w2 && digests[d + 3] === w3)
        return other
    }
    if (free >= 0) this.#gone--
    slots[free >= 0 ? free : slot] = tag | row
    this.#used++
    const to = row * DIGEST_WORDS
    digests[to] = w0
    digests[to + 1] = w1
    digests[to + 2] = w2
    digests[to + 3] = w3
    return -1
  }

  delete(digests: Int32Array, row: number): void {
    const slots = this.#slots
    const mask = this.#mask
    const d = row * DIGEST_WORDS
    const entry = slotOf(row, digests[d + 1])
    let slot = digests[d] & mask
    while (slots[slot] !== entry) slot = (slot + 1) & mask
    this.#used--
    // Where the chain ends anyway, the slot can be empty at once.
    if (slots[(slot + 1) & mask] === EMPTY) slots[slot] = EMPTY
    else {
      slots[slot] = GONE
      this.#gone++
    }
  }

  #rebuild(count: number, digests: Int32Array): void {
    let capacity = 256
    // Between 1/3 and 2/3 full: short chains for at most 12 bytes a key.
    while (capacity * 2 < count * 3) capacity *= 2
    const old = this.#slots
    const slots = new Int32Array(capacity).fill(EMPTY)
    const mask = capacity - 1
    for (let i = 0; i < old.length; i++) {
      const entry = old[i]
      if (entry < 0) continue
      let slot = digests[(entry & ROW_MASK) * DIGEST_WORDS] & mask
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask
      slots[slot] = entry
    }
    this.#slots = slots
    this.#mask = mask
    this.#gone = 0
  }
}
