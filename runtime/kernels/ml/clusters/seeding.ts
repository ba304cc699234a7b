// Where clusters begin: rows are drawn with chances that grow with their distance to what was drawn before.
//
// Drawing is a race: a row's time is −log(u)/chance with u from its number and a seed, and the earliest win (Efraimidis
// and Spirakis, "Weighted random sampling with a reservoir", 2006). Blocks race apart, and the winners of all are the
// winners of the winners: the same rows for any cut.

import { kernel } from '../../kernel.ts'
import type { WeightedRows } from '../denseRows.ts'
import { hashedFraction } from '../trees/rowHash.ts'
import { type Centers, nearestOf, squareTo } from './centers.ts'

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
    { x, weight }: WeightedRows,
    start: number,
    squares?: Float64Array,
  ): Winners => {
    const times = new Float64Array(x.rows)
    const running: number[] = []
    for (let row = 0; row < x.rows; row++) {
      const chance = (weight ? weight[row] : 1) * (squares ? squares[row] : 1)
      // 1 − u, as u may be 0.
      times[row] = -Math.log(1 - hashedFraction(seed, start + row)) / chance
      if (chance > 0) running.push(row)
    }
    const first = running.sort((a, b) => times[a] - times[b] || a - b).slice(0, count)
    const rows = new Float64Array(first.length * x.columns)
    first.forEach((row, i) => {
      rows.set(x.data.subarray(row * x.columns, (row + 1) * x.columns), i * x.columns)
    })
    return { count, times: first.map((row) => times[row]), rows }
  },
)

/** Of two blocks' winners the earliest. */
export const mergeWinners = kernel('ml.mergeWinners', (a: Winners, b: Winners): Winners => {
  const columns = (a.times.length ? a.rows.length / a.times.length : b.rows.length / b.times.length) || 0
  const both = [
    ...a.times.map((time, i) => ({ time, rows: a.rows, i })),
    ...b.times.map((time, i) => ({ time, rows: b.rows, i })),
  ]
  // Sorting is stable: of equal times, that of the earlier block.
  const first = both.sort((p, q) => p.time - q.time).slice(0, a.count)
  const rows = new Float64Array(first.length * columns)
  first.forEach((each, at) => {
    rows.set(each.rows.subarray(each.i * columns, (each.i + 1) * columns), at * columns)
  })
  return { count: a.count, times: first.map(({ time }) => time), rows }
})

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
