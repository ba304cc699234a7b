// PoissonRegressor: counts whose logarithm is linear in the features.

import type { Column } from '../../kernels/ml/block.ts'
import type { Minimised } from '../../kernels/ml/linear/lbfgs.ts'
import { linearValues } from '../../kernels/ml/linear/predictLinear.ts'
import { pairsOfSample } from '../../kernels/ml/metrics/pairs.ts'
import { ParameterError, registerEstimator } from '../contract/estimator.ts'
import type { LearnsTogether } from '../contract/learnsTogether.ts'
import { type PredictStep, predictedFor, predictStep, Regressor } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, type Samples, samplesOf, type Target } from '../contract/samples.ts'
import { d2OfPairs } from '../metrics/deviances.ts'
import type { IterativeFitOptions } from './linearClassifiers.ts'
import { checkSolver, fitLoss, fitLosses, type LossFit, type LossModel, type SolverName } from './lossFit.ts'

export interface PoissonRegressorParams {
  /** How strongly coefficients are drawn to zero, ≥ 0; 1. */
  alpha: number
  fitIntercept: boolean
  maxIter: number
  /** Ends once no component of the gradient is larger; 1e-4. */
  tol: number
  /** How coefficients are found, as of `LogisticRegression`; `lbfgs`. */
  solver: SolverName
}

interface PoissonState {
  features: number
  weights: Float64Array
  iterations: number
}

/**
 * Poisson regression with the logarithm as link: minimises the mean of `exp(z) − y·z`, plus `alpha·|w|²/2`.
 * @example
 * const model = await new ml.PoissonRegressor({ alpha: 0 }).fit([[0], [0], [1], [1]], [1, 1, 4, 4])
 * model.predict([[1]]).toList().map(Math.round) // [4]
 */
export class PoissonRegressor
  extends Regressor<PoissonRegressorParams, PoissonState>
  implements LearnsTogether
{
  static readonly kind = 'PoissonRegressor'
  constructor(params: Partial<PoissonRegressorParams> = {}) {
    super({ alpha: 1, fitIntercept: true, maxIter: 100, tol: 1e-4, solver: 'lbfgs' }, params)
  }

  protected override checkParams(): void {
    const { alpha } = this.params
    if (!(alpha >= 0)) throw new ParameterError(`alpha of ${this.kind} is a number ≥ 0, not ${alpha}`)
    checkSolver(this.kind, this.params.solver)
  }

  /** @throws {MlDataError} when a target is negative */
  async fit(x: Features, y: Target, options: IterativeFitOptions = {}): Promise<this> {
    const samples = await samplesOf(this.kind, x, y, options)
    const fit = { ...this.lossFit, onIteration: options.onIteration }
    return this.#learn(samples, await fitLoss(samples.blocks, modelOf(samples), fit))
  }

  async fitTogether(all: readonly this[], x: Features, y: Target, options: FitOptions = {}): Promise<void> {
    const samples = await samplesOf(this.kind, x, y, options)
    const fits = all.map((each) => each.lossFit)
    const found = await fitLosses(samples.blocks, modelOf(samples), fits)
    all.forEach((each, i) => {
      each.#learn(samples, found[i])
    })
  }

  protected get lossFit(): LossFit {
    const { alpha, fitIntercept, maxIter, tol, solver } = this.params
    return {
      fitIntercept,
      scale: (weight) => 1 / weight,
      ridge: () => alpha,
      solver,
      tolerance: tol,
      maxIterations: maxIter,
    }
  }

  #learn(samples: Samples, { point, iterations }: Minimised): this {
    return this.learnt({ features: samples.x.columns, weights: point, iterations })
  }

  get featuresIn(): number {
    return this.fitted.features
  }
  get coef(): Float64Array {
    return this.fitted.weights.slice(0, -1)
  }
  get intercept(): number {
    return this.fitted.weights[this.fitted.features]
  }
  get iterations(): number {
    return this.fitted.iterations
  }

  /** D², the share of the deviance that is explained: 1 is best, 0 what the mean gets, NaN of a single row and of targets that are all 0. */
  override async score(x: Features, y: Target, options: FitOptions = {}): Promise<number> {
    const { samples, predicted } = await predictedFor(this, x, y, options)
    return d2OfPairs(samples.blocks.map(pairsOfSample, undefined, predicted), 1, this.kind)
  }

  predictStep(): PredictStep<Column> {
    const { features, weights } = this.fitted
    const model = { who: this.kind, features, outputs: 1, weights }
    return predictStep(linearValues, { model, link: 'log' as const })
  }
}

const modelOf = ({ x }: Samples): LossModel => ({
  who: PoissonRegressor.kind,
  loss: 'poisson',
  outputs: 1,
  features: x.columns,
  classes: null,
  ridgeOnIntercept: false,
  leastTarget: 0,
})

registerEstimator(PoissonRegressor)
