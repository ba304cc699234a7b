// The best split of a node whose leaves lie between bounds, by numbers that may have to act in one direction.

import { PER_BIN } from './histogram.ts'
import { type Bounds, boundedGain, boundedValue } from './nodeLimits.ts'
import type { NodeSums, Split, SplitRules } from './splitSearch.ts'
import { sidesOf } from './splitSides.ts'

/** As the search without bounds, but for values that are cut off, and splits that go against the feature's direction. */
export function bestOfBounded(
  rules: SplitRules,
  bounds: Bounds,
  histogram: Float64Array,
  sums: NodeSums,
  feature: number,
): Split | null {
  const { hessianUnit, minSamplesLeaf } = rules
  const direction = rules.monotonic?.[feature] ?? 0
  const from = rules.offsets[feature]
  const missing = rules.offsets[feature + 1] - 1
  const own = boundedValue(rules, bounds, sums.gradient, sums.hessian)
  const minHessian = rules.minChildWeight / hessianUnit
  let best: Split | null = null
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
      if (sums.count - n < minSamplesLeaf || sums.hessian - h < minHessian) break
      const left = boundedValue(rules, bounds, g, h)
      const right = boundedValue(rules, bounds, sums.gradient - g, sums.hessian - h)
      if (direction * (right - left) < 0) continue
      const gain = boundedGain(rules, sums, own, g, left, right)
      if (gain <= (best?.gain ?? rules.minSplitGain)) continue
      best = {
        feature,
        gain,
        bin: bin - from,
        leftBins: null,
        missingLeft: rules.hasMissing[feature] ? side === 1 : n > sums.count - n,
        ...sidesOf(sums, g, h, n),
      }
    }
  }
  return best
}
