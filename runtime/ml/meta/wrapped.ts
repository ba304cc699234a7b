// What wrappers of one estimator share: they predict by the estimator that was fitted.

import type { Column } from '../../kernels/ml/block.ts'
import type { Blocks } from '../contract/blocks.ts'
import { type Estimator, ParameterError } from '../contract/estimator.ts'
import {
  type Classifying,
  type Label,
  Predictor,
  type Probabilities,
  probabilitiesOf,
} from '../contract/predictor.ts'
import { type Features, type Rows, rowsOf, type Transformed } from '../contract/rows.ts'
import type { FitOptions, Target } from '../contract/samples.ts'
import { transformedFor, transforms } from '../contract/transformer.ts'

export interface WrapperParams {
  /** What learns. */
  estimator: Estimator | null
}

export interface WrappedState {
  estimator: Estimator
}

export abstract class Wrapper<P extends WrapperParams, L extends Label> extends Predictor<
  P,
  WrappedState,
  L
> {
  /** A copy of the estimator that has learnt nothing. */
  protected fresh(): Estimator {
    const { estimator } = this.params
    if (!estimator)
      throw new ParameterError(`${this.kind} needs an estimator: new ml.${this.kind}({ estimator: … })`)
    return estimator.clone()
  }

  /** The estimator, fitted. */
  get estimator(): Estimator {
    return this.fitted.estimator
  }

  protected get predictor(): Predictor<object, object, L> {
    const { estimator } = this
    if (estimator instanceof Predictor) return estimator
    throw new TypeError(`${estimator.kind} predicts nothing, it only transforms`)
  }

  get featuresIn(): number {
    const { estimator } = this
    return estimator instanceof Predictor || transforms(estimator) ? estimator.featuresIn : Number.NaN
  }

  override get classifies(): boolean {
    const { estimator } = this.params
    return estimator instanceof Predictor && estimator.classifies
  }

  override get classifying(): Classifying<L> | undefined {
    const { estimator } = this
    return estimator instanceof Predictor ? (estimator.classifying as Classifying<L> | undefined) : undefined
  }

  override get predictsTexts(): boolean {
    return this.predictor.predictsTexts
  }

  predictBlocks(rows: Rows): Blocks<Column> {
    return this.predictor.predictBlocks(rows)
  }

  score(x: Features, y: Target, options?: FitOptions): Promise<number> {
    return this.predictor.score(x, y, options)
  }

  /** A probability for every class, where the estimator is a classifier. */
  predictProba<X extends Features>(x: X): Probabilities<X> {
    if (this.classifying) return probabilitiesOf(this.classifying, this.featuresIn, x)
    throw new TypeError(`${this.estimator.kind} has no probabilities`)
  }

  /** The features transformed, where the estimator is a transformer. */
  transform<X extends Features>(x: X): Transformed<X> {
    const { estimator } = this
    if (!transforms(estimator)) throw new TypeError(`${estimator.kind} transforms nothing, it only predicts`)
    return transformedFor(
      x,
      estimator.transformRows(rowsOf(x, estimator.kind)),
      estimator.kind,
    ) as Transformed<X>
  }
}
