// Means and variances of the columns within each class, a state a block; and what they say of rows.

import { kernel } from '../../kernel.ts'
import {
  type Block,
  type Column,
  denseBlock,
  denseOf,
  requireColumns,
  requireFinite,
  type Sample,
} from '../block.ts'
import { classPlaces } from '../classes.ts'
import { type Moments, mergeMoments, momentsOfBlock } from '../preprocessing/moments.ts'

/** By class: moments of its rows. */
export interface ClassMoments {
  moments: Moments[]
  /** Sums of weights. */
  weight: Float64Array
}

/** The moments of one block's classes. */
export const classMomentsOfBlock = kernel(
  'ml.classMoments',
  (
    { who, classes }: { who: string; classes: readonly (number | string)[] },
    sample: Sample,
  ): ClassMoments => {
    requireFinite(sample.x, who)
    const places = classPlaces(classes, sample.y)
    const weight = new Float64Array(classes.length)
    const moments = classes.map((_, place) => {
      const own = Float64Array.from(places, (each, row) =>
        each === place ? (sample.weight ? sample.weight[row] : 1) : 0,
      )
      for (const each of own) weight[place] += each
      return momentsOfBlock(who, sample.x, own)
    })
    return { moments, weight }
  },
)

export const mergeClassMoments = kernel(
  'ml.mergeClassMoments',
  (a: ClassMoments, b: ClassMoments): ClassMoments => ({
    moments: a.moments.map((own, i) => mergeMoments(own, b.moments[i])),
    weight: a.weight.map((own, i) => own + b.weight[i]),
  }),
)

/** Normal densities of classes. */
export interface NormalClasses {
  who: string
  columns: number
  /** By class, one number a column. */
  means: readonly Float64Array[]
  variances: readonly Float64Array[]
  /** Logarithms of the classes' shares. */
  logPriors: Float64Array
}

/** The logarithm of each class's density times its share, rows × classes. */
function logDensities(model: NormalClasses, block: Block): Float64Array {
  const { who, columns, means, variances, logPriors } = model
  requireColumns(block, columns, who)
  requireFinite(block, who)
  const { rows, data } = denseOf(block, who)
  const count = means.length
  const constants = logPriors.map((prior, k) =>
    variances[k].reduce((sum, each) => sum - Math.log(2 * Math.PI * each) / 2, prior),
  )
  const made = new Float64Array(rows * count)
  for (let row = 0, at = 0; row < rows; row++)
    for (let k = 0; k < count; k++) {
      let sum = 0
      for (let i = 0, from = row * columns; i < columns; i++)
        sum += (data[from + i] - means[k][i]) ** 2 / variances[k][i]
      made[at++] = constants[k] - sum / 2
    }
  return made
}

/** The place of the most probable class, the first of equals. */
export const normalPlaces = kernel('ml.normalPlaces', (model: NormalClasses, block: Block): Column => {
  const logs = logDensities(model, block)
  const count = model.means.length
  return Float64Array.from({ length: block.rows }, (_, row) => {
    let best = 0
    for (let k = 1; k < count; k++) if (logs[row * count + k] > logs[row * count + best]) best = k
    return best
  })
})

/** Probabilities of all classes. */
export const normalProbabilities = kernel(
  'ml.normalProbabilities',
  (model: NormalClasses, block: Block): Block => {
    const logs = logDensities(model, block)
    const count = model.means.length
    for (let row = 0; row < block.rows; row++) {
      const own = logs.subarray(row * count, (row + 1) * count)
      const most = own.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
      const sum = own.reduce((all, each) => all + Math.exp(each - most), 0)
      for (let k = 0; k < count; k++) own[k] = Math.exp(own[k] - most - Math.log(sum))
    }
    return denseBlock(block.rows, count, logs)
  },
)
