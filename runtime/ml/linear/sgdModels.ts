// SGDClassifier and SGDRegressor: linear models that learn row by row.

import type { Block, Column } from '../../kernels/ml/block.ts'
import { classesOfBlock, mergeClasses, requireSeveralClasses } from '../../kernels/ml/classes.ts'
import type { EncodedSample } from '../../kernels/ml/linear/losses.ts'
import { linearClasses, linearShares, linearValues } from '../../kernels/ml/linear/predictLinear.ts'
import type { SgdClassLoss, SgdNumberLoss } from '../../kernels/ml/linear/sgdLosses.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { PartialClassesOptions } from '../bayes/gaussianNB.ts'
import type { Blocks } from '../contract/blocks.ts'
import {
  type ClassWeightParams,
  checkClassWeight,
  type WeighedClasses,
  weighedClasses,
  weighedSamples,
  weightsOfClasses,
} from '../contract/classWeights.ts'
import { ParameterError, registerEstimator, requireChoices } from '../contract/estimator.ts'
import { Classifier, type Label, type PredictStep, predictStep, Regressor } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, type Samples, samplesOf, type Target } from '../contract/samples.ts'
import type { IterativeFitOptions } from './linearClassifiers.ts'
import {
  checkSGD,
  descend,
  encoded,
  further,
  modelOf,
  SGD_DEFAULTS,
  type SGDFitted,
  type SGDParams,
} from './sgdDescent.ts'

/**
 * A linear model of numbers that learns row by row. Without `shuffle` it is the same, to the last bit, for any cut: blocks
 * are gone through in order.
 * @example
 * const x = Array.from({ length: 100 }, (_, i) => [i / 100])
 * const model = await new ml.SGDRegressor({ eta0: 0.1, maxIter: 100 }).fit(x, x.map(([v]) => 2 * v + 1))
 * model.predict([[0.5]]).toList().map(Math.round) // [2]
 */
export class SGDRegressor extends Regressor<SGDParams<SgdNumberLoss>, SGDFitted> {
  static readonly kind = 'SGDRegressor'
  static readonly nullable = ['tol']

  constructor(params: Partial<SGDParams<SgdNumberLoss>> = {}) {
    super({ ...SGD_DEFAULTS, loss: 'squaredError', learningRate: 'invscaling', powerT: 0.25 }, params)
  }

  protected override checkParams(): void {
    checkSGD(this.kind, this.params)
    const losses = ['squaredError', 'huber', 'epsilonInsensitive', 'squaredEpsilonInsensitive']
    requireChoices(this.kind, { loss: [this.params.loss, ...losses] })
  }

  async fit(x: Features, y: Target, options: IterativeFitOptions = {}): Promise<this> {
    const samples = await samplesOf(this.kind, x, y, options)
    const blocks = await encoded(this.kind, samples.blocks, null).persist()
    return this.learnt(
      await descend(this.kind, this.params, blocks, samples.x.columns, 1, options.onIteration),
    )
  }

  /** One pass over further rows. */
  async partialFit(x: Features, y: Target, options: FitOptions = {}): Promise<this> {
    const samples = await samplesOf(this.kind, x, y, options)
    const blocks = encoded(this.kind, samples.blocks, null)
    const fitted = this.isFitted ? this.fitted : undefined
    return this.learnt(await further(this.kind, this.params, fitted, blocks, samples.x.columns, 1))
  }

  get featuresIn(): number {
    return this.fitted.sgd.features
  }

  get coef(): Float64Array {
    return modelOf(this.kind, this.fitted).weights.slice(0, -1)
  }

  get intercept(): number {
    return this.fitted.sgd.weights[this.featuresIn]
  }

  /** Passes that fitting took. */
  get iterations(): number {
    return this.fitted.iterations
  }

  /** How many rows were seen in all passes, counted from 1. */
  get t(): number {
    return this.fitted.sgd.t
  }

  predictStep(): PredictStep<Column> {
    return predictStep(linearValues, { model: modelOf(this.kind, this.fitted), link: 'identity' as const })
  }
}

export interface SGDClassifierParams extends SGDParams<SgdClassLoss>, ClassWeightParams {}

/**
 * A linear model of classes that learns row by row; of more than two, each against the rest. Without `shuffle` it is the
 * same, to the last bit, for any cut: blocks are gone through in order.
 * @example
 * const x = Array.from({ length: 100 }, (_, i) => [i / 100 - 0.5])
 * const model = await new ml.SGDClassifier<string>({ loss: 'logLoss' }).fit(x, x.map(([v]) => (v < 0 ? 'low' : 'high')))
 * model.predict([[-1], [1]]) // ['low', 'high']
 */
export class SGDClassifier<L extends Label = number> extends Classifier<
  SGDClassifierParams,
  SGDFitted & { classes: readonly Label[] },
  L
