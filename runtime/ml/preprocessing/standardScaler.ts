// StandardScaler: columns of mean 0 and variance 1.

import type { Block } from '../../kernels/ml/block.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import {
  type Moments,
  mergeMoments,
  momentsOfBlock,
  scaleBlock,
} from '../../kernels/ml/preprocessing/moments.ts'
import { registerEstimator } from '../contract/estimator.ts'
import { type Features, knownRows, Rows, rowsOf, type Transformed } from '../contract/rows.ts'
import { columnFor, type FitOptions, type Target } from '../contract/samples.ts'
import { Transformer, type TransformStep, transformedFor, transformStep } from '../contract/transformer.ts'

export interface StandardScalerParams {
  /** Whether to take the mean off; true. Sparse rows would become dense. */
  withMean: boolean
  /** Whether to divide by the standard deviation; true. */
  withStd: boolean
}

interface StandardScalerState {
  moments: Moments
  /** What columns are divided by: 1 where a column is constant. */
  scale: Float64Array
}

/**
 * Brings every column to mean 0 and variance 1 (ddof 0). NaN is left out when fitting and kept when transforming; a
 * constant column is only shifted.
 * @example
 * const scaler = await new ml.StandardScaler().fit([[0, 5], [2, 5], [4, 5]])
 * Array.from(scaler.mean) // [2, 5]
 */
export class StandardScaler extends Transformer<StandardScalerParams, StandardScalerState> {
  static readonly kind = 'StandardScaler'

  constructor(params: Partial<StandardScalerParams> = {}) {
    super({ withMean: true, withStd: true }, params)
  }

  /** @throws {MlDataError} when weights are all 0 */
  async fit(x: Features, _y?: Target, options: FitOptions = {}): Promise<this> {
    return this.#learn(await this.#momentsOf(x, options), options)
  }

  /** Learns from further rows: the same as `fit` of all of them together. */
  async partialFit(x: Features, _y?: Target, options: FitOptions = {}): Promise<this> {
    const more = await this.#momentsOf(x, options)
    if (this.isFitted && more.mean.length !== this.featuresIn)
      throw new MlDataError(
        `X has ${more.mean.length} features, but StandardScaler was fitted with ${this.featuresIn}`,
      )
    return this.#learn(this.isFitted ? mergeMoments(this.fitted.moments, more) : more, options)
  }

  async #momentsOf(x: Features, { sampleWeight }: FitOptions): Promise<Moments> {
    const rows = await knownRows(this.kind, x)
    const states =
      sampleWeight === undefined
        ? rows.blocks.map(momentsOfBlock, this.kind)
        : rows.blocks.map(
            momentsOfBlock as (who: string, block: Block, weight: never) => Moments,
            this.kind,
            (await columnFor(this.kind, x, rows, sampleWeight, 'sampleWeight')) as never,
          )
    return states.reduce(mergeMoments)
  }

  #learn(moments: Moments, { sampleWeight }: FitOptions): this {
    if (sampleWeight !== undefined && moments.weight.every((each) => each === 0))
      throw new MlDataError(`${this.kind} cannot learn: there are no values, or sampleWeight is 0 everywhere`)
    const scale = moments.squares.map((squares, i) => scaleOf(squares, moments.weight[i], moments.mean[i]))
    return this.learnt({ moments, scale })
  }

  get featuresIn(): number {
    return this.fitted.scale.length
  }

  /** The columns' means; NaN for a column without values. */
  get mean(): Float64Array {
    const { mean, weight } = this.fitted.moments
    return mean.map((value, i) => (weight[i] > 0 ? value : Number.NaN))
  }

  /** The columns' variances (ddof 0). */
  get variance(): Float64Array {
    const { squares, weight } = this.fitted.moments
    return squares.map((value, i) => value / weight[i])
  }

  /** What columns are divided by. */
  get scale(): Float64Array {
    return this.fitted.scale
  }

  /** How many values of each column were seen: sums of their weights. */
  get samplesSeen(): Float64Array {
    return this.fitted.moments.weight
  }

  step(inverse = false): TransformStep {
    const { withMean, withStd } = this.params
    const state = {
      who: this.kind,
      shift: withMean ? this.mean : null,
      divisor: withStd ? this.scale : null,
      inverse,
    }
    return transformStep(scaleBlock, state, this.featuresIn)
  }

  /** The features as they were before `transform`. */
  inverseTransform<X extends Features>(x: X): Transformed<X> {
    const rows = rowsOf(x, this.kind)
    const { run, state, columns } = this.step(true)
    return transformedFor(
      x,
      new Rows(rows.blocks.map(run, state), columns, rows.lengths, rows.names),
      this.kind,
    ) as Transformed<X>
  }
}

registerEstimator(StandardScaler)

/** Weights count as no more rows than that: heavy ones round nothing. */
const ROWS_MOST = 2 ** 31

/** scikit-learn's rule for what is constant: a variance that rounding alone could make. */
function scaleOf(squares: number, weight: number, mean: number): number {
  const variance = squares / weight
  const count = Math.min(weight, ROWS_MOST)
  const bound = count * Number.EPSILON * variance + (count * mean * Number.EPSILON) ** 2
  if (!(variance > bound)) return 1
  return Math.sqrt(variance)
}
