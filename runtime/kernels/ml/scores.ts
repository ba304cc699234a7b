// The scores that models give of themselves: R² and accuracy, a state a block.

import { kernel } from '../kernel.ts'
import type { Column, Sample } from './block.ts'
import { MlDataError } from './mlErrors.ts'

/** Weighted count, mean of the targets, sum of squares around that mean, sum of squared residuals, and how many rows there are. */
export type R2State = readonly [weight: number, mean: number, total: number, residual: number, rows: number]

/** What R² needs of targets and predictions. */
export const r2OfPairs = kernel(
  'ml.r2OfPairs',
  (_: unknown, pairs: { actual: Column; predicted: Column; weight: Float64Array | null }): R2State => {
    const { weight } = pairs
    const { actual: y, predicted: p } = pairs
    if (!(y instanceof Float64Array && p instanceof Float64Array))
      throw new MlDataError('R² is of numbers, and these targets or predictions are texts')
    let all = 0
    let sum = 0
    let residual = 0
    for (let i = 0; i < y.length; i++) {
      const w = weight ? weight[i] : 1
      all += w
      sum += w * y[i]
      residual += w * (y[i] - p[i]) ** 2
    }
    const mean = all === 0 ? 0 : sum / all
    let total = 0
    for (let i = 0; i < y.length; i++) total += (weight ? weight[i] : 1) * (y[i] - mean) ** 2
    return [all, mean, total, residual, y.length]
  },
)

/** What R² needs of one block. */
export const r2OfBlock = kernel(
  'ml.r2',
  (_: unknown, { y, weight }: Sample, predicted: Column): R2State =>
    r2OfPairs(undefined, { actual: y, predicted, weight }),
)

/** Two blocks' states: sums of squares around the common mean (Chan, Golub and LeVeque, 1983). */
export const mergeR2 = kernel('ml.mergeR2', (a: R2State, b: R2State): R2State => {
  const weight = a[0] + b[0]
  const rows = a[4] + b[4]
  if (weight === 0) return [0, 0, 0, 0, rows]
  const apart = b[1] - a[1]
  return [
    weight,
    a[1] + apart * (b[0] / weight),
    a[2] + b[2] + apart * apart * a[0] * (b[0] / weight),
    a[3] + b[3],
    rows,
  ]
})

/**
 * R² of merged states, as scikit-learn's: where targets do not vary, 1 for perfect predictions and 0 for others; NaN of a
 * single row, which says nothing of how targets vary.
 * @throws {MlDataError} where no row counts
 */
export function r2Of([weight, , total, residual, rows]: R2State, who?: string): number {
  requireWeight(weight, who)
  if (rows < 2) return Number.NaN
  return total === 0 ? (residual === 0 ? 1 : 0) : 1 - residual / total
}

/** @throws {MlDataError} where no row counts: `who` cannot be scored by them */
export function requireWeight(weight: number, who?: string): void {
  if (!(weight > 0))
    throw new MlDataError(
      `${who ? `${who} cannot be scored: ` : ''}there are no rows, or sampleWeight is 0 everywhere`,
    )
}

/**
 * The mean that a weighted sum and its weight tell.
 * @throws {MlDataError} where no row counts
 */
export function meanOfSums([sum, weight]: AccuracyState, who?: string): number {
  requireWeight(weight, who)
  return sum / weight
}

/** Weight of right predictions, and of all. */
export type AccuracyState = readonly [right: number, all: number]

/** How many predictions of one block are right. */
export const accuracyOfBlock = kernel(
  'ml.accuracy',
  (_: unknown, sample: Sample, predicted: Column): AccuracyState => {
    const { y, weight } = sample
    let right = 0
    let all = 0
    for (let i = 0; i < y.length; i++) {
      const w = weight ? weight[i] : 1
      all += w
      if (y[i] === predicted[i]) right += w
    }
    return [right, all]
  },
)

export const mergeAccuracy = kernel(
  'ml.mergeAccuracy',
  (a: AccuracyState, b: AccuracyState): AccuracyState => [a[0] + b[0], a[1] + b[1]],
)
