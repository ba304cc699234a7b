// Rows told apart by numbers: a table over the numbers where they lie close together, else an open-addressing hash table.

import { releasedWhenShort } from '../../resultMemory.ts'
import type { Scratch } from './scratch.ts'

/** Rows that agree in their keys. Groups are numbered from 0 in the order in which they first come, in scratch memory. */
export interface Groups {
  /** Of each row, the number of its group. */
  readonly of: Int32Array
  readonly count: number
  /** Of each group, the row where it first comes. */
  readonly first: Int32Array
}

/** Whether bit `row` of a bitmap is set; where there is no bitmap all are. */
export const isThere = (validity: Uint8Array | undefined, row: number): boolean =>
  validity === undefined || ((validity[row >> 3] >> (row & 7)) & 1) === 1

/** A table over so many numbers is always worth it. */
const TABLE_MIN = 2 ** 12
/** A table over more numbers than this, for each row, takes longer to clear than hashing does. */
const TABLE_TO_ROWS = 4

/** Whether rows are told apart by a table over `size` numbers. */
export const fitsTable = (size: number, rows: number): boolean =>
  size <= Math.max(TABLE_MIN, TABLE_TO_ROWS * rows)

/** The smallest and the largest of the numbers that are there; nothing where none is. */
export function rangeOf(
  values: Int32Array,
  validity: Uint8Array | undefined,
): readonly [low: number, high: number] | undefined {
  let row = 0
  while (row < values.length && !isThere(validity, row)) row++
  if (row === values.length) return undefined
  // Small whole numbers all the way: no number of the loops needs more than 32 bits.
  let low = values[row]
  let high = low
  if (validity === undefined)
    for (; row < values.length; row++) {
      const value = values[row]
      if (value < low) low = value
      else if (value > high) high = value
    }
  else
    for (; row < values.length; row++) {
      const value = values[row]
      if (((validity[row >> 3] >> (row & 7)) & 1) === 0) continue
      if (value < low) low = value
      else if (value > high) high = value
    }
  return [low, high]
}

/**
 * Groups of equal numbers; absent ones are a group. Of 7, 3 and 7 they are 0, 1 and 0.
 */
export function groupsOfNumbers(
  values: Int32Array,
  validity: Uint8Array | undefined,
  scratch: Scratch,
): Groups {
  const range = rangeOf(values, validity)
  if (range === undefined) return oneGroup(values.length)
  const [low, high] = range
  const size = high - low + 1
  if (fitsTable(size, values.length)) return groupsInRange(values, validity, low, size, scratch)
  const hashes = scratch.words(values.length)
  for (let row = 0; row < hashes.length; row++) hashes[row] = mixed(values[row])
  return groupsOfHashes(hashes, validity, scratch)
}

/** Groups of numbers that lie from `low` on, `size` at most; absent ones are a group. */
export function groupsInRange(
  values: Int32Array,
  validity: Uint8Array | undefined,
  low: number,
  size: number,
  scratch: Scratch,
): Groups {
  const rows = values.length
  const of = scratch.words(rows)
  const first = new Int32Array(Math.min(size + 1, rows))
  // Of each number, its group's number and one more; the last place is that of what is absent.
  const table = scratch.words(size + 1).fill(0)
  const count =
    validity === undefined
      ? numberPresent(values, low, of, first, table)
      : numberAll(values, validity, low, of, first, table)
  return { of, count, first: first.subarray(0, count) }
}

function numberPresent(
  values: Int32Array,
  low: number,
  of: Int32Array,
  first: Int32Array,
  table: Int32Array,
): number {
  let count = 0
  for (let row = 0; row < of.length; row++) {
    const at = (values[row] - low) | 0
    const group = table[at]
    if (group > 0) of[row] = group - 1
    else {
      of[row] = count
      first[count++] = row
      table[at] = count
    }
  }
  return count
}

function numberAll(
  values: Int32Array,
  validity: Uint8Array,
  low: number,
  of: Int32Array,
  first: Int32Array,
  table: Int32Array,
): number {
  const absent = table.length - 1
  let count = 0
  for (let row = 0; row < of.length; row++) {
    const at = ((validity[row >> 3] >> (row & 7)) & 1) === 1 ? (values[row] - low) | 0 : absent
    const group = table[at]
    if (group > 0) of[row] = group - 1
    else {
      of[row] = count
      first[count++] = row
      table[at] = count
    }
  }
  return count
}

/** Nothing but 0, as long as the longest table so far: nobody writes to what groups are. */
let zeros = new Int32Array(0)

releasedWhenShort(() => {
  zeros = new Int32Array(0)
})

function zerosOf(rows: number): Int32Array {
  if (zeros.length < rows) zeros = new Int32Array(rows)
  return zeros.subarray(0, rows)
}

/** All rows as one group. */
export const oneGroup = (rows: number): Groups => ({
  of: zerosOf(rows),
  count: Math.min(rows, 1),
  first: new Int32Array(Math.min(rows, 1)),
})

/** A number with its bits mixed; no two numbers give the same. */
export function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

/** One hash of two words. */
export const mixedPair = (low: number, high: number): number =>
  mixed(low ^ Math.imul(mixed(high), 0x9e3779b1))

/**
 * Groups of rows with equal hashes; absent rows are a group.
 * @param same says of two rows with the same hash whether they agree; where it is absent they always do
 */
export function groupsOfHashes(
  hashes: Int32Array,
  validity: Uint8Array | undefined,
  scratch: Scratch,
  same?: (a: number, b: number) => boolean,
): Groups {
  const rows = hashes.length
  const of = scratch.words(rows)
  let first = new Int32Array(FIRST_PLACES)
  // Two words a place: the hash, and the group's number and one more.
  let table = new Int32Array(4 * FIRST_PLACES)
  let count = 0
  let absent = -1
  for (let row = 0; row < rows; row++) {
    let group = -1
    if (validity !== undefined && ((validity[row >> 3] >> (row & 7)) & 1) === 0) {
      if (absent >= 0) {
        of[row] = absent
        continue
      }
      absent = count
      group = count
    } else {
      const hash = hashes[row]
      const mask = table.length - 2
      let at = (hash << 1) & mask
      for (;;) {
        const known = table[at + 1]
        if (known === 0) {
          table[at] = hash
          table[at + 1] = count + 1
          group = count
          break
        }
        if (table[at] === hash && (same === undefined || same(first[known - 1], row))) break
        at = (at + 2) & mask
      }
      if (group < 0) {
        of[row] = table[at + 1] - 1
        continue
      }
    }
    first[count++] = row
    of[row] = group
    if (count === first.length) {
      const larger = new Int32Array(2 * count)
      larger.set(first)
      first = larger
      table = grown(table)
    }
  }
  return { of, count, first: first.subarray(0, count) }
}

/** So many groups have place at first; the table has place for twice as many as there are groups. */
const FIRST_PLACES = 1024

function grown(table: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * table.length)
  const mask = larger.length - 2
  for (let from = 0; from < table.length; from += 2) {
    if (table[from + 1] === 0) continue
    let at = (table[from] << 1) & mask
    while (larger[at + 1] !== 0) at = (at + 2) & mask
    larger[at] = table[from]
    larger[at + 1] = table[from + 1]
  }
  return larger
}
