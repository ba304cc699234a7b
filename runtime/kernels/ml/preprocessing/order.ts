// Least, greatest and sorted values of columns, a state a block; NaN is left out.

import { kernel } from '../../kernel.ts'
import { type Block, denseOf, requireNoInfinity } from '../block.ts'

/** Per column the least and the greatest value; NaN where there is none. */
export interface Extremes {
  least: Float64Array
  most: Float64Array
}

export const extremesOfBlock = kernel('ml.extremes', (who: string, block: Block): Extremes => {
  const { rows, columns, data } = denseOf(block, who)
  const least = new Float64Array(columns).fill(Number.NaN)
  const most = new Float64Array(columns).fill(Number.NaN)
  for (let row = 0, at = 0; row < rows; row++)
    for (let i = 0; i < columns; i++, at++) {
      const value = data[at]
      // Comparisons with NaN are false: a first value takes its place.
      if (!(value >= least[i]) && !Number.isNaN(value)) least[i] = value
      if (!(value <= most[i]) && !Number.isNaN(value)) most[i] = value
    }
  for (const extremes of [least, most]) requireNoInfinity([...extremes.entries()], who)
  return { least, most }
})

const either = (a: number, b: number, pick: (a: number, b: number) => number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : pick(a, b)

export const mergeExtremes = kernel(
  'ml.mergeExtremes',
  (a: Extremes, b: Extremes): Extremes => ({
    least: a.least.map((own, i) => either(own, b.least[i], Math.min)),
    most: a.most.map((own, i) => either(own, b.most[i], Math.max)),
  }),
)

/** Every column's values in rising order. */
export const sortedOfBlock = kernel('ml.sorted', (who: string, block: Block): Float64Array[] => {
  const { rows, columns, data } = denseOf(block, who)
  return Array.from({ length: columns }, (_, i) => {
    const own = new Float64Array(rows)
    let count = 0
    for (let row = 0; row < rows; row++) {
      const value = data[row * columns + i]
      if (!Number.isNaN(value)) own[count++] = value
    }
    const sorted = own.slice(0, count).sort()
    if (count > 0)
      requireNoInfinity(
        [
          [i, sorted[0]],
          [i, sorted[count - 1]],
        ],
        who,
      )
    return sorted
  })
})

/** Two blocks' sorted columns as one. */
export const mergeSorted = kernel('ml.mergeSorted', (a: Float64Array[], b: Float64Array[]): Float64Array[] =>
  a.map((own, column) => {
    const other = b[column]
    const made = new Float64Array(own.length + other.length)
    for (let i = 0, j = 0, to = 0; to < made.length; to++)
      made[to] = j >= other.length || (i < own.length && own[i] <= other[j]) ? own[i++] : other[j++]
    return made
  }),
)

/** A quantile of sorted values, linear between neighbours, as NumPy's; NaN of none. */
export function quantileOf(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = q * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  const share = place - below
  const apart = sorted[above] - sorted[below]
  // As NumPy: from the nearer end, so that the result never leaves the two neighbours.
  return share >= 0.5 ? sorted[above] - apart * (1 - share) : sorted[below] + apart * share
}
