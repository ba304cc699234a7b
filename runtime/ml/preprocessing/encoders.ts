// Categories as numbers: OneHotEncoder and OrdinalEncoder.

import {
  type Category,
  categoriesOfBlock,
  indicatorCount,
  mergeCategories,
  type OneHotEncoding,
  oneHotBlock,
  ordinalBlock,
  sortedCategories,
} from '../../kernels/ml/preprocessing/categories.ts'
import { ParameterError, registerEstimator, requireChoices } from '../contract/estimator.ts'
import { type Features, knownRows } from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Target } from '../contract/samples.ts'
import { Transformer, type TransformStep, transformStep } from '../contract/transformer.ts'

interface EncoderState {
  categories: Category[][]
  names: readonly string[] | null
}

abstract class Encoder<P extends object> extends Transformer<P, EncoderState> {
  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    const rows = await knownRows(this.kind, x)
    const counts = await rows.blocks.map(categoriesOfBlock, undefined).reduce(mergeCategories)
    const categories = counts.map((own) => sortedCategories(own.map(([category]) => category)))
    return this.learnt({ categories, names: rows.names ?? null })
  }

  get featuresIn(): number {
    return this.fitted.categories.length
  }

  /** Per column its categories in rising order; null, last, stands for what is absent. */
  get categories(): readonly (readonly Category[])[] {
    return this.fitted.categories
  }
}

export interface OneHotEncoderParams {
  /** What becomes of a category that fitting has not seen: an error, or zeros. */
  handleUnknown: 'error' | 'ignore'
  /** Which categories have no column: none, the first of each column, or the first where there are two. */
  drop: 'none' | 'first' | 'ifBinary'
  /** Whether to give sparse rows, as `Rows`; false. */
  sparse: boolean
}

/**
 * One column a category, 1 where a row has it. What is absent is a category of its own.
 * @example
 * const encoder = await new ml.OneHotEncoder().fit([['a'], ['b']])
 * encoder.transform([['b'], ['a']]).toList() // [[0, 1], [1, 0]]
 */
export class OneHotEncoder extends Encoder<OneHotEncoderParams> {
  static readonly kind = 'OneHotEncoder'
  constructor(params: Partial<OneHotEncoderParams> = {}) {
    super({ handleUnknown: 'error', drop: 'none', sparse: false }, params)
  }

  protected override checkParams(): void {
    const { handleUnknown, drop } = this.params
    requireChoices(this.kind, {
      handleUnknown: [handleUnknown, 'error', 'ignore'],
      drop: [drop, 'none', 'first', 'ifBinary'],
    })
  }

  get #encoding(): OneHotEncoding {
    const { handleUnknown: unknown, drop, sparse } = this.params
    const { categories } = this.fitted
    const dropped = categories.map((own) =>
      drop === 'first' || (drop === 'ifBinary' && own.length === 2) ? 0 : -1,
    )
    return { who: this.kind, categories, unknown, sparse, dropped }
  }

  /** Per column the place of the category that has no column of its own; null where each has one. */
  get dropIdx(): readonly (number | null)[] {
    return this.#encoding.dropped.map((place) => (place < 0 ? null : place))
  }

  step(): TransformStep {
    return transformStep(oneHotBlock, this.#encoding, indicatorCount(this.#encoding))
  }

  override namesOut(namesIn: readonly string[] | undefined): readonly string[] {
    const { categories, dropped } = this.#encoding
    const names = namesIn ?? this.fitted.names ?? categories.map((_, i) => `x${i}`)
    return categories.flatMap((own, i) =>
      own.flatMap((category, place) => (place === dropped[i] ? [] : [`${names[i]}_${category}`])),
    )
  }
}

export interface OrdinalEncoderParams {
  /** What becomes of a category that fitting has not seen: an error, or `unknownValue`. */
  handleUnknown: 'error' | 'useEncodedValue'
  unknownValue: number
}

/** The place of each category among its column's, in rising order; what is absent stays NaN. */
export class OrdinalEncoder extends Encoder<OrdinalEncoderParams> {
  static readonly kind = 'OrdinalEncoder'
  constructor(params: Partial<OrdinalEncoderParams> = {}) {
    super({ handleUnknown: 'error', unknownValue: -1 }, params)
  }

  protected override checkParams(): void {
    const { handleUnknown, unknownValue } = this.params
    requireChoices(this.kind, { handleUnknown: [handleUnknown, 'error', 'useEncodedValue'] })
    if (Number.isInteger(unknownValue) && unknownValue >= 0)
      throw new ParameterError(
        `unknownValue of ${this.kind} must not be the place of a category, as ${unknownValue} may be: use -1 or NaN`,
      )
  }

  step(): TransformStep {
    const { handleUnknown, unknownValue } = this.params
    const { categories } = this.fitted
    const unknown = handleUnknown === 'error' ? ('error' as const) : { value: unknownValue }
    return transformStep(ordinalBlock, { who: this.kind, categories, unknown }, categories.length)
  }
}

for (const type of [OneHotEncoder, OrdinalEncoder]) registerEstimator(type)
