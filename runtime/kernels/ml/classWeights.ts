// What rows weigh by their class: how many there are of each, and samples whose weights are multiplied by it.

import { keepsNothing, kernel } from '../kernel.ts'
import type { Sample } from './block.ts'
import { classesOfBlock, classPlaces, mergeClasses } from './classes.ts'

type Label = number | string

/** Classes in rising order, and how many rows have each, whatever they weigh. */
export interface ClassCounts {
  classes: Label[]
  counts: Float64Array
}

/** The classes of one block, and its rows of each. */
export const classCountsOfBlock = keepsNothing(
  kernel('ml.classCounts', (_: unknown, sample: Sample): ClassCounts => {
    const classes = classesOfBlock(undefined, sample)
    const counts = new Float64Array(classes.length)
    for (const place of classPlaces(classes, sample.y)) counts[place]++
    return { classes, counts }
  }),
)

/** The classes of two blocks, and their rows of each. */
export const mergeClassCounts = keepsNothing(
  kernel('ml.mergeClassCounts', (a: ClassCounts, b: ClassCounts): ClassCounts => {
    const classes = mergeClasses(a.classes, b.classes)
    const counts = new Float64Array(classes.length)
    for (const each of [a, b])
      classPlaces(classes, each.classes as readonly string[]).forEach((place, i) => {
        counts[place] += each.counts[i]
      })
    return { classes, counts }
  }),
)

/** A weight for each class. */
export interface ByClass {
  classes: readonly Label[]
  weights: Float64Array
}

/** A sample whose rows weigh what they weighed, times the weight of their class. */
export const weighByClass = keepsNothing(
  kernel('ml.weighByClass', ({ classes, weights }: ByClass, sample: Sample): Sample => {
    const weight = Float64Array.from(classPlaces(classes, sample.y), (place) => weights[place])
    if (sample.weight) for (let row = 0; row < weight.length; row++) weight[row] *= sample.weight[row]
    return { ...sample, weight }
  }),
)
