// What boosting does with one block of rows: bins, gradients, histograms, and rows that follow splits.

import { keepsNothing, kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'
import { denseOf, type Sample } from '../block.ts'
import type { BinnedBlock } from './binnedBlock.ts'
import type { FeatureBins } from './binning.ts'
import { binRows } from './binRows.ts'
import {
  derivatives,
  lossOf,
  type ObjectiveName,
  type TargetRows,
  targetBounds,
  targetSums,
} from './objective.ts'
import { hashedFraction } from './rowHash.ts'

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
  /** Tells this fit from others: what threads keep of it is known by it. */
  fit: string
  /** The share of rows that are only looked at to stop early. */
  validationShare: number
  /** Where no rows are held out, every so many rows one tells how well they are learnt; 0 where none does. */
  lossEvery: number
}

/** What a thread knows the rows of a block by. */
export const nameOfRows = ({ fit }: BoostPlan, { start }: BoostBlock): string => `${fit} ${start}`

const VALIDATION_SEED = 0x5eed

/** Whether a row is only looked at to stop early. */
export const isHeldOut = (plan: BoostPlan, row: number): boolean =>
  plan.validationShare > 0 && hashedFraction(plan.seed ^ VALIDATION_SEED, row) < plan.validationShare

/** The rows in bins, with what they are to be. */
export const boostBlockOf = keepsNothing(
  kernel(
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
  ),
)

/** How many rows a block has. */
export const rowsOfBlock = keepsNothing(
  kernel('ml.boost.rows', (_: unknown, { binned }: BoostBlock): number => binned.rows),
)

/** What sums of weights and targets are rounded by. */
export const boostBounds = keepsNothing(
  kernel('ml.boost.bounds', (_: unknown, block: BoostBlock) => targetBounds(block)),
)

/** Sums for where predictions begin: over all rows. */
export const boostSums = keepsNothing(
  kernel(
    'ml.boost.sums',
    (
      plan: Pick<BoostPlan, 'objective' | 'outputs'> & { units: readonly [number, number] },
      block: BoostBlock,
    ) => targetSums(plan.objective, block, plan.outputs, plan.units),
  ),
)

export const floats = (count: number): Float64Array => new Float64Array(resultBuffer(8 * count), 0, count)
export const integers = (count: number): Int32Array => new Int32Array(resultBuffer(4 * count), 0, count)
export const numbers = (count: number): Uint32Array => new Uint32Array(resultBuffer(4 * count), 0, count)

/** The greatest gradient and hessian of a block, for units that fit. */
export const largestDerivatives = keepsNothing(
  kernel(
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
  ),
)

/** Whether a loss is to be told after each round. */
export const tellsLoss = (plan: BoostPlan): boolean => plan.validationShare > 0 || plan.lossEvery > 0

/** Loss and weight of the rows that are held out; where none are, of some that are learnt from, the same for any cut. */
export const toldLoss = keepsNothing(
  kernel(
    'ml.boost.loss',
    (plan: BoostPlan, block: BoostBlock, predictions: Float64Array): [number, number] => {
      const { objective, outputs, lossEvery } = plan
      if (plan.validationShare > 0)
        return lossOf(objective, block, predictions, outputs, (row) => isHeldOut(plan, block.start + row))
      const first = (lossEvery - (block.start % lossEvery)) % lossEvery
      return lossOf(objective, block, predictions, outputs, () => true, first, lossEvery)
    },
  ),
)
