// Growing a forest from the client's side: many trees at a time, each node from histograms that all blocks add up to, until
// its rows are few enough for one task.

import { withCurve } from '../../graph/curve.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { binOffsets, type FeatureBins } from '../../kernels/ml/trees/binning.ts'
import type { BoostBlock } from '../../kernels/ml/trees/boostBlock.ts'
import { addHistograms, largerPairs } from '../../kernels/ml/trees/boostMerge.ts'
import { MAX_GRADIENT, MAX_HESSIAN } from '../../kernels/ml/trees/boostStart.ts'
import type { ForestTree } from '../../kernels/ml/trees/forest.ts'
import {
  finishSubtrees,
  mergeNodeRows,
  rowsOfNodes,
  type SubtreeJob,
  shuffledFeatures,
} from '../../kernels/ml/trees/forestFinish.ts'
import { type ForestPlan, forestBounds, MOST_DRAWS, startForest } from '../../kernels/ml/trees/forestRows.ts'
import {
  type ForestNode,
  type ForestRules,
  type ForestSums,
  forestSplit,
  mayGrow,
  type Runs,
  roomForRuns,
  runsOfHistograms,
  sumsOfRuns,
} from '../../kernels/ml/trees/forestSplit.ts'
import type { NodeSplit } from '../../kernels/ml/trees/growth.ts'
import { followSplits, type TreeRows, treeHistograms } from '../../kernels/ml/trees/heldRows.ts'
import { PER_BIN } from '../../kernels/ml/trees/histogram.ts'
import { Blocks } from '../contract/blocks.ts'
import type { LearntBins } from './featureBins.ts'
import { sumsOfTargets } from './training.ts'

/** How a forest is to be grown. */
export interface ForestGrowth {
  who: string
  isRegression: boolean
  /** Classes; 1 where targets are numbers. */
  classes: number
  nEstimators: number
  maxDepth: number
  minSamplesLeaf: number
  minSamplesSplit: number
  /** Features that a node looks at. */
  tries: number
  bootstrap: boolean
  seed: number
  /** Told after every few trees how many there are; `false` ends the fit there. */
  onIteration?: (trees: number) => boolean | undefined
}

/** Bytes of histograms that are asked for at a time, and of rows' numbers that trees hold at a time. */
const ROUND_BYTES = 32 * 1024 * 1024
const TREES_BYTES = 128 * 1024 * 1024

/** A node of so few rows is finished by one task. */
const FINISH_ROWS = 4096

/** Tasks that finish nodes get about so many rows each. */
const TASK_ROWS = 65_536

interface Growing {
  tree: number
  nodes: ForestNode[]
  /** Nodes that nothing is known of yet, in order: those of many rows, and those of few. */
  open: number[]
  small: number[]
}

/** Grows all trees on blocks that are held where they are. */
export async function growForest(
  growth: ForestGrowth,
  bins: LearntBins,
  blocks: Blocks<BoostBlock>,
  rows: number,
): Promise<ForestTree[]> {
  const [heaviest, largest] = await blocks.map(forestBounds, undefined).reduce(largerPairs)
  const [weight, sum] = await sumsOfTargets(blocks, 'squaredError', 1, rows)
  if (!(weight > 0))
    throw new MlDataError(`${growth.who}: the weights are all 0, so there is nothing to learn from`)
  const { features, hasMissing } = bins
  const offsets = binOffsets(features)
  const center = growth.isRegression ? sum / weight : null
  const bits = 53 - Math.ceil(Math.log2(Math.max(2, rows)))
  const draws = growth.bootstrap ? MOST_DRAWS : 1
  // Powers of two, so that sums are exact; counts as they are where all rows weigh 1.
  const unitOf = (value: number, most: number): number =>
    2 ** Math.ceil(Math.log2(Math.max(value, Number.MIN_VALUE * 2 ** 60) / Math.min(most, 2 ** bits)))
  const units = {
    hessianUnit: heaviest === 1 ? 1 : unitOf(heaviest * draws, MAX_HESSIAN),
    gradientUnit: unitOf(heaviest * draws * 2 * (largest || 1), MAX_GRADIENT),
  }
  const { onIteration, ...plain } = growth
  const rules: ForestRules = { ...plain, ...units, offsets, hasMissing }
  const together = Math.max(1, Math.min(growth.nEstimators, Math.floor(TREES_BYTES / (12 * rows))))
  const trees: ForestTree[] = []
  await withCurve(growth.who, growth.nEstimators, async (tell) => {
    for (let first = 0; first < growth.nEstimators; first += together) {
      const numbers = Array.from(
        { length: Math.min(together, growth.nEstimators - first) },
        (_, i) => first + i,
      )
      const plan: ForestPlan = { ...plain, ...units, trees: numbers, center }
      trees.push(...(await growTrees(rules, plan, features, blocks, rows)))
      tell(trees.length, {})
      if (onIteration?.(trees.length) === false) break
    }
  })
  return trees
}

