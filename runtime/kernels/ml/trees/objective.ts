// What boosting minimises: first and second derivatives of a loss for every row, where predictions begin, and the loss.

import { toUnit } from './exactSums.ts'

export type ObjectiveName = 'squaredError' | 'poisson' | 'logistic' | 'softmax'

/** What a block's rows are to be, and what they weigh. */
export interface TargetRows {
  /** Numbers, or places of classes. */
  target: Float64Array
  weight: Float64Array | null
}

/** The greatest gradient and hessian of a row of weight 1, if constants bound them. */
export const DERIVATIVE_BOUNDS: Record<ObjectiveName, readonly [gradient: number, hessian: number] | null> = {
  squaredError: null,
  poisson: null,
  logistic: [1, 1 / 4],
  softmax: [1, 1 / 4],
}

/**
 * Derivatives of the loss by the raw predictions, for one of the outputs.
 * @param predictions rows × outputs
 * @param gradients, hessians one a row, written
 */
export function derivatives(
  objective: ObjectiveName,
  { target, weight }: TargetRows,
  predictions: Float64Array,
  outputs: number,
  output: number,
  gradients: Float64Array,
  hessians: Float64Array,
): void {
  const rows = target.length
  if (objective === 'poisson') {
    for (let row = 0; row < rows; row++) {
      const w = weight ? weight[row] : 1
      hessians[row] = w * Math.exp(predictions[row])
      gradients[row] = hessians[row] - w * target[row]
    }
    return
  }
  for (let row = 0; row < rows; row++) {
    const w = weight ? weight[row] : 1
    if (objective === 'squaredError') {
      gradients[row] = w * (predictions[row] - target[row])
      hessians[row] = w
    } else if (objective === 'logistic') {
      const p = 1 / (1 + Math.exp(-predictions[row]))
      gradients[row] = w * (p - target[row])
      hessians[row] = w * p * (1 - p)
    } else {
      const p = softmaxOf(predictions, row * outputs, outputs, output)
      gradients[row] = w * (p - (target[row] === output ? 1 : 0))
      hessians[row] = w * p * (1 - p)
    }
  }
}

/** One probability of a row's raw predictions. */
function softmaxOf(raw: Float64Array, at: number, outputs: number, output: number): number {
  let highest = Number.NEGATIVE_INFINITY
  for (let k = 0; k < outputs; k++) if (raw[at + k] > highest) highest = raw[at + k]
  let sum = 0
  for (let k = 0; k < outputs; k++) sum += Math.exp(raw[at + k] - highest)
  return Math.exp(raw[at + output] - highest) / sum
}

/** Turns raw predictions into probabilities of all classes, in place: two of one number, or one of each. */
export function probabilitiesOf(raw: Float64Array, rows: number, outputs: number): Float64Array {
  const classes = outputs === 1 ? 2 : outputs
  const made = new Float64Array(rows * classes)
  for (let row = 0; row < rows; row++)
    if (outputs === 1) {
      made[2 * row + 1] = 1 / (1 + Math.exp(-raw[row]))
      made[2 * row] = 1 - made[2 * row + 1]
    } else
      for (let k = 0; k < outputs; k++) made[row * outputs + k] = softmaxOf(raw, row * outputs, outputs, k)
  return made
}

/** The largest weight, and the largest size of a weighted target. */
export function targetBounds({ target, weight }: TargetRows): [weight: number, target: number] {
  let heaviest = 0
  let largest = 0
  for (let row = 0; row < target.length; row++) {
    const w = weight ? weight[row] : 1
    heaviest = Math.max(heaviest, w)
    largest = Math.max(largest, Math.abs(w * target[row]))
  }
  return [heaviest, largest]
}

/**
 * Sums for where predictions begin: of weights, and of weighted targets or weights of each class.
 * @param units what weights and weighted targets are rounded to: the sums are exact then, and the same for any cut
 */
export function targetSums(
  objective: ObjectiveName,
  rows: TargetRows,
  outputs: number,
  units: readonly [number, number],
): Float64Array {
  const sums = new Float64Array(1 + outputs)
  rows.target.forEach((target, row) => {
    const w = rows.weight ? rows.weight[row] : 1
    const weight = toUnit(w, units[0])
    sums[0] += weight
    if (objective === 'softmax') sums[1 + target] += weight
    else sums[1] += toUnit(w * target, units[1])
  })
  return sums
}

/** Where predictions begin: the constant of the smallest loss. */
export function baselineOf(objective: ObjectiveName, sums: Float64Array): Float64Array {
  const [weight, ...parts] = sums
  if (objective === 'squaredError') return Float64Array.of(parts[0] / weight)
  if (objective === 'poisson') return Float64Array.of(Math.log(parts[0] / weight))
  if (objective === 'logistic') return Float64Array.of(Math.log(parts[0] / (weight - parts[0])))
  const logs = parts.map((part) => Math.log(Math.max(part / weight, Number.MIN_VALUE)))
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  return Float64Array.from(logs, (log) => log - mean)
}

/**
 * The weighted loss of some rows, and their weight.
 * @param first, step every so many rows from the first one on are looked at: of those, what `isCounted` says
 */
export function lossOf(
  objective: ObjectiveName,
  { target, weight }: TargetRows,
  predictions: Float64Array,
  outputs: number,
  isCounted: (row: number) => boolean,
  first = 0,
  step = 1,
): [loss: number, weight: number] {
  let loss = 0
  let all = 0
  for (let row = first; row < target.length; row += step) {
    if (!isCounted(row)) continue
    const w = weight ? weight[row] : 1
    all += w
    const raw = predictions[row * outputs]
    if (objective === 'softmax')
      loss -= w * Math.log(Math.max(softmaxOf(predictions, row * outputs, outputs, target[row]), 1e-300))
    else if (objective === 'logistic')
      loss += w * (Math.max(raw, 0) - raw * target[row] + Math.log1p(Math.exp(-Math.abs(raw))))
    else if (objective === 'poisson') loss += w * (Math.exp(raw) - raw * target[row])
    else loss += (w * (raw - target[row]) ** 2) / 2
  }
  return [loss, all]
}
