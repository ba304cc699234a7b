// Features and targets of one block, brought together and checked.

import { keepsNothing, kernel } from '../kernel.ts'
import type { Block, Column, Sample } from './block.ts'
import { selectCells, selectRows, stackCells, stackRows } from './blockParts.ts'
import { MlDataError } from './mlErrors.ts'
import { hashedFraction } from './trees/rowHash.ts'

/** Features with their targets. */
export const sampleOf = keepsNothing(
  kernel('ml.sample', (who: string, x: Block, y: Column): Sample => {
    requireCutAlike(who, x.rows, 'y', y.length)
    requireKnownTargets(who, y)
    return { x, y, weight: null }
  }),
)

/** @throws {MlDataError} for targets that are NaN, infinite or absent */
export function requireKnownTargets(who: string, y: Column): void {
  if (y instanceof Float64Array) {
    for (let row = 0; row < y.length; row++)
      if (!Number.isFinite(y[row]))
        throw new MlDataError(
          `y contains ${y[row]}, which ${who} does not accept: every row needs a known target, so drop such rows first`,
        )
  } else if (y.includes(null))
    throw new MlDataError(
      `y has absent values, which ${who} does not accept: every row needs a known target, so drop such rows first`,
    )
}

/**
 * Targets of a model of numbers.
 * @throws {MlDataError} when they are texts
 */
export function numbersToLearn(who: string, y: Column): Float64Array {
  if (y instanceof Float64Array) return y
  throw new MlDataError(`${who} learns numbers, and the targets are texts: a classifier learns those`)
}

/** @throws {MlDataError} when blocks that belong together have different lengths */
function requireCutAlike(who: string, rows: number, role: string, length: number): void {
  if (rows !== length)
    throw new MlDataError(
      `a block of the features has ${rows} rows, and that of ${role} has ${length}: ${who} needs them cut alike`,
    )
}

/**
 * Weights as numbers.
 * @throws {MlDataError} when they are texts, too few or many, negative, or not finite
 */
export function checkedWeights(who: string, rows: number, weight: Column): Float64Array {
  if (!(weight instanceof Float64Array))
    throw new MlDataError(`sampleWeight holds texts: weights of ${who} are numbers`)
  requireCutAlike(who, rows, 'sampleWeight', weight.length)
  for (const value of weight)
    if (!(value >= 0) || value === Number.POSITIVE_INFINITY)
      throw new MlDataError(`sampleWeight contains ${value}: weights of ${who} are finite numbers ≥ 0`)
  return weight
}

/** The same, with a weight a row. */
export const sampleWithWeight = keepsNothing(
  kernel(
    'ml.sampleWeight',
    (who: string, sample: Sample, weight: Column): Sample => ({
      ...sample,
      weight: checkedWeights(who, sample.x.rows, weight),
    }),
  ),
)

/** Some rows of a block: those whose place in a random order is below a share, or the others. */
export const drawnSample = kernel(
  'ml.drawnSample',
  (
    { share, seed, below }: { share: number; seed: number; below: boolean },
    { x, y, weight }: Sample,
    start: number,
  ): Sample => {
    const chosen: number[] = []
    for (let row = 0; row < x.rows; row++)
      if (hashedFraction(seed, start + row) < share === below) chosen.push(row)
    return {
      x: selectRows(x, chosen),
      y: selectCells(y, chosen),
      weight: weight && (selectCells(weight, chosen) as Float64Array),
    }
  },
)

/** Samples one below the other. */
export const stackSamples = kernel('ml.stackSamples', (...samples: Sample[]): Sample => {
  const full = samples.filter(({ x }) => x.rows > 0)
  if (full.length === 0) return samples[0]
  const weights = full.map(({ weight }) => weight)
  return {
    x: stackRows(full.map(({ x }) => x)),
    y: stackCells(full.map(({ y }) => y)),
    weight: weights.includes(null) ? null : (stackCells(weights as Float64Array[]) as Float64Array),
  }
})
