// A split as a few numbers, in which one thread leaves it for another.

import type { NodeSums, Split } from './splitSearch.ts'
import { sidesOf } from './splitSides.ts'
import { RECORD_NUMBERS } from './teamLayout.ts'

const [IS_THERE, FEATURE, GAIN, BIN, MISSING_LEFT, GRADIENT, HESSIAN, COUNT, BY_SET, SET] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
]
const SET_WORDS = 8

/** @param into `RECORD_NUMBERS` of them */
export function writeSplit(into: Float64Array, split: Split | null): void {
  into[IS_THERE] = split ? 1 : 0
  if (!split) return
  into[FEATURE] = split.feature
  into[GAIN] = split.gain
  into[BIN] = split.bin
  into[MISSING_LEFT] = split.missingLeft ? 1 : 0
  into[GRADIENT] = split.left.gradient
  into[HESSIAN] = split.left.hessian
  into[COUNT] = split.left.count
  into[BY_SET] = split.leftBins ? 1 : 0
  if (!split.leftBins) return
  const words = setOf(into).fill(0)
  for (const bin of split.leftBins) words[bin >> 5] |= 1 << (bin & 31)
}

/** @param sums of the node that is split */
export function readSplit(from: Float64Array, sums: NodeSums): Split | null {
  if (!from[IS_THERE]) return null
  const words = setOf(from)
  const binsOf = (): number[] =>
    Array.from({ length: 32 * SET_WORDS }, (_, bin) => bin).filter(
      (bin) => (words[bin >> 5] >>> (bin & 31)) & 1,
    )
  return {
    feature: from[FEATURE],
    gain: from[GAIN],
    bin: from[BIN],
    leftBins: from[BY_SET] ? binsOf() : null,
    missingLeft: from[MISSING_LEFT] === 1,
    ...sidesOf(sums, from[GRADIENT], from[HESSIAN], from[COUNT]),
  }
}

const setOf = (record: Float64Array): Uint32Array =>
  new Uint32Array(record.buffer, record.byteOffset + 8 * SET, SET_WORDS)

/** The record at a place of all of them: that of a node's split by a group of features. */
export const recordAt = (all: Float64Array, at: number): Float64Array =>
  all.subarray(RECORD_NUMBERS * at, RECORD_NUMBERS * (at + 1))