> {
  static readonly kind = 'SGDClassifier'
  static readonly nullable = ['tol']

  constructor(params: Partial<SGDClassifierParams> = {}) {
    super({ ...SGD_DEFAULTS, loss: 'hinge', learningRate: 'optimal', powerT: 0.5, classWeight: null }, params)
  }

  protected override checkParams(): void {
    checkSGD(this.kind, this.params)
    checkClassWeight(this.kind, this.params.classWeight)
    const losses = ['hinge', 'squaredHinge', 'perceptron', 'logLoss', 'modifiedHuber']
    requireChoices(this.kind, { loss: [this.params.loss, ...losses] })
  }

  /** @throws {MlDataError} when the targets are of one class only */
  async fit(x: Features, y: Target, options: IterativeFitOptions = {}): Promise<this> {
    const samples = await samplesOf(this.kind, x, y, options)
    const weighed = await weighedClasses(this.kind, samples.blocks, this.params.classWeight)
    const { classes } = weighed
    const outputs = this.#outputs(classes)
    const blocks = await this.#encoded(samples, weighed).persist()
    const learnt = await descend(
      this.kind,
      this.params,
      blocks,
      samples.x.columns,
      outputs,
      options.onIteration,
    )
    return this.learnt({ ...learnt, classes })
  }

  /**
   * One pass over further rows; the first tells all classes, unless its rows have all of them.
   * @throws {ParameterError} where `classWeight` is `balanced`: parts do not tell how many rows there will be of each class
   */
  async partialFit(x: Features, y: Target, options: PartialClassesOptions = {}): Promise<this> {
    const { classWeight } = this.params
    if (classWeight === 'balanced')
      throw new ParameterError(
        `${this.kind} cannot learn in parts with a classWeight that is balanced: a part does not tell how many rows each class has in all, so give weights by label, rows / (classes · rows of the class) each`,
      )
    const samples = await samplesOf(this.kind, x, y, options)
    const there = await samples.blocks.map(classesOfBlock, undefined).reduce(mergeClasses)
    const fitted = this.isFitted ? this.fitted : undefined
    const classes = fitted?.classes ?? mergeClasses([], [...(options.classes ?? there)])
    const strange = there.find((label) => !classes.includes(label))
    if (strange !== undefined)
      throw new MlDataError(
        `${this.kind} knows the classes ${classes.join(', ')}, and y has ${JSON.stringify(strange)}: tell all classes at the first partialFit`,
      )
    const outputs = this.#outputs(classes)
    const weights = weightsOfClasses(this.kind, classes, classWeight)
    const blocks = this.#encoded(samples, { classes, weights })
    const learnt = await further(this.kind, this.params, fitted, blocks, samples.x.columns, outputs)
    return this.learnt({ ...learnt, classes })
  }

  #encoded({ blocks }: Samples, weighed: WeighedClasses): Blocks<EncodedSample> {
    const { classes, weights } = weighed
    // As scikit-learn: each class against the rest, the rest weighs what it is without classes.
    return classes.length > 2
      ? encoded(this.kind, blocks, classes, weights)
      : encoded(this.kind, weighedSamples(blocks, weighed), classes)
  }

  #outputs(classes: readonly Label[]): number {
    requireSeveralClasses(this.kind, classes)
    return classes.length === 2 ? 1 : classes.length
  }

  get featuresIn(): number {
    return this.fitted.sgd.features
  }

  /** Coefficients: one row for two classes, else one a class. */
  get coef(): Float64Array[] {
    const { weights, features, outputs } = modelOf(this.kind, this.fitted)
    return Array.from({ length: outputs }, (_, k) =>
      weights.slice(k * (features + 1), k * (features + 1) + features),
    )
  }

  /** One intercept a row of coefficients. */
  get intercept(): Float64Array {
    const { weights, features, outputs } = modelOf(this.kind, this.fitted)
    return Float64Array.from({ length: outputs }, (_, k) => weights[k * (features + 1) + features])
  }

  /** Passes that fitting took: those of the class that took most. */
  get iterations(): number {
    return this.fitted.iterations
  }

  /** How many rows were seen in all passes, counted from 1. */
  get t(): number {
    return this.fitted.sgd.t
  }

  classStep(): PredictStep<Column> {
    return predictStep(linearClasses, modelOf(this.kind, this.fitted))
  }

  /** @throws {TypeError} for losses that tell no probabilities: `logLoss` does */
  override probabilityStep(): PredictStep<Block> {
    if (this.params.loss !== 'logLoss')
      throw new TypeError(`${this.kind} has probabilities where its loss is logLoss, not ${this.params.loss}`)
    return predictStep(linearShares, modelOf(this.kind, this.fitted))
  }
}

registerEstimator(SGDRegressor)
registerEstimator(SGDClassifier)
