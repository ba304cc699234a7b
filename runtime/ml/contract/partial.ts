// Estimators that learn from rows part by part.

import type { Estimator } from './estimator.ts'
import type { Label } from './predictor.ts'
import type { Features } from './rows.ts'
import type { FitOptions, Target } from './samples.ts'

/** What has `partialFit`. */
export interface LearnsInParts {
  partialFit(x: Features, y?: Target, options?: FitOptions & { classes?: readonly Label[] }): Promise<this>
}

export const learnsInParts = <E extends Estimator>(estimator: E): estimator is E & LearnsInParts =>
  typeof (estimator as Partial<LearnsInParts>).partialFit === 'function'
