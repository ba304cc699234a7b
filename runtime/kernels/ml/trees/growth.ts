// How a tree grows: which nodes are split next. Plain data in, plain data out; rows are elsewhere.
//
// Nodes are split best first. Blocks of rows are asked once a round for histograms of many nodes, so a round splits every
// node that could be among the best, as far as is known; what turns out not to be is cut off at the end. The tree is the
// one that splitting one node at a time would give.

import { resultBuffer } from '../../resultMemory.ts'
import { limitedSides, limitsOfRoot } from './nodeLimits.ts'
import { bestSplit, type NodeSums, type Split, type SplitRules } from './splitSearch.ts'

export interface GrowthRules extends SplitRules {
  /** Infinity for no limit. */
  maxLeaves: number
  maxDepth: number
  /** Leaf by leaf by gain, or level by level. */
  growth: 'leafWise' | 'depthWise'
}

/** A node of a tree that grows. */
export interface GrowingNode {
  depth: number
  sums: NodeSums
  /** What would split it best; null where nothing may, or nothing is known yet. */
  split: Split | null
  /** Its children, −1 as long as it has none. */
  left: number
  right: number
}

/** A node that was split: rows follow, and the histogram of one child is wanted. */
export interface NodeSplit {
  node: number
  left: number
  right: number
  feature: number
  bin: number
  leftBins: number[] | null
  missingLeft: boolean
  /** The child with fewer rows, where histograms of both are wanted; the other's is what is left of the parent's. */
  build: number | null
}

/** A tree that grows; `H` is where a node's histogram is found. */
export interface GrowingTree<H = Float64Array> {
  nodes: GrowingNode[]
  /** Histograms of nodes that may still be split, by node. */
  histograms: Record<number, H>
  /** What rows are to do next; empty once the tree has grown. */
  splits: NodeSplit[]
  features: number[]
}

/** What is known of a node once its rows were summed up. */
export interface FoundSplit<H> {
  split: Split | null
  histogram: H
}

/** A tree of one node, from the histogram of all rows. */
export function rootOf(rules: GrowthRules, histogram: Float64Array, features: number[]): GrowingTree {
  const sums = sumsOfRoot(rules, histogram, features)
  return plantedTree(rules, sums, features, () => ({
    split: bestSplit(rules, histogram, sums, features),
    histogram,
  }))
}

/** Sums over all rows: every feature's bins have them all. */
export function sumsOfRoot(
  rules: SplitRules,
  histogram: Float64Array,
  [feature]: readonly number[],
): NodeSums {
  const { offsets } = rules
  const sums = { gradient: 0, hessian: 0, count: 0, ...limitsOfRoot(rules) }
  for (let bin = offsets[feature]; bin < offsets[feature + 1]; bin++) {
    sums.gradient += histogram[3 * bin]
    sums.hessian += histogram[3 * bin + 1]
    sums.count += histogram[3 * bin + 2]
  }
  return sums
}

/** A tree of one node, and the node's first split. */
export function plantedTree<H>(
  rules: GrowthRules,
  sums: NodeSums,
  features: number[],
  find: () => FoundSplit<H>,
): GrowingTree<H> {
  const root: GrowingNode = { depth: 0, sums, split: null, left: -1, right: -1 }
  const { split, histogram } = find()
  root.split = maySplit(rules, root) ? split : null
  const tree: GrowingTree<H> = { nodes: [root], histograms: { 0: histogram }, splits: [], features }
  return { ...tree, ...splitMore(rules, tree) }
}

/**
 * The next round.
 * @param builtAt gives the histograms that `tree.splits` asked for, by their order
 */
export function grow(
  rules: GrowthRules,
  tree: GrowingTree,
  builtAt: (place: number) => Float64Array,
): GrowingTree {
  const found = (node: number, histogram: Float64Array): FoundSplit<Float64Array> => ({
    split: maySplit(rules, tree.nodes[node])
      ? bestSplit(rules, histogram, tree.nodes[node].sums, tree.features)
      : null,
    histogram,
  })
  return grownBy(rules, tree, ({ node, build }, sibling, place) => {
    const own = builtAt(place)
    return [found(build, own), found(sibling, lessThan(tree.histograms[node], own))]
  })
}

