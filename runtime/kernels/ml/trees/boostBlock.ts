// What boosting does with one block of rows: bins, gradients, histograms, and rows that follow splits.

import { kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'
import { type Block, denseOf, type Sample } from '../block.ts'
import { binColumn, type FeatureBins, sampleRows, valueBins } from './binning.ts'
import type { NodeSplit } from './growth.ts'
import { type BinnedBlock, histogramsOf, type Segment } from './histogram.ts'
import {
  derivatives,
  lossOf,
  type ObjectiveName,
  type TargetRows,
  targetBounds,
  targetSums,
} from './objective.ts'
import { hashedFraction } from './rowHash.ts'
import type { GrownTree } from './tree.ts'

/** A block that trees are grown on. */
export interface BoostBlock extends TargetRows {
  binned: BinnedBlock
  /** Number of the first row among all. */
  start: number
}

/** What the kernels are told, the same all through a fit. */
export interface BoostPlan {
  objective: ObjectiveName
  outputs: number
  features: readonly FeatureBins[]
  offsets: readonly number[]
  gradientUnit: number
  hessianUnit: number
  seed: number
  /** The share of rows that are only looked at to stop early. */
  validationShare: number
}

/** The rows of one tree of one block. */
export interface TreeRows {
  order: Uint32Array
  /** The run of each node's rows, by the node's number. */
  segments: Record<number, Segment>
  gradients: Int32Array
  hessians: Int32Array
}

const VALIDATION_SEED = 0x5eed

/** Whether a row is only looked at to stop early. */
export const isHeldOut = (plan: BoostPlan, row: number): boolean =>
  plan.validationShare > 0 && hashedFraction(plan.seed ^ VALIDATION_SEED, row) < plan.validationShare

/** The values that thresholds are learnt from. */
export const sampleOfBlock = kernel(
  'ml.boost.sample',
  (state: { who: string; share: number }, block: Block, start: number): BlockSample => {
    const { data, rows, columns } = denseOf(block, state.who)
    const missing = Array.from({ length: columns }, () => false)
    for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) missing[i % columns] = true
    return { values: sampleRows(data, rows, columns, start, state.share), missing }
  },
)

/** Values of some rows, by column; and which columns have missing values in any row. */
export interface BlockSample {
  values: Float64Array[]
  missing: boolean[]
}

/** The rows in bins, with what they are to be. */
export const boostBlockOf = kernel(
  'ml.boost.bin',
  (
    state: { who: string; features: readonly FeatureBins[] },
    sample: Sample,
    target: Float64Array,
    start: number,
  ): BoostBlock => {
    const { data, rows, columns } = denseOf(sample.x, state.who)
    const bytes = new Uint8Array(resultBuffer(rows * columns), 0, rows * columns)
    state.features.forEach((bins, column) => {
      binColumn(bins, data, rows, columns, column, bytes.subarray(column * rows, (column + 1) * rows))
    })
    return { binned: { rows, columns: bytes }, target, weight: sample.weight, start }
  },
)

/** What sums of weights and targets are rounded by. */
export const boostBounds = kernel('ml.boost.bounds', (_: unknown, block: BoostBlock) => targetBounds(block))

/** Sums for where predictions begin: over all rows. */
export const boostSums = kernel(
  'ml.boost.sums',
  (
    plan: Pick<BoostPlan, 'objective' | 'outputs'> & { units: readonly [number, number] },
    block: BoostBlock,
  ) => targetSums(plan.objective, block, plan.outputs, plan.units),
)

/** Raw predictions before the first tree. */
export const firstPredictions = kernel(
  'ml.boost.first',
  (baseline: Float64Array, block: BoostBlock): Float64Array => {
    const outputs = baseline.length
    const made = floats(block.binned.rows * outputs)
    for (let i = 0; i < made.length; i++) made[i] = baseline[i % outputs]
    return made
  },
)

const floats = (count: number): Float64Array => new Float64Array(resultBuffer(8 * count), 0, count)
export const numbers = (count: number): Uint32Array => new Uint32Array(resultBuffer(4 * count), 0, count)

/** The greatest gradient and hessian of a block, for units that fit. */
export const largestDerivatives = kernel(
  'ml.boost.largest',
  (
    plan: Pick<BoostPlan, 'objective' | 'outputs'>,
    block: BoostBlock,
    predictions: Float64Array,
  ): [number, number] => {
    const gradients = new Float64Array(block.binned.rows)
    const hessians = new Float64Array(block.binned.rows)
    derivatives(plan.objective, block, predictions, plan.outputs, 0, gradients, hessians)
    let g = 0
    let h = 0
    for (let row = 0; row < gradients.length; row++) {
      g = Math.max(g, Math.abs(gradients[row]))
      h = Math.max(h, hessians[row])
    }
    return [g, h]
  },
)

