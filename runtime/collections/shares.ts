// Shares that rows or items are divided by: numbers between bounds that each draws.

/** Shares that add up to 1 but for rounding do so. */
const ROUNDING = 1e-9

/**
 * Where each share begins, and behind the last one where it ends.
 * @param error what is thrown, with a text
 */
export function boundsOfShares(method: string, shares: unknown, error: (text: string) => Error): number[] {
  const wrong = (what: string): Error =>
    error(`${method} takes shares from 0 to 1 that are no more than 1 together, e.g. [0.8, 0.2], not ${what}`)
  if (!Array.isArray(shares)) throw wrong(`a value of type ${typeof shares}`)
  if (shares.length === 0) throw wrong('none')
  const bounds = [0]
  for (const share of shares as unknown[]) {
    if (typeof share !== 'number' || !(share >= 0 && share <= 1)) throw wrong(`one of ${String(share)}`)
    bounds.push(bounds[bounds.length - 1] + share)
  }
  const sum = bounds[bounds.length - 1]
  if (sum > 1 + ROUNDING) throw wrong(`${sum} in all`)
  if (sum > 1 - ROUNDING) bounds[bounds.length - 1] = 1
  return bounds
}
