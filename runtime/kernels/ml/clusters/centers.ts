// Centers of clusters, and which of them each row is nearest to.

import { kernel } from '../../kernel.ts'
import {
  type Block,
  type Column,
  type DenseBlock,
  denseBlock,
  denseOf,
  requireColumns,
  requireFinite,
} from '../block.ts'
import type { WeightedRows } from '../denseRows.ts'

/** Points, row by row. */
export interface Centers {
  who: string
  count: number
  columns: number
  data: Float64Array
}

/** The nearest center of each row, the first of equals. */
export function nearestOf({ count, columns, data: centers }: Centers, x: DenseBlock): Int32Array {
  const labels = new Int32Array(x.rows)
  const halves = new Float64Array(count)
  for (let c = 0; c < count; c++) {
    let squares = 0
    for (let i = c * columns; i < (c + 1) * columns; i++) squares += centers[i] * centers[i]
    halves[c] = squares / 2
  }
  const { data } = x
  const ends = count - (count % 4)
  for (let row = 0; row < x.rows; row++) {
    const from = row * columns
    let best = 0
    let least = Number.POSITIVE_INFINITY
    // |x − c|² is least where |c|²/2 − x·c is. Four centers at a time: a number of the row is read once for all of them.
    for (let c = 0; c < ends; c += 4) {
      let a = halves[c]
      let b = halves[c + 1]
      let d = halves[c + 2]
      let e = halves[c + 3]
      for (let i = 0, at = c * columns; i < columns; i++, at++) {
        const value = data[from + i]
        a -= value * centers[at]
        b -= value * centers[at + columns]
        d -= value * centers[at + 2 * columns]
        e -= value * centers[at + 3 * columns]
      }
      if (a < least) {
        least = a
        best = c
      }
      if (b < least) {
        least = b
        best = c + 1
      }
      if (d < least) {
        least = d
        best = c + 2
      }
      if (e < least) {
        least = e
        best = c + 3
      }
    }
    for (let c = ends; c < count; c++) {
      let own = halves[c]
      for (let i = 0, at = c * columns; i < columns; i++, at++) own -= data[from + i] * centers[at]
      if (own < least) {
        least = own
        best = c
      }
    }
    labels[row] = best
  }
  return labels
}

/** The square of the distance of a row to a center. */
export function squareTo(centers: Centers, center: number, x: DenseBlock, row: number): number {
  const { columns, data } = centers
  let squares = 0
  for (let i = 0, at = center * columns, from = row * columns; i < columns; i++)
    squares += (x.data[from + i] - data[at + i]) ** 2
  return squares
}

/** What a step of Lloyd's needs of a block: per center the weight and the sum of its rows; and the sum of squares. */
export interface LloydState {
  weight: Float64Array
  sums: Float64Array
  inertia: number
}

/** One block's part of a step: Lloyd, "Least squares quantization in PCM" (1982). */
export const lloydOfBlock = kernel(
  'ml.lloyd',
  (centers: Centers, { x, weight: weights }: WeightedRows): LloydState => {
    const { count, columns } = centers
    const labels = nearestOf(centers, x)
    const weight = new Float64Array(count)
    const sums = new Float64Array(count * columns)
    let inertia = 0
    for (let row = 0; row < x.rows; row++) {
      const w = weights ? weights[row] : 1
      const at = labels[row] * columns
      weight[labels[row]] += w
      let squares = 0
      for (let i = 0, from = row * columns; i < columns; i++) {
        const value = x.data[from + i]
        const apart = value - centers.data[at + i]
        squares += apart * apart
        sums[at + i] += w * value
      }
      inertia += w * squares
    }
    return { weight, sums, inertia }
  },
)

export const mergeLloyd = kernel(
  'ml.mergeLloyd',
  (a: LloydState, b: LloydState): LloydState => ({
    weight: a.weight.map((own, i) => own + b.weight[i]),
    sums: a.sums.map((own, i) => own + b.sums[i]),
    inertia: a.inertia + b.inertia,
  }),
)

/** The number of each row's nearest center. */
export const nearestCenters = kernel('ml.nearestCenters', (centers: Centers, block: Block): Column => {
  requireColumns(block, centers.columns, centers.who)
  requireFinite(block, centers.who)
  return Float64Array.from(nearestOf(centers, denseOf(block, centers.who)))
})

/** The distance of each row to every center. */
export const centerDistances = kernel('ml.centerDistances', (centers: Centers, block: Block): Block => {
  requireColumns(block, centers.columns, centers.who)
  requireFinite(block, centers.who)
  const x = denseOf(block, centers.who)
  const made = denseBlock(x.rows, centers.count)
  for (let row = 0, at = 0; row < x.rows; row++)
    for (let center = 0; center < centers.count; center++)
      made.data[at++] = Math.sqrt(squareTo(centers, center, x, row))
  return made
})