/** Histograms of the nodes that are wanted, of all trees: one behind the other. */
export const boostHistograms = kernel(
  'ml.boost.histograms',
  (
    plan: { offsets: readonly number[]; wanted: readonly number[][] },
    block: BoostBlock,
    trees: TreeRows[],
  ): Float64Array[] =>
    trees.map((tree, i) =>
      histogramsOf(
        block.binned,
        plan,
        tree.order,
        plan.wanted[i].map((node) => tree.segments[node]),
        tree,
      ),
    ),
)

/** What rows are told to do next. */
export interface FollowPlan {
  features: readonly FeatureBins[]
  /** Of each tree. */
  splits: readonly NodeSplit[][]
}

/** Rows follow the splits of their nodes, each side in its old order. */
export const followSplits = kernel(
  'ml.boost.follow',
  (plan: FollowPlan, block: BoostBlock, trees: TreeRows[]): TreeRows[] =>
    trees.map((tree, i) =>
      plan.splits[i].length === 0 ? tree : followed(plan, plan.splits[i], block.binned, tree),
    ),
)

function followed(
  { features }: Pick<BoostPlan, 'features'>,
  splits: readonly NodeSplit[],
  { columns, rows }: BinnedBlock,
  tree: TreeRows,
): TreeRows {
  const order = numbers(tree.order.length)
  order.set(tree.order)
  const segments = { ...tree.segments }
  const aside = new Uint32Array(order.length)
  for (const split of splits) {
    const goesLeft = sidesOf(features[split.feature], split)
    const column = columns.subarray(split.feature * rows, (split.feature + 1) * rows)
    const { start, count } = segments[split.node]
    let left = start
    let right = 0
    for (let i = start; i < start + count; i++) {
      const row = order[i]
      const side = goesLeft[column[row]]
      order[left] = row
      aside[right] = row
      left += side
      right += 1 - side
    }
    order.set(aside.subarray(0, right), left)
    delete segments[split.node]
    segments[split.left] = { start, count: left - start }
    segments[split.right] = { start: left, count: right }
  }
  return { ...tree, order, segments }
}

/** For each bin of a feature 1 where a split sends it left. */
function sidesOf(bins: FeatureBins, split: NodeSplit): Uint8Array {
  const count = valueBins(bins)
  const sides = new Uint8Array(count + 1)
  if (split.leftBins) for (const bin of split.leftBins) sides[bin] = 1
  else sides.fill(1, 0, Math.min(count, split.bin + 1))
  sides[count] = split.missingLeft ? 1 : 0
  return sides
}

/** Predictions with a finished round of trees added. */
export const addRound = kernel(
  'ml.boost.finish',
  (
    state: { plan: BoostPlan; grown: readonly (GrownTree & { splits: NodeSplit[] })[] },
    block: BoostBlock,
    trees: TreeRows[],
    predictions: Float64Array,
  ): Float64Array => {
    const { plan, grown } = state
    const made = floats(predictions.length)
    made.set(predictions)
    trees.forEach((rows, output) => {
      const { tree, leafOf, splits } = grown[output]
      for (const [node, { start, count }] of Object.entries(rows.segments)) {
        const value = tree.value[leafOf[Number(node)]]
        for (let i = start; i < start + count; i++) made[rows.order[i] * plan.outputs + output] += value
      }
      if (rows.order.length < block.binned.rows) {
        const rest = restOf(rows.order, block.binned.rows)
        const followedRest = splits.length
          ? followed(plan, splits, block.binned, {
              ...rows,
              order: rest,
              segments: { 0: { start: 0, count: rest.length } },
            })
          : { order: rest, segments: { 0: { start: 0, count: rest.length } } }
        for (const [node, { start, count }] of Object.entries(followedRest.segments)) {
          const value = tree.value[leafOf[Number(node)]]
          for (let i = start; i < start + count; i++)
            made[followedRest.order[i] * plan.outputs + output] += value
        }
      }
    })
    return made
  },
)

/** The rows that a tree was not grown on. */
function restOf(order: Uint32Array, rows: number): Uint32Array {
  const isIn = new Uint8Array(rows)
  for (const row of order) isIn[row] = 1
  const rest = new Uint32Array(rows - order.length)
  for (let row = 0, at = 0; row < rows; row++) if (!isIn[row]) rest[at++] = row
  return rest
}

/** Loss and weight of the rows that are held out. */
export const heldOutLoss = kernel(
  'ml.boost.loss',
  (plan: BoostPlan, block: BoostBlock, predictions: Float64Array): [number, number] =>
    lossOf(plan.objective, block, predictions, plan.outputs, (row) => isHeldOut(plan, block.start + row)),
)
