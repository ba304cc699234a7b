// The smallest or largest value of each group.

import type { Groups } from './groupNumbers.ts'

/** −1 for the smallest, 1 for the largest. */
export type Side = -1 | 1

/** Of each group, the row with its extreme; −1 where no value is there. NaN is one only where there is no other number. */
export function extremeNumbers(
  values: Int32Array | Float64Array,
  validity: Uint8Array | undefined,
  groups: Groups,
  side: Side,
): Int32Array {
  return values instanceof Int32Array
    ? extremeWhole(values, validity, groups, side)
    : extremeFloats(values, validity, groups, side)
}

function extremeWhole(
  values: Int32Array,
  validity: Uint8Array | undefined,
  { of, count }: Groups,
  side: Side,
): Int32Array {
  const best = new Int32Array(count)
  const at = new Int32Array(count).fill(-1)
  for (let row = 0; row < values.length; row++) {
    if (validity !== undefined && ((validity[row >> 3] >> (row & 7)) & 1) === 0) continue
    const group = of[row]
    const value = values[row]
    if (at[group] < 0 || (side < 0 ? value < best[group] : value > best[group])) {
      best[group] = value
      at[group] = row
    }
  }
  return at
}

function extremeFloats(
  values: Float64Array,
  validity: Uint8Array | undefined,
  { of, count }: Groups,
  side: Side,
): Int32Array {
  const best = new Float64Array(count)
  const at = new Int32Array(count).fill(-1)
  for (let row = 0; row < values.length; row++) {
    if (validity !== undefined && ((validity[row >> 3] >> (row & 7)) & 1) === 0) continue
    const group = of[row]
    const value = values[row]
    const known = best[group]
    if (
      at[group] < 0 ||
      (side < 0 ? value < known : value > known) ||
      (Number.isNaN(known) && !Number.isNaN(value))
    ) {
      best[group] = value
      at[group] = row
    }
  }
  return at
}

/** The same of numbers of 64 bits as words, low word first. */
export function extremeWords(
  words: Int32Array,
  validity: Uint8Array | undefined,
  { of, count }: Groups,
  side: Side,
  signed: boolean,
): Int32Array {
  // A sign's bit turned around, high words of unsigned numbers compare as signed ones.
  const flip = signed ? 0 : -(2 ** 31)
  const at = new Int32Array(count).fill(-1)
  for (let row = 0; row < of.length; row++) {
    if (validity !== undefined && ((validity[row >> 3] >> (row & 7)) & 1) === 0) continue
    const group = of[row]
    const known = at[group]
    if (known < 0) {
      at[group] = row
      continue
    }
    const high = words[2 * row + 1] ^ flip
    const bestHigh = words[2 * known + 1] ^ flip
    const order = high === bestHigh ? (words[2 * row] >>> 0) - (words[2 * known] >>> 0) : high - bestHigh
    if (side < 0 ? order < 0 : order > 0) at[group] = row
  }
  return at
}
