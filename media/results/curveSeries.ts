// The numbers of a curve's rounds as one line a name.

import type { CurvePoint } from '../../runtime/protocol/runs.ts'

export interface Series {
  name: string
  /** The rounds that told it. */
  steps: number[]
  values: number[]
}

/** One series a name, in the order of their coming. */
export function seriesOf(points: readonly CurvePoint[]): Series[] {
  const all = new Map<string, Series>()
  for (const { step, values } of points)
    for (const [name, value] of Object.entries(values)) {
      const own = all.get(name) ?? { name, steps: [], values: [] }
      all.set(name, own)
      own.steps.push(step)
      own.values.push(value)
    }
  return [...all.values()]
}

/** @example numberText(0.123456) // '0.1235' */
export function numberText(value: number): string {
  return Number(value.toPrecision(4)).toString()
}
