// The rows that are farthest from their nearest center: where clusters that have become empty begin again.

import { kernel } from '../../kernel.ts'
import type { WeightedRows } from '../denseRows.ts'
import { nearestOf } from './assign.ts'
import { type Centers, squareTo } from './centers.ts'
import { firstOfBoth, type RankedRows, rankedRows } from './rankedRows.ts'

/** Rows of the greatest distance, farthest first. */
export interface Farthest {
  count: number
  squares: number[]
  /** One behind the other. */
  rows: Float64Array
}

/** The farthest rows of a block. */
export const farthestRows = kernel(
  'ml.farthestRows',
  ({ centers, count }: { centers: Centers; count: number }, block: WeightedRows): Farthest => {
    const { x, weight } = block
    const nearest = nearestOf(centers, x)
    const squares = Float64Array.from(nearest, (center, row) =>
      weight && weight[row] === 0 ? 0 : squareTo(centers, center, x, row),
    )
    const order = Array.from(squares.keys())
      .sort((a, b) => squares[b] - squares[a] || a - b)
      .slice(0, count)
    const { ranks, rows } = rankedRows(block, order, squares)
    return { count, squares: ranks, rows }
  },
)

export const mergeFarthest = kernel('ml.mergeFarthest', (a: Farthest, b: Farthest): Farthest => {
  const { ranks, rows } = firstOfBoth(ranked(a), ranked(b), a.count, (p, q) => q - p)
  return { count: a.count, squares: ranks, rows }
})

const ranked = ({ squares, rows }: Farthest): RankedRows => ({ ranks: squares, rows })
