// What the rows of each class weigh in each tree, where a tree weighs classes by the rows that it draws.

import { kernel } from '../../kernel.ts'
import type { BoostBlock } from './boostBlock.ts'
import { drawsOf } from './forestRows.ts'

/** Which draws are counted. */
export interface CountedDraws {
  seed: number
  /** How many trees draw rows. */
  trees: number
  classes: number
}

/** How often each tree draws rows of each class: trees × classes. */
export const drawsByClass = kernel(
  'ml.forest.drawsByClass',
  ({ seed, trees, classes }: CountedDraws, { binned: { rows }, target, start }: BoostBlock): Float64Array => {
    const counts = new Float64Array(trees * classes)
    for (let tree = 0; tree < trees; tree++)
      for (let row = 0; row < rows; row++)
        counts[tree * classes + target[row]] += drawsOf(seed, tree, start + row)
    return counts
  },
)
