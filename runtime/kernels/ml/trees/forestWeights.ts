// Weights of a forest's rows, near 1: only how they compare counts, and products of them must stay within float64.

import { keepsNothing, kernel } from '../../kernel.ts'
import type { Sample } from '../block.ts'

/** How many rows a block has, and the largest weight among them. */
export const forestSizes = keepsNothing(
  kernel('ml.forest.sizes', (_: unknown, { x, weight }: Sample): [rows: number, heaviest: number] => [
    x.rows,
    weight ? weight.reduce((most, own) => Math.max(most, own), 0) : 1,
  ]),
)

/** The power of two that brings the largest weight to 1 or somewhat above, so that no weight is rounded; 1 where all are 0. */
export const weightScale = (heaviest: number): number =>
  heaviest > 0 ? 2 ** Math.min(1023, -Math.floor(Math.log2(heaviest))) : 1

/** The same rows, their weights times a scale. */
export const scaledWeights = keepsNothing(
  kernel(
    'ml.forest.scaled',
    (scale: number, sample: Sample): Sample => ({
      ...sample,
      weight: sample.weight?.map((own) => own * scale) ?? null,
    }),
  ),
)
