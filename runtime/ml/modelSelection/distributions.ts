// Parameters that are drawn.

import { mulberry } from '../../kernels/ml/seeded.ts'

/** Parameters by name; those of a pipeline's steps are named `step__parameter`. */
export type ParamSet = Readonly<Record<string, unknown>>

/** Values to draw from: a list, or a function of a number from 0 to 1. */
export type ParamDistributions = Readonly<Record<string, readonly unknown[] | ((share: number) => unknown)>>

/** Candidates: equal seeds draw equal ones. */
export function drawnParams(distributions: ParamDistributions, count: number, seed: number): ParamSet[] {
  const next = mulberry(seed)
  const names = Object.keys(distributions).sort()
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      names.map((name) => {
        const values = distributions[name]
        const share = next()
        return [
          name,
          typeof values === 'function' ? values(share) : values[Math.floor(share * values.length)],
        ]
      }),
    ),
  )
}
