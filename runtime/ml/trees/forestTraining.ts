// Growing a forest from the client's side: whole trees in a task each where the rows of all blocks have room in a worker;
// elsewhere many trees at a time, each node from histograms that all blocks add up to, until its rows are few enough for one task.

import { withCurve } from '../../graph/curve.ts'
import { joinNumbers } from '../../kernels/ml/blockParts.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { binOffsets, type FeatureBins } from '../../kernels/ml/trees/binning.ts'
import type { BoostBlock } from '../../kernels/ml/trees/boostBlock.ts'
import { addArrays, addHistograms, largerPairs } from '../../kernels/ml/trees/boostMerge.ts'
import { MAX_GRADIENT, MAX_HESSIAN } from '../../kernels/ml/trees/boostStart.ts'
import type { ForestTree } from '../../kernels/ml/trees/forest.ts'
import { drawsByClass } from '../../kernels/ml/trees/forestDraws.ts'
import {
  finishSubtrees,
  mergeNodeRows,
  rowsOfNodes,
  type SubtreeJob,
} from '../../kernels/ml/trees/forestFinish.ts'
import {
  finishedForestTree,
  type GrowingForestTree,
  jobOf,
  placeSubtree,
  plantedForestTree,
  splitNodes,
} from '../../kernels/ml/trees/forestGrowth.ts'
import { byClass, runsOfNode } from '../../kernels/ml/trees/forestNodes.ts'
import { type ForestPlan, forestBounds, MOST_DRAWS, startForest } from '../../kernels/ml/trees/forestRows.ts'
import { type ForestRules, roomForRuns } from '../../kernels/ml/trees/forestSplit.ts'
import type { ForestScore } from '../../kernels/ml/trees/forestWatch.ts'
import { followSplits, type TreeRows, treeHistograms } from '../../kernels/ml/trees/heldRows.ts'
import { PER_BIN } from '../../kernels/ml/trees/histogram.ts'
import { Blocks } from '../contract/blocks.ts'
import { balancedWeights } from '../contract/classWeights.ts'
import type { LearntBins } from './featureBins.ts'
import { growWhole } from './forestWhole.ts'
import { sumsOfTargets } from './training.ts'

/**
 * Told after every few trees how many there are, and how well they do; `false` ends the fit there.
 * @param score R² or accuracy of some 10 000 to 20 000 rows (all, where there are fewer), each by the trees that did not draw
 * it; of all trees where they draw no rows; undefined as long as every tree drew every row
 */
export type ForestTold = (trees: number, score: number | undefined) => boolean | undefined

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
  /** What weights were divided by. */
  weightUnit: number
  bootstrap: boolean
  /** Whether each tree weighs classes so that, of the rows that it draws, all weigh the same together. */
  balancesDraws: boolean
  seed: number
  /** Says how well trees do; undefined where nobody hears it. */
  score: ForestScore | undefined
  onIteration?: ForestTold
}

/** Bytes of histograms that are asked for at a time, and of rows' numbers that trees hold at a time. */
const ROUND_BYTES = 32 * 1024 * 1024
const TREES_BYTES = 128 * 1024 * 1024

/** Tasks that finish nodes get about so many rows each. */
const TASK_ROWS = 65_536

/** Grows all trees on blocks that are held where they are. */
export async function growForest(
  growth: ForestGrowth,
  bins: LearntBins,
  blocks: Blocks<BoostBlock>,
  rows: number,
): Promise<ForestTree[]> {
  const { onIteration, score, who, nEstimators, ...plain } = growth
  const { features, hasMissing } = bins
  const treeWeights = growth.balancesDraws ? await drawnWeights(growth, blocks) : undefined
  const units = await unitsOf(growth, blocks, rows, treeWeights)
  const rules: ForestRules = { ...plain, ...units, offsets: binOffsets(features), hasMissing }
  const plan: ForestPlan = { ...plain, ...units, trees: [], ...(treeWeights && { treeWeights }) }
  const grown =
    (await growWhole(rules, plan, features, blocks, rows, nEstimators)) ??
    growByLevels(rules, plan, features, blocks, rows, nEstimators)
  const trees: ForestTree[] = []
  await withCurve(who, nEstimators, async (tell) => {
    for await (const some of grown) {
      trees.push(...some)
      for (const tree of some) score?.add(tree)
      const own = score?.score
      tell(trees.length, score && own !== undefined ? { [score.name]: own } : {})
      if (onIteration?.(trees.length, own) === false) break
    }
  })
  return trees
}

