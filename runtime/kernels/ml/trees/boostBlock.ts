// What boosting does with one block of rows: bins, gradients, histograms, and rows that follow splits.

import { kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'
import { type Block, denseOf, type Sample } from '../block.ts'
import { type BinnedBlock, isEmpty } from './binnedBlock.ts'
import { binOffsets, type FeatureBins, sampleRows } from './binning.ts'
import { binRows } from './binRows.ts'
import { followed } from './followRows.ts'
import type { NodeSplit } from './growth.ts'
import { emptyHistograms, histogramsIn, type OrderedRows, type Segment } from './histogram.ts'
import {
  derivatives,
  lossOf,
  type ObjectiveName,
  type TargetRows,
  targetBounds,
  targetSums,
} from './objective.ts'
import { hashedFraction } from './rowHash.ts'
import { TreeRoom } from './treeRoom.ts'

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
export interface TreeRows extends OrderedRows {
  /** The run of each node's rows, by the node's number. */
  segments: Record<number, Segment>
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
    const { data, rows } = denseOf(sample.x, state.who)
    return { binned: binRows(state.features, data, rows), target, weight: sample.weight, start }
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

export const floats = (count: number): Float64Array => new Float64Array(resultBuffer(8 * count), 0, count)
export const integers = (count: number): Int32Array => new Int32Array(resultBuffer(4 * count), 0, count)
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
    { binned }: BoostBlock,
    trees: TreeRows[],
  ): Float64Array[] => {
    if (isEmpty(binned)) return plan.wanted.map((nodes) => emptyHistograms(plan, nodes.length))
    const room = new TreeRoom(binned, plan.offsets)
    return trees.map((tree, i) => {
      room.take(tree)
      return histogramsIn(
        room,
        plan,
        plan.wanted[i].map((node) => tree.segments[node]),
      )
    })
  },
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
  ({ features, splits }: FollowPlan, { binned }: BoostBlock, trees: TreeRows[]): TreeRows[] => {
    const room = isEmpty(binned) ? null : new TreeRoom(binned, binOffsets(features))
    return trees.map((tree, i) => ({ ...tree, ...followed(features, splits[i], room, tree) }))
  },
)

/** Loss and weight of the rows that are held out. */
export const heldOutLoss = kernel(
  'ml.boost.loss',
  (plan: BoostPlan, block: BoostBlock, predictions: Float64Array): [number, number] =>
    lossOf(plan.objective, block, predictions, plan.outputs, (row) => isHeldOut(plan, block.start + row)),
)
