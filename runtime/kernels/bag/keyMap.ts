// A map from keys to values, by what counts as the same key: what reductions by key are gathered in.

import { keyToken } from './key.ts'

/** Longer texts are left to the language's own map: hashing them costs as much there. */
const SHORT = 32

/**
 * Keeps the first of equal keys, and a value for each. Iterates in the order of first use.
 *
 * Short texts, the most frequent keys by far, have a table of their own: a `Map` spends twice as long on one that it
 * has not seen before as an object, as every word that was just cut out of a line.
 */
export class KeyMap<V> {
  readonly keys: unknown[] = []
  readonly values: V[] = []
  readonly #texts = new ShortTexts()
  readonly #others = new Map<unknown, number>()

  get size(): number {
    return this.keys.length
  }

  /** The place of a key in `keys` and `values`, or −1. */
  slot(key: unknown): number {
    if (typeof key === 'string' && key.length <= SHORT) return this.#texts.find(key, this.keys)
    return this.#others.get(keyToken(key)) ?? -1
  }

  get(key: unknown): V | undefined {
    return this.values[this.slot(key)]
  }

  /** Adds a key that is not there yet, or finds it: its place. */
  slotFor(key: unknown, first: V): number {
    const next = this.keys.length
    let slot: number
    if (typeof key === 'string' && key.length <= SHORT) slot = this.#texts.findOrAdd(key, this.keys, next)
    else {
      const token = keyToken(key)
      slot = this.#others.get(token) ?? next
      if (slot === next) this.#others.set(token, next)
    }
    if (slot === next) {
      this.keys.push(key)
      this.values.push(first)
    }
    return slot
  }
}

const FREE = -1

/** Open addressing over the slots of short texts; the texts themselves are in the map's `keys`. */
class ShortTexts {
  #slots = new Int32Array(64).fill(FREE)
  /** Per place: the hash of the text there, so that most others are told apart without a look at them. */
  #hashes = new Int32Array(64)
  #count = 0

  find(text: string, keys: readonly unknown[]): number {
    return this.#slots[this.#place(text, hashOf(text), keys)]
  }

  findOrAdd(text: string, keys: readonly unknown[], next: number): number {
    const hash = hashOf(text)
    const place = this.#place(text, hash, keys)
    const slot = this.#slots[place]
    if (slot !== FREE) return slot
    this.#slots[place] = next
    this.#hashes[place] = hash
    this.#count++
    if (2 * this.#count > this.#slots.length) this.#grow()
    return next
  }

  /** Where a text is, or would be. */
  #place(text: string, hash: number, keys: readonly unknown[]): number {
    const slots = this.#slots
    const mask = slots.length - 1
    let place = hash & mask
    for (;;) {
      const slot = slots[place]
      if (slot === FREE || (this.#hashes[place] === hash && keys[slot] === text)) return place
      place = (place + 1) & mask
    }
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes]
    this.#slots = new Int32Array(2 * slots.length).fill(FREE)
    this.#hashes = new Int32Array(2 * slots.length)
    const mask = this.#slots.length - 1
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] === FREE) continue
      let place = hashes[i] & mask
      while (this.#slots[place] !== FREE) place = (place + 1) & mask
      this.#slots[place] = slots[i]
      this.#hashes[place] = hashes[i]
    }
  }
}

function hashOf(text: string): number {
  let hash = text.length
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}
