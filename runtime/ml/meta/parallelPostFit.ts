// ParallelPostFit: fitted with little data, used on much.

import { type Estimator, registerEstimator } from '../contract/estimator.ts'
import type { Label, Predictor } from '../contract/predictor.ts'
import type { Features } from '../contract/rows.ts'
import type { FitOptions, Target } from '../contract/samples.ts'
import { Wrapper, type WrapperParams } from './wrapped.ts'

/**
 * An estimator that is fitted as it is, and predicts, transforms and scores blocks where they are. All models here do so by
 * themselves; this is the name that dask-ml has for it. One that is fitted already is used as it stands.
 * @example
 * const fitted = await new ml.LinearRegression().fit([[0], [1]], [1, 3])
 * const model = new ml.ParallelPostFit({ estimator: fitted })
 * (await model.predict(array.fromArray([[2], [3]], { chunks: [1, 1] })).compute()).toList().map(Math.round) // [5, 7]
 */
export class ParallelPostFit<L extends Label = number> extends Wrapper<WrapperParams, L> {
  static readonly kind = 'ParallelPostFit'

  constructor(params: Partial<WrapperParams> = {}) {
    super({ estimator: null }, params)
    const { estimator } = this.params
    if (estimator?.isFitted) this.learnt({ estimator })
  }

  async fit(x: Features, y?: Target, options: FitOptions = {}): Promise<this> {
    const estimator = this.fresh() as Estimator & Pick<Predictor, 'fit'>
    await estimator.fit(x, y as Target, options)
    return this.learnt({ estimator })
  }
}

registerEstimator(ParallelPostFit)