/** Some trees: level by level as long as nodes have many rows. */
async function growTrees(
  rules: ForestRules,
  plan: ForestPlan,
  features: readonly FeatureBins[],
  blocks: Blocks<BoostBlock>,
  count: number,
): Promise<ForestTree[]> {
  const { offsets, classes } = rules
  const length = offsets[offsets.length - 1] * PER_BIN * classes
  const budget = Math.max(1, Math.floor(ROUND_BYTES / (8 * length * plan.trees.length)))
  const nothing: ForestSums = { sums: new Float64Array(classes), weight: 0, count: 0 }
  const runs = roomForRuns(rules)
  const growing: Growing[] = plan.trees.map((tree) => ({
    tree,
    nodes: [{ depth: 0, sums: nothing, split: null, left: -1, right: -1 }],
    open: count > FINISH_ROWS ? [0] : [],
    small: count > FINISH_ROWS ? [] : [0],
  }))
  const byClass = <T>(of: (c: number) => T): T[] => Array.from({ length: classes }, (_, c) => of(c))
  let rows = await blocks.map(startForest, plan).persist()
  while (growing.some(({ open }) => open.length > 0)) {
    const wanted = growing.map(({ open }) => open.splice(0, budget))
    const asked = wanted.map((nodes) => nodes.flatMap((node) => byClass((c) => node * classes + c)))
    const sums = await blocks.map(treeHistograms, { offsets, wanted: asked }, rows).reduce(addHistograms)
    const splits = growing.map((each, i) => splitNodes(rules, each, wanted[i], sums[i], length, runs))
    // Each class's rows follow the splits of their node.
    const followed = splits.map((own) => own.flatMap((split) => byClass((c) => ofClass(split, classes, c))))
    if (followed.some((own) => own.length > 0))
      rows = await blocks.map(followSplits, { features, splits: followed }, rows).persist()
  }
  await finishNodes(rules, growing, blocks, rows)
  return growing.map(({ nodes }) => finishedForestTree(rules, plan, features, nodes))
}

const ofClass = (split: NodeSplit, classes: number, c: number): NodeSplit => ({
  ...split,
  node: split.node * classes + c,
  left: split.left * classes + c,
  right: split.right * classes + c,
})

/** Splits nodes whose histograms are there; their children are looked at next. */
function splitNodes(
  rules: ForestRules,
  { nodes, open, small, tree }: Growing,
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
    const order = shuffledFeatures(rules, tree, number)
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

/** Brings the rows of small nodes together, and has what is below them grown. */
async function finishNodes(
  rules: ForestRules,
  growing: readonly Growing[],
  blocks: Blocks<BoostBlock>,
  rows: Blocks<TreeRows[]>,
): Promise<void> {
  const wanted = growing.map(({ small }) => small)
  if (wanted.every((nodes) => nodes.length === 0)) return
  const { classes } = rules
  const parts = await blocks.map(rowsOfNodes, { classes, wanted }, rows).reduce(mergeNodeRows)
  const jobs: SubtreeJob[] = growing.flatMap(({ tree, nodes, small }, i) =>
    small.map((node, at) => ({ tree, node, depth: nodes[node].depth, rows: parts[i][at] })),
  )
  const tasks: SubtreeJob[][] = []
  let held = Number.POSITIVE_INFINITY
  for (const job of jobs) {
    if (held >= TASK_ROWS) {
      tasks.push([])
      held = 0
    }
    tasks[tasks.length - 1].push(job)
    held += job.rows.rows
  }
  const here = Blocks.here(tasks)
  const given = blocks.isHere ? here : Blocks.lazy<SubtreeJob[]>(here.node, here.count)
  const grown = (await given.map(finishSubtrees, rules).gather()).flat()
  const byTree = new Map(growing.map((each) => [each.tree, each]))
  jobs.forEach(({ tree, node }, i) => {
    const { nodes } = byTree.get(tree)!
    // The first of what was grown is the node itself; the others come behind what is there.
    const shift = nodes.length - 1
    const placed = (child: number): number => (child < 0 ? child : child + shift)
    grown[i].forEach((own, at) => {
      nodes[at === 0 ? node : shift + at] = { ...own, left: placed(own.left), right: placed(own.right) }
    })
  })
}

function finishedForestTree(
  rules: ForestRules,
  plan: ForestPlan,
  features: readonly FeatureBins[],
  nodes: readonly ForestNode[],
): ForestTree {
  const { classes, isRegression, gradientUnit, hessianUnit } = rules
  const values = new Float64Array(nodes.length * classes)
  const unit = isRegression ? gradientUnit / hessianUnit : 1
  nodes.forEach(({ sums: { sums, weight } }, node) => {
    for (let c = 0; c < classes; c++)
      values[node * classes + c] = weight === 0 ? 0 : (sums[c] / weight) * unit + (plan.center ?? 0)
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
      cover: Float64Array.from(nodes, ({ sums }) => sums.weight * hessianUnit),
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
