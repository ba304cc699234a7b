// GaussianNB: classes whose columns are normal and independent.

import {
  type ClassMoments,
  classMomentsOfBlock,
  mergeClassMoments,
  type NormalClasses,
  normalPlaces,
  normalProbabilities,
} from '../../kernels/ml/bayes/classMoments.ts'
import type { Block, Column } from '../../kernels/ml/block.ts'
import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { mergeMoments } from '../../kernels/ml/preprocessing/moments.ts'
import { ParameterError, registerEstimator } from '../contract/estimator.ts'
import { Classifier, type Label, type PredictStep, predictStep } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'

export interface GaussianNBParams {
  /** The share of each class, in rising order of classes; as in the rows where null; null. */
  priors: readonly number[] | null
  /** This share of the largest column's variance is added to all; 1e-9. */
  varSmoothing: number
}

interface GaussianState {
  classes: readonly Label[]
  /** All that was seen: `partialFit` goes on from it. */
  seen: ClassMoments
  means: Float64Array[]
  variances: Float64Array[]
  priors: Float64Array
}

/** What the first `partialFit` takes beside features and targets. */
export interface PartialClassesOptions extends FitOptions {
  /** All classes that there will be; those of the first rows where absent. */
  classes?: readonly Label[]
}

/**
 * Naive Bayes with normal columns. One pass; any cut gives the same to rounding.
 * @example
 * const model = await new ml.GaussianNB<string>().fit([[1], [2], [8], [9]], ['low', 'low', 'high', 'high'])
 * model.predict([[0], [10]]) // ['low', 'high']
 */
export class GaussianNB<L extends Label = number> extends Classifier<GaussianNBParams, GaussianState, L> {
  static readonly kind = 'GaussianNB'

  constructor(params: Partial<GaussianNBParams> = {}) {
    super({ priors: null, varSmoothing: 1e-9 }, params)
  }

  protected override checkParams(): void {
    const { priors, varSmoothing } = this.params
    if (!(varSmoothing >= 0))
      throw new ParameterError(`varSmoothing of ${this.kind} is ≥ 0, not ${varSmoothing}`)
    if (priors && Math.abs(priors.reduce((sum, each) => sum + each, 0) - 1) > 1e-9)
      throw new ParameterError(
        `priors of ${this.kind} sum to 1, not ${priors.reduce((sum, each) => sum + each, 0)}`,
      )
  }

  /** @throws {MlDataError} when all weights are 0, or a class has only rows of weight 0 */
  async fit(x: Features, y: Target, options: FitOptions = {}): Promise<this> {
    const { blocks } = await samplesOf(this.kind, x, y, options)
    const classes = await blocks.map(classesOfBlock, undefined).reduce(mergeClasses)
    const state = { who: this.kind, classes }
    return this.#learn(classes, await blocks.map(classMomentsOfBlock, state).reduce(mergeClassMoments))
  }

  /** Learns from further rows: the same as `fit` of all of them together, once every class has been seen. */
  async partialFit(x: Features, y: Target, options: PartialClassesOptions = {}): Promise<this> {
    const { blocks } = await samplesOf(this.kind, x, y, options)
    const there = await blocks.map(classesOfBlock, undefined).reduce(mergeClasses)
    const classes = this.isFitted ? this.fitted.classes : mergeClasses([], [...(options.classes ?? there)])
    const strange = there.find((label) => !classes.includes(label))
    if (strange !== undefined)
      throw new MlDataError(
        `${this.kind} knows the classes ${classes.join(', ')}, and y has ${JSON.stringify(strange)}: tell all classes at the first partialFit`,
      )
    const state = { who: this.kind, classes }
    const more = await blocks.map(classMomentsOfBlock, state).reduce(mergeClassMoments)
    if (!this.isFitted) return this.#learn(classes, more)
    if (more.moments[0].mean.length !== this.featuresIn)
      throw new MlDataError(
        `X has ${more.moments[0].mean.length} features, but ${this.kind} was fitted with ${this.featuresIn}`,
      )
    return this.#learn(classes, mergeClassMoments(this.fitted.seen, more))
  }

  #learn(classes: readonly Label[], seen: ClassMoments): this {
    const { priors, varSmoothing } = this.params
    const all = seen.weight.reduce((sum, each) => sum + each, 0)
    if (!(all > 0))
      throw new MlDataError(`${this.kind} cannot learn: there are no rows, or sampleWeight is 0 everywhere`)
    if (priors && priors.length !== classes.length)
      throw new ParameterError(
        `priors of ${this.kind} has one share a class: ${classes.length}, not ${priors.length}`,
      )
    const epsilon = smoothing(seen, varSmoothing)
    return this.learnt({
      classes,
      seen,
      means: seen.moments.map(({ mean }) => mean),
      variances: seen.moments.map(({ squares, weight }) =>
        squares.map((each, i) => (weight[i] > 0 ? each / weight[i] : 0) + epsilon),
      ),
      priors: priors ? Float64Array.from(priors) : seen.weight.map((each) => each / all),
    })
  }

  get featuresIn(): number {
    return this.fitted.means[0].length
  }

  /** By class, the means of its columns. */
  get means(): readonly Float64Array[] {
    return this.fitted.means
  }

  /** By class, the variances of its columns, smoothing included. */
  get variances(): readonly Float64Array[] {
    return this.fitted.variances
  }

  /** The shares of the classes. */
  get classPriors(): Float64Array {
    return this.fitted.priors
  }

  /** How many rows of each class were seen: sums of their weights. */
  get classCount(): Float64Array {
    return this.fitted.seen.weight
  }

  /** What was added to all variances: 1 where no column varies. */
  get epsilon(): number {
    return smoothing(this.fitted.seen, this.params.varSmoothing)
  }

  get #model(): NormalClasses {
    const { means, variances, priors } = this.fitted
    return { who: this.kind, columns: this.featuresIn, means, variances, logPriors: priors.map(Math.log) }
  }

  classStep(): PredictStep<Column> {
    return predictStep(normalPlaces, this.#model)
  }

  override probabilityStep(): PredictStep<Block> {
    return predictStep(normalProbabilities, this.#model)
  }
}

registerEstimator(GaussianNB)

/** A share of the largest variance of a column over all classes; 1 where no column varies, so that classes are told by their shares. */
function smoothing({ moments }: ClassMoments, share: number): number {
  const { squares, weight } = moments.reduce(mergeMoments)
  const largest = squares.reduce((most, each, i) => Math.max(most, each / weight[i]), 0)
  return largest === 0 ? 1 : share * largest
}
