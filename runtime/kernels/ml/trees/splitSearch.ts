// The best split of a node, from its histogram.
//
// The gain of a split is G²/(H + λ) of both sides less that of the node (Chen and Guestrin, "XGBoost", 2016). Missing
// values are tried on both sides. Categories are ordered by their gradients and split as if they were numbers (Fisher,
// 1958), from both ends, as LightGBM and scikit-learn do.

import { bestOfBounded } from './boundedSplit.ts'
import { PER_BIN } from './histogram.ts'
import { boundedGain, boundedValue, isAllowed, type NodeLimits } from './nodeLimits.ts'
import { sidesOf } from './splitSides.ts'

/** What a split must fulfil, and the units of the histogram's whole numbers. */
export interface SplitRules {
  offsets: readonly number[]
  /** Of each feature: whether its bins are categories. */
  categorical: readonly boolean[]
  /** Of each feature: whether any row misses it. */
  hasMissing: readonly boolean[]
  /** What the histogram's gradients and hessians are multiplied by. */
  gradientUnit: number
  hessianUnit: number
  l2: number
  minSamplesLeaf: number
  /** Smallest sum of hessians of a side. */
  minChildWeight: number
  /** A split must gain more than this. */
  minSplitGain: number
  /** Of each feature: 1 where it may only raise predictions, −1 where only lower them, else 0. */
  monotonic?: readonly number[]
  /** Groups of features that may act together: each feature is in one at least. */
  interactions?: readonly (readonly number[])[]
}

/** Sums over a node's rows, in the histogram's units. */
export interface NodeSums {
  gradient: number
  hessian: number
  count: number
  /** What the splits above leave the node; only where rules limit any. */
  limits?: NodeLimits
}

export interface Split {
  feature: number
  gain: number
  /** The last bin that goes left; −1 for categories. */
  bin: number
  /** The bins that go left, of a split of categories. */
  leftBins: number[] | null
  missingLeft: boolean
  left: NodeSums
  right: NodeSums
}

/** A category must stand for this many rows to be looked at alone; the others go right. */
const MIN_CATEGORY_ROWS = 10

/**
 * @param histogram of the node: `PER_BIN` numbers a bin
 * @param features those that may be split
 * @returns the split of the greatest gain, the first of equals; null where none is allowed
 */
export function bestSplit(
  rules: SplitRules,
  histogram: Float64Array,
  sums: NodeSums,
  features: readonly number[],
): Split | null {
  const { limits } = sums
  let best: Split | null = null
  for (const feature of features) {
    if (limits && !isAllowed(rules, limits, feature)) continue
    const found = rules.categorical[feature]
      ? bestOfCategories(rules, histogram, sums, feature)
      : limits?.bounds
        ? bestOfBounded(rules, limits.bounds, histogram, sums, feature)
        : bestOfNumbers(rules, histogram, sums, feature)
    if (found && (!best || found.gain > best.gain)) best = found
  }
  return best
}

const termOf = (rules: SplitRules, gradient: number, hessian: number): number => {
  const g = gradient * rules.gradientUnit
  return (g * g) / (hessian * rules.hessianUnit + rules.l2 + 1e-15)
}

