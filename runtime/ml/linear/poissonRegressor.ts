// PoissonRegressor: counts whose logarithm is linear in the features.

import type { Column } from '../../kernels/ml/block.ts'
import { linearValues } from '../../kernels/ml/linear/predictLinear.ts'
import { pairsOfSample } from '../../kernels/ml/metrics/pairs.ts'
import { ParameterError, registerEstimator } from '../contract/estimator.ts'
import { type PredictStep, predictedFor, predictStep, Regressor } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'
import { d2OfPairs } from '../metrics/deviances.ts'
import type { IterativeFitOptions } from './linearClassifiers.ts'
import { checkSolver, fitLoss, type SolverName } from './lossFit.ts'

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
export class PoissonRegressor extends Regressor<PoissonRegressorParams, PoissonState> {
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
    const { alpha, fitIntercept, maxIter, tol, solver } = this.params
    const samples = await samplesOf(this.kind, x, y, options)
    const features = samples.x.columns
    const { point, iterations } = await fitLoss(samples.blocks, {
      who: this.kind,
      loss: 'poisson',
      outputs: 1,
      features,
      classes: null,
      fitIntercept,
      ridgeOnIntercept: false,
      scale: (weight) => 1 / weight,
      ridge: () => alpha,
      solver,
      tolerance: tol,
      maxIterations: maxIter,
      leastTarget: 0,
      onIteration: options.onIteration,
    })
    return this.learnt({ features, weights: point, iterations })
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

  /** D², the share of the deviance that is explained: 1 is best, 0 what the mean gets. */
  override async score(x: Features, y: Target, options: FitOptions = {}): Promise<number> {
    const { samples, predicted } = await predictedFor(this, x, y, options)
    return d2OfPairs(samples.blocks.map(pairsOfSample, undefined, predicted), 1)
  }

  predictStep(): PredictStep<Column> {
    const { features, weights } = this.fitted
    const model = { who: this.kind, features, outputs: 1, weights }
    return predictStep(linearValues, { model, link: 'log' as const })
  }
}

registerEstimator(PoissonRegressor)
