// Where clusters begin: rows are drawn with chances that grow with their distance to what was drawn before.
//
// Drawing is a race: a row's time is −log(u)/chance with u from its number and a seed, and the earliest win (Efraimidis
// and Spirakis, "Weighted random sampling with a reservoir", 2006). Blocks race apart, and the winners of all are the
// winners of the winners: the same rows for any cut.

import { kernel } from '../../kernel.ts'
import type { WeightedRows } from '../denseRows.ts'
import { hashedFraction } from '../trees/rowHash.ts'
import { nearestOf } from './assign.ts'
import { type Centers, squareTo } from './centers.ts'
import { firstOfBoth, type RankedRows, rankedRows } from './rankedRows.ts'

/** Squares of the distances to the nearest of further centers, or of those before where they are nearer. */
export const closestSquares = kernel(
  'ml.closestSquares',
  (centers: Centers, { x }: WeightedRows, before?: Float64Array): Float64Array => {
    const nearest = nearestOf(centers, x)
    const squares = new Float64Array(x.rows)
    for (let row = 0; row < x.rows; row++) {
      const own = squareTo(centers, nearest[row], x, row)
      squares[row] = before && before[row] < own ? before[row] : own
    }
    return squares
  },
)

/** Rows that won, earliest first. */
export interface Winners {
  /** How many may win. */
  count: number
  times: number[]
  /** One behind the other. */
  rows: Float64Array
}

/** The earliest rows of a block. */
export const raceRows = kernel(
  'ml.raceRows',
  (
    { seed, count }: { seed: number; count: number },
    block: WeightedRows,
    start: number,
    squares?: Float64Array,
  ): Winners => {
    const { x, weight } = block
    const times = new Float64Array(x.rows)
    const running: number[] = []
    for (let row = 0; row < x.rows; row++) {
      const chance = (weight ? weight[row] : 1) * (squares ? squares[row] : 1)
      // 1 − u, as u may be 0.
      times[row] = -Math.log(1 - hashedFraction(seed, start + row)) / chance
      if (chance > 0) running.push(row)
    }
    const first = running.sort((a, b) => times[a] - times[b] || a - b).slice(0, count)
    const { ranks, rows } = rankedRows(block, first, times)
    return { count, times: ranks, rows }
  },
)

/** Of two blocks' winners the earliest. */
export const mergeWinners = kernel('ml.mergeWinners', (a: Winners, b: Winners): Winners => {
  const { ranks, rows } = firstOfBoth(ranked(a), ranked(b), a.count, (p, q) => p - q)
  return { count: a.count, times: ranks, rows }
})

const ranked = ({ times, rows }: Winners): RankedRows => ({ ranks: times, rows })

/** What the weighted sum of closest squares would be with each of some candidates. */
export const potentialsOf = kernel(
  'ml.potentials',
  (candidates: Centers, { x, weight }: WeightedRows, squares: Float64Array): Float64Array => {
    const sums = new Float64Array(candidates.count)
    for (let row = 0; row < x.rows; row++) {
      const w = weight ? weight[row] : 1
      for (let c = 0; c < candidates.count; c++)
        sums[c] += w * Math.min(squares[row], squareTo(candidates, c, x, row))
    }
    return sums
  },
)

/** The weighted sum of squares. */
export const totalOfSquares = kernel(
  'ml.totalOfSquares',
  (_: unknown, { weight }: WeightedRows, squares: Float64Array): number =>
    squares.reduce((sum, each, row) => sum + (weight ? weight[row] : 1) * each, 0),
)

export const addNumbers = kernel('ml.addNumbers', (a: number, b: number): number => a + b)
