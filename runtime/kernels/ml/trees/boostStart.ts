// The rows of one block as a new round of boosting finds them.

import type { MovingRows } from './blockRows.ts'
import { type BoostBlock, type BoostPlan, isHeldOut } from './boostBlock.ts'
import { derivatives } from './objective.ts'
import type { TreeRoom } from './treeRoom.ts'

/** Gradients have 31 bits and a sign, hessians 24 (see treeWasm.ts). */
export const MAX_GRADIENT = 2 ** 31 - 1
export const MAX_HESSIAN = 2 ** 24 - 1

/** One gradient and one hessian a row. */
export interface Derivatives {
  gradients: Float64Array
  hessians: Float64Array
}

/**
 * The rows at the root of each output's tree.
 * @param room laid out for the block: the rows of a single tree are made in it
 * @param given derivatives, where they are not those of the objective
 */
export function rootsOf(
  plan: BoostPlan,
  block: BoostBlock,
  predictions: Float64Array,
  room: TreeRoom,
  given?: Derivatives,
): MovingRows[] {
  const { rows } = block.binned
  if (given || plan.outputs === 1) {
    const into = room.derivativesOf()
    if (given) inUnits(plan, given, into)
    else if (plan.objective === 'squaredError') squaredErrors(plan, block, predictions, into)
    else if (plan.objective === 'poisson') rateErrors(plan, block, predictions, into)
    else inUnits(plan, ofObjective(plan, block, predictions, 0), into)
    return [atRoot(rowsToLearn(plan, block, room.orderOf(rows)), into)]
  }
  return Array.from({ length: plan.outputs }, (_, output) => {
    const into = new Int32Array(2 * rows)
    inUnits(plan, ofObjective(plan, block, predictions, output), into)
    return atRoot(rowsToLearn(plan, block, new Uint32Array(rows)), into)
  })
}

function ofObjective(
  plan: BoostPlan,
  block: BoostBlock,
  predictions: Float64Array,
  output: number,
): Derivatives {
  const gradients = new Float64Array(block.binned.rows)
  const hessians = new Float64Array(block.binned.rows)
  derivatives(plan.objective, block, predictions, plan.outputs, output, gradients, hessians)
  return { gradients, hessians }
}

const atRoot = (order: Uint32Array, made: Int32Array): MovingRows => ({
  order,
  segments: { 0: { start: 0, count: order.length } },
  derivatives: made,
  followed: 0,
  ids: null,
})

/** Rows that weigh something and are not held out. */
export function rowsToLearn(plan: BoostPlan, block: BoostBlock, order: Uint32Array): Uint32Array {
  const { rows } = block.binned
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

// Without a branch, and without `Math.round`: a fifth of the time.
const wholeGradient = (units: number): number =>
  Math.floor(Math.max(-MAX_GRADIENT, Math.min(MAX_GRADIENT, units)) + 0.5)
const wholeHessian = (units: number): number => Math.floor(Math.min(MAX_HESSIAN, units) + 0.5)

/** Gradient and hessian of each row, one behind the other, in whole units. */
function inUnits(plan: BoostPlan, { gradients, hessians }: Derivatives, made: Int32Array): void {
  const rows = gradients.length
  const perGradient = 1 / plan.gradientUnit
  const perHessian = 1 / plan.hessianUnit
  for (let row = 0; row < rows; row++) {
    made[2 * row] = wholeGradient(gradients[row] * perGradient)
    made[2 * row + 1] = wholeHessian(hessians[row] * perHessian)
  }
}

/** The same of squared errors, without a list of numbers in between. */
function squaredErrors(
  plan: BoostPlan,
  { target, weight }: BoostBlock,
  predictions: Float64Array,
  made: Int32Array,
): void {
  const rows = target.length
  const perGradient = 1 / plan.gradientUnit
  const perHessian = 1 / plan.hessianUnit
  if (!weight) {
    const plain = wholeHessian(perHessian)
    for (let row = 0; row < rows; row++) {
      made[2 * row] = wholeGradient((predictions[row] - target[row]) * perGradient)
      made[2 * row + 1] = plain
    }
    return
  }
  for (let row = 0; row < rows; row++) {
    made[2 * row] = wholeGradient(weight[row] * (predictions[row] - target[row]) * perGradient)
    made[2 * row + 1] = wholeHessian(weight[row] * perHessian)
  }
}

/**
 * The same of rates, whose logarithms are predicted. A rate that is greater than the units have numbers for is cut off in
 * both: a leaf of such rows still steps down by what it would, and no further. One that is smaller counts as one unit, or
 * leaves of such rows would weigh nothing.
 */
function rateErrors(
  plan: BoostPlan,
  { target, weight }: BoostBlock,
  predictions: Float64Array,
  made: Int32Array,
): void {
  const rows = target.length
  const perGradient = 1 / plan.gradientUnit
  const perHessian = 1 / plan.hessianUnit
  const most = MAX_HESSIAN * plan.hessianUnit
  for (let row = 0; row < rows; row++) {
    const w = weight ? weight[row] : 1
    const rate = Math.min(w * Math.exp(predictions[row]), most)
    made[2 * row] = wholeGradient((rate - w * target[row]) * perGradient)
    made[2 * row + 1] = Math.max(1, wholeHessian(rate * perHessian))
  }
}
