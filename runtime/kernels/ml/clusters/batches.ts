// Rows in a random order, a window at a time: what learning from small batches takes from blocks.

import { kernel } from '../../kernel.ts'
import type { WeightedRows } from '../denseRows.ts'
import { hashedFraction } from '../trees/rowHash.ts'

/** Rows with their places in the random order, from 0 to 1. */
export interface RowWindow {
  places: number[]
  /** One behind the other. */
  rows: Float64Array
  weights: number[]
}

/** The rows of a block whose place is ≥ `from` and below `to`, in order. */
export const windowOfRows = kernel(
  'ml.windowOfRows',
  (
    { seed, from, to }: { seed: number; from: number; to: number },
    { x, weight }: WeightedRows,
    start: number,
  ): RowWindow => {
    const found: { place: number; row: number }[] = []
    for (let row = 0; row < x.rows; row++) {
      const place = hashedFraction(seed, start + row)
      if (place >= from && place < to && (!weight || weight[row] > 0)) found.push({ place, row })
    }
    found.sort((a, b) => a.place - b.place || a.row - b.row)
    const rows = new Float64Array(found.length * x.columns)
    found.forEach(({ row }, i) => {
      rows.set(x.data.subarray(row * x.columns, (row + 1) * x.columns), i * x.columns)
    })
    return {
      places: found.map(({ place }) => place),
      rows,
      weights: found.map(({ row }) => (weight ? weight[row] : 1)),
    }
  },
)

/** Two blocks' windows as one. */
export const mergeWindows = kernel('ml.mergeWindows', (a: RowWindow, b: RowWindow): RowWindow => {
  if (a.places.length === 0) return b
  if (b.places.length === 0) return a
  const columns = a.rows.length / a.places.length
  const both = [
    ...a.places.map((place, i) => ({ place, of: a, i })),
    ...b.places.map((place, i) => ({ place, of: b, i })),
  ].sort((p, q) => p.place - q.place)
  const rows = new Float64Array(both.length * columns)
  both.forEach(({ of, i }, at) => {
    rows.set(of.rows.subarray(i * columns, (i + 1) * columns), at * columns)
  })
  return {
    places: both.map(({ place }) => place),
    rows,
    weights: both.map(({ of, i }) => of.weights[i]),
  }
})
