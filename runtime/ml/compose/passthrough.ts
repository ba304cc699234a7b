// What stands for the word 'passthrough' in a fitted pipeline: features stay as they are.

import { sameBlock } from '../../kernels/ml/preprocessing/shaping.ts'
import { registerEstimator } from '../contract/estimator.ts'
import { type Features, knownRows } from '../contract/rows.ts'
import { Transformer, type TransformStep, transformStep } from '../contract/transformer.ts'

/** Leaves features as they are. */
export class Passthrough extends Transformer<object, { features: number }> {
  static readonly kind = 'Passthrough'

  constructor(params: object = {}) {
    super({}, params)
  }

  async fit(x: Features): Promise<this> {
    return this.learnt({ features: (await knownRows(this.kind, x)).columns })
  }

  get featuresIn(): number {
    return this.fitted.features
  }

  step(): TransformStep {
    const { features } = this.fitted
    return transformStep(sameBlock, { who: this.kind, features }, features)
  }
}

registerEstimator(Passthrough)
