// Scalers by order: MinMaxScaler, RobustScaler, QuantileTransformer.

import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { scaleBlock } from '../../kernels/ml/preprocessing/moments.ts'
import {
  extremesOfBlock,
  mergeExtremes,
  mergeSorted,
  quantileOf,
  sortedOfBlock,
} from '../../kernels/ml/preprocessing/order.ts'
import { quantileBlock } from '../../kernels/ml/preprocessing/shaping.ts'
import { ParameterError, registerEstimator, requireChoices } from '../contract/estimator.ts'
import { type Features, knownRows, Rows, rowsOf, type Transformed } from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Target } from '../contract/samples.ts'
import { Transformer, type TransformStep, transformedFor, transformStep } from '../contract/transformer.ts'

interface ScalingState {
  shift: Float64Array
  divisor: Float64Array
}

/** A scaler that shifts and divides every column. */
abstract class ShiftingScaler<P extends object, S extends ScalingState> extends Transformer<P, S> {
  get featuresIn(): number {
    return this.fitted.shift.length
  }

  step(inverse = false): TransformStep {
    const { shift, divisor } = this.fitted
    return transformStep(scaleBlock, { who: this.kind, shift, divisor, inverse }, shift.length)
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

export interface MinMaxScalerParams {
  /** What the least and the greatest value become; `[0, 1]`. */
  featureRange: readonly [least: number, most: number]
}

interface MinMaxState extends ScalingState {
  least: Float64Array
  most: Float64Array
}

/**
 * Brings every column between two numbers. NaN is left out and kept; a constant column becomes the lower number.
 * @example (await new ml.MinMaxScaler().fitTransform([[1], [3], [5]])).toList() // [[0], [0.5], [1]]
 */
export class MinMaxScaler extends ShiftingScaler<MinMaxScalerParams, MinMaxState> {
  static readonly kind = 'MinMaxScaler'
  constructor(params: Partial<MinMaxScalerParams> = {}) {
    super({ featureRange: [0, 1] }, params)
  }

  protected override checkParams(): void {
    const [least, most] = this.params.featureRange
    if (!(least < most))
      throw new ParameterError(`featureRange of ${this.kind} is two rising numbers, not ${least} and ${most}`)
  }

  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    return this.#learn(
      await (await knownRows(this.kind, x)).blocks.map(extremesOfBlock, this.kind).reduce(mergeExtremes),
    )
  }

  /** Learns from further rows: the same as `fit` of all of them together. */
  async partialFit(x: Features): Promise<this> {
    const more = await (await knownRows(this.kind, x)).blocks
      .map(extremesOfBlock, this.kind)
      .reduce(mergeExtremes)
    if (this.isFitted && more.least.length !== this.featuresIn)
      throw new MlDataError(
        `X has ${more.least.length} features, but ${this.kind} was fitted with ${this.featuresIn}`,
      )
    return this.#learn(this.isFitted ? mergeExtremes(this.fitted, more) : more)
  }

  #learn({ least, most }: { least: Float64Array; most: Float64Array }): this {
    const [from, to] = this.params.featureRange
    const divisor = least.map((own, i) => {
      const range = most[i] - own
      return (Math.abs(range) > 10 * Number.EPSILON ? range : 1) / (to - from)
    })
    return this.learnt({ least, most, divisor, shift: least.map((own, i) => own - from * divisor[i]) })
  }

  /** The columns' least values. */
  get dataMin(): Float64Array {
    return this.fitted.least
  }
  /** The columns' greatest values. */
  get dataMax(): Float64Array {
    return this.fitted.most
  }
  /** From the least value to the greatest. */
  get dataRange(): Float64Array {
    return this.fitted.most.map((each, i) => each - this.fitted.least[i])
  }
  /** What columns are multiplied by. */
  get scale(): Float64Array {
    return this.fitted.divisor.map((each) => 1 / each)
  }
  /** What is added then. */
  get min(): Float64Array {
    const { shift, divisor } = this.fitted
    return shift.map((each, i) => -each / divisor[i])
  }
}

export interface RobustScalerParams {
  /** Whether to take the median off; true. */
  withCentering: boolean
  /** Whether to divide by the range between two quantiles; true. */
  withScaling: boolean
  /** In percent; `[25, 75]`. */
  quantileRange: readonly [lower: number, upper: number]
}

