// Linear models of classes: LogisticRegression and LinearSVC.

import type { Block, Column, Sample } from '../../kernels/ml/block.ts'
import { requireSeveralClasses } from '../../kernels/ml/classes.ts'
import type { Minimised } from '../../kernels/ml/linear/lbfgs.ts'
import type { LossName } from '../../kernels/ml/linear/lossOfScores.ts'
import {
  type LinearWeights,
  linearClasses,
  linearProbabilities,
  linearScores,
} from '../../kernels/ml/linear/predictLinear.ts'
import type { Blocks } from '../contract/blocks.ts'
import {
  type ClassWeightParams,
  checkClassWeight,
  isSameClassWeight,
  weighedClasses,
  weighedSamples,
} from '../contract/classWeights.ts'
import { ParameterError, registerEstimator } from '../contract/estimator.ts'
import type { LearnsTogether } from '../contract/learnsTogether.ts'
import {
  Classifier,
  type Label,
  type PredictStep,
  type Probabilities,
  predictStep,
} from '../contract/predictor.ts'
import { type Features, Rows, rowsOf } from '../contract/rows.ts'
import { type FitOptions, type Samples, samplesOf, type Target } from '../contract/samples.ts'
import { requireFeatures, resultFor } from '../contract/transformer.ts'
import { checkSolver, fitLoss, fitLosses, type LossFit, type LossModel, type SolverName } from './lossFit.ts'

interface ClassifierState {
  classes: readonly Label[]
  features: number
  outputs: number
  /** Coefficients row by row, each row's intercept behind its features. */
  weights: Float64Array
  iterations: number
  converged: boolean
}

export interface LinearClassifierParams extends ClassWeightParams {
  /** The weight of the data against the ridge, > 0; 1. `Infinity`: no ridge. */
  C: number
  /** Whether to learn intercepts; true. */
  fitIntercept: boolean
  /** Passes at most; 100 for LogisticRegression, 1000 for LinearSVC. */
  maxIter: number
  /** Ends once no component of the gradient of the objective, by row, is larger; 1e-4. */
  tol: number
  /**
   * How coefficients are found: `lbfgs` sends them round for gradients, a pass each; by `admm` each block finds its own and
   * all agree, in fewer and longer passes, to what `tol` asks: the result depends on the cut within it; `lbfgs`.
   */
  solver: SolverName
  /** Whether `fit` begins where the last one ended; false. */
  warmStart: boolean
}

/** What `fit` of an iterative model takes beside features and targets. */
export interface IterativeFitOptions extends FitOptions {
  /**
   * Told after every iteration with the objective's value (by `admm`, how far blocks are from what was agreed on): a
   * learning curve. `false` ends the fit there.
   */
  onIteration?: (iteration: number, value: number) => boolean | undefined
}

const DEFAULTS = {
  C: 1,
  fitIntercept: true,
  tol: 1e-4,
  solver: 'lbfgs' as const,
  warmStart: false,
  classWeight: null,
}

/** A model of classes that are known. */
type ClassModel = LossModel & { classes: readonly Label[] }

