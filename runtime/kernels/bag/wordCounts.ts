// Words of text files, counted in the bytes: `readText(…).flatMap((line) => line.split(' ')).frequencies()` without a
// string for every word. What a function does is read off its own source, so that any that says this gets it.

import { isUtf8 } from 'node:buffer'
import { decodeText, hasByteLines } from './decode.ts'
import type { KeyedWire } from './keyed.ts'
import type { FileRange, Op, SourceSpec, TextSource } from './plan.ts'
import { linePieces } from './textPieces.ts'

const NEWLINE = 10
const RETURN = 13
const BYTE_ORDER_MARK = 0xfeff

/** A function that cuts its argument by one character: an arrow or a plain function that does nothing else. */
const SPLITS = [
  /^\(?\s*([\w$]+)\s*\)?\s*=>\s*\1\s*\.split\(\s*(['"`])([^\\])\2\s*\)\s*$/,
  /^function\s*[\w$]*\s*\(\s*([\w$]+)\s*\)\s*\{\s*return\s+\1\s*\.split\(\s*(['"`])([^\\])\2\s*\)\s*;?\s*\}$/,
  /^\(?\s*([\w$]+)\s*\)?\s*=>\s*\{\s*return\s+\1\s*\.split\(\s*(['"`])([^\\])\2\s*\)\s*;?\s*\}$/,
]

const nativeSplit = String.prototype.split

/** The one ASCII character by which a function splits texts; nothing for any other function. */
export function splitterOf(fn: (...args: never[]) => unknown): string | undefined {
  if (String.prototype.split !== nativeSplit) return undefined
  const source = fn.toString()
  for (const pattern of SPLITS) {
    const character = pattern.exec(source)?.[3]
    if (character && character.charCodeAt(0) < 128 && character !== '\n' && character !== '\r')
      return character
  }
  return undefined
}

/**
 * Counts the words of a partition where its items are lines of text and all that is done to them is to split each by
 * one character; nothing for any other work, which then takes the usual way.
 * @returns words in the order of first occurrence, and how often each is there
 */
export function countedWords(
  source: SourceSpec,
  ops: readonly Op[],
  argument: unknown,
): Promise<KeyedWire<number>> | undefined {
  if (source.source !== 'text' || source.includePath || source.whole || ops.length !== 1) return undefined
  const [op] = ops
  if (op.op !== 'flatMap' || op.rest.length > 0 || !hasByteLines(source.encoding)) return undefined
  const character = splitterOf(op.fn)
  return character === undefined
    ? undefined
    : countIn(source, argument as readonly FileRange[], character.charCodeAt(0))
}

async function countIn(
  source: TextSource,
  ranges: readonly FileRange[],
  separator: number,
): Promise<KeyedWire<number>> {
  const words = new WordTable(source.encoding === 'latin1' ? 'latin1' : 'utf8')
  for (const range of ranges)
    for await (const { bytes, at } of linePieces(range, source))
      words.count(validBytes(bytes, at, source, range[0]), separator)
  return words.wire()
}

/** The piece as bytes that all stand for characters. */
function validBytes(bytes: Uint8Array, at: number, source: TextSource, path: string): Uint8Array {
  if (source.encoding === 'latin1') return bytes
  if (!isUtf8(bytes)) return Buffer.from(decodeText(bytes, at, { ...source, path }))
  const mark = at === 0 && bytes.length > 2 && Buffer.from(bytes.subarray(0, 3)).toString().charCodeAt(0)
  return mark === BYTE_ORDER_MARK ? bytes.subarray(3) : bytes
}

/**
 * Four numbers a place: the word's number plus one (0 is free), its first and second four bytes, and how many there are.
 * A word that is longer has its hash and where its bytes are instead.
 */
const PLACE = 4
/** The longest word that lies in its place as a whole. */
const SHORT = 8
/** By length: which bits of four bytes belong to a word, and of the next four. */
const FIRST_BITS = Int32Array.from({ length: SHORT + 1 }, (_, n) => (n >= 4 ? -1 : 2 ** (8 * n) - 1))
const SECOND_BITS = Int32Array.from({ length: SHORT + 1 }, (_, n) =>
  n >= 8 ? -1 : n <= 4 ? 0 : 2 ** (8 * (n - 4)) - 1,
)

/**
 * Words and how often each came. Open addressing over one array in which short words lie themselves, so that one that is
 * known is found by a look at one place; the bytes of longer ones are one behind the other in another.
 */
class WordTable {
  readonly #encoding: 'latin1' | 'utf8'
  readonly #keys: string[] = []
  #counts = new Float64Array(1024)
  #places = new Int32Array(2048 * PLACE)
  #bytes = new Uint8Array(16 * 1024)
  #bytesUsed = 0

  constructor(encoding: 'latin1' | 'utf8') {
    this.#encoding = encoding
  }

  /** Counts the words of whole lines. */
  count(piece: Uint8Array, separator: number): void {
    // Four bytes are read at once, also behind the last word.
    const bytes = new Uint8Array(piece.length + SHORT)
    bytes.set(piece)
    const view = new DataView(bytes.buffer)
    const end = piece.length
    // Most bytes are larger than both that end a word: one look is enough for them.
    const last = Math.max(separator, NEWLINE)
    let start = 0
    for (let i = 0; i < end; i++) {
      const byte = bytes[i]
      if (byte > last) continue
      if (byte === separator) this.#add(bytes, view, start, i)
      else if (byte === NEWLINE)
        // A return before the line's end is no part of its last word.
        this.#add(bytes, view, start, i > start && bytes[i - 1] === RETURN ? i - 1 : i)
      else continue
      start = i + 1
    }
    if (end > 0 && bytes[end - 1] !== NEWLINE)
      this.#add(bytes, view, start, end > start && bytes[end - 1] === RETURN ? end - 1 : end)
  }

  wire(): KeyedWire<number> {
    return { keys: this.#keys, values: this.#counts.slice(0, this.#keys.length) }
  }

  #add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const length = end - start
    if (length > SHORT) {
      this.#addLong(bytes, view, start, length)
      return
    }
    const first = view.getInt32(start, true) & FIRST_BITS[length]
    const second = view.getInt32(start + 4, true) & SECOND_BITS[length]
    const places = this.#places
    const mask = places.length - 1
    for (let place = (mixed(first, second) * PLACE) & mask; ; place = (place + PLACE) & mask) {
      const word = places[place]
      if (word === 0) {
        this.#addNew(bytes, start, length, first, second, place)
        return
      }
      if (places[place + 1] === first && places[place + 2] === second && places[place + 3] === length) {
        this.#counts[word - 1]++
        return
      }
    }
  }

  #addLong(bytes: Uint8Array, view: DataView, start: number, length: number): void {
    let hash = view.getInt32(start + length - 4, true)
    for (let i = 0; i + 4 < length; i += 4) hash = mixed(hash, view.getInt32(start + i, true))
    const places = this.#places
    const known = this.#bytes
    const mask = places.length - 1
    for (let place = (mixed(hash, length) * PLACE) & mask; ; place = (place + PLACE) & mask) {
      const word = places[place]
      if (word === 0) {
        const at = this.#kept(bytes, start, length)
        this.#addNew(bytes, start, length, hash, at, place)
        return
      }
      if (places[place + 1] !== hash || places[place + 3] !== length) continue
      let i = 0
      for (let at = places[place + 2]; i < length && known[at + i] === bytes[start + i]; i++);
      if (i < length) continue
      this.#counts[word - 1]++
      return
    }
  }

  /** Where the bytes of a long word are from now on. */
  #kept(bytes: Uint8Array, start: number, length: number): number {
    const at = this.#bytesUsed
    while (at + length > this.#bytes.length)
      this.#bytes = grown(this.#bytes, new Uint8Array(2 * this.#bytes.length))
    this.#bytes.set(bytes.subarray(start, start + length), at)
    this.#bytesUsed += length
    return at
  }

  #addNew(
    bytes: Uint8Array,
    start: number,
    length: number,
    first: number,
    second: number,
    place: number,
  ): void {
    const word = this.#keys.length
    this.#keys.push(Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString(this.#encoding))
    this.#places[place] = word + 1
    this.#places[place + 1] = first
    this.#places[place + 2] = second
    this.#places[place + 3] = length
    if (word === this.#counts.length) this.#counts = grown(this.#counts, new Float64Array(2 * word))
    this.#counts[word] = 1
    if (2 * this.#keys.length * PLACE > this.#places.length) this.#spread()
  }

  /** Twice as many places. */
  #spread(): void {
    const before = this.#places
    const places = new Int32Array(2 * before.length)
    const mask = places.length - 1
    for (let from = 0; from < before.length; from += PLACE) {
      if (before[from] === 0) continue
      const length = before[from + 3]
      const hash =
        length > SHORT ? mixed(before[from + 1], length) : mixed(before[from + 1], before[from + 2])
      let place = (hash * PLACE) & mask
      while (places[place] !== 0) place = (place + PLACE) & mask
      for (let i = 0; i < PLACE; i++) places[place + i] = before[from + i]
    }
    this.#places = places
  }
}

/** Two numbers as one whose last bits depend on all of theirs. */
function mixed(a: number, b: number): number {
  const hash = Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35)
  const word = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return word ^ (word >>> 13)
}

function grown<A extends Uint8Array | Float64Array>(before: A, after: A): A {
  after.set(before)
  return after
}
