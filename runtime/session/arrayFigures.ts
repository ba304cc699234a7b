// Figures of all elements of an array: the least, the most, their mean and how they are distributed. Pure.

import type { NdArray } from '../kernels/array/ndArray.ts'
import type { ArrayFigures } from '../protocol/runs.ts'
import { eachNumber } from './arrayNumbers.ts'

/** Parts of a distribution, at most. */
const PARTS_MAX = 60

/**
 * Into how many parts a distribution goes: whole numbers that are few get one each.
 * @example partsBetween('uint8', 0, 3) // 4
 */
export const partsBetween = (dtype: string, min: number, max: number): number =>
  /^(bool|u?int)/.test(dtype) && max > min && max - min < PARTS_MAX ? max - min + 1 : PARTS_MAX

/** @returns nothing where no element is a finite number */
export function figuresOf(array: NdArray): ArrayFigures | undefined {
  let [min, max, mean, count, missing, positive, negative] = [Infinity, -Infinity, 0, 0, 0, 0, 0]
  eachNumber(array, (value) => {
    if (!Number.isFinite(value)) {
      missing++
      if (value === Infinity) positive++
      if (value === -Infinity) negative++
      return
    }
    if (value < min) min = value
    if (value > max) max = value
    mean += (value - mean) / ++count
  })
  if (count === 0) return undefined
  const parts = partsBetween(array.dtype, min, max)
  const counts = new Array<number>(parts).fill(0)
  const scale = max > min ? parts / (max - min) : 0
  eachNumber(array, (value) => {
    if (Number.isFinite(value)) counts[Math.min(parts - 1, Math.floor((value - min) * scale))]++
  })
  const exact = exactBounds(array)
  return {
    min,
    max,
    mean,
    ...(exact && { exact }),
    missing,
    ...(positive + negative > 0 && { infinite: { positive, negative } }),
    counts,
  }
}

/** The least and the most of integers of 64 bits, which numbers do not hold. */
function exactBounds(array: NdArray): { min: string; max: string } | undefined {
  if (!array.type.big || array.size === 0) return undefined
  return { min: String(array.min()), max: String(array.max()) }
}
