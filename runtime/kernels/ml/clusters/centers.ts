// Centers of clusters, and what is asked of blocks about them.

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
import { gatherRows, type LloydState, nearestOf } from './assign.ts'

/** Points, row by row. */
export interface Centers {
  who: string
  count: number
  columns: number
  data: Float64Array
}

/** The square of the distance of a row to a center. */
export function squareTo(centers: Centers, center: number, x: DenseBlock, row: number): number {
  const { columns, data } = centers
  let squares = 0
  for (let i = 0, at = center * columns, from = row * columns; i < columns; i++)
    squares += (x.data[from + i] - data[at + i]) ** 2
  return squares
}

/** One block's part of a step: Lloyd, "Least squares quantization in PCM" (1982). */
export const lloydOfBlock = kernel(
  'ml.lloyd',
  (centers: Centers, { x, weight }: WeightedRows): LloydState => gatherRows(centers, x, weight),
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
