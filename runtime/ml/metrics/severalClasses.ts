// Metrics of scores of several classes: the area of every two of them, and whether the true one is among the best.

import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import { mergeManyRanked } from '../../kernels/ml/metrics/ranked.ts'
import { hitsOfBlock, rankedByPair } from '../../kernels/ml/metrics/severalClasses.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { meanOfSums, mergeAccuracy } from '../../kernels/ml/scores.ts'
import { requireCounts } from '../contract/estimator.ts'
import type { Label } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { areaOf, sum } from './ranked.ts'

/**
 * The area under the receiver operating characteristic of every two classes among the rows of both, on average (Hand and
 * Till, "A simple generalisation of the area under the ROC curve for multiple class classification problems", 2001).
 * @param probabilities a row each, and a column a class, classes in rising order
 * @param options `average`: all pairs count alike (`macro`), or by how many rows are of either class (`weighted`)
 * @throws {MlDataError} when a class has no rows
 * @example
 * const probabilities = [[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.2, 0.7]]
 * await ml.metrics.rocAucOneVsOne([0, 1, 2], probabilities) // 1
 */
export async function rocAucOneVsOne(
  actual: Target,
  probabilities: Features,
  { average = 'macro', labels }: { average?: 'macro' | 'weighted'; labels?: readonly Label[] } = {},
): Promise<number> {
  const who = 'rocAucOneVsOne'
  const { blocks } = await samplesOf(who, probabilities, actual)
  const classes = labels ?? (await blocks.map(classesOfBlock, undefined).reduce(mergeClasses))
  const ranked = await blocks.map(rankedByPair, { who, classes }).reduce(mergeManyRanked)
  let score = 0
  let all = 0
  // Each two classes stand twice, once by the scores of either: both count.
  for (const pair of ranked) {
    const area = areaOf(pair)
    if (Number.isNaN(area))
      throw new MlDataError(
        `${who} needs rows of every class, and there are none of one of ${classes.join(', ')}: name in labels those that there are`,
      )
    const share = average === 'macro' ? 1 : sum(pair.positive) + sum(pair.negative)
    score += area * share
    all += share
  }
  return score / all
}

/**
 * The share of rows whose class is among the `k` with the best scores.
 * @param scores a row each, and a column a class, classes in rising order
 * @param options `k`: 2 where not told
 * @example await ml.metrics.topKAccuracyScore([0, 1, 2], [[3, 2, 1], [3, 2, 1], [3, 2, 1]]) // 0.6666666666666666
 */
export async function topKAccuracyScore(
  actual: Target,
  scores: Features,
  options: FitOptions & { k?: number; labels?: readonly Label[] } = {},
): Promise<number> {
  const { k = 2, labels, ...weighted } = options
  requireCounts('topKAccuracyScore', { k })
  const { blocks } = await samplesOf('topKAccuracyScore', scores, actual, weighted)
  const classes = labels ?? (await blocks.map(classesOfBlock, undefined).reduce(mergeClasses))
  return meanOfSums(await blocks.map(hitsOfBlock, { classes, k }).reduce(mergeAccuracy))
}
