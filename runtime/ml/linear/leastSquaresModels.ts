// Linear models of squares: LinearRegression, Ridge, Lasso, ElasticNet. One pass over the data, then a small problem.

import type { Column } from '../../kernels/ml/block.ts'
import { linearValues } from '../../kernels/ml/linear/predictLinear.ts'
import { coordinateDescent, leastSquares } from '../../kernels/ml/linear/solveLeastSquares.ts'
import {
  type CentredProblem,
  centredProblem,
  interceptOf,
  mergeTriangles,
  type Triangle,
  triangleOfBlock,
} from '../../kernels/ml/linear/triangle.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { ParameterError, registerEstimator } from '../contract/estimator.ts'
import { type PredictStep, predictStep, Regressor } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target } from '../contract/samples.ts'

interface LinearState {
  coefficients: Float64Array
  intercept: number
  /** All that was seen, so that `partialFit` can go on. */
  triangle: Triangle
  iterations: number
}

interface WithIntercept {
  /** Whether to learn an intercept; true. */
  fitIntercept: boolean
}

/** A linear model that a triangle of the data is enough for. */
abstract class LeastSquaresModel<P extends WithIntercept> extends Regressor<P, LinearState> {
  /** The coefficients for a problem of so much weight. */
  protected abstract solve(problem: CentredProblem, weight: number, rows: number): [Float64Array, number]

  async fit(x: Features, y: Target, options: FitOptions = {}): Promise<this> {
    return this.#learn(await this.#triangleOf(x, y, options))
  }

  /** Learns from further rows: the same model as `fit` of all of them together. */
  async partialFit(x: Features, y: Target, options: FitOptions = {}): Promise<this> {
    const more = await this.#triangleOf(x, y, options)
    if (this.isFitted && more.size !== this.fitted.triangle.size)
      throw new MlDataError(
        `X has ${more.size - 2} features, but ${this.kind} was fitted with ${this.featuresIn}`,
      )
    return this.#learn(this.isFitted ? mergeTriangles(this.fitted.triangle, more) : more)
  }

  async #triangleOf(x: Features, y: Target, options: FitOptions): Promise<Triangle> {
    const { blocks } = await samplesOf(this.kind, x, y, options)
    const settings = { who: this.kind, intercept: this.params.fitIntercept }
    return blocks.map(triangleOfBlock, settings).reduce(mergeTriangles)
  }

  #learn(triangle: Triangle): this {
    const { fitIntercept } = this.params
    const problem = centredProblem(triangle, fitIntercept, this.kind)
    const [coefficients, iterations] = this.solve(problem, triangle.weight, triangle.rows)
    const intercept = fitIntercept ? interceptOf(problem, coefficients) : 0
    return this.learnt({ coefficients, intercept, triangle, iterations })
  }

  get featuresIn(): number {
    return this.fitted.coefficients.length
  }

  /** One coefficient a feature. */
  get coef(): Float64Array {
    return this.fitted.coefficients
  }

  /** What is predicted where all features are 0. */
  get intercept(): number {
    return this.fitted.intercept
  }

  /** Passes over the coefficients that fitting took; 1 where the solution is direct. */
  get iterations(): number {
    return this.fitted.iterations
  }

  predictStep(): PredictStep<Column> {
    const { coefficients, intercept } = this.fitted
    const weights = Float64Array.from([...coefficients, intercept])
    const model = { who: this.kind, features: coefficients.length, outputs: 1, weights }
    return predictStep(linearValues, { model, link: 'identity' as const })
  }
}

export interface LinearRegressionParams extends WithIntercept {}

/**
 * Ordinary least squares. Where columns depend on one another, the shortest of the solutions.
 * @example
 * const model = await new ml.LinearRegression().fit([[0], [1], [2]], [1, 3, 5])
 * model.predict([[3]]).toList().map(Math.round) // [7]
 */
