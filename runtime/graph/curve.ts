// What learns by rounds tells how it goes: named numbers a round, for whoever shows them; nobody hears where none does.

import type { Curve, CurvePoint } from '../protocol/runs.ts'
import { placeOfCall } from './callPlace.ts'

/** Hears of every round. */
export interface CurveObserver {
  told(curve: Curve, point: CurvePoint): void
  learnt(curve: Curve): void
}

let observer: CurveObserver | undefined
let nextCurve = 1

/** Says who hears of rounds from now on; there is at most one. */
export function observeCurves(next: CurveObserver | undefined): void {
  observer = next
}

/** Whether anybody hears of rounds: figures that only serve to be shown need not be made otherwise. */
export const curvesAreHeard = (): boolean => observer !== undefined

/**
 * Runs what learns by rounds; `tell` is called after each.
 * @param title what learns, e.g. `GradientBoostingRegressor`
 * @param steps rounds at most, where that is known
 */
export async function withCurve<R>(
  title: string,
  steps: number | undefined,
  work: (tell: (step: number, values: CurvePoint['values']) => void) => Promise<R>,
): Promise<R> {
  const place = placeOfCall()
  const curve: Curve = {
    curve: nextCurve++,
    title,
    ...(steps !== undefined && Number.isFinite(steps) && { steps }),
    ...(place && { place }),
  }
  try {
    return await work((step, values) => observer?.told(curve, { step, values }))
  } finally {
    observer?.learnt(curve)
  }
}
