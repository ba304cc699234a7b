// PolynomialFeatures: products of features up to a degree.

import { productsBlock } from '../../kernels/ml/preprocessing/shaping.ts'
import { ParameterError, registerEstimator } from '../contract/estimator.ts'
import { type Features, knownRows } from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Target } from '../contract/samples.ts'
import { Transformer, type TransformStep, transformStep } from '../contract/transformer.ts'

export interface PolynomialFeaturesParams {
  /** The most factors of a product; 2. */
  degree: number
  /** Whether a feature is at most once in a product; false. */
  interactionOnly: boolean
  /** Whether to begin with a column of ones; true. */
  includeBias: boolean
}

/**
 * All products of features of at most `degree` factors, by degree, then in the order of the features.
 * @example (await new ml.PolynomialFeatures().fitTransform([[2, 3]])).toList() // [[1, 2, 3, 4, 6, 9]]
 */
export class PolynomialFeatures extends Transformer<PolynomialFeaturesParams, { features: number }> {
  static readonly kind = 'PolynomialFeatures'
  constructor(params: Partial<PolynomialFeaturesParams> = {}) {
    super({ degree: 2, interactionOnly: false, includeBias: true }, params)
  }

  protected override checkParams(): void {
    const { degree } = this.params
    if (!Number.isInteger(degree) || degree < 0)
      throw new ParameterError(`degree of ${this.kind} is a whole number ≥ 0, not ${degree}`)
  }

  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    return this.learnt({ features: (await knownRows(this.kind, x)).columns })
  }

  get featuresIn(): number {
    return this.fitted.features
  }

  /** The columns of each product. */
  get products(): readonly (readonly number[])[] {
    const { degree, interactionOnly, includeBias } = this.params
    const all: number[][] = includeBias ? [[]] : []
    let before: number[][] = [[]]
    for (let factors = 1; factors <= degree; factors++) {
      before = before.flatMap((product) => {
        const last = product.length === 0 ? 0 : product[product.length - 1] + (interactionOnly ? 1 : 0)
        return Array.from({ length: Math.max(0, this.featuresIn - last) }, (_, i) => [...product, last + i])
      })
      all.push(...before)
    }
    return all
  }

  /** For each product a row: the power of every column. */
  get powers(): number[][] {
    return this.products.map((product) =>
      Array.from({ length: this.featuresIn }, (_, column) => product.filter((own) => own === column).length),
    )
  }

  step(): TransformStep {
    const { products } = this
    return transformStep(
      productsBlock,
      { who: this.kind, features: this.featuresIn, products },
      products.length,
    )
  }

  override namesOut(namesIn: readonly string[] | undefined): readonly string[] {
    const name = (column: number): string => namesIn?.[column] ?? `x${column}`
    return this.products.map((product) => {
      const powers = [...new Set(product)].map((column) => {
        const power = product.filter((each) => each === column).length
        return power === 1 ? name(column) : `${name(column)}^${power}`
      })
      return powers.join(' ') || '1'
    })
  }
}

registerEstimator(PolynomialFeatures)
