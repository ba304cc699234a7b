// Rows for models that work on dense numbers: checked once, then kept where they are.

import { kernel } from '../kernel.ts'
import { type Block, type Column, type DenseBlock, denseOf, requireFinite } from './block.ts'
import { MlDataError } from './mlErrors.ts'

/** Rows with what they weigh; all weigh 1 where nothing is said. */
export interface WeightedRows {
  x: DenseBlock
  weight: Float64Array | null
}

/** A block's rows as finite numbers. */
export const denseRows = kernel(
  'ml.denseRows',
  (who: string, block: Block, weight: Column | null = null): WeightedRows => {
    requireFinite(block, who)
    if (!weight) return { x: denseOf(block, who), weight: null }
    if (!(weight instanceof Float64Array))
      throw new MlDataError('sampleWeight holds texts: weights are numbers')
    if (weight.length !== block.rows)
      throw new MlDataError(
        `a block of the features has ${block.rows} rows, and that of sampleWeight has ${weight.length}: they must be cut alike`,
      )
    for (const value of weight)
      if (!(value >= 0) || value === Number.POSITIVE_INFINITY)
        throw new MlDataError(`sampleWeight contains ${value}: weights are finite numbers ≥ 0`)
    return { x: denseOf(block, who), weight }
  },
)

/** How many rows a block has. */
export const countRows = kernel('ml.countRows', (_: unknown, { x }: WeightedRows): number => x.rows)
