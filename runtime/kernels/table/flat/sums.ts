// Sums of the rows of each group. Whole numbers are added as floats while those are exact, and carried into words of 64 bits.

import { sumOfFloats } from '../../sumOfFloats.ts'
import type { Groups } from './groupNumbers.ts'

/** Sums of so many numbers of 32 bits, or of halves of numbers of 64, are exact in a float. */
const EXACT_ROWS = 2 ** 20
const WORD = 2 ** 32

/** Sums of floats: of groups row after row, of one in four sums by turns. */
export function sumsOfFloats(
  values: Float64Array,
  validity: Uint8Array | undefined,
  { of, count }: Groups,
): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(count)
  addFloats(sums, values, validity, of, 0, values.length)
  return sums
}

/** Sums of whole numbers as floats: beyond 2^53 they are rounded. */
export function floatSumsOfNumbers(
  values: Int32Array,
  validity: Uint8Array | undefined,
  { of, count }: Groups,
): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(count)
  addNumbers(sums, values, validity, of, 0, values.length)
  return sums
}

/** Sums of whole numbers, as words of 64 bits, low word first; beyond 64 bits they begin anew, as the engine's do. */
export function sumsOfNumbers(
  values: Int32Array | Float64Array,
  validity: Uint8Array | undefined,
  { of, count }: Groups,
): Int32Array<ArrayBuffer> {
  const words = new Int32Array(2 * count)
  const sums = new Float64Array(count)
  for (let from = 0; from < values.length; from += EXACT_ROWS) {
    const to = Math.min(values.length, from + EXACT_ROWS)
    if (values instanceof Int32Array) addNumbers(sums, values, validity, of, from, to)
    else addFloats(sums, values, validity, of, from, to)
    for (let group = 0; group < count; group++) {
      const sum = sums[group] + (words[2 * group] >>> 0)
      const high = Math.floor(sum / WORD)
      words[2 * group] = (sum - high * WORD) | 0
      words[2 * group + 1] = (words[2 * group + 1] + high) | 0
      sums[group] = 0
    }
  }
  return words
}

/** Sums of numbers of 64 bits, given and returned as words, low word first. */
export function sumsOfWords(
  given: Int32Array,
  validity: Uint8Array | undefined,
  { of, count }: Groups,
): Int32Array<ArrayBuffer> {
  const words = new Int32Array(2 * count)
  const lows = new Float64Array(count)
  const highs = new Float64Array(count)
  const rows = given.length >> 1
  for (let from = 0; from < rows; from += EXACT_ROWS) {
    const to = Math.min(rows, from + EXACT_ROWS)
    for (let row = from; row < to; row++) {
      if (validity !== undefined && ((validity[row >> 3] >> (row & 7)) & 1) === 0) continue
      const group = of[row]
      lows[group] += given[2 * row] >>> 0
      highs[group] += given[2 * row + 1]
    }
    for (let group = 0; group < count; group++) {
      const low = lows[group] + (words[2 * group] >>> 0)
      const carried = Math.floor(low / WORD)
      words[2 * group] = (low - carried * WORD) | 0
      words[2 * group + 1] = (words[2 * group + 1] + highs[group] + carried) | 0
      lows[group] = 0
      highs[group] = 0
    }
  }
  return words
}

function addNumbers(
  sums: Float64Array,
  values: Int32Array,
  validity: Uint8Array | undefined,
  of: Int32Array,
  from: number,
  to: number,
): void {
  if (validity === undefined) for (let row = from; row < to; row++) sums[of[row]] += values[row]
  else
    for (let row = from; row < to; row++)
      if (((validity[row >> 3] >> (row & 7)) & 1) === 1) sums[of[row]] += values[row]
}

function addFloats(
  sums: Float64Array,
  values: Float64Array,
  validity: Uint8Array | undefined,
  of: Int32Array,
  from: number,
  to: number,
): void {
  if (validity === undefined && sums.length === 1) sums[0] += sumOfFloats(values, from, to)
  else if (validity === undefined) for (let row = from; row < to; row++) sums[of[row]] += values[row]
  else
    for (let row = from; row < to; row++)
      if (((validity[row >> 3] >> (row & 7)) & 1) === 1) sums[of[row]] += values[row]
}

/** Of some groups, how many rows each has. */
const sizes = new WeakMap<Groups, Uint32Array<ArrayBuffer>>()

/** How many rows each group has, of those that are there. The counts are not to be written to. */
export function countsOf(validity: Uint8Array | undefined, groups: Groups): Uint32Array<ArrayBuffer> {
  const { of, count } = groups
  const known = validity === undefined ? sizes.get(groups) : undefined
  if (known) return known
  const counts = new Uint32Array(count)
  if (validity === undefined) {
    if (count === 1) counts[0] = of.length
    else for (let row = 0; row < of.length; row++) counts[of[row]]++
    sizes.set(groups, counts)
  } else for (let row = 0; row < of.length; row++) counts[of[row]] += (validity[row >> 3] >> (row & 7)) & 1
  return counts
}

/** The row where each group last comes. */
export function lastRows({ of, count }: Groups): Int32Array {
  const last = new Int32Array(count)
  for (let row = 0; row < of.length; row++) last[of[row]] = row
  return last
}
