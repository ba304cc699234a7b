// The rows that are farthest from their nearest center: where clusters that have become empty begin again.

import { kernel } from '../../kernel.ts'
import type { WeightedRows } from '../denseRows.ts'
import { type Centers, nearestOf, squareTo } from './centers.ts'

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
  ({ centers, count }: { centers: Centers; count: number }, { x, weight }: WeightedRows): Farthest => {
    const nearest = nearestOf(centers, x)
    const squares = Float64Array.from(nearest, (center, row) =>
      weight && weight[row] === 0 ? 0 : squareTo(centers, center, x, row),
    )
    const order = Array.from(squares.keys())
      .sort((a, b) => squares[b] - squares[a] || a - b)
      .slice(0, count)
    const rows = new Float64Array(order.length * x.columns)
    order.forEach((row, i) => {
      rows.set(x.data.subarray(row * x.columns, (row + 1) * x.columns), i * x.columns)
    })
    return { count, squares: order.map((row) => squares[row]), rows }
  },
)

export const mergeFarthest = kernel('ml.mergeFarthest', (a: Farthest, b: Farthest): Farthest => {
  const columns =
    (a.squares.length ? a.rows.length / a.squares.length : b.rows.length / b.squares.length) || 0
  const both = [
    ...a.squares.map((square, i) => ({ square, rows: a.rows, i })),
    ...b.squares.map((square, i) => ({ square, rows: b.rows, i })),
  ]
  const first = both.sort((p, q) => q.square - p.square).slice(0, a.count)
  const rows = new Float64Array(first.length * columns)
  first.forEach((each, at) => {
    rows.set(each.rows.subarray(each.i * columns, (each.i + 1) * columns), at * columns)
  })
  return { count: a.count, squares: first.map(({ square }) => square), rows }
})
