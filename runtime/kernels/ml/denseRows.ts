// Rows for models that work on dense numbers: checked once, then kept where they are.

import { kernel } from '../kernel.ts'
import { type Block, type Column, type DenseBlock, denseOf, requireFinite } from './block.ts'
import { checkedWeights } from './sample.ts'

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
    return { x: denseOf(block, who), weight: checkedWeights(who, block.rows, weight) }
  },
)

/** How many rows a block has. */
export const countRows = kernel('ml.countRows', (_: unknown, { x }: WeightedRows): number => x.rows)
