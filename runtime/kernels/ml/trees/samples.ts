// Parts of samples that training of trees asks for one by one.

import { keepsNothing, kernel } from '../../kernel.ts'
import type { Block, Sample } from '../block.ts'
import { classPlaces } from '../classes.ts'
import { numbersToLearn } from '../sample.ts'

type Label = number | string

/** How many rows a block has. */
export const rowsOfSample = keepsNothing(
  kernel('ml.trees.rows', (_: unknown, sample: Sample): number => sample.x.rows),
)

/** The features of a block. */
export const featuresOfSample = keepsNothing(
  kernel('ml.trees.features', (_: unknown, sample: Sample): Block => sample.x),
)

/** Targets as numbers: as they are, or the places of classes. */
export const targetPlaces = keepsNothing(
  kernel(
    'ml.trees.targets',
    ({ who, classes }: { who: string; classes: readonly Label[] | null }, sample: Sample): Float64Array =>
      classes ? Float64Array.from(classPlaces(classes, sample.y)) : numbersToLearn(who, sample.y),
  ),
)
