// The rows of one block as a new round of boosting finds them.

import { kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'
import { type BoostBlock, type BoostPlan, isHeldOut, numbers, type TreeRows } from './boostBlock.ts'
import { derivatives } from './objective.ts'

/** Gradients have 31 bits and a sign, hessians 24 (see histogramWasm.ts). */
export const MAX_GRADIENT = 2 ** 31 - 1
export const MAX_HESSIAN = 2 ** 24 - 1

const integers = (count: number): Int32Array => new Int32Array(resultBuffer(4 * count), 0, count)

/** The rows as a new round of trees finds them: one tree an output, all rows at its root. */
export const startTrees = kernel(
  'ml.boost.start',
  (plan: BoostPlan, block: BoostBlock, predictions: Float64Array): TreeRows[] => {
    const order = rowsToLearn(plan, block)
    const gradients = new Float64Array(block.binned.rows)
    const hessians = new Float64Array(block.binned.rows)
    return Array.from({ length: plan.outputs }, (_, output) => {
      derivatives(plan.objective, block, predictions, plan.outputs, output, gradients, hessians)
      return rootRows(plan, order, { gradients, hessians })
    })
  },
)

/** The same, where the derivatives are given. */
export const startGiven = kernel(
  'ml.boost.startGiven',
  (
    plan: BoostPlan,
    block: BoostBlock,
    given: { gradients: Float64Array; hessians: Float64Array },
  ): TreeRows[] => [rootRows(plan, rowsToLearn(plan, block), given)],
)

/** Rows that weigh something and are not held out. */
function rowsToLearn(plan: BoostPlan, block: BoostBlock): Uint32Array {
  const { rows } = block.binned
  const order = numbers(rows)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const w = block.weight ? block.weight[row] : 1
    if (w > 0 && !isHeldOut(plan, block.start + row)) order[count++] = row
  }
  return order.subarray(0, count)
}

/** Rows at the root of a tree, with their derivatives in whole units. */
function rootRows(
  plan: BoostPlan,
  order: Uint32Array,
  given: { gradients: Float64Array; hessians: Float64Array },
): TreeRows {
  const rows = given.gradients.length
  const gradients = integers(rows)
  const hessians = integers(rows)
  const perGradient = 1 / plan.gradientUnit
  const perHessian = 1 / plan.hessianUnit
  for (let row = 0; row < rows; row++) {
    const gradient = Math.round(given.gradients[row] * perGradient)
    gradients[row] = Math.max(-MAX_GRADIENT, Math.min(MAX_GRADIENT, gradient))
    hessians[row] = Math.min(MAX_HESSIAN, Math.round(given.hessians[row] * perHessian))
  }
  return { order, segments: { 0: { start: 0, count: order.length } }, gradients, hessians }
}
