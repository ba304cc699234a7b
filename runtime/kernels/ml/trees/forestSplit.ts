// The best split of a forest's node, among a few features.
//
// Σ S²/W of both sides less that of the node, over classes (S being their weights) or over the one sum of targets, is what
// Gini's impurity or the variance falls by, times the node's weight (Breiman and others, "Classification and regression
// trees", 1984). A feature is seen as runs: its bins that rows of the node fall into, in rising order.

import { PER_BIN } from './histogram.ts'

export interface ForestRules {
  offsets: readonly number[]
  hasMissing: readonly boolean[]
  /** Sums a node: classes; 1 where targets are numbers. */
  classes: number
  isRegression: boolean
  gradientUnit: number
  hessianUnit: number
  /** What weights were divided by, so that the largest is near 1. */
  weightUnit: number
  minSamplesLeaf: number
  minSamplesSplit: number
  maxDepth: number
  /** Features that a node looks at. */
  tries: number
  seed: number
}

/** A node's rows, in whole units: weights by class or the sum of targets, all weight, how many rows. */
export interface ForestSums {
  sums: Float64Array
  weight: number
  count: number
}

export interface ForestSplit {
  feature: number
  /** In whole units: those of weights where targets are classes, of squared sums over weights where they are numbers. */
  gain: number
  /** The last bin that goes left, and the last one before the first that goes right: what is between is empty. */
  bin: number
  until: number
  missingLeft: boolean
  left: ForestSums
  right: ForestSums
}

/** A node of a tree that grows. */
export interface ForestNode {
  depth: number
  sums: ForestSums
  split: ForestSplit | null
  /** Its children, −1 where it has none. */
  left: number
  right: number
}

/** The bins of a feature that rows fall into. */
export interface Runs {
  length: number
  bins: Int32Array
  counts: Float64Array
  weights: Float64Array
  /** runs × classes. */
  sums: Float64Array
  /** What is left of a place that is tried, and of the best one: by class. */
  beside: Float64Array
  left: Float64Array
}

/** Room for the runs of any feature. */
export const roomForRuns = ({ classes }: Pick<ForestRules, 'classes'>): Runs => ({
  length: 0,
  bins: new Int32Array(256),
  counts: new Float64Array(256),
  weights: new Float64Array(256),
  sums: new Float64Array(256 * classes),
  beside: new Float64Array(classes),
  left: new Float64Array(classes),
})

/** Reads the runs of a feature from a node's histograms, one a class. */
export function runsOfHistograms(
  rules: ForestRules,
  histograms: Float64Array,
  feature: number,
  runs: Runs,
): void {
  const { offsets, classes, isRegression } = rules
  const stride = offsets[offsets.length - 1] * PER_BIN
  runs.length = 0
  for (let bin = offsets[feature]; bin < offsets[feature + 1]; bin++) {
    const run = runs.length
    runs.counts[run] = 0
    runs.weights[run] = 0
    for (let c = 0, at = bin * PER_BIN; c < classes; c++, at += stride) {
      runs.counts[run] += histograms[at + 2]
      runs.weights[run] += histograms[at + 1]
      runs.sums[run * classes + c] = histograms[at + (isRegression ? 0 : 1)]
    }
    runs.bins[run] = bin - offsets[feature]
    if (runs.counts[run] > 0) runs.length++
  }
}

/** A node's sums, from the runs of any feature. */
export function sumsOfRuns({ classes }: ForestRules, runs: Runs): ForestSums {
  const total: ForestSums = { sums: new Float64Array(classes), weight: 0, count: 0 }
  for (let run = 0; run < runs.length; run++) {
    total.weight += runs.weights[run]
    total.count += runs.counts[run]
    for (let c = 0; c < classes; c++) total.sums[c] += runs.sums[run * classes + c]
  }
  return total
}

/** Whether a node may be split, as far as its rows and depth say. */
export const mayGrow = (rules: ForestRules, { depth, sums }: Pick<ForestNode, 'depth' | 'sums'>): boolean =>
  depth < rules.maxDepth &&
  sums.count >= Math.max(rules.minSamplesSplit, 2 * rules.minSamplesLeaf) &&
  (rules.isRegression || !sums.sums.some((each) => each >= sums.weight))

