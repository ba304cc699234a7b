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

/** Four numbers a place: the word's number plus one (0 is free), its hash, where its bytes are, and how many. */
const PLACE = 4

/**
 * Words and how often each came. Open addressing over one array, words one behind the other in another: a word that is
 * known is found without a look at any object.
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
  count(bytes: Uint8Array, separator: number): void {
    let start = 0
    let hash = 0
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]
      if (byte === separator) this.#add(bytes, start, i, hash)
      else if (byte === NEWLINE) this.#addLast(bytes, start, i, hash)
      else {
        hash = Math.imul(hash ^ byte, 0x01000193)
        continue
      }
      start = i + 1
      hash = 0
    }
    if (bytes.length > 0 && bytes[bytes.length - 1] !== NEWLINE)
      this.#addLast(bytes, start, bytes.length, hash)
  }

  wire(): KeyedWire<number> {
    return { keys: this.#keys, values: this.#counts.slice(0, this.#keys.length) }
  }

  /** The last word of a line: a return before the line's end is no part of it. */
  #addLast(bytes: Uint8Array, start: number, end: number, hash: number): void {
    if (end === start || bytes[end - 1] !== RETURN) {
      this.#add(bytes, start, end, hash)
      return
    }
    let shorter = 0
    for (let i = start; i < end - 1; i++) shorter = Math.imul(shorter ^ bytes[i], 0x01000193)
    this.#add(bytes, start, end - 1, shorter)
  }

  #add(bytes: Uint8Array, start: number, end: number, rawHash: number): void {
    const places = this.#places
    const known = this.#bytes
    const length = end - start
    const hash = rawHash ^ (rawHash >>> 15) ^ length
    const mask = places.length - 1
    for (let place = (hash * PLACE) & mask; ; place = (place + PLACE) & mask) {
      const word = places[place]
      if (word === 0) {
        this.#addNew(bytes, start, end, hash, place)
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

  #addNew(bytes: Uint8Array, start: number, end: number, hash: number, place: number): void {
    const length = end - start
    const word = this.#keys.length
    this.#keys.push(Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString(this.#encoding))
    while (this.#bytesUsed + length > this.#bytes.length)
      this.#bytes = grown(this.#bytes, new Uint8Array(2 * this.#bytes.length))
    this.#bytes.set(bytes.subarray(start, end), this.#bytesUsed)
    this.#places.set([word + 1, hash, this.#bytesUsed, length], place)
    this.#bytesUsed += length
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
      let place = (before[from + 1] * PLACE) & mask
      while (places[place] !== 0) place = (place + PLACE) & mask
      for (let i = 0; i < PLACE; i++) places[place + i] = before[from + i]
    }
    this.#places = places
  }
}

function grown<A extends Uint8Array | Float64Array>(before: A, after: A): A {
  after.set(before)
  return after
}
