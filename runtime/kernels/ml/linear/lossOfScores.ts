// Losses of scores, some rows at a time; the scores become what the loss's gradient multiplies each row by.

import { NO_SCORE, SMALL } from './logisticWasm.ts'
import type { ScoresInModule, StripOfScores } from './rowProducts.ts'

/** `hinge` is the squared hinge. Binary losses have one row of coefficients, the others one a class. */
export type LossName = 'logistic' | 'multinomial' | 'poisson' | 'hinge'

/**
 * The sum of the losses of some rows.
 * @param y numbers, or places of classes, of the whole block
 * @param weight a weight for each row of the whole block; rows of weight 0 count nothing, whatever their scores are
 * @param ofClass of `hinge` with several outputs: what rows of a class weigh beside that, in its own output
 */
export function lossOfScores(
  loss: LossName,
  scores: StripOfScores,
  y: Float64Array,
  weight: Float64Array | null,
  ofClass?: Float64Array,
): number {
  switch (loss) {
    case 'logistic':
      return weight === null && scores.inModule
        ? logisticLossInModule(scores, scores.inModule, y)
        : logisticLoss(scores, y, weight)
    case 'poisson':
      return poissonLoss(scores, y, weight)
    case 'multinomial':
      return multinomialLoss(scores, y, weight)
    case 'hinge':
      return hingeLoss(scores, y, weight, ofClass)
  }
}

/** A product of so many numbers up to 2 is still far from the largest double. */
const FACTORS = 512

/** `log(1 + exp(z)) − y·z` for y of 0 or 1. One logarithm of a product stands for those of many rows. */
function logisticLoss(
  { values, from, rows }: StripOfScores,
  y: Float64Array,
  weight: Float64Array | null,
): number {
  let value = 0
  let product = 1
  let factors = 0
  for (let row = 0; row < rows; row++) {
    const own = weight ? weight[from + row] : 1
    const z = values[row]
    const target = y[from + row]
    if (own === 0) {
      values[row] = 0
      continue
    }
    // Without overflow: exp of what is not above 0.
    const e = Math.exp(z > 0 ? -z : z)
    const share = z > 0 ? 1 / (1 + e) : e / (1 + e)
    let ownLoss = (z > 0 ? z : 0) - target * z
    if (e < SMALL) ownLoss += e * (1 - e * (1 / 2 - e * (1 / 3 - e * (1 / 4 - e / 5))))
    else if (own !== 1) ownLoss += Math.log1p(e)
    else {
      product *= 1 + e
      if (++factors === FACTORS) {
        value += Math.log(product)
        product = 1
        factors = 0
      }
    }
    value += own * ownLoss
    values[row] = own * (share - target)
  }
  return value + Math.log(product)
}

/** The same in WebAssembly. */
function logisticLossInModule(
  { values, from, rows }: StripOfScores,
  { module, scores, targets, targetsAt, sums, sumsAt, isNew }: ScoresInModule,
  y: Float64Array,
): number {
  if (isNew) targets.set(y.subarray(from, from + rows))
  // The last row may have no other beside it.
  if (rows % 2 === 1) {
    targets[rows] = 0
    values[rows] = NO_SCORE
  }
  module.logistic(scores, targetsAt, Math.ceil(rows / 2), sumsAt)
  return sums[0] + sums[1] + Math.log(sums[2]) + Math.log(sums[3])
}

function poissonLoss(
  { values, from, rows }: StripOfScores,
  y: Float64Array,
  weight: Float64Array | null,
): number {
  let value = 0
  for (let row = 0; row < rows; row++) {
    const own = weight ? weight[from + row] : 1
    const score = values[row]
    const mean = Math.exp(score)
    if (own > 0) value += own * (mean - y[from + row] * score)
    values[row] = own > 0 ? own * (mean - y[from + row]) : 0
  }
  return value
}

function multinomialLoss(strip: StripOfScores, y: Float64Array, weight: Float64Array | null): number {
  const { values, from, rows, stride, outputs } = strip
  let value = 0
  for (let row = 0; row < rows; row++) {
    const own = weight ? weight[from + row] : 1
    const end = row + outputs * stride
    let most = Number.NEGATIVE_INFINITY
    for (let at = row; at < end; at += stride) most = Math.max(most, values[at])
    const place = row + y[from + row] * stride
    const ofPlace = values[place] - most
    let sum = 0
    for (let at = row; at < end; at += stride) {
      values[at] = Math.exp(values[at] - most)
      sum += values[at]
    }
    if (own > 0) value += own * (Math.log(sum) - ofPlace)
    for (let at = row; at < end; at += stride)
      values[at] = own > 0 ? own * (values[at] / sum - (at === place ? 1 : 0)) : 0
  }
  return value
}

function hingeLoss(
  strip: StripOfScores,
  y: Float64Array,
  weight: Float64Array | null,
  ofClass: Float64Array | undefined,
): number {
  const { values, from, rows, stride, outputs } = strip
  let value = 0
  for (let row = 0; row < rows; row++) {
    const ofRow = weight ? weight[from + row] : 1
    for (let k = 0; k < outputs; k++) {
      const own = ofClass && y[from + row] === k ? ofRow * ofClass[k] : ofRow
      const sign = (outputs === 1 ? y[from + row] === 1 : y[from + row] === k) ? 1 : -1
      const margin = 1 - sign * values[k * stride + row]
      const counts = own > 0 && margin > 0
      if (counts) value += own * margin * margin
      values[k * stride + row] = counts ? -2 * own * sign * margin : 0
    }
  }
  return value
}
