// What a forest says of a block of rows: the mean of its trees.

import { kernel } from '../../kernel.ts'
import { type Block, type Column, denseBlock, denseOf, requireColumns } from '../block.ts'
import { findLeaves, type Tree } from './tree.ts'

/** A tree whose leaves tell several numbers: the shares of classes, or one mean. */
export interface ForestTree {
  tree: Tree
  /** nodes × outputs. */
  values: Float64Array
}

export interface Forest {
  who: string
  columns: number
  outputs: number
  trees: readonly ForestTree[]
}

const TILE_NUMBERS = 16_384

/** Means over the trees, rows × outputs. */
function meansOf({ who, columns, outputs, trees }: Forest, block: Block): Float64Array {
  requireColumns(block, columns, who)
  const { rows, data } = denseOf(block, who)
  const made = new Float64Array(rows * outputs)
  const tile = Math.max(1, Math.floor(TILE_NUMBERS / Math.max(1, columns)))
  const leaves = new Int32Array(tile)
  for (let from = 0; from < rows; from += tile) {
    const count = Math.min(tile, rows - from)
    const part = data.subarray(from * columns, (from + count) * columns)
    for (const { tree, values } of trees) {
      findLeaves(tree, part, count, columns, leaves)
      for (let row = 0, at = from * outputs; row < count; row++)
        for (let k = 0; k < outputs; k++) made[at++] += values[leaves[row] * outputs + k]
    }
  }
  for (let i = 0; i < made.length; i++) made[i] /= trees.length
  return made
}

export const forestMeans = kernel(
  'ml.forest.means',
  (forest: Forest, block: Block): Column => meansOf(forest, block),
)

export const forestProbabilities = kernel(
  'ml.forest.probabilities',
  (forest: Forest, block: Block): Block => denseBlock(block.rows, forest.outputs, meansOf(forest, block)),
)

/** The place of the most probable class, the first of equals. */
export const forestPlaces = kernel('ml.forest.places', (forest: Forest, block: Block): Column => {
  const shares = meansOf(forest, block)
  const { outputs } = forest
  return Float64Array.from({ length: block.rows }, (_, row) => {
    let best = 0
    for (let k = 1; k < outputs; k++) if (shares[row * outputs + k] > shares[row * outputs + best]) best = k
    return best
  })
})
