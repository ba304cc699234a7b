// Cross-validation of one estimator, and the folds that it and searches fit on.

import { callOf, computeAll } from '../../collections/compute.ts'
import { provideFitter, targetsOfRows, type WholeRows } from '../../kernels/ml/fitTask.ts'
import type { Blocks } from '../contract/blocks.ts'
import type { AnyPredictor } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { fitter } from './fitter.ts'
import { KFold, ruleOf, type Splitter, StratifiedKFold } from './folds.ts'
import { type FoldTasks, GivenFolds, RuledFolds } from './foldTasks.ts'
import { scorerNamed } from './scoring.ts'
import { SearchTasks, threadsThere, wholeRows } from './searchGraph.ts'

provideFitter(async () => fitter)

/** The rows' folds; of equal shares of the classes for classifiers, where a number alone is given. */
export async function foldsFor(
  estimator: AnyPredictor,
  rows: Blocks<WholeRows>,
  cv: number | Splitter = 5,
): Promise<FoldTasks> {
  const splitter = typeof cv === 'number' ? splitterFor(estimator, cv) : cv
  const rule = ruleOf(splitter)
  if (rule) return new RuledFolds(rule)
  const [cells] = await rows.map(targetsOfRows, undefined).gather()
  return new GivenFolds(splitter.split(Array.from<number | string | null>(cells) as (number | string)[]))
}

function splitterFor(estimator: AnyPredictor, nSplits: number): Splitter {
  return estimator.classifies ? new StratifiedKFold({ nSplits }) : new KFold({ nSplits })
}

export interface CrossValidationOptions extends FitOptions {
  /** How many folds, or how rows are divided; 5, of equal shares of the classes for classifiers. */
  cv?: number | Splitter
  /** The score, e.g. `'f1Macro'`; the model's own by default. */
  scoring?: string
}

/**
 * The score of each fold, by a model that was fitted with the others: fits are tasks. `sampleWeight` counts in fits.
 * @example await ml.crossValScore(new ml.Ridge({ alpha: 0 }), [[0], [1], [2], [3]], [1, 3, 5, 7], { cv: 2 }) // [1, 1]
 */
export async function crossValScore(
  estimator: AnyPredictor,
  x: Features,
  y: Target,
  { cv, scoring, ...options }: CrossValidationOptions = {},
): Promise<number[]> {
  scorerNamed(scoring ?? null)
  const samples = await samplesOf(estimator.kind, x, y, options)
  const rows = await wholeRows(samples)
  const folds = await foldsFor(estimator, rows, cv)
  const tasks = new SearchTasks(rows, [estimator.clone()], folds, scoring ?? null, await threadsThere())
  const [[scores]] = (await computeAll([tasks], callOf('crossValScore'))) as [number[][]]
  return scores
}