/** Takes the median off and divides by the range of quantiles, so that single far values do not matter. */
export class RobustScaler extends ShiftingScaler<RobustScalerParams, ScalingState> {
  static readonly kind = 'RobustScaler'
  constructor(params: Partial<RobustScalerParams> = {}) {
    super({ withCentering: true, withScaling: true, quantileRange: [25, 75] }, params)
  }

  protected override checkParams(): void {
    const [lower, upper] = this.params.quantileRange
    if (!(lower >= 0 && lower <= upper && upper <= 100))
      throw new ParameterError(
        `quantileRange of ${this.kind} is two rising numbers from 0 to 100, not ${lower} and ${upper}`,
      )
  }

  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    const { withCentering, withScaling, quantileRange } = this.params
    const sorted = await (await knownRows(this.kind, x)).blocks
      .map(sortedOfBlock, this.kind)
      .reduce(mergeSorted)
    const [lower, upper] = quantileRange.map((each) => each / 100)
    return this.learnt({
      shift: Float64Array.from(sorted, (own) => (withCentering ? quantileOf(own, 0.5) : 0)),
      divisor: Float64Array.from(sorted, (own) => {
        const range = quantileOf(own, upper) - quantileOf(own, lower)
        return withScaling && Math.abs(range) > 10 * Number.EPSILON ? range : 1
      }),
    })
  }

  /** The columns' medians. */
  get center(): Float64Array {
    return this.fitted.shift
  }
  /** What columns are divided by. */
  get scale(): Float64Array {
    return this.fitted.divisor
  }
}

export interface QuantileTransformerParams {
  /** Quantiles that are kept; 1000, or as many as there are rows. */
  nQuantiles: number
  outputDistribution: 'uniform' | 'normal'
}

interface QuantileState {
  quantiles: Float64Array[]
  references: Float64Array
}

/** Maps every column to its place in the distribution that was fitted: uniform from 0 to 1, or normal. */
export class QuantileTransformer extends Transformer<QuantileTransformerParams, QuantileState> {
  static readonly kind = 'QuantileTransformer'
  constructor(params: Partial<QuantileTransformerParams> = {}) {
    super({ nQuantiles: 1000, outputDistribution: 'uniform' }, params)
  }

  protected override checkParams(): void {
    const { nQuantiles } = this.params
    const { outputDistribution } = this.params
    requireChoices(this.kind, { outputDistribution: [outputDistribution, 'uniform', 'normal'] })
    if (!Number.isInteger(nQuantiles) || nQuantiles < 2)
      throw new ParameterError(`nQuantiles of ${this.kind} is a whole number ≥ 2, not ${nQuantiles}`)
  }

  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    const sorted = await (await knownRows(this.kind, x)).blocks
      .map(sortedOfBlock, this.kind)
      .reduce(mergeSorted)
    const most = sorted.reduce((length, own) => Math.max(length, own.length), 0)
    const count = Math.max(1, Math.min(this.params.nQuantiles, most))
    const references = Float64Array.from({ length: count }, (_, i) =>
      i === count - 1 && i > 0 ? 1 : i * (1 / Math.max(1, count - 1)),
    )
    return this.learnt({
      references,
      quantiles: sorted.map((own) => references.map((q) => quantileOf(own, q))),
    })
  }

  get featuresIn(): number {
    return this.fitted.quantiles.length
  }

  /** The shares that quantiles are kept of, from 0 to 1. */
  get references(): Float64Array {
    return this.fitted.references
  }
  /** For each of the shares a row: the quantile of every column. */
  get quantiles(): Float64Array[] {
    const { quantiles, references } = this.fitted
    return Array.from(references, (_, i) => Float64Array.from(quantiles, (own) => own[i]))
  }

  step(): TransformStep {
    const { quantiles, references } = this.fitted
    const normal = this.params.outputDistribution === 'normal'
    return transformStep(quantileBlock, { who: this.kind, quantiles, references, normal }, quantiles.length)
  }
}

for (const type of [MinMaxScaler, RobustScaler, QuantileTransformer]) registerEstimator(type)
