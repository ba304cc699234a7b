// What the blocks of a round say, brought together: sums of histograms and of losses.

import { keepsNothing, kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'

/** Sums of two blocks' histograms. */
export const addHistograms = keepsNothing(
  kernel('ml.boost.add', (a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array[] =>
    a.map((first, i) => {
      const second = b[i]
      const sums = new Float64Array(resultBuffer(8 * first.length), 0, first.length)
      for (let k = 0; k < first.length; k++) sums[k] = first[k] + second[k]
      return sums
    }),
  ),
)

/** Sums of two lists of numbers. */
export const addArrays = keepsNothing(
  kernel(
    'ml.boost.addArrays',
    (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]),
  ),
)

export const addPairs = keepsNothing(
  kernel('ml.boost.addPairs', (a: [number, number], b: [number, number]): [number, number] => [
    a[0] + b[0],
    a[1] + b[1],
  ]),
)

export const largerPairs = keepsNothing(
  kernel('ml.boost.largerPairs', (a: [number, number], b: [number, number]): [number, number] => [
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
  ]),
)
