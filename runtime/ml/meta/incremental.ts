// Incremental: a model that learns block after block, each where it is.

import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import { type Learning, partialFitTask } from '../../kernels/ml/fitTask.ts'
import { type Estimator, fromJSON, ParameterError, registerEstimator } from '../contract/estimator.ts'
import { learnsInParts } from '../contract/partial.ts'
import { Classifier, type Label } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { Wrapper, type WrapperParams } from './wrapped.ts'

/** What `partialFit` takes beside features and targets. */
export interface IncrementalOptions extends FitOptions {
  /** All classes that there will be, of a classifier; those of the rows where absent. */
  classes?: readonly Label[]
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
    const { model } = await blocks.fold<Learning>(partialFitTask, start)
    return this.learnt({ estimator: fromJSON(model) })
  }
}

registerEstimator(Incremental)
