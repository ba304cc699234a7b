// Parameters that are drawn.

import { mulberry } from '../../kernels/ml/seeded.ts'

/** Parameters by name; those of a pipeline's steps are named `step__parameter`. */
export type ParamSet = Readonly<Record<string, unknown>>

/** Values to draw from: a list, or a function of a number from 0 to 1. */
export type ParamDistributions = Readonly<Record<string, readonly unknown[] | ((share: number) => unknown)>>

/**
 * Candidates that all differ, where all values stand in lists: as many as asked, or all that there are. Of functions any may
 * come again.
 */
export function distinctParams(distributions: ParamDistributions, count: number, seed: number): ParamSet[] {
  const names = Object.keys(distributions).sort()
  const lists = names.map((name) => distributions[name])
  if (!lists.every((values) => Array.isArray(values))) return drawnParams(distributions, count, seed)
  const all = lists.reduce((product, values) => product * values.length, 1)
  const next = mulberry(seed)
  const drawn = new Set<number>()
  // Robert Floyd's draw without replacement, in Bentley, "Programming pearls: a sample of brilliance" (1987).
  for (let last = Math.max(0, all - count); last < all; last++) {
    const place = Math.floor(next() * (last + 1))
    drawn.add(drawn.has(place) ? last : place)
  }
  return [...drawn].map((place) => {
    let left = place
    return Object.fromEntries(
      names.map((name, i) => {
        const value = lists[i][left % lists[i].length]
        left = Math.floor(left / lists[i].length)
        return [name, value]
      }),
    )
  })
}

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
