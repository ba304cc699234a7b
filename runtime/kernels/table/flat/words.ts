// Numbers as words of 32 bits, low word first, as they lie in memory.

import type { FlatArray } from './flatFrame.ts'

type WordsArray = BigInt64Array | BigUint64Array | Float64Array | Float32Array

/** Whether rows are told apart by two words a value. */
export const isWords = (values: FlatArray): values is WordsArray =>
  values instanceof BigInt64Array ||
  values instanceof BigUint64Array ||
  values instanceof Float64Array ||
  values instanceof Float32Array

/** Two words a value. Numbers that are equal have the same words: −0 those of 0, and NaN those of one NaN. */
export function wordsOf(values: WordsArray): Int32Array {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return wordsOver(values)
  const floats = new Float64Array(values)
  const words = wordsOver(floats)
  for (let row = 0; row < floats.length; row++) {
    const value = floats[row]
    if (value === 0 || Number.isNaN(value)) {
      words[2 * row] = 0
      words[2 * row + 1] = value === 0 ? 0 : NAN_WORD
    }
  }
  return words
}

const NAN_WORD = 0x7ff80000

/** The words of an array's own memory. */
export const wordsOver = (values: BigInt64Array | BigUint64Array | Float64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, 2 * values.length)

/** Bits of a bitmap as 0 and 1. */
export function bitsAsNumbers(bits: Uint8Array, rows: number): Int32Array {
  const numbers = new Int32Array(rows)
  for (let row = 0; row < rows; row++) numbers[row] = (bits[row >> 3] >> (row & 7)) & 1
  return numbers
}
