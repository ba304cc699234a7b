// Metrics of numbers by other errors than differences: shares, logarithms, quantiles, Tweedie's deviances.

import type { Column } from '../../kernels/ml/block.ts'
import {
  type ErrorKind,
  errorsOfConstant,
  errorsOfKind,
  sumOfTargets,
} from '../../kernels/ml/metrics/deviances.ts'
import type { Pairs } from '../../kernels/ml/metrics/pairs.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { meanOfSums, mergeAccuracy, mergeR2, r2OfPairs, requireWeight } from '../../kernels/ml/scores.ts'
import type { Blocks } from '../contract/blocks.ts'
import type { FitOptions, Target } from '../contract/samples.ts'
import { pairsOf } from './pairs.ts'

async function meanOf(
  of: ErrorKind,
  actual: Target,
  predicted: Target,
  options: FitOptions,
): Promise<number> {
  return meanOfSums(
    await (await pairsOf(actual, predicted, options)).map(errorsOfKind, of).reduce(mergeAccuracy),
  )
}

/** The mean of the errors' sizes, each as a share of its target's: 0.1 is 10%. */
export const meanAbsolutePercentageError = (
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> => meanOf({ kind: 'percentage' }, actual, predicted, options)

/** The mean of the squared errors of `log(1 + y)`. */
export const meanSquaredLogError = (
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> => meanOf({ kind: 'squaredLog' }, actual, predicted, options)

/** What predictions of a quantile cost: `alpha`, 0.5, is the quantile. */
export const meanPinballLoss = (
  actual: Target,
  predicted: Target,
  { alpha = 0.5, ...options }: FitOptions & { alpha?: number } = {},
): Promise<number> => meanOf({ kind: 'pinball', share: alpha }, actual, predicted, options)

export interface TweedieOptions extends FitOptions {
  /** Of the distribution: 0 normal, 1 Poisson, 2 gamma, 3 inverse normal; 0. */
  power?: number
}

/** The mean deviance of a Tweedie distribution: of power 0, the mean squared error. */
export const meanTweedieDeviance = (
  actual: Target,
  predicted: Target,
  { power = 0, ...options }: TweedieOptions = {},
): Promise<number> => meanOf({ kind: 'tweedie', power }, actual, predicted, options)

/** The mean deviance of counts. */
export const meanPoissonDeviance = (
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> => meanTweedieDeviance(actual, predicted, { ...options, power: 1 })

/** The mean deviance of amounts > 0 whose error grows with them. */
export const meanGammaDeviance = (
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> => meanTweedieDeviance(actual, predicted, { ...options, power: 2 })

/** D², the share of the deviance that is explained: 1 is best, 0 what the mean gets, NaN of a single row; of power 0, R². Of counts that are all 0, NaN. */
export async function d2TweedieScore(
  actual: Target,
  predicted: Target,
  { power = 0, ...options }: TweedieOptions = {},
): Promise<number> {
  return d2OfPairs(await pairsOf(actual, predicted, options), power)
}

/** @internal D² of blocks of pairs: NaN of a single row, and of counts that are all 0, of which the mean would be a prediction of 0. */
export async function d2OfPairs(pairs: Blocks<Pairs>, power: number, who?: string): Promise<number> {
  const of: ErrorKind = { kind: 'tweedie', power }
  const [unexplained] = await pairs.map(errorsOfKind, of).reduce(mergeAccuracy)
  const [sum, weight] = await pairs.map(sumOfTargets, undefined).reduce(mergeAccuracy)
  requireWeight(weight, who)
  const [, , , , rows] = await pairs.map(r2OfPairs, undefined).reduce(mergeR2)
  if (rows < 2 || (power >= 1 && sum === 0)) return Number.NaN
  const [total] = await pairs.map(errorsOfConstant, { of, at: sum / weight }).reduce(mergeAccuracy)
  return total === 0 ? (unexplained === 0 ? 1 : 0) : 1 - unexplained / total
}

/** The error in the middle: half of them are larger. All errors are brought here. */
export async function medianAbsoluteError(
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> {
  const numbers = (cells: Column): Float64Array => {
    if (cells instanceof Float64Array) return cells
    throw new MlDataError('errors are of numbers, and these targets or predictions are texts')
  }
  const errors = (await (await pairsOf(actual, predicted, options)).gather()).flatMap((pairs) => {
    const y = numbers(pairs.actual)
    const p = numbers(pairs.predicted)
    return Array.from(y, (each, i) => ({ size: Math.abs(each - p[i]), weight: pairs.weight?.[i] ?? 1 }))
  })
  if (errors.length === 0) throw new MlDataError('there are no rows')
  errors.sort((a, b) => a.size - b.size)
  if (options.sampleWeight === undefined) {
    const middle = errors.length >> 1
    return errors.length % 2 === 1 ? errors[middle].size : (errors[middle - 1].size + errors[middle].size) / 2
  }
  const half = errors.reduce((sum, { weight }) => sum + weight, 0) / 2
  requireWeight(half)
  let below = 0
  for (const { size, weight } of errors) {
    below += weight
    if (below >= half) return size
  }
  return errors[errors.length - 1].size
}
