// Scores by name, greater being better: what searches choose by.

import type { Column } from '../../kernels/ml/block.ts'
import type { Blocks } from '../contract/blocks.ts'
import { ParameterError } from '../contract/estimator.ts'
import type { AnyPredictor, Label } from '../contract/predictor.ts'
import type { Rows } from '../contract/rows.ts'
import * as metrics from '../metrics/index.ts'

type Scorer = (model: AnyPredictor, x: Rows, y: Blocks<Column>) => Promise<number>

const ofPredictions =
  (score: (actual: Blocks<Column>, predicted: Blocks<Column>) => Promise<number>): Scorer =>
  (model, x, y) =>
    score(y, model.predictBlocks(x))

const ofProbabilities =
  (score: (actual: Blocks<Column>, rows: Rows, labels: readonly Label[]) => Promise<number>): Scorer =>
  (model, x, y) => {
    const { classifying } = model
    if (!classifying)
      throw new ParameterError(`${model.kind} has no probabilities to score: choose a score of predictions`)
    return score(y, classifying.probabilityRows(x), classifying.classes)
  }

const SCORERS: Record<string, Scorer> = {
  accuracy: ofPredictions(metrics.accuracyScore),
  balancedAccuracy: ofPredictions(metrics.balancedAccuracyScore),
  f1: ofPredictions(metrics.f1Score),
  f1Macro: ofPredictions((a, p) => metrics.f1Score(a, p, { average: 'macro' })),
  f1Weighted: ofPredictions((a, p) => metrics.f1Score(a, p, { average: 'weighted' })),
  precision: ofPredictions(metrics.precisionScore),
  recall: ofPredictions(metrics.recallScore),
  r2: ofPredictions(metrics.r2Score),
  negMeanSquaredError: ofPredictions(async (a, p) => -(await metrics.meanSquaredError(a, p))),
  negMeanAbsoluteError: ofPredictions(async (a, p) => -(await metrics.meanAbsoluteError(a, p))),
  negLogLoss: ofProbabilities(async (y, p, labels) => -(await metrics.logLoss(y, p, { labels }))),
  // Of two classes, either against the other has the same area.
  rocAuc: ofProbabilities((y, p, labels) => metrics.rocAucOneVsRest(y, p, { labels })),
  rocAucWeighted: ofProbabilities((y, p, labels) =>
    metrics.rocAucOneVsRest(y, p, { labels, average: 'weighted' }),
  ),
  rocAucOneVsOne: ofProbabilities((y, p, labels) => metrics.rocAucOneVsOne(y, p, { labels })),
  topKAccuracy: ofProbabilities((y, p, labels) => metrics.topKAccuracyScore(y, p, { labels })),
}

/**
 * A score by its name; `null` is the model's own.
 * @throws {ParameterError} when there is none of that name
 */
export function scorerNamed(name: string | null): Scorer {
  if (name === null) return (model, x, y) => model.score(x, y)
  const found = Object.hasOwn(SCORERS, name) ? SCORERS[name] : undefined
  if (!found)
    throw new ParameterError(`there is no scoring ${name}; there are ${Object.keys(SCORERS).join(', ')}`)
  return found
}
