// A grown tree as columns, one entry a node; the root is node 0.

import { type FeatureBins, valueBins } from './binning.ts'
import { bestNodes, type GrowingTree, type GrowthRules } from './growth.ts'
import { boundedValue } from './nodeLimits.ts'
import type { NodeSums } from './splitSearch.ts'

export interface Tree {
  /** The feature that a node splits; −1 for a leaf. */
  feature: Int32Array
  /** Values ≤ this go left; NaN for leaves and categories. */
  threshold: Float64Array
  /** 1 where missing values, and categories that were not seen, go left. */
  missingLeft: Uint8Array
  left: Int32Array
  right: Int32Array
  /** What a leaf adds to the prediction; of other nodes, what they would. */
  value: Float64Array
  /** What a node's split gained; 0 for leaves. */
  gain: Float64Array
  /** Sum of the rows' hessians. */
  cover: Float64Array
  /** The categories that go left, of nodes that split categories; null where no node does. */
  leftCategories: (readonly number[] | null)[] | null
}

/** What a grown tree is turned into: its nodes in numbers of their own, and what became of the growing ones. */
export interface GrownTree {
  tree: Tree
  /** For each growing node the leaf of `tree` that its rows are in; −1 for nodes above leaves. */
  leafOf: Int32Array
}

/**
 * The tree that best-first growth gives: what was split too early is put back.
 * @param factor what leaf values are multiplied by: the learning rate
 */
export function finishedTree(
  rules: GrowthRules,
  features: readonly FeatureBins[],
  growing: Pick<GrowingTree, 'nodes'>,
  factor: number,
): GrownTree {
  const { nodes } = growing
  const isSplit = new Set(bestNodes(rules, nodes).filter((node) => nodes[node].left >= 0))
  const kept: number[] = [0]
  const leafOf = new Int32Array(nodes.length).fill(-1)
  const left: number[] = []
  const right: number[] = []
  for (let i = 0; i < kept.length; i++) {
    const node = kept[i]
    left.push(isSplit.has(node) ? kept.push(nodes[node].left) - 1 : -1)
    right.push(isSplit.has(node) ? kept.push(nodes[node].right) - 1 : -1)
    if (!isSplit.has(node)) markLeaf(growing, leafOf, node, i)
  }
  const splits = kept.map((node) => (isSplit.has(node) ? nodes[node].split : null))
  const categories = splits.map((split) => categoriesOf(features, split))
  const tree: Tree = {
    feature: Int32Array.from(splits, (split) => split?.feature ?? -1),
    threshold: Float64Array.from(splits, (split) => thresholdOf(features, split)),
    missingLeft: Uint8Array.from(splits, (split) => (split?.missingLeft ? 1 : 0)),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: Float64Array.from(kept, (node) => factor * leafValue(rules, nodes[node].sums)),
    gain: Float64Array.from(splits, (split) => split?.gain ?? 0),
    cover: Float64Array.from(kept, (node) => nodes[node].sums.hessian * rules.hessianUnit),
    leftCategories: categories.some((each) => each) ? categories : null,
  }
  return { tree, leafOf }
}

type SplitOrNone = GrowingTree['nodes'][number]['split']

const leafValue = (rules: GrowthRules, sums: NodeSums): number => {
  const bounds = sums.limits?.bounds
  if (bounds) return boundedValue(rules, bounds, sums.gradient, sums.hessian)
  return sums.hessian === 0
    ? 0
    : -(sums.gradient * rules.gradientUnit) / (sums.hessian * rules.hessianUnit + rules.l2 + 1e-15)
}

function markLeaf(growing: Pick<GrowingTree, 'nodes'>, leafOf: Int32Array, node: number, leaf: number): void {
  const below = [node]
  for (let each = below.pop(); each !== undefined; each = below.pop()) {
    leafOf[each] = leaf
    const { left, right } = growing.nodes[each]
    if (left >= 0) below.push(left, right)
  }
}

/** A split between the last value and what is missing has no threshold of its own: everything present goes left. */
function thresholdOf(features: readonly FeatureBins[], split: SplitOrNone): number {
  if (!split || split.leftBins) return Number.NaN
  const bins = features[split.feature] as FeatureBins & { kind: 'numeric' }
  return split.bin < valueBins(bins) - 1 ? bins.thresholds[split.bin] : Number.POSITIVE_INFINITY
}

function categoriesOf(features: readonly FeatureBins[], split: SplitOrNone): number[] | null {
  if (!split?.leftBins) return null
  const { categories } = features[split.feature] as FeatureBins & { kind: 'category' }
  return split.leftBins.map((bin) => categories[bin]).sort((a, b) => a - b)
}

/** Finds the node in which a row that begins at some place of `data` ends. */
function leafFinder(tree: Tree, data: Float64Array): (at: number) => number {
  const { feature, threshold, missingLeft, left, right, leftCategories } = tree
  const sets = leftCategories?.map((each) => each && new Set(each))
  return (at) => {
    let node = 0
    for (let split = feature[0]; split >= 0; split = feature[node]) {
      const x = data[at + split]
      const set = sets?.[node]
      const goesLeft = set
        ? set.has(x) || (missingLeft[node] === 1 && Number.isNaN(x))
        : x <= threshold[node] || (missingLeft[node] === 1 && Number.isNaN(x))
      node = goesLeft ? left[node] : right[node]
    }
    return node
  }
}

/**
 * The leaf of each row.
 * @param data rows × columns
 * @param into one number of a node a row
 */
export function findLeaves(
  tree: Tree,
  data: Float64Array,
  rows: number,
  columns: number,
  into: Int32Array,
): void {
  const leafOf = leafFinder(tree, data)
  for (let row = 0; row < rows; row++) into[row] = leafOf(row * columns)
}

/**
 * Adds a tree's values to predictions.
 * @param data rows × columns
 * @param into one number every `stride` places, from `offset` on
 */
export function addTree(
  tree: Tree,
  data: Float64Array,
  rows: number,
  columns: number,
  into: Float64Array,
  stride: number,
  offset: number,
): void {
  const leafOf = leafFinder(tree, data)
  for (let row = 0; row < rows; row++) into[row * stride + offset] += tree.value[leafOf(row * columns)]
}
