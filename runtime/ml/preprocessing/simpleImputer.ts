// SimpleImputer: absent values filled by a mean, a median, the most frequent value, or a constant.

import {
  categoriesOfBlock,
  mergeCategories,
  sortedCategories,
} from '../../kernels/ml/preprocessing/categories.ts'
import { mergeMoments, momentsOfBlock } from '../../kernels/ml/preprocessing/moments.ts'
import { mergeSorted, quantileOf, sortedOfBlock } from '../../kernels/ml/preprocessing/order.ts'
import { fillBlock } from '../../kernels/ml/preprocessing/shaping.ts'
import { registerEstimator, requireChoices } from '../contract/estimator.ts'
import { type Features, knownRows, type Rows } from '../contract/rows.ts'
import { type FitOptions, refuseWeights, type Target } from '../contract/samples.ts'
import { Transformer, type TransformStep, transformStep } from '../contract/transformer.ts'

export interface SimpleImputerParams {
  strategy: 'mean' | 'median' | 'mostFrequent' | 'constant'
  /** What `constant` fills in: a number, or a text for columns of texts. */
  fillValue: number | string
}

interface ImputerState {
  /** Per column; null where it has no value at all and is left out. */
  fills: (number | string | null)[]
}

/**
 * Fills absent values (NaN, null). A column without any value is left out, as scikit-learn does.
 * @example (await new ml.SimpleImputer().fitTransform([[1], [NaN], [3]])).toList() // [[1], [2], [3]]
 */
export class SimpleImputer extends Transformer<SimpleImputerParams, ImputerState> {
  static readonly kind = 'SimpleImputer'
  constructor(params: Partial<SimpleImputerParams> = {}) {
    super({ strategy: 'mean', fillValue: 0 }, params)
  }

  protected override checkParams(): void {
    requireChoices(this.kind, {
      strategy: [this.params.strategy, 'mean', 'median', 'mostFrequent', 'constant'],
    })
  }

  async fit(x: Features, _y?: Target, options?: FitOptions): Promise<this> {
    refuseWeights(this.kind, options)
    const rows = await knownRows(this.kind, x)
    return this.learnt({ fills: await this.#fills(rows) })
  }

  async #fills({ blocks, columns }: Rows): Promise<(number | string | null)[]> {
    const present = (value: number): number | null => (Number.isNaN(value) ? null : value)
    switch (this.params.strategy) {
      case 'mean': {
        const { weight, mean } = await blocks.map(momentsOfBlock, this.kind).reduce(mergeMoments)
        return Array.from(mean, (value, i) => (weight[i] > 0 ? value : null))
      }
      case 'median':
        return (await blocks.map(sortedOfBlock, this.kind).reduce(mergeSorted)).map((own) =>
          present(quantileOf(own, 0.5)),
        )
      case 'mostFrequent': {
        const counts = await blocks.map(categoriesOfBlock, undefined).reduce(mergeCategories)
        return counts.map((own) => {
          const there = own.filter(([category]) => category !== null)
          const most = there.reduce((best, [, count]) => Math.max(best, count), 0)
          const best = there.filter(([, count]) => count === most).map(([category]) => category)
          return sortedCategories(best)[0] ?? null
        })
      }
      case 'constant':
        return new Array<number | string>(columns).fill(this.params.fillValue)
    }
  }

  get featuresIn(): number {
    return this.fitted.fills.length
  }

  /** What is filled in, a value a column. */
  get statistics(): readonly (number | string | null)[] {
    return this.fitted.fills
  }

  step(): TransformStep {
    const { fills } = this.fitted
    return transformStep(fillBlock, { who: this.kind, fills }, fills.filter((fill) => fill !== null).length)
  }

  override namesOut(namesIn: readonly string[] | undefined): readonly string[] | undefined {
    return namesIn?.filter((_, i) => this.fitted.fills[i] !== null)
  }
}

registerEstimator(SimpleImputer)
