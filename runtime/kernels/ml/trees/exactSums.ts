// Sums that do not depend on their order: numbers are rounded to a common power of two first, so that adding them is exact.

/** The unit for up to `count` numbers of size `most` at most: their sum is a whole number of units below 2^53. */
export function exactUnit(most: number, count: number): number {
  const bits = 52 - Math.ceil(Math.log2(Math.max(2, count)))
  return 2 ** (Math.ceil(Math.log2(Math.max(most, 2 ** -1020))) - bits)
}

export const toUnit = (value: number, unit: number): number => Math.round(value / unit) * unit
