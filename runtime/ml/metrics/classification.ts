// Metrics of classes: all but logLoss follow from how often each pair of labels occurs.

import { FLOAT64 } from '../../kernels/array/dtype.ts'
import type { NdArray } from '../../kernels/array/ndArray.ts'
import { NdArray as Block } from '../../kernels/array/ndArray.ts'
import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import { countPairs, type LabelCounts, logLossOfBlock, mergeCounts } from '../../kernels/ml/metrics/pairs.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { meanOfSums, mergeAccuracy, requireWeight } from '../../kernels/ml/scores.ts'
import { ParameterError } from '../contract/estimator.ts'
import type { Label } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { pairsOf } from './pairs.ts'

/** How scores of several classes become one. */
export interface AverageOptions extends FitOptions {
  /** `binary`: of the class `positive` alone; `macro`: the mean; `weighted`: by how often each occurs; `micro`: of all pairs. */
  average?: 'binary' | 'macro' | 'micro' | 'weighted'
  /** The class that `binary` is about; 1. */
  positive?: Label | boolean
}

/** How often each pair of labels occurs, and the labels in order. */
export async function contingency(
  actual: Target,
  predicted: Target,
  options: FitOptions,
): Promise<{ labels: Label[]; counts: LabelCounts }> {
  const counts = await (await pairsOf(actual, predicted, options))
    .map(countPairs, undefined)
    .reduce(mergeCounts)
  requireWeight(sumOf(counts, () => true))
  const labels = mergeClasses(
    counts.map(([label]) => label),
    counts.map(([, label]) => label),
  )
  return { labels, counts }
}

/** The weight of the rows whose class and prediction fit. */
export const sumOf = (counts: LabelCounts, keep: (actual: Label, predicted: Label) => boolean): number =>
  counts.reduce((sum, [actual, predicted, weight]) => (keep(actual, predicted) ? sum + weight : sum), 0)

/**
 * The share of rows whose class is predicted.
 * @example await ml.metrics.accuracyScore(['a', 'b', 'b'], ['a', 'b', 'a']) // 0.6666666666666666
 */
export async function accuracyScore(
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> {
  const { counts } = await contingency(actual, predicted, options)
  return sumOf(counts, (a, p) => a === p) / sumOf(counts, () => true)
}

/** The mean of the classes' recalls. */
export async function balancedAccuracyScore(
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<number> {
  const { labels, counts } = await contingency(actual, predicted, options)
  const recalls = labels
    .map((label) => sumOf(counts, (a, p) => a === label && p === label) / sumOf(counts, (a) => a === label))
    .filter((recall) => !Number.isNaN(recall))
  return recalls.reduce((sum, each) => sum + each, 0) / recalls.length
}

/** How often each class (rows) is predicted as each (columns), classes in rising order. */
export async function confusionMatrix(
  actual: Target,
  predicted: Target,
  options: FitOptions = {},
): Promise<NdArray> {
  const { labels, counts } = await contingency(actual, predicted, options)
  const data = new Float64Array(labels.length ** 2)
  for (const [a, p, weight] of counts) data[labels.indexOf(a) * labels.length + labels.indexOf(p)] += weight
  return new Block(FLOAT64, [labels.length, labels.length], data)
}

/** Which share of what is predicted as a class is of it; 0 where nothing is predicted. */
export const precisionScore = (
  actual: Target,
  predicted: Target,
  options: AverageOptions = {},
): Promise<number> => averaged(actual, predicted, options, (right, said) => ratio(right, said))

/** Which share of a class is predicted as it. */
export const recallScore = (
  actual: Target,
  predicted: Target,
  options: AverageOptions = {},
): Promise<number> => averaged(actual, predicted, options, (right, _said, there) => ratio(right, there))

/** The harmonic mean of precision and recall. */
export const f1Score = (actual: Target, predicted: Target, options: AverageOptions = {}): Promise<number> =>
  averaged(actual, predicted, options, (right, said, there) => ratio(2 * right, said + there))

/**
 * The weighted harmonic mean of precision and recall.
 * @param options `beta` > 1 makes recall count more
 */
export async function fbetaScore(
  actual: Target,
  predicted: Target,
  options: AverageOptions & { beta: number },
): Promise<number> {
  if (!(options?.beta >= 0))
    throw new ParameterError(`beta of fbetaScore is a number ≥ 0, not ${String(options?.beta)}`)
  const square = options.beta ** 2
  return averaged(actual, predicted, options, (right, said, there) =>
    ratio((1 + square) * right, said + square * there),
  )
}

/** Of rows that are of a class or predicted as it, the share that is both. */
export const jaccardScore = (
  actual: Target,
  predicted: Target,
  options: AverageOptions = {},
): Promise<number> =>
  averaged(actual, predicted, options, (right, said, there) => ratio(right, said + there - right))

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

async function averaged(
  actual: Target,
  predicted: Target,
  options: AverageOptions,
  scoreOf: (right: number, said: number, there: number) => number,
): Promise<number> {
  const { average = 'binary', positive: told = 1 } = options
  const positive = typeof told === 'boolean' ? Number(told) : told
  const { labels, counts } = await contingency(actual, predicted, options)
  const ofClass = labels.map((label) => {
    const right = sumOf(counts, (a, p) => a === label && p === label)
    const said = sumOf(counts, (_, p) => p === label)
    const there = sumOf(counts, (a) => a === label)
    return { right, said, there, score: scoreOf(right, said, there) }
  })
  const total = (pick: (each: (typeof ofClass)[number]) => number): number =>
    ofClass.reduce((sum, each) => sum + pick(each), 0)
  switch (average) {
    case 'binary': {
      if (labels.length > 2)
        throw new MlDataError(
          `there are ${labels.length} classes, and average is 'binary': choose 'macro', 'micro' or 'weighted'`,
        )
      if (labels.length === 2 && !labels.includes(positive))
        throw new MlDataError(
          `the classes are ${labels.map((label) => JSON.stringify(label)).join(' and ')}, and the positive one is ${JSON.stringify(positive)}: name one of them, { positive: … }, or an average`,
        )
      return ofClass[labels.indexOf(positive)]?.score ?? 0
    }
    case 'macro':
      return total(({ score }) => score) / ofClass.length
    case 'weighted':
      return total(({ score, there }) => score * there) / total(({ there }) => there)
    case 'micro':
      return scoreOf(
        total(({ right }) => right),
        total(({ said }) => said),
        total(({ there }) => there),
      )
    default:
      throw new ParameterError(
        `average is 'binary', 'macro', 'micro' or 'weighted', not ${String(average satisfies never)}`,
      )
  }
}

/**
 * The mean of `−log p` of the true classes.
 * @param probabilities a row each, and a column a class, classes in rising order; of two classes also one, the second's
 * @throws {MlDataError} where there is one class only, and `labels` does not tell the others
 */
export async function logLoss(
  actual: Target,
  probabilities: Features,
  options: FitOptions & { labels?: readonly Label[] } = {},
): Promise<number> {
  const { labels, ...weighted } = options
  const { blocks } = await samplesOf('logLoss', probabilities, actual, weighted)
  const classes = labels ?? (await blocks.map(classesOfBlock, undefined).reduce(mergeClasses))
  if (classes.length < 2)
    throw new MlDataError(
      `logLoss is of two classes or more, and the targets have only ${JSON.stringify(classes[0])}: tell all in labels`,
    )
  return meanOfSums(await blocks.map(logLossOfBlock, classes).reduce(mergeAccuracy))
}
