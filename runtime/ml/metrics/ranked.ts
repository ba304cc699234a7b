// Metrics of scores of two classes: each threshold divides the rows, and all thresholds together tell how good scores are.

import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import {
  brierOfPairs,
  mergeManyRanked,
  mergeRanked,
  type Ranked,
  rankedByClass,
  rankedOfPairs,
} from '../../kernels/ml/metrics/ranked.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { meanOfSums, mergeAccuracy } from '../../kernels/ml/scores.ts'
import type { Label } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { pairsOf } from './pairs.ts'

/** How scores of two classes are measured. */
export interface PositiveOptions extends FitOptions {
  /** The class that counts as positive, all others being negative; where absent, targets are 0 and 1, which is positive. */
  positive?: Label | boolean
}

/** A label as targets have it. */
const positiveOf = (positive: Label | boolean | undefined): Label | null =>
  typeof positive === 'boolean' ? Number(positive) : (positive ?? null)

async function rankedOf(
  who: string,
  actual: Target,
  scores: Target,
  { positive, ...options }: PositiveOptions,
): Promise<Ranked> {
  const pairs = await pairsOf(actual, scores, options)
  return pairs.map(rankedOfPairs, { who, positive: positiveOf(positive) }).reduce(mergeRanked)
}

export const sum = (numbers: Float64Array): number => numbers.reduce((all, each) => all + each, 0)

/** The chance that a positive row scores above a negative one; NaN where one of both is absent. */
export function areaOf({ negative, positive }: Ranked): number {
  let below = 0
  let area = 0
  positive.forEach((own, i) => {
    area += own * (below + negative[i] / 2)
    below += negative[i]
  })
  return area / (below * sum(positive))
}

/**
 * The area under the receiver operating characteristic: the chance that a positive row scores above a negative one.
 * @param actual 0 or 1, or classes of which `positive` tells one
 * @param scores greater for what is rather positive
 * @throws {MlDataError} when there is one class only
 */
export async function rocAucScore(
  actual: Target,
  scores: Target,
  options: PositiveOptions = {},
): Promise<number> {
  const area = areaOf(await rankedOf('rocAucScore', actual, scores, options))
  if (Number.isNaN(area))
    throw new MlDataError('rocAucScore needs rows of both classes, and there is only one')
  return area
}

/**
 * `rocAucScore` of each class against all others, as one number: their mean, the mean by how often each occurs, or (`micro`)
 * that of all rows and classes together.
 * @param probabilities a row each, and a column a class, classes in rising order
 */
export async function rocAucOneVsRest(
  actual: Target,
  probabilities: Features,
  options: FitOptions & { average?: 'macro' | 'micro' | 'weighted'; labels?: readonly Label[] } = {},
): Promise<number> {
  const { average = 'macro', labels, ...weighted } = options
  const { blocks } = await samplesOf('rocAucOneVsRest', probabilities, actual, weighted)
  const classes = labels ?? (await blocks.map(classesOfBlock, undefined).reduce(mergeClasses))
  const ranked = await blocks.map(rankedByClass, classes).reduce(mergeManyRanked)
  if (average === 'micro') return areaOf(ranked.reduce(mergeRanked))
  const shares = ranked.map((each) => (average === 'macro' ? 1 : sum(each.positive)))
  let score = 0
  ranked.forEach((each, i) => {
    const area = areaOf(each)
    if (Number.isNaN(area))
      throw new MlDataError(`rocAucOneVsRest needs rows of every class, and none or all are ${classes[i]}`)
    score += area * shares[i]
  })
  return score / shares.reduce((all, each) => all + each, 0)
}

/** Numbers at falling thresholds. */
interface Descent {
  thresholds: Float64Array
  /** Weight of negative and positive rows that score at least so much. */
  negatives: Float64Array
  positives: Float64Array
}

function descent({ scores, negative, positive }: Ranked): Descent {
  let negatives = 0
  let positives = 0
  const running = (numbers: Float64Array, add: (own: number) => number): Float64Array =>
    numbers.toReversed().map(add)
  return {
    thresholds: scores.toReversed(),
    negatives: running(negative, (own) => (negatives += own)),
    positives: running(positive, (own) => (positives += own)),
  }
}

/**
 * The area under the steps of precision over recall.
 * @param actual 0 or 1, or classes of which `positive` tells one
 */
export async function averagePrecisionScore(
  actual: Target,
  scores: Target,
  options: PositiveOptions = {},
): Promise<number> {
  const ranked = await rankedOf('averagePrecisionScore', actual, scores, options)
  const { negatives, positives } = descent(ranked)
  const all = sum(ranked.positive)
  if (all === 0) return 0
  let area = 0
  positives.forEach((own, i) => {
    const before = i === 0 ? 0 : positives[i - 1]
    if (own > before) area += ((own - before) / all) * (own / (own + negatives[i]))
  })
  return area
}

/** A curve over thresholds. */
export interface RocCurve {
  /** The share of negative rows that score at least the threshold. */
  falsePositives: Float64Array
  truePositives: Float64Array
  /** Falling; the first is Infinity. */
  thresholds: Float64Array
}

/** Shares of negative and positive rows at each threshold: all thresholds, none dropped. */
export async function rocCurve(
  actual: Target,
  scores: Target,
  options: PositiveOptions = {},
): Promise<RocCurve> {
  const ranked = await rankedOf('rocCurve', actual, scores, options)
  const { thresholds, negatives, positives } = descent(ranked)
  return {
    falsePositives: Float64Array.of(0, ...negatives.map((each) => each / sum(ranked.negative))),
    truePositives: Float64Array.of(0, ...positives.map((each) => each / sum(ranked.positive))),
    thresholds: Float64Array.of(Number.POSITIVE_INFINITY, ...thresholds),
  }
}

export interface PrecisionRecallCurve {
  /** One more than thresholds: the last is 1. */
  precision: Float64Array
  /** The last is 0. */
  recall: Float64Array
  /** Rising. */
  thresholds: Float64Array
}

/** Precision and recall at each threshold, in scikit-learn's order. */
export async function precisionRecallCurve(
  actual: Target,
  scores: Target,
  options: PositiveOptions = {},
): Promise<PrecisionRecallCurve> {
  const ranked = await rankedOf('precisionRecallCurve', actual, scores, options)
  const { thresholds, negatives, positives } = descent(ranked)
  const all = sum(ranked.positive)
  const precision = positives.map((own, i) => own / (own + negatives[i]))
  const recall = positives.map((own) => (all === 0 ? 1 : own / all))
  return {
    precision: Float64Array.of(...precision.reverse(), 1),
    recall: Float64Array.of(...recall.reverse(), 0),
    thresholds: thresholds.reverse(),
  }
}

/**
 * The mean squared difference of probabilities of class 1 and what came true (Brier, 1950): 0 is best.
 * @param actual 0 or 1, or classes of which `positive` tells one
 */
export async function brierScoreLoss(
  actual: Target,
  probabilities: Target,
  options: PositiveOptions = {},
): Promise<number> {
  const { positive, ...weighted } = options
  return meanOfSums(
    await (await pairsOf(actual, probabilities, weighted))
      .map(brierOfPairs, positiveOf(positive))
      .reduce(mergeAccuracy),
  )
}