export class LinearRegression extends LeastSquaresModel<LinearRegressionParams> {
  static readonly kind = 'LinearRegression'
  constructor(params: Partial<LinearRegressionParams> = {}) {
    super({ fitIntercept: true }, params)
  }
  protected solve(problem: CentredProblem, _weight: number, rows: number): [Float64Array, number] {
    return [leastSquares(problem, 0, rows).coefficients, 1]
  }
  /** How many columns are independent of the others, the mean taken off. */
  get rank(): number {
    return this.#solution.rank
  }
  /** The singular values of the features, the mean taken off, in falling order: as many as rows or columns allow. */
  get singular(): Float64Array {
    const { rows, size } = this.fitted.triangle
    return this.#solution.singular.slice(0, Math.min(rows, size - 2))
  }
  get #solution() {
    const { triangle } = this.fitted
    return leastSquares(centredProblem(triangle, this.params.fitIntercept, this.kind), 0, triangle.rows)
  }
}

export interface RidgeParams extends WithIntercept {
  /** How strongly coefficients are drawn to zero, ≥ 0; 1. */
  alpha: number
}

/** Least squares with `alpha·|w|²` added. */
export class Ridge extends LeastSquaresModel<RidgeParams> {
  static readonly kind = 'Ridge'
  constructor(params: Partial<RidgeParams> = {}) {
    super({ alpha: 1, fitIntercept: true }, params)
  }
  protected override checkParams(): void {
    requireNotNegative(this.kind, 'alpha', this.params.alpha)
  }
  protected solve(problem: CentredProblem, _weight: number, rows: number): [Float64Array, number] {
    return [leastSquares(problem, this.params.alpha, rows).coefficients, 1]
  }
}

export interface ElasticNetParams extends WithIntercept {
  /** How strongly coefficients are drawn to zero, ≥ 0; 1. */
  alpha: number
  /** Which share of that is `|w|₁`, 0 to 1; 0.5. */
  l1Ratio: number
  /** Passes at most; 1000. */
  maxIter: number
  /** Ends once the duality gap is at most this part of |y|²; 1e-4. */
  tol: number
  /** Whether coefficients must not be negative; false. */
  positive: boolean
}

const NET: ElasticNetParams = {
  alpha: 1,
  l1Ratio: 0.5,
  fitIntercept: true,
  maxIter: 1000,
  tol: 1e-4,
  positive: false,
}

abstract class NetModel<P extends Omit<ElasticNetParams, 'l1Ratio'>> extends LeastSquaresModel<P> {
  protected abstract get share(): number
  protected override checkParams(): void {
    requireNotNegative(this.kind, 'alpha', this.params.alpha)
    if (!(this.share >= 0 && this.share <= 1))
      throw new ParameterError(`l1Ratio of ${this.kind} is from 0 to 1, not ${this.share}`)
  }
  protected solve(problem: CentredProblem, weight: number): [Float64Array, number] {
    const { alpha, tol, maxIter, positive } = this.params
    const l1 = alpha * this.share * weight
    const l2 = alpha * (1 - this.share) * weight
    const { coefficients, iterations } = coordinateDescent(problem, {
      l1,
      l2,
      tolerance: tol,
      maxIterations: maxIter,
      positive,
    })
    return [coefficients, iterations]
  }
}

/** Least squares, halved and by row, with `alpha·(l1Ratio·|w|₁ + (1 − l1Ratio)·|w|²/2)` added. */
export class ElasticNet extends NetModel<ElasticNetParams> {
  static readonly kind = 'ElasticNet'
  constructor(params: Partial<ElasticNetParams> = {}) {
    super(NET, params)
  }
  protected get share(): number {
    return this.params.l1Ratio
  }
}

export type LassoParams = Omit<ElasticNetParams, 'l1Ratio'>

/** Least squares, halved and by row, with `alpha·|w|₁` added: many coefficients become exactly 0. */
export class Lasso extends NetModel<LassoParams> {
  static readonly kind = 'Lasso'
  constructor(params: Partial<LassoParams> = {}) {
    const { l1Ratio: _, ...defaults } = NET
    super(defaults, params)
  }
  protected get share(): number {
    return 1
  }
}

function requireNotNegative(who: string, name: string, value: number): void {
  if (!(value >= 0)) throw new ParameterError(`${name} of ${who} is a number ≥ 0, not ${value}`)
}

for (const type of [LinearRegression, Ridge, ElasticNet, Lasso]) registerEstimator(type)
