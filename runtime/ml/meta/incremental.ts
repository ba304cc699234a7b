// Incremental: a model that learns block after block, each where it is.

import { curvesAreHeard } from '../../graph/curve.ts'
import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import {
  type Learning,
  partialFitScoredTask,
  partialFitTask,
  type ScoredLearning,
  scoreOfLearning,
} from '../../kernels/ml/fitTask.ts'
import { type Estimator, fromJSON, ParameterError, registerEstimator } from '../contract/estimator.ts'
import { foldTold } from '../contract/foldTold.ts'
import { learnsInParts } from '../contract/partial.ts'
import { Classifier, type Label, Predictor } from '../contract/predictor.ts'
import { byRounds } from '../contract/rounds.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { Wrapper, type WrapperParams } from './wrapped.ts'

/** What `partialFit` takes beside features and targets. */
export interface IncrementalOptions extends FitOptions {
  /** All classes that there will be, of a classifier; those of the rows where absent. */
  classes?: readonly Label[]
  /**
   * Told after each block with its number, from 1, and the score that the model had on it before it learnt from it: of rows
   * that it had not seen. Undefined for the first block of a new model and for empty ones; transformers tell nothing.
   */
  onIteration?: (block: number, score: number | undefined) => void
}

/**
 * Takes an estimator with `partialFit` through all blocks, one after the other: the model travels, the rows stay.
 * @example
 * const model = new ml.Incremental({ estimator: new ml.GaussianNB() })
 * const x = array.linspace(0, 1, 400, { chunks: 300 }).reshape([400, 1])
 * await model.fit(x, x.reshape([400]).greater(0.5).astype('float64'))
 * model.predict([[0], [1]]).toList() // [0, 1]
 */
export class Incremental<L extends Label = number> extends Wrapper<WrapperParams, L> {
  static readonly kind = 'Incremental'

  constructor(params: Partial<WrapperParams> = {}) {
    super({ estimator: null }, params)
  }

  protected override checkParams(): void {
    const { estimator } = this.params
    if (estimator && !learnsInParts(estimator))
      throw new ParameterError(`${estimator.kind} does not learn in parts: it has no partialFit`)
  }

  /** One pass over the blocks, from the beginning. */
  async fit(x: Features, y: Target, options: IncrementalOptions = {}): Promise<this> {
    return this.#pass(this.fresh(), x, y, options)
  }

  /** One pass over further blocks. */
  async partialFit(x: Features, y: Target, options: IncrementalOptions = {}): Promise<this> {
    return this.#pass(this.isFitted ? this.estimator : this.fresh(), x, y, options)
  }

  async #pass(estimator: Estimator, x: Features, y: Target, options: IncrementalOptions): Promise<this> {
    const { blocks } = await samplesOf(this.kind, x, y, options)
    const classes =
      estimator instanceof Classifier
        ? (options.classes ??
          (estimator.isFitted
            ? estimator.classes
            : await blocks.map(classesOfBlock, undefined).reduce(mergeClasses)))
        : null
    const start: Learning = { model: estimator.toJSON(), classes }
    const { onIteration } = options
    if (!(estimator instanceof Predictor) || !(onIteration || curvesAreHeard())) {
      const { model } = await blocks.fold<Learning>(partialFitTask, start)
      return this.learnt({ estimator: fromJSON(model) })
    }
    const scored: ScoredLearning = { ...start, hasLearnt: estimator.isFitted, score: null }
    const { model } = await byRounds(this.kind, blocks.count, 'score of new rows', onIteration, (told) =>
      foldTold(blocks, partialFitScoredTask, scored, scoreOfLearning, (block, score) => {
        told(block + 1, score ?? undefined)
      }),
    )
    return this.learnt({ estimator: fromJSON(model) })
  }
}

registerEstimator(Incremental)
