// Estimators that learn by rounds tell of each: the caller's `onIteration`, and whoever shows curves.

import { withCurve } from '../../graph/curve.ts'

/** Told after a round: its number, and how good it is by now. */
type Told<A extends unknown[], R> = ((iteration: number, ...values: A) => R) | undefined

/**
 * Runs what learns by rounds with an `onIteration` that shows a curve, and then calls the caller's own.
 * @param series what the first value is, e.g. `loss`
 */
export const byRounds = <A extends unknown[], R, T>(
  who: string,
  steps: number | undefined,
  series: string,
  onIteration: Told<A, R>,
  work: (told: (iteration: number, ...values: A) => R | undefined) => Promise<T>,
): Promise<T> =>
  withCurve(who, steps, (tell) =>
    work((iteration, ...values) => {
      const [value] = values
      tell(iteration, typeof value === 'number' && Number.isFinite(value) ? { [series]: value } : {})
      return onIteration?.(iteration, ...values)
    }),
  )

/**
 * Lets this process do what waits between two rounds that it works on itself: show the curve, hear that it is cancelled.
 */
export const betweenRounds = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