function bestOfNumbers(
  rules: SplitRules,
  histogram: Float64Array,
  sums: NodeSums,
  feature: number,
): Split | null {
  const { gradientUnit, hessianUnit, l2, minSamplesLeaf } = rules
  const from = rules.offsets[feature]
  const missing = rules.offsets[feature + 1] - 1
  const own = termOf(rules, sums.gradient, sums.hessian)
  const minHessian = rules.minChildWeight / hessianUnit
  let bestGain = rules.minSplitGain
  let bestBin = -1
  let bestMissingLeft = false
  let bestG = 0
  let bestH = 0
  let bestN = 0
  for (let side = 0; side < (rules.hasMissing[feature] ? 2 : 1); side++) {
    // Missing values on the right first, then on the left.
    let g = side ? histogram[missing * PER_BIN] : 0
    let h = side ? histogram[missing * PER_BIN + 1] : 0
    let n = side ? histogram[missing * PER_BIN + 2] : 0
    const last = rules.hasMissing[feature] && !side ? missing : missing - 1
    for (let bin = from, at = from * PER_BIN; bin < last; bin++, at += PER_BIN) {
      g += histogram[at]
      h += histogram[at + 1]
      n += histogram[at + 2]
      if (n < minSamplesLeaf || h < minHessian) continue
      const rightN = sums.count - n
      const rightH = sums.hessian - h
      if (rightN < minSamplesLeaf || rightH < minHessian) break
      const leftG = g * gradientUnit
      const rightG = (sums.gradient - g) * gradientUnit
      const gain =
        (leftG * leftG) / (h * hessianUnit + l2 + 1e-15) +
        (rightG * rightG) / (rightH * hessianUnit + l2 + 1e-15) -
        own
      if (gain > bestGain) {
        bestGain = gain
        bestBin = bin - from
        bestMissingLeft = side === 1
        bestG = g
        bestH = h
        bestN = n
      }
    }
  }
  if (bestBin < 0) return null
  return {
    feature,
    gain: bestGain,
    bin: bestBin,
    leftBins: null,
    missingLeft: rules.hasMissing[feature] ? bestMissingLeft : bestN > sums.count - bestN,
    ...sidesOf(sums, bestG, bestH, bestN),
  }
}

function bestOfCategories(
  rules: SplitRules,
  histogram: Float64Array,
  sums: NodeSums,
  feature: number,
): Split | null {
  const from = rules.offsets[feature]
  const missing = rules.offsets[feature + 1] - 1
  const rowsPerHessian = sums.count / sums.hessian
  const used: { bin: number; order: number }[] = []
  for (let bin = from; bin <= missing; bin++) {
    const at = bin * PER_BIN
    const hessian = histogram[at + 1]
    if (hessian * rowsPerHessian < MIN_CATEGORY_ROWS) continue
    const order = (histogram[at] * rules.gradientUnit) / (hessian * rules.hessianUnit + MIN_CATEGORY_ROWS)
    used.push({ bin, order })
  }
  if (used.length < 2) return null
  used.sort((a, b) => a.order - b.order || a.bin - b.bin)
  const gainOf = gainOfSides(rules, sums)
  let best: Split | null = null
  const middle = Math.floor((used.length + 1) / 2)
  for (const ordered of [used, used.toReversed()]) {
    let g = 0
    let h = 0
    let n = 0
    for (let i = 0; i < middle; i++) {
      const at = ordered[i].bin * PER_BIN
      g += histogram[at]
      h += histogram[at + 1]
      n += histogram[at + 2]
      if (n < rules.minSamplesLeaf || h * rules.hessianUnit < rules.minChildWeight) continue
      if (sums.count - n < rules.minSamplesLeaf) break
      if ((sums.hessian - h) * rules.hessianUnit < rules.minChildWeight) break
      const gain = gainOf(g, h)
      if (gain <= (best?.gain ?? rules.minSplitGain)) continue
      const bins = ordered.slice(0, i + 1).map(({ bin }) => bin)
      best = {
        feature,
        gain,
        bin: -1,
        leftBins: bins.filter((bin) => bin !== missing).map((bin) => bin - from),
        missingLeft: bins.includes(missing),
        ...sidesOf(sums, g, h, n),
      }
    }
  }
  return best
}

/** What a split gains, by the sums of its left side. */
function gainOfSides(rules: SplitRules, sums: NodeSums): (gradient: number, hessian: number) => number {
  const bounds = sums.limits?.bounds
  if (bounds) {
    const valueFor = (g: number, h: number): number => boundedValue(rules, bounds, g, h)
    const own = valueFor(sums.gradient, sums.hessian)
    return (g, h) =>
      boundedGain(rules, sums, own, g, valueFor(g, h), valueFor(sums.gradient - g, sums.hessian - h))
  }
  const own = termOf(rules, sums.gradient, sums.hessian)
  return (g, h) => termOf(rules, g, h) + termOf(rules, sums.gradient - g, sums.hessian - h) - own
}
