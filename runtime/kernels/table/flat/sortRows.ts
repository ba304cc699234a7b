// A stable sort of rows by words: by their digits from the last to the first, and where rows agree in the high word by the low one.

import type { OrderWords } from './orderWords.ts'
import { Scratch } from './scratch.ts'

const DIGIT_BITS = 8
/** As many places of the next row are written to at once: more do not stay in the nearest cache. */
const DIGITS = 2 ** DIGIT_BITS
const DIGIT = DIGITS - 1
/** Turns the sign: words below 0 come first. */
const SIGN_OF_TOP = 0x80
/** Fewer rows than these are put in order one after another. */
const FEW = 48

/**
 * Puts rows in the order of their words, keeping the order of those that agree.
 * @param rows their numbers, in the order that they have; changed in place
 */
export function sortRows(rows: Uint32Array, { high, low }: OrderWords): void {
  const scratch = new Scratch()
  const work: Work = {
    rows,
    keys: scratch.words(rows.length),
    otherKeys: scratch.words(rows.length),
    otherRows: scratch.rows(rows.length),
  }
  const keys = byDigits(work, high, 0, rows.length)
  // What a run leaves in these is its own part of them, which is not looked at again.
  if (low) for (let from = 0; from < rows.length; ) from = sortRun(work, keys, low, from)
  scratch.giveBack()
}

interface Work {
  readonly rows: Uint32Array
  readonly keys: Int32Array
  readonly otherKeys: Int32Array
  readonly otherRows: Uint32Array
}

/** Sorts the rows from one on that agree with it in the high word; gives where they end. */
function sortRun(work: Work, keys: Int32Array, low: Int32Array, from: number): number {
  const word = keys[from]
  let to = from + 1
  while (to < keys.length && keys[to] === word) to++
  if (to - from > FEW) byDigits(work, low, from, to)
  else if (to - from > 1) insert(work.rows, low, from, to)
  return to
}

function insert(rows: Uint32Array, word: Int32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const row = rows[i]
    const key = word[row]
    let at = i
    while (at > from && word[rows[at - 1]] > key) {
      rows[at] = rows[at - 1]
      at--
    }
    rows[at] = row
  }
}

const counts = [0, 1, 2, 3].map(() => new Uint32Array(DIGITS))

/** Sorts a run of rows by one word; gives the words in their order, which stand in one of the arrays of `work`. */
function byDigits(work: Work, word: Int32Array, from: number, to: number): Int32Array {
  const { rows, keys, otherKeys, otherRows } = work
  count(rows, word, keys, from, to)
  let [ownKeys, ownRows, toKeys, toRows] = [keys, rows, otherKeys, otherRows]
  for (let digit = 0; digit < 4; digit++) {
    const places = counts[digit]
    const shift = digit * DIGIT_BITS
    const turn = digit === 3 ? SIGN_OF_TOP : 0
    // All rows have the same digit: their order stays.
    if (places[((ownKeys[from] >>> shift) & DIGIT) ^ turn] === to - from) continue
    let at = from
    for (let value = 0; value < DIGITS; value++) {
      const own = places[value]
      places[value] = at
      at += own
    }
    move(ownKeys, ownRows, toKeys, toRows, from, to, shift, turn, places)
    ;[ownKeys, toKeys] = [toKeys, ownKeys]
    ;[ownRows, toRows] = [toRows, ownRows]
  }
  if (ownRows !== rows) rows.set(ownRows.subarray(from, to), from)
  return ownKeys
}

/** How often each digit comes, of all four. */
function count(rows: Uint32Array, word: Int32Array, keys: Int32Array, from: number, to: number): void {
  const [first, second, third, fourth] = counts
  for (const each of counts) each.fill(0)
  for (let i = from; i < to; i++) {
    const key = word[rows[i]]
    keys[i] = key
    first[key & DIGIT]++
    second[(key >>> DIGIT_BITS) & DIGIT]++
    third[(key >>> (2 * DIGIT_BITS)) & DIGIT]++
    fourth[(key >>> (3 * DIGIT_BITS)) ^ SIGN_OF_TOP]++
  }
}

function move(
  keys: Int32Array,
  rows: Uint32Array,
  toKeys: Int32Array,
  toRows: Uint32Array,
  from: number,
  to: number,
  shift: number,
  turn: number,
  places: Uint32Array,
): void {
  for (let i = from; i < to; i++) {
    const key = keys[i]
    const at = places[((key >>> shift) & DIGIT) ^ turn]++
    toKeys[at] = key
    toRows[at] = rows[i]
  }
}
