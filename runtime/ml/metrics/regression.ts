// Metrics of numbers.

import {
  type ErrorSums,
  errorsAsPairs,
  errorsOfPairs,
  mergeErrors,
  type Pairs,
} from '../../kernels/ml/metrics/pairs.ts'
import { mergeR2, r2Of, r2OfPairs, requireWeight } from '../../kernels/ml/scores.ts'
import type { Blocks } from '../contract/blocks.ts'
import type { FitOptions, Target } from '../contract/samples.ts'
import { pairsOf } from './pairs.ts'

async function errorsOf(actual: Target, predicted: Target, options: FitOptions): Promise<ErrorSums> {
  const pairs: Blocks<Pairs> = await pairsOf(actual, predicted, options)
  const sums = await pairs.map(errorsOfPairs, undefined).reduce(mergeErrors)
  requireWeight(sums[0])
  return sums
}

/**
 * The mean of the squared errors.
 * @example await ml.metrics.meanSquaredError([1, 2], [1, 4]) // 2
 */
export async function meanSquaredError(
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> {
  const [weight, squares] = await errorsOf(actual, predicted, options)
  return squares / weight
}

/** The root of the mean of the squared errors, in the targets' unit. */
export const rootMeanSquaredError = async (
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> => Math.sqrt(await meanSquaredError(actual, predicted, options))

/** The mean of the errors' sizes. */
export async function meanAbsoluteError(
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> {
  const [weight, , absolute] = await errorsOf(actual, predicted, options)
  return absolute / weight
}

/** The largest error. */
export async function maxError(actual: Target, predicted: Target): Promise<number> {
  return (await errorsOf(actual, predicted, {}))[4]
}

/** R², the share of the variance that is explained; NaN of a single row. */
export async function r2Score(actual: Target, predicted: Target, options: FitOptions = {}): Promise<number> {
  return r2Of(await (await pairsOf(actual, predicted, options)).map(r2OfPairs, undefined).reduce(mergeR2))
}

/** The share of the variance that is explained, a constant error left aside. */
export async function explainedVarianceScore(
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> {
  const pairs = await pairsOf(actual, predicted, options)
  const [weight, , total] = await pairs.map(r2OfPairs, undefined).reduce(mergeR2)
  requireWeight(weight)
  // Squares around the errors' own mean: a large constant error leaves them as exact as a small one.
  const errors = pairs.map(errorsAsPairs, undefined)
  const [, , unexplained] = await errors.map(r2OfPairs, undefined).reduce(mergeR2)
  return total === 0 ? (unexplained === 0 ? 1 : 0) : 1 - unexplained / total
}
