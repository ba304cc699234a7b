// How the trees of a forest grow: nodes of many rows are split by histograms, in the order of their numbers; what is below
// nodes of few rows is put in their place once it has grown. Plain data; rows are elsewhere.

import type { FeatureBins } from './binning.ts'
import type { ForestTree } from './forest.ts'
import { featureOrder, type SubtreeJob } from './forestFinish.ts'
import {
  type ForestNode,
  type ForestRules,
  type ForestSums,
  forestSplit,
  mayGrow,
  type Runs,
  runsOfHistograms,
  sumsOfRuns,
} from './forestSplit.ts'
import type { NodeSplit } from './growth.ts'

/** A node of so few rows is finished with its rows at hand. */
export const FINISH_ROWS = 4096

/** A tree of a forest that grows. */
export interface GrowingForestTree {
  tree: number
  nodes: ForestNode[]
  /** Nodes that nothing is known of yet, in order: those of many rows, and those of few. */
  open: number[]
  small: number[]
}

/** A tree of one node. */
export function plantedForestTree({ classes }: ForestRules, tree: number, rows: number): GrowingForestTree {
  const nothing: ForestSums = { sums: new Float64Array(classes), weight: 0, count: 0 }
  const root: ForestNode = { depth: 0, sums: nothing, split: null, left: -1, right: -1 }
  return { tree, nodes: [root], open: rows > FINISH_ROWS ? [0] : [], small: rows > FINISH_ROWS ? [] : [0] }
}

/**
 * Splits nodes whose histograms are there; their children are looked at next.
 * @param sums the nodes' histograms, `length` numbers each
 */
export function splitNodes(
  rules: ForestRules,
  { nodes, open, small, tree }: GrowingForestTree,
  wanted: readonly number[],
  sums: Float64Array,
  length: number,
  runs: Runs,
): NodeSplit[] {
  const splits: NodeSplit[] = []
  wanted.forEach((number, i) => {
    const node = nodes[number]
    const histograms = sums.subarray(i * length, (i + 1) * length)
    if (number === 0) {
      runsOfHistograms(rules, histograms, 0, runs)
      node.sums = sumsOfRuns(rules, runs)
    }
    if (!mayGrow(rules, node)) return
    const order = featureOrder(rules, tree, number)
    const runsOf = (feature: number, into: Runs): void => runsOfHistograms(rules, histograms, feature, into)
    const split = forestSplit(rules, node.sums, order, runsOf, runs)
    if (!split) return
    node.split = split
    node.left = nodes.length
    node.right = nodes.length + 1
    for (const side of [split.left, split.right]) {
      const child: ForestNode = { depth: node.depth + 1, sums: side, split: null, left: -1, right: -1 }
      if (mayGrow(rules, child)) (side.count > FINISH_ROWS ? open : small).push(nodes.length)
      nodes.push(child)
    }
    const { feature, bin, missingLeft } = split
    splits.push({
      node: number,
      left: node.left,
      right: node.right,
      feature,
      bin,
      leftBins: null,
      missingLeft,
      build: null,
    })
  })
  return splits
}

/** Puts what was grown below a small node in its place. */
export function placeSubtree({ nodes }: GrowingForestTree, node: number, grown: readonly ForestNode[]): void {
  // The first of what was grown is the node itself; the others come behind what is there.
  const shift = nodes.length - 1
  const placed = (child: number): number => (child < 0 ? child : child + shift)
  grown.forEach((own, at) => {
    nodes[at === 0 ? node : shift + at] = { ...own, left: placed(own.left), right: placed(own.right) }
  })
}

/** What needs the rows of the small nodes, as a job each. */
export const jobOf = ({ tree, nodes }: GrowingForestTree, node: number): Omit<SubtreeJob, 'rows'> => ({
  tree,
  node,
  depth: nodes[node].depth,
})

/** The tree as it predicts. */
export function finishedForestTree(
  rules: ForestRules,
  center: number | null,
  features: readonly FeatureBins[],
  nodes: readonly ForestNode[],
): ForestTree {
  const { classes, isRegression, gradientUnit, hessianUnit, weightUnit } = rules
  const values = new Float64Array(nodes.length * classes)
  const unit = isRegression ? gradientUnit / hessianUnit : 1
  nodes.forEach(({ sums: { sums, weight } }, node) => {
    for (let c = 0; c < classes; c++)
      values[node * classes + c] = weight === 0 ? 0 : (sums[c] / weight) * unit + (center ?? 0)
  })
  return {
    values,
    tree: {
      feature: Int32Array.from(nodes, ({ split }) => split?.feature ?? -1),
      threshold: Float64Array.from(nodes, ({ split }) => middleOf(features, split)),
      missingLeft: Uint8Array.from(nodes, ({ split }) => (split?.missingLeft ? 1 : 0)),
      left: Int32Array.from(nodes, ({ left }) => left),
      right: Int32Array.from(nodes, ({ right }) => right),
      value: classes === 1 ? values : new Float64Array(nodes.length),
      gain: Float64Array.from(nodes, ({ split }) => split?.gain ?? 0),
      cover: Float64Array.from(nodes, ({ sums }) => sums.weight * hessianUnit * weightUnit),
      leftCategories: null,
    },
  }
}

/** Half way between the sides: no row of the node is in the bins between. */
function middleOf(features: readonly FeatureBins[], split: ForestNode['split']): number {
  if (!split) return Number.NaN
  const { thresholds } = features[split.feature] as FeatureBins & { kind: 'numeric' }
  if (split.until >= thresholds.length) return Number.POSITIVE_INFINITY
  return (thresholds[split.bin] + thresholds[split.until]) / 2
}
