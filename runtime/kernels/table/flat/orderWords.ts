// Values as words of 32 bits whose order, taken as whole numbers, is that of the values.

import type { DataType } from '../dataType.ts'
import type { FlatColumn } from './flatFrame.ts'
import type { Scratch } from './scratch.ts'

/** One or two words a row: `high` first, `low` where rows agree in it. Both have a sign, so that they are compared as they stand. */
export interface OrderWords {
  readonly high: Int32Array
  readonly low: Int32Array | undefined
}

const SIGN = 0x8000_0000 | 0
const SIZE = 0x7fff_ffff

/** How many words the values of a type have; none where the engine alone knows their order. */
export function wordsOf(type: DataType): 0 | 1 | 2 {
  if (typeof type === 'object') return 'datetime' in type || 'duration' in type ? 2 : 0
  switch (type) {
    case 'boolean':
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
    case 'float32':
    case 'date':
      return 1
    case 'int64':
    case 'uint64':
    case 'float64':
    case 'time':
      return 2
    default:
      return 0
  }
}

export const emptyWords = (rows: number, words: 1 | 2, scratch: Scratch): OrderWords => ({
  high: scratch.words(rows),
  low: words === 2 ? scratch.words(rows) : undefined,
})

/**
 * Writes the words of a column: NaN is the largest number, −0 is 0, and true comes behind false. What stands for absent values says nothing.
 * @param at where the words of the first row stand
 * @param descending the largest value has the smallest words
 */
export function writeWords(
  column: FlatColumn,
  { high, low }: OrderWords,
  at: number,
  rows: number,
  descending: boolean,
): void {
  const flip = descending ? -1 : 0
  if (column.form === 'bits') {
    const { bits } = column
    for (let i = 0; i < rows; i++) high[at + i] = ((bits[i >> 3] >> (i & 7)) & 1) ^ flip
    return
  }
  if (column.form !== 'values') return
  const { values } = column
  if (values instanceof Float64Array) doubles(halves(values), high, low as Int32Array, at, flip)
  else if (values instanceof Float32Array) singles(values, high, at, flip)
  else if (values instanceof BigInt64Array) pairs(halves(values), high, low as Int32Array, at, flip, flip)
  else if (values instanceof BigUint64Array)
    pairs(halves(values), high, low as Int32Array, at, flip ^ SIGN, flip)
  else narrow(values, high, at, values instanceof Uint32Array ? flip ^ SIGN : flip)
}

/** Values of 64 bits as pairs of words, the lower first. */
const halves = ({ buffer, byteOffset, length }: Float64Array | BigInt64Array | BigUint64Array): Int32Array =>
  new Int32Array(buffer, byteOffset, 2 * length)

function narrow(values: ArrayLike<number>, high: Int32Array, at: number, flip: number): void {
  for (let i = 0; i < values.length; i++) high[at + i] = values[i] ^ flip
}

function pairs(
  words: Int32Array,
  high: Int32Array,
  low: Int32Array,
  at: number,
  flipHigh: number,
  flip: number,
): void {
  // The lower half has no sign of its own: its highest bit is turned.
  const flipLow = flip ^ SIGN
  for (let i = at, k = 0; k < words.length; i++, k += 2) {
    low[i] = words[k] ^ flipLow
    high[i] = words[k + 1] ^ flipHigh
  }
}

function doubles(words: Int32Array, high: Int32Array, low: Int32Array, at: number, flip: number): void {
  const flipLow = flip ^ SIGN
  for (let i = at, k = 0; k < words.length; i++, k += 2) {
    let lower = words[k]
    let upper = words[k + 1]
    const size = upper & SIZE
    if (size >= 0x7ff0_0000 && (size > 0x7ff0_0000 || lower !== 0)) {
      upper = SIZE
      lower = -1
    } else if (size === 0 && lower === 0) upper = 0
    // Of numbers below 0 those with more bits are the smaller ones.
    const negative = upper >> 31
    low[i] = lower ^ negative ^ flipLow
    high[i] = upper ^ (negative & SIZE) ^ flip
  }
}

function singles(values: Float32Array, high: Int32Array, at: number, flip: number): void {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    const size = word & SIZE
    const ordered = size > 0x7f80_0000 ? SIZE : size === 0 ? 0 : word ^ ((word >> 31) & SIZE)
    high[at + i] = ordered ^ flip
  }
}