/** What each class weighs in each tree: the fewer of its rows the tree draws, the more. */
async function drawnWeights(
  { seed, nEstimators: trees, classes }: ForestGrowth,
  blocks: Blocks<BoostBlock>,
): Promise<Float64Array> {
  const counts = await blocks.map(drawsByClass, { seed, trees, classes }).reduce(addArrays)
  return joinNumbers(
    Array.from({ length: trees }, (_, tree) =>
      balancedWeights(counts.subarray(tree * classes, (tree + 1) * classes)),
    ),
  )
}

/** Where targets are taken from, and units in which they and weights are whole numbers: the same for any cut. */
async function unitsOf(
  { who, isRegression, bootstrap }: ForestGrowth,
  blocks: Blocks<BoostBlock>,
  rows: number,
  treeWeights: Float64Array | undefined,
): Promise<Pick<ForestPlan, 'center' | 'gradientUnit' | 'hessianUnit'>> {
  const [bound, largest] = await blocks.map(forestBounds, undefined).reduce(largerPairs)
  const heaviest = treeWeights ? treeWeights.reduce((a, b) => Math.max(a, b), 0) * bound : bound
  const [weight, sum] = await sumsOfTargets(blocks, 'squaredError', 1, rows)
  if (!(weight > 0)) throw new MlDataError(`${who}: the weights are all 0, so there is nothing to learn from`)
  const bits = 53 - Math.ceil(Math.log2(Math.max(2, rows)))
  const draws = bootstrap ? MOST_DRAWS : 1
  // Powers of two, so that sums are exact; counts as they are where all rows weigh 1.
  const unitOf = (value: number, most: number): number =>
    2 ** Math.ceil(Math.log2(Math.max(value, Number.MIN_VALUE * 2 ** 60) / Math.min(most, 2 ** bits)))
  return {
    center: isRegression ? sum / weight : null,
    hessianUnit: heaviest === 1 ? 1 : unitOf(heaviest * draws, MAX_HESSIAN),
    gradientUnit: unitOf(heaviest * draws * 2 * (largest || 1), MAX_GRADIENT),
  }
}

/** Some trees at a time. */
async function* growByLevels(
  rules: ForestRules,
  plan: ForestPlan,
  features: readonly FeatureBins[],
  blocks: Blocks<BoostBlock>,
  rows: number,
  count: number,
): AsyncGenerator<ForestTree[]> {
  const together = Math.max(1, Math.floor(TREES_BYTES / (12 * rows)))
  for (let first = 0; first < count; first += together) {
    const trees = Array.from({ length: Math.min(together, count - first) }, (_, i) => first + i)
    yield await growLevels(rules, { ...plan, trees }, features, blocks, rows)
  }
}

/** Trees level by level as long as nodes have many rows. */
async function growLevels(
  rules: ForestRules,
  plan: ForestPlan,
  features: readonly FeatureBins[],
  blocks: Blocks<BoostBlock>,
  count: number,
): Promise<ForestTree[]> {
  const { offsets, classes } = rules
  const length = offsets[offsets.length - 1] * PER_BIN * classes
  const budget = Math.max(1, Math.floor(ROUND_BYTES / (8 * length * plan.trees.length)))
  const runs = roomForRuns(rules)
  const growing = plan.trees.map((tree) => plantedForestTree(rules, tree, count))
  let rows = await blocks.map(startForest, plan).persist()
  while (growing.some(({ open }) => open.length > 0)) {
    const wanted = growing.map(({ open }) => open.splice(0, budget))
    const asked = wanted.map((nodes) => nodes.flatMap((node) => runsOfNode(classes, node)))
    const sums = await blocks.map(treeHistograms, { offsets, wanted: asked }, rows).reduce(addHistograms)
    const splits = growing.map((each, i) => splitNodes(rules, each, wanted[i], sums[i], length, runs))
    const followed = splits.map((own) => byClass(own, classes))
    if (followed.some((own) => own.length > 0))
      rows = await blocks.map(followSplits, { features, splits: followed }, rows).persist()
  }
  await finishNodes(rules, growing, blocks, rows)
  return growing.map(({ nodes }) => finishedForestTree(rules, plan.center, features, nodes))
}

/** Brings the rows of small nodes together, and has what is below them grown. */
async function finishNodes(
  rules: ForestRules,
  growing: readonly GrowingForestTree[],
  blocks: Blocks<BoostBlock>,
  rows: Blocks<TreeRows[]>,
): Promise<void> {
  const wanted = growing.map(({ small }) => small)
  if (wanted.every((nodes) => nodes.length === 0)) return
  const { classes } = rules
  const parts = await blocks.map(rowsOfNodes, { classes, wanted }, rows).reduce(mergeNodeRows)
  const jobs: SubtreeJob[] = growing.flatMap((each, i) =>
    each.small.map((node, at) => ({ ...jobOf(each, node), rows: parts[i][at] })),
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
    placeSubtree(byTree.get(tree)!, node, grown[i])
  })
}
