// Means and variances of columns, a state a block, NaN left out; and the scaling that follows from them.

import { kernel } from '../../kernel.ts'
import {
  type Block,
  type Column,
  denseBlock,
  denseOf,
  requireColumns,
  requireNoInfinity,
  type SparseBlock,
} from '../block.ts'
import type { WeightedRows } from '../denseRows.ts'
import { checkedWeights } from '../sample.ts'

/** Per column: weight of the values that are there, their mean, and the sum of squares around it. */
export interface Moments {
  weight: Float64Array
  mean: Float64Array
  squares: Float64Array
}

/** The moments of one block; NaN counts as absent. */
export const momentsOfBlock = kernel(
  'ml.moments',
  (who: string, block: Block, given: Column | null = null): Moments => {
    const weights = given && checkedWeights(who, block.rows, given)
    const { rows, columns, data } = denseOf(block, who)
    const weight = new Float64Array(columns)
    const mean = new Float64Array(columns)
    const squares = new Float64Array(columns)
    for (let row = 0, at = 0; row < rows; row++) {
      const w = weights ? weights[row] : 1
      for (let column = 0; column < columns; column++, at++) {
        const value = data[at]
        if (Number.isNaN(value)) continue
        if (!Number.isFinite(value)) requireNoInfinity([[column, value]], who)
        weight[column] += w
        mean[column] += w * value
      }
    }
    for (let column = 0; column < columns; column++) if (weight[column] > 0) mean[column] /= weight[column]
    for (let row = 0, at = 0; row < rows; row++) {
      const w = weights ? weights[row] : 1
      for (let column = 0; column < columns; column++, at++) {
        const apart = data[at] - mean[column]
        if (!Number.isNaN(apart)) squares[column] += w * apart * apart
      }
    }
    return { weight, mean, squares }
  },
)

/** The moments of rows with their weights. */
export const momentsOfRows = kernel(
  'ml.momentsOfRows',
  (who: string, { x, weight }: WeightedRows): Moments => momentsOfBlock(who, x, weight),
)

/** Two blocks' moments as one (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983). */
export const mergeMoments = kernel('ml.mergeMoments', (a: Moments, b: Moments): Moments => {
  const weight = a.weight.map((own, i) => own + b.weight[i])
  const mean = a.mean.map((own, i) =>
    weight[i] === 0 ? 0 : own + (b.mean[i] - own) * (b.weight[i] / weight[i]),
  )
  const squares = a.squares.map((own, i) => {
    if (weight[i] === 0) return 0
    const apart = b.mean[i] - a.mean[i]
    return own + b.squares[i] + apart * apart * a.weight[i] * (b.weight[i] / weight[i])
  })
  return { weight, mean, squares }
})

/** What a linear scaling of columns needs: `(x − shift) / divisor`. */
export interface Scaling {
  who: string
  shift: Float64Array | null
  divisor: Float64Array | null
  inverse: boolean
}

/** A block with every column shifted and divided; or, `inverse`, multiplied and shifted back. Zeros of sparse rows stay zeros. */
export const scaleBlock = kernel('ml.scale', (scaling: Scaling, block: Block): Block => {
  const { who, shift, divisor, inverse } = scaling
  const columns = shift?.length ?? divisor?.length ?? block.columns
  requireColumns(block, columns, who)
  if (block.kind === 'sparse' && !shift) return scaleSparse(block, divisor, inverse)
  const dense = denseOf(block, who)
  const made = denseBlock(dense.rows, dense.columns)
  for (let row = 0, at = 0; row < dense.rows; row++)
    for (let i = 0; i < dense.columns; i++, at++) {
      const value = dense.data[at]
      const offset = shift ? shift[i] : 0
      const scale = divisor ? divisor[i] : 1
      made.data[at] = inverse ? value * scale + offset : (value - offset) / scale
    }
  return made
})

function scaleSparse(block: SparseBlock, divisor: Float64Array | null, inverse: boolean): SparseBlock {
  if (!divisor) return block
  const data = block.data.map((value, at) => {
    const scale = divisor[block.places[at]]
    return inverse ? value * scale : value / scale
  })
  return { ...block, data }
}
