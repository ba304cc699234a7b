// Words and how often each came: the table of `wordTableWasm.ts`, its room, and what it holds as strings.

import {
  PLACE_BYTES,
  WORD_STATE,
  type WordState,
  type WordTableModule,
  wordTableModule,
} from './wordTableWasm.ts'

const NEWLINE = 10
const PAGE_BYTES = 65536
/** The loop reads this far behind what it counts. */
const BEHIND = 8
/** At most half of the places are taken. */
const PLACES_A_WORD = 2
const WORDS_AT_FIRST = 4096
const KEPT_AT_FIRST = 64 * 1024
/** Counts are 32 bits wide: they are taken out before a word can have come so often. */
const BYTES_COUNTED_MAX = 2 ** 31

/** A larger one is not kept for the next partition. */
const IDLE_BYTES_MAX = 64 * 2 ** 20
/** The table that the last partition of this thread left: new memory costs more than counting in it. */
let idle: WordTable | undefined

export class WordTable {
  /** An empty table; {@link done} gives it back. */
  static empty(): WordTable {
    const table = idle ?? new WordTable()
    idle = undefined
    return table
  }

  readonly #module: WordTableModule = wordTableModule()
  readonly #state: WordState
  /** Behind everything that has an address. */
  #top = PAGE_BYTES
  #piece = { at: 0, bytes: 0 }
  #keptStart: number
  /** Counts that were taken out of the table, by word. */
  #counts = new Float64Array(0)
  #counted = 0

  private constructor() {
    this.#state = Object.fromEntries(WORD_STATE.map((field) => [field, 0])) as WordState
    this.#enlarge(WORDS_AT_FIRST)
    this.#keptStart = this.#room(KEPT_AT_FIRST)
    this.#state.kept = this.#keptStart
    this.#state.keptEnd = this.#keptStart + KEPT_AT_FIRST
    this.#numbers()[this.#state.starts >> 2] = this.#keptStart
  }

  /** Counts the words of whole lines; an end that is missing behind the last is as if it were there. */
  count(piece: Uint8Array, separator: number): void {
    if (piece.length === 0) return
    const isEnded = piece.at(-1) === NEWLINE
    const length = piece.length + (isEnded ? 0 : 1)
    if (length + BEHIND > this.#piece.bytes) {
      const bytes = 2 * (length + BEHIND)
      this.#piece = { at: this.#room(bytes), bytes }
    }
    if (this.#counted + length > BYTES_COUNTED_MAX) this.#takeCounts()
    this.#counted += length
    let { at } = this.#piece
    const end = at + length
    this.#bytes().set(piece, at)
    if (!isEnded) this.#bytes()[end - 1] = NEWLINE
    this.#state.separator = separator
    while (true) {
      at = this.#inModule((state) => this.#module.count(at, end, state))
      if (at === end) return
      this.#makeRoom(length)
    }
  }

  /** The words in the order of their first occurrence, and how often each came. */
  words(encoding: 'latin1' | 'utf8'): { keys: string[]; values: Float64Array } {
    this.#takeCounts()
    const { words, starts } = this.#state
    const places = this.#numbers().subarray(starts >> 2, (starts >> 2) + words + 1)
    const text = Buffer.from(this.#module.memory.buffer, this.#keptStart, places[words] - this.#keptStart)
    // Characters of one byte each: all are made at once, and cut.
    const whole = text.toString(encoding)
    const isBytewise = whole.length === text.length
    const keys = Array.from({ length: words }, (_, word) => {
      const from = places[word] - this.#keptStart
      const to = places[word + 1] - this.#keptStart
      return isBytewise ? whole.slice(from, to) : text.toString(encoding, from, to)
    })
    return { keys, values: this.#counts.slice(0, words) }
  }

  /** Nobody needs it any more. */
  done(): void {
    if (this.#top > IDLE_BYTES_MAX) return
    const { table, tableEnd } = this.#state
    this.#bytes().fill(0, table, tableEnd)
    this.#state.words = 0
    this.#state.kept = this.#keptStart
    this.#counts = new Float64Array(0)
    this.#counted = 0
    idle = this
  }

  /** Adds the counts of the table to those outside, and sets them to 0. */
  #takeCounts(): void {
    const { table, tableEnd, words } = this.#state
    const counts = new Float64Array(words)
    counts.set(this.#counts)
    const numbers = this.#numbers()
    for (let at = table >> 2; at < tableEnd >> 2; at += PLACE_BYTES >> 2) {
      // A number of 64 bits, not 0 where there is a word; then its count, then which it is.
      if (numbers[at] === 0 && numbers[at + 1] === 0) continue
      counts[numbers[at + 3]] += numbers[at + 2]
      numbers[at + 2] = 0
    }
    this.#counts = counts
    this.#counted = 0
  }

  /** Twice the room that is nearly used up: for words, or for the bytes of them. */
  #makeRoom(bytes: number): void {
    const { words, wordsMax, kept, keptEnd } = this.#state
    if (words === wordsMax) {
      this.#enlarge(2 * wordsMax)
      return
    }
    const before = this.#keptStart
    const used = kept - before
    const room = 2 * (keptEnd - before) + bytes
    this.#keptStart = this.#room(room)
    this.#bytes().copyWithin(this.#keptStart, before, kept)
    this.#state.kept = this.#keptStart + used
    this.#state.keptEnd = this.#keptStart + room
    const first = this.#state.starts >> 2
    const numbers = this.#numbers()
    for (let word = 0; word <= words; word++) numbers[first + word] += this.#keptStart - before
  }

  /** Places and numbers for so many words, a power of two. */
  #enlarge(wordsMax: number): void {
    const { table, tableEnd, starts, words } = this.#state
    const bytes = PLACES_A_WORD * wordsMax * PLACE_BYTES
    const newTable = this.#room(bytes)
    const newStarts = this.#room(4 * (wordsMax + 1))
    if (starts > 0) this.#bytes().copyWithin(newStarts, starts, starts + 4 * (words + 1))
    Object.assign(this.#state, {
      table: newTable,
      tableEnd: newTable + bytes,
      shift: 64 - Math.log2(PLACES_A_WORD * wordsMax),
      wordsMax,
      starts: newStarts,
    })
    this.#inModule((state) => this.#module.spread(table, tableEnd, state))
  }

  /** Calls the module with the state in its memory, and takes over what it changed. */
  #inModule<R>(call: (state: number) => R): R {
    const before = this.#numbers()
    for (const [i, field] of WORD_STATE.entries()) before[i] = this.#state[field]
    const result = call(0)
    const after = this.#numbers()
    for (const [i, field] of WORD_STATE.entries()) this.#state[field] = after[i]
    return result
  }

  /** An address of so many bytes that nobody has, all 0. What was given up is not used again: it is as much again at most. */
  #room(bytes: number): number {
    const at = this.#top
    this.#top += Math.ceil(bytes / PLACE_BYTES) * PLACE_BYTES
    const { memory } = this.#module
    const pages = Math.ceil(this.#top / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES
    if (pages > 0) memory.grow(pages)
    return at
  }

  #bytes(): Uint8Array {
    return new Uint8Array(this.#module.memory.buffer)
  }

  #numbers(): Uint32Array {
    return new Uint32Array(this.#module.memory.buffer)
  }
}
