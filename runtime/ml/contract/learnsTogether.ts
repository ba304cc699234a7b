// Estimators of which several learn from the same rows for less than one after the other.

import type { Features } from './rows.ts'
import type { FitOptions, Target } from './samples.ts'

/** What has `fitTogether`. */
export interface LearnsTogether {
  /**
   * @internal Fits all of them, each to the last bit as `fit` does.
   * @param all of one class, that learn with one another
   */
  fitTogether(all: readonly this[], x: Features, y: Target, options?: FitOptions): Promise<void>
  /** @internal Whether another of its class learns from the same rows as it does; where absent, each does. */
  learnsWith?(other: this): boolean
}

/** Those that learn together, a group each: of one class, and such as learn with one another; each other one is a group of its own. */
export function groupsThatLearn<E extends object>(estimators: readonly E[]): E[][] {
  const groups: E[][] = []
  for (const estimator of estimators) {
    const own = groups.find(([first]) => learnBoth(first, estimator))
    if (own) own.push(estimator)
    else groups.push([estimator])
  }
  return groups
}

const learnBoth = <E extends object>(a: E, b: E): boolean =>
  learnsTogether(a) && a.constructor === b.constructor && (a.learnsWith?.(b as typeof a) ?? true)

export const learnsTogether = <E extends object>(estimator: E): estimator is E & LearnsTogether =>
  typeof (estimator as Partial<LearnsTogether>).fitTogether === 'function'
