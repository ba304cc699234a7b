// Bins of features: at most 255 intervals or categories a feature, and a bin of its own for what is missing.

import { hashedFraction } from './rowHash.ts'

/** How one feature's values become bins. */
export type FeatureBins =
  /** Bin b holds values ≤ `thresholds[b]` that no earlier bin holds; the last is open above. */
  | { kind: 'numeric'; thresholds: Float64Array }
  /** Bin b holds the value `categories[b]`; every other value counts as missing. */
  | { kind: 'category'; categories: Float64Array }

/** Rows that thresholds are learnt from, as in scikit-learn: with as many or fewer, thresholds are exact. */
export const SAMPLE_ROWS = 200_000

/** How many bins a feature has for values that are present; the next number is the bin of missing values. */
export const valueBins = (bins: FeatureBins): number =>
  bins.kind === 'numeric' ? bins.thresholds.length + 1 : bins.categories.length

/** Where each feature's bins begin, the bin of missing values included; then how many there are in all. */
export function binOffsets(features: readonly FeatureBins[]): number[] {
  const offsets = [0]
  for (const bins of features) offsets.push(offsets[offsets.length - 1] + valueBins(bins) + 1)
  return offsets
}

/**
 * Thresholds from a sample of a feature's values: half way between neighbours where there are few distinct values, else
 * at equal shares of the sample. NaN is left out.
 * @param values are sorted in place
 * @param maxBins 2 to 255
 * 1, 2, 2 and 3, for one, are cut at 1.5 and 2.5.
 */
export function numericBins(values: Float64Array, maxBins: number): FeatureBins {
  values.sort()
  let present = values.length
  while (present > 0 && Number.isNaN(values[present - 1])) present--
  const distinct: number[] = []
  for (let i = 0; i < present && distinct.length <= maxBins; i++)
    if (i === 0 || values[i] !== values[i - 1]) distinct.push(values[i])
  const thresholds: number[] = []
  const add = (threshold: number): void => {
    if (thresholds.length === 0 || threshold > thresholds[thresholds.length - 1]) thresholds.push(threshold)
  }
  if (distinct.length <= maxBins)
    for (let i = 1; i < distinct.length; i++) thresholds.push(between(distinct[i - 1], distinct[i]))
  else
    for (let i = 1; i < maxBins; i++) {
      const place = (i / maxBins) * (present - 1)
      const low = values[Math.floor(place)]
      const high = values[Math.ceil(place)]
      add(low === high ? low : between(low, high))
    }
  return { kind: 'numeric', thresholds: Float64Array.from(thresholds) }
}

/** A number ≥ `low` and below `high`, half way if that can be told. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2
  return Number.isFinite(middle) && middle < high ? middle : low
}

/** The values of a sample that are present, in rising order: the categories of a feature. */
export function categoryBins(values: Float64Array): FeatureBins {
  const distinct = new Set<number>()
  for (const value of values) if (!Number.isNaN(value)) distinct.add(value === 0 ? 0 : value)
  return { kind: 'category', categories: Float64Array.from(distinct).sort() }
}

/**
 * The values of some rows, chosen by a hash of their numbers, so that any cut into blocks chooses the same.
 * @param data rows × columns
 * @param start number of the block's first row among all
 * @param share of the rows to take; 1 takes all
 * @returns one column behind the other
 */
export function sampleRows(
  data: Float64Array,
  rows: number,
  columns: number,
  start: number,
  share: number,
): Float64Array[] {
  const chosen: number[] = []
  for (let row = 0; row < rows; row++)
    if (share >= 1 || hashedFraction(0, start + row) < share) chosen.push(row)
  return Array.from({ length: columns }, (_, column) => {
    const values = new Float64Array(chosen.length)
    for (let i = 0; i < chosen.length; i++) values[i] = data[chosen[i] * columns + column]
    return values
  })
}