abstract class LinearClassifier<L extends Label>
  extends Classifier<LinearClassifierParams, ClassifierState, L>
  implements LearnsTogether
{
  protected abstract lossFor(classes: number): { loss: LossName; outputs: number; ridgeOnIntercept: boolean }

  protected override checkParams(): void {
    if (!(this.params.C > 0))
      throw new ParameterError(`C of ${this.kind} is a number > 0, not ${this.params.C}`)
    checkSolver(this.kind, this.params.solver)
    checkClassWeight(this.kind, this.params.classWeight)
  }

  /** @throws {MlDataError} when the targets are of one class only */
  async fit(x: Features, y: Target, options: IterativeFitOptions = {}): Promise<this> {
    const samples = await samplesOf(this.kind, x, y, options)
    const { model, blocks } = await this.#weighed(samples)
    const fit = { ...this.#lossFit, onIteration: options.onIteration }
    return this.#learn(model, await fitLoss(blocks, model, fit))
  }

  async fitTogether(all: readonly this[], x: Features, y: Target, options: FitOptions = {}): Promise<void> {
    const samples = await samplesOf(this.kind, x, y, options)
    const { model, blocks } = await this.#weighed(samples)
    const fits = all.map((each) => each.#lossFit)
    const found = await fitLosses(blocks, model, fits)
    all.forEach((each, i) => {
      each.#learn(model, found[i])
    })
  }

  learnsWith(other: this): boolean {
    return isSameClassWeight(this.params.classWeight, other.params.classWeight)
  }

  async #weighed(samples: Samples): Promise<{ model: ClassModel; blocks: Blocks<Sample> }> {
    const weighed = await weighedClasses(this.kind, samples.blocks, this.params.classWeight)
    const { classes, weights } = weighed
    requireSeveralClasses(this.kind, classes)
    const model = { who: this.kind, features: samples.x.columns, classes, ...this.lossFor(classes.length) }
    // As scikit-learn: each class against the rest, the rest weighs what it is without classes.
    if (model.loss === 'hinge' && model.outputs > 1)
      return { model: { ...model, ofClass: weights }, blocks: samples.blocks }
    return { model, blocks: weighedSamples(samples.blocks, weighed) }
  }

  get #lossFit(): LossFit {
    const { C, fitIntercept, maxIter, tol, warmStart, solver } = this.params
    // By row, so that the tolerance means the same for any number of rows; the minimum is that of C·Σ loss + |w|²/2.
    return {
      fitIntercept,
      scale: (weight) => 1 / weight,
      ridge: (weight) => 1 / (C * weight),
      solver,
      tolerance: tol,
      maxIterations: maxIter,
      start: warmStart && this.isFitted ? this.fitted.weights : undefined,
    }
  }

  #learn({ classes, features, outputs }: ClassModel, { point, iterations, converged }: Minimised): this {
    return this.learnt({ classes, features, outputs, weights: point, iterations, converged })
  }

  get featuresIn(): number {
    return this.fitted.features
  }

  /** Coefficients: one row for two classes, else one a class. */
  get coef(): Float64Array[] {
    const { weights, features, outputs } = this.fitted
    return Array.from({ length: outputs }, (_, k) =>
      weights.slice(k * (features + 1), k * (features + 1) + features),
    )
  }

  /** One intercept a row of coefficients. */
  get intercept(): Float64Array {
    const { weights, features, outputs } = this.fitted
    return Float64Array.from({ length: outputs }, (_, k) => weights[k * (features + 1) + features])
  }

  /** Passes that fitting took. */
  get iterations(): number {
    return this.fitted.iterations
  }

  /** Whether the gradient got as small as `tol` asks. */
  get converged(): boolean {
    return this.fitted.converged
  }

  protected get model(): LinearWeights {
    const { features, outputs, weights } = this.fitted
    return { who: this.kind, features, outputs, weights }
  }

  classStep(): PredictStep<Column> {
    return predictStep(linearClasses, this.model)
  }

  /** The score of every output: for two classes one column, else one a class. */
  decisionFunction<X extends Features>(x: X): Probabilities<X> {
    const rows = rowsOf(x, this.kind)
    requireFeatures(rows, this.featuresIn, this.kind)
    const scores = new Rows(rows.blocks.map(linearScores, this.model), this.fitted.outputs, rows.lengths)
    return (x instanceof Rows ? scores.toArray() : resultFor(x, scores)) as Probabilities<X>
  }
}

/**
 * Logistic regression: minimises `C·Σ loss + |w|²/2`, the loss of two classes or, of more, the multinomial one, by L-BFGS
 * over blocks that stay where they are.
 * @example
 * const model = await new ml.LogisticRegression<string>().fit([[0], [1], [3], [4]], ['low', 'low', 'high', 'high'])
 * model.predict([[0], [5]]) // ['low', 'high']
 */
export class LogisticRegression<L extends Label = number> extends LinearClassifier<L> {
  static readonly kind = 'LogisticRegression'
  constructor(params: Partial<LinearClassifierParams> = {}) {
    super({ ...DEFAULTS, maxIter: 100 }, params)
  }
  protected lossFor(classes: number): { loss: LossName; outputs: number; ridgeOnIntercept: boolean } {
    return classes === 2
      ? { loss: 'logistic', outputs: 1, ridgeOnIntercept: false }
      : { loss: 'multinomial', outputs: classes, ridgeOnIntercept: false }
  }
  override probabilityStep(): PredictStep<Block> {
    return predictStep(linearProbabilities, this.model)
  }
}

/**
 * A linear support vector machine of the squared hinge, each class against the rest: minimises `C·Σ loss + |w, b|²/2`,
 * intercepts included, as scikit-learn's.
 */
export class LinearSVC<L extends Label = number> extends LinearClassifier<L> {
  static readonly kind = 'LinearSVC'
  constructor(params: Partial<LinearClassifierParams> = {}) {
    super({ ...DEFAULTS, maxIter: 1000 }, params)
  }
  protected lossFor(classes: number): { loss: LossName; outputs: number; ridgeOnIntercept: boolean } {
    return { loss: 'hinge', outputs: classes === 2 ? 1 : classes, ridgeOnIntercept: true }
  }
}

for (const type of [LogisticRegression, LinearSVC]) registerEstimator(type)