/** The two children of a split of which the one with fewer rows is summed up. */
export function siblingOf({ build, left, right }: NodeSplit): number {
  return build === left ? right : left
}

/**
 * The next round, by whoever finds the best splits of children.
 * @param find gives what is known of the child that is built, and of its sibling; `place` counts those that are built
 */
export function grownBy<H>(
  rules: GrowthRules,
  tree: GrowingTree<H>,
  find: (
    split: NodeSplit & { build: number },
    sibling: number,
    place: number,
  ) => readonly [FoundSplit<H>, FoundSplit<H>],
): GrowingTree<H> {
  const nodes = tree.nodes.map((node) => ({ ...node }))
  const histograms = { ...tree.histograms }
  let next = 0
  for (const split of tree.splits) {
    delete histograms[split.node]
    const { build } = split
    if (build === null) continue
    const sibling = siblingOf(split)
    const both = find({ ...split, build }, sibling, next++)
    for (const [i, node] of [build, sibling].entries()) {
      nodes[node].split = both[i].split
      if (both[i].split) histograms[node] = both[i].histogram
    }
  }
  const grown = { ...tree, nodes, histograms }
  return { ...grown, ...splitMore(rules, grown) }
}

/** What is left of a histogram without another's rows. */
function lessThan(all: Float64Array, part: Float64Array): Float64Array {
  const left = new Float64Array(resultBuffer(8 * all.length), 0, all.length)
  for (let i = 0; i < left.length; i++) left[i] = all[i] - part[i]
  return left
}

/** Whether a node may be split at all. */
export const maySplit = (rules: GrowthRules, { depth, sums }: GrowingNode): boolean =>
  depth < rules.maxDepth && sums.count >= 2 * rules.minSamplesLeaf && rules.maxLeaves > 1

/** Splits the nodes that are among the best and have no children yet. */
function splitMore<H>(
  rules: GrowthRules,
  tree: GrowingTree<H>,
): Pick<GrowingTree<H>, 'nodes' | 'splits' | 'histograms'> {
  const nodes = [...tree.nodes]
  const histograms = { ...tree.histograms }
  const chosen = bestNodes(rules, nodes)
  // Level by level, no node that is found later comes before those that are known.
  const full = rules.growth === 'depthWise' && chosen.length >= rules.maxLeaves - 1
  const splits: NodeSplit[] = []
  for (const node of chosen) {
    const { split, left: known, depth } = nodes[node]
    if (known >= 0 || !split) continue
    const left = nodes.length
    const right = left + 1
    nodes[node] = { ...nodes[node], left, right }
    for (const sums of limitedSides(rules, nodes[node].sums, split))
      nodes.push({ depth: depth + 1, sums, split: null, left: -1, right: -1 })
    const wanted = !full && (maySplit(rules, nodes[left]) || maySplit(rules, nodes[right]))
    const { feature, bin, leftBins, missingLeft } = split
    const build = wanted ? (split.left.count <= split.right.count ? left : right) : null
    splits.push({ node, left, right, feature, bin, leftBins, missingLeft, build })
    if (build === null) delete histograms[node]
  }
  return { nodes, splits, histograms }
}

/** The nodes that best-first growth splits, as far as is known, in its order. */
export function bestNodes(rules: GrowthRules, nodes: readonly GrowingNode[]): number[] {
  const open = nodes[0].split ? [0] : []
  const chosen: number[] = []
  while (open.length > 0 && chosen.length < rules.maxLeaves - 1) {
    let best = 0
    for (let i = 1; i < open.length; i++) if (comesBefore(rules, nodes, open[i], open[best])) best = i
    const [node] = open.splice(best, 1)
    chosen.push(node)
    const { left, right } = nodes[node]
    if (left >= 0) for (const child of [left, right]) if (nodes[child].split) open.push(child)
  }
  return chosen
}

function comesBefore(rules: GrowthRules, nodes: readonly GrowingNode[], a: number, b: number): boolean {
  if (rules.growth === 'depthWise' && nodes[a].depth !== nodes[b].depth)
    return nodes[a].depth < nodes[b].depth
  return nodes[a].split!.gain > nodes[b].split!.gain
}
