// Estimators of which several learn from the same rows for less than one after the other.

import type { Features } from './rows.ts'
import type { FitOptions, Target } from './samples.ts'

/** What has `fitTogether`. */
export interface LearnsTogether {
  /**
   * @internal Fits all of them, each to the last bit as `fit` does.
   * @param all of one class
   */
  fitTogether(all: readonly this[], x: Features, y: Target, options?: FitOptions): Promise<void>
}

/** Those that learn together, those of each class a group; each other one is a group of its own. */
export function groupsThatLearn<E extends object>(estimators: readonly E[]): E[][] {
  const groups = new Map<unknown, E[]>()
  for (const estimator of estimators) {
    const key = learnsTogether(estimator) ? estimator.constructor : estimator
    const own = groups.get(key)
    if (own) own.push(estimator)
    else groups.set(key, [estimator])
  }
  return [...groups.values()]
}

export const learnsTogether = <E extends object>(estimator: E): estimator is E & LearnsTogether =>
  typeof (estimator as Partial<LearnsTogether>).fitTogether === 'function'
