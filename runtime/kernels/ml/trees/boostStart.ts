// The rows of one block as a new round of boosting finds them.

import { type BoostBlock, type BoostPlan, integers, isHeldOut, numbers, type TreeRows } from './boostBlock.ts'
import { derivatives } from './objective.ts'

/** Gradients have 31 bits and a sign, hessians 24 (see treeWasm.ts). */
export const MAX_GRADIENT = 2 ** 31 - 1
export const MAX_HESSIAN = 2 ** 24 - 1

/** One gradient and one hessian a row. */
export interface Derivatives {
  gradients: Float64Array
  hessians: Float64Array
}

/** The rows at the root of each output's tree. */
export function rootsOf(plan: BoostPlan, block: BoostBlock, predictions: Float64Array): TreeRows[] {
  const order = rowsToLearn(plan, block)
  if (plan.objective === 'squaredError') return [rootRows(order, squaredErrors(plan, block, predictions))]
  const gradients = new Float64Array(block.binned.rows)
  const hessians = new Float64Array(block.binned.rows)
  return Array.from({ length: plan.outputs }, (_, output) => {
    derivatives(plan.objective, block, predictions, plan.outputs, output, gradients, hessians)
    return rootRows(order, inUnits(plan, { gradients, hessians }))
  })
}

/** The same of one tree, where the derivatives are given. */
export const rootOfGiven = (plan: BoostPlan, block: BoostBlock, given: Derivatives): TreeRows[] => [
  rootRows(rowsToLearn(plan, block), inUnits(plan, given)),
]

const rootRows = (order: Uint32Array, made: Int32Array): TreeRows => ({
  order,
  segments: { 0: { start: 0, count: order.length } },
  derivatives: made,
})

/** Rows that weigh something and are not held out. */
function rowsToLearn(plan: BoostPlan, block: BoostBlock): Uint32Array {
  const { rows } = block.binned
  const order = numbers(rows)
  if (!block.weight && plan.validationShare === 0) {
    for (let row = 0; row < rows; row++) order[row] = row
    return order
  }
  let count = 0
  for (let row = 0; row < rows; row++) {
    const w = block.weight ? block.weight[row] : 1
    if (w > 0 && !isHeldOut(plan, block.start + row)) order[count++] = row
  }
  return order.subarray(0, count)
}

const wholeGradient = (units: number): number =>
  units > MAX_GRADIENT ? MAX_GRADIENT : units < -MAX_GRADIENT ? -MAX_GRADIENT : Math.round(units)
const wholeHessian = (units: number): number => (units > MAX_HESSIAN ? MAX_HESSIAN : Math.round(units))

/** Gradient and hessian of each row, one behind the other, in whole units. */
function inUnits(plan: BoostPlan, { gradients, hessians }: Derivatives): Int32Array {
  const rows = gradients.length
  const made = integers(2 * rows)
  const perGradient = 1 / plan.gradientUnit
  const perHessian = 1 / plan.hessianUnit
  for (let row = 0; row < rows; row++) {
    made[2 * row] = wholeGradient(gradients[row] * perGradient)
    made[2 * row + 1] = wholeHessian(hessians[row] * perHessian)
  }
  return made
}

/** The same of squared errors, without a list of numbers in between. */
function squaredErrors(
  plan: BoostPlan,
  { target, weight }: BoostBlock,
  predictions: Float64Array,
): Int32Array {
  const rows = target.length
  const made = integers(2 * rows)
  const perGradient = 1 / plan.gradientUnit
  const perHessian = 1 / plan.hessianUnit
  const plain = wholeHessian(perHessian)
  for (let row = 0; row < rows; row++) {
    const w = weight ? weight[row] : 1
    made[2 * row] = wholeGradient(w * (predictions[row] - target[row]) * perGradient)
    made[2 * row + 1] = weight ? wholeHessian(w * perHessian) : plain
  }
  return made
}
