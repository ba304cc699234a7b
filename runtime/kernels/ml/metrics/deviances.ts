// Errors of numbers that are measured in the targets' own way: in shares, in logarithms, by Tweedie's distributions.

import { kernel } from '../../kernel.ts'
import { MlDataError } from '../mlErrors.ts'
import type { Pairs } from './pairs.ts'

export type ErrorKind =
  | { kind: 'percentage' }
  | { kind: 'squaredLog' }
  /** `share` of the errors below should lie below. */
  | { kind: 'pinball'; share: number }
  /** 0 of the normal distribution, 1 of Poisson's, 2 of gamma, 3 of the inverse normal. */
  | { kind: 'tweedie'; power: number }

/** What one row's error is. */
function errorOf(of: ErrorKind, y: number, p: number): number {
  switch (of.kind) {
    case 'percentage':
      return Math.abs(y - p) / Math.max(Math.abs(y), Number.EPSILON)
    case 'squaredLog':
      if (y < 0 || p < 0)
        throw new MlDataError(`meanSquaredLogError takes no negative numbers, and there is ${Math.min(y, p)}`)
      return (Math.log1p(y) - Math.log1p(p)) ** 2
    case 'pinball':
      return y >= p ? of.share * (y - p) : (1 - of.share) * (p - y)
    case 'tweedie':
      return deviance(of.power, y, p)
  }
}

/** Twice the difference of log-likelihoods (Jørgensen, "The theory of dispersion models", 1997). */
function deviance(power: number, y: number, p: number): number {
  if (power === 0) return (y - p) ** 2
  if (power < 0) {
    if (!(p > 0)) throw new MlDataError(domainText(power, 'predictions > 0', p))
    const least = Math.max(y, 0)
    return (
      2 *
      (least ** (2 - power) / ((1 - power) * (2 - power)) -
        (y * p ** (1 - power)) / (1 - power) +
        p ** (2 - power) / (2 - power))
    )
  }
  if (power < 1) throw new MlDataError(`there is no Tweedie distribution of power ${power}: it is ≤ 0 or ≥ 1`)
  if (power < 2 ? !(y >= 0) : !(y > 0))
    throw new MlDataError(domainText(power, power < 2 ? 'targets ≥ 0' : 'targets > 0', y))
  if (!(p > 0)) throw new MlDataError(domainText(power, 'predictions > 0', p))
  if (power === 1) return 2 * ((y === 0 ? 0 : y * Math.log(y / p)) - y + p)
  if (power === 2) return 2 * (Math.log(p / y) + y / p - 1)
  return (
    2 *
    (y ** (2 - power) / ((1 - power) * (2 - power)) -
      (y * p ** (1 - power)) / (1 - power) +
      p ** (2 - power) / (2 - power))
  )
}

const domainText = (power: number, wanted: string, got: number): string =>
  `a deviance of power ${power} takes ${wanted}, and there is ${got}`

/** Weighted sum of errors, and the weight. */
export const errorsOfKind = kernel(
  'ml.errorsOfKind',
  (of: ErrorKind, { actual, predicted, weight }: Pairs): readonly [errors: number, weight: number] => {
    if (!(actual instanceof Float64Array && predicted instanceof Float64Array))
      throw new MlDataError('errors are of numbers, and these targets or predictions are texts')
    let sum = 0
    let all = 0
    for (let i = 0; i < actual.length; i++) {
      const w = weight ? weight[i] : 1
      sum += w * errorOf(of, actual[i], predicted[i])
      all += w
    }
    return [sum, all]
  },
)

/** The same of one prediction for all rows. */
export const errorsOfConstant = kernel(
  'ml.errorsOfConstant',
  ({ of, at }: { of: ErrorKind; at: number }, pairs: Pairs): readonly [errors: number, weight: number] =>
    errorsOfKind(of, { ...pairs, predicted: new Float64Array(pairs.actual.length).fill(at) }),
)

/** Weighted sum of targets, and the weight. */
export const sumOfTargets = kernel(
  'ml.sumOfTargets',
  (_: unknown, { actual, weight }: Pairs): readonly [sum: number, weight: number] => {
    let sum = 0
    let all = 0
    ;(actual as Float64Array).forEach((y, i) => {
      const w = weight ? weight[i] : 1
      sum += w * y
      all += w
    })
    return [sum, all]
  },
)