/** The best place that was found so far; the sums left of it stand in `left`. */
interface Search {
  feature: number
  most: number
  gain: number
  bin: number
  until: number
  missingLeft: boolean
  weight: number
  count: number
  left: Float64Array
}

/**
 * @param order tells features in the order in which they are looked at: `tries` of them, further ones only as long as none
 * can be split
 * @param runsOf tells a feature's runs
 */
export function forestSplit(
  rules: ForestRules,
  node: ForestSums,
  order: (place: number) => number,
  runsOf: (feature: number, runs: Runs) => void,
  runs: Runs,
): ForestSplit | null {
  let squares = 0
  for (let c = 0; c < rules.classes; c++) squares += node.sums[c] ** 2
  const own = squares / node.weight
  const search: Search = {
    feature: -1,
    // Sides differ by rounding where the targets of a node are all alike.
    most: rules.isRegression ? 1e-9 * own + Number.MIN_VALUE : -1e-9 * own,
    gain: 0,
    bin: 0,
    until: 0,
    missingLeft: false,
    weight: 0,
    count: 0,
    left: runs.left,
  }
  const features = rules.offsets.length - 1
  for (let i = 0; i < features && (i < rules.tries || search.feature < 0); i++) {
    const feature = order(i)
    runsOf(feature, runs)
    const missing = rules.offsets[feature + 1] - rules.offsets[feature] - 1
    const hasMissing = runs.length > 0 && runs.bins[runs.length - 1] === missing
    sweep(rules, node, own, feature, runs, false, search)
    if (hasMissing) sweep(rules, node, own, feature, runs, true, search)
  }
  return search.feature < 0 ? null : splitOf(node, search)
}

function splitOf(
  node: ForestSums,
  { feature, gain, bin, until, missingLeft, ...found }: Search,
): ForestSplit {
  const left = { sums: found.left.slice(), weight: found.weight, count: found.count }
  const right = {
    sums: node.sums.map((each, c) => each - left.sums[c]),
    weight: node.weight - left.weight,
    count: node.count - left.count,
  }
  return { feature, gain, bin, until, missingLeft, left, right }
}

/** Tries the places between a feature's runs; the last run is the missing values where `missingLeft` is tried. */
function sweep(
  rules: ForestRules,
  node: ForestSums,
  own: number,
  feature: number,
  runs: Runs,
  missingLeft: boolean,
  search: Search,
): void {
  const { classes, minSamplesLeaf } = rules
  const { sums, weights, counts, beside: left } = runs
  left.fill(0)
  let weight = 0
  let count = 0
  const last = missingLeft ? runs.length - 1 : runs.length
  if (missingLeft) {
    weight = weights[last]
    count = counts[last]
    for (let c = 0; c < classes; c++) left[c] = sums[last * classes + c]
  }
  const missing = rules.offsets[feature + 1] - rules.offsets[feature] - 1
  for (let run = 0; run < last - 1; run++) {
    weight += weights[run]
    count += counts[run]
    for (let c = 0; c < classes; c++) left[c] += sums[run * classes + c]
    if (count < minSamplesLeaf) continue
    if (node.count - count < minSamplesLeaf) break
    const rest = node.weight - weight
    if (!(weight > 0 && rest > 0)) continue
    let inLeft = 0
    let inRight = 0
    for (let c = 0; c < classes; c++) {
      const other = node.sums[c] - left[c]
      inLeft += left[c] * left[c]
      inRight += other * other
    }
    const gain = inLeft / weight + inRight / rest - own
    if (!(gain > search.most)) continue
    const next = runs.bins[run + 1]
    search.most = gain
    search.feature = feature
    search.gain = Math.max(0, gain)
    search.bin = runs.bins[run]
    // Missing values have no threshold of their own: everything that is there goes left.
    search.until = next === missing ? next : next - 1
    // Where nothing is missing, it would go to where more rows are.
    search.missingLeft = missingLeft || (runs.bins[runs.length - 1] !== missing && 2 * count > node.count)
    search.weight = weight
    search.count = count
    search.left.set(left)
  }
}
