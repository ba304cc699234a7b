// Losses of linear models and their gradients, a state a block: logistic, multinomial, Poisson, squared hinge.

import { kernel } from '../../kernel.ts'
import { type DenseBlock, denseOf, requireFinite, type Sample, type SparseBlock } from '../block.ts'
import { classPlaces } from '../classes.ts'
import { MlDataError } from '../mlErrors.ts'

/** `hinge` is the squared hinge. Binary losses have one row of coefficients, the others one a class. */
export type LossName = 'logistic' | 'multinomial' | 'poisson' | 'hinge'

/** Where a loss is asked for: coefficients row by row, each row's intercept behind its features. */
export interface LossRequest {
  loss: LossName
  /** Rows of coefficients: 1, or one a class. */
  outputs: number
  weights: Float64Array
}

/** The sum of losses, and its gradient in the shape of the coefficients. */
export interface LossState {
  value: number
  gradient: Float64Array
}

/** A block that is ready for losses: numbers that are finite, targets as numbers or places of classes. */
export interface EncodedSample {
  x: DenseBlock | SparseBlock
  y: Float64Array
  weight: Float64Array | null
}

/** Checks a block once, and puts places of classes for their names. */
export const encodeSample = kernel(
  'ml.encodeSample',
  (
    { who, classes }: { who: string; classes: readonly (number | string)[] | null },
    sample: Sample,
  ): EncodedSample => {
    requireFinite(sample.x, who)
    const x = sample.x.kind === 'sparse' ? sample.x : denseOf(sample.x, who)
    if (classes) return { x, y: Float64Array.from(classPlaces(classes, sample.y)), weight: sample.weight }
    if (!(sample.y instanceof Float64Array))
      throw new MlDataError(`${who} learns numbers, and the targets are texts`)
    return { x, y: sample.y, weight: sample.weight }
  },
)

/** Weight and mean target of a block: what an objective is scaled by, and where intercepts begin. */
export const totalsOfBlock = kernel(
  'ml.totals',
  (
    _: unknown,
    { y, weight }: EncodedSample,
  ): [weight: number, target: number, least: number, rows: number] => {
    let all = 0
    let target = 0
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < y.length; i++) {
      const w = weight ? weight[i] : 1
      all += w
      target += w * y[i]
      least = Math.min(least, y[i])
    }
    return [all, target, least, y.length]
  },
)

export const mergeTotals = kernel(
  'ml.mergeTotals',
  (
    a: [number, number, number, number],
    b: [number, number, number, number],
  ): [number, number, number, number] => [a[0] + b[0], a[1] + b[1], Math.min(a[2], b[2]), a[3] + b[3]],
)

export const mergeLosses = kernel(
  'ml.mergeLosses',
  (a: LossState, b: LossState): LossState => ({
    value: a.value + b.value,
    gradient: a.gradient.map((own, i) => own + b.gradient[i]),
  }),
)

/** `log(1 + exp(z))` without overflow. */
const softplus = (z: number): number => (z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)))

/** The loss of one block. For `hinge` with several outputs: one class against the rest, each. */
export const lossOfBlock = kernel('ml.loss', (request: LossRequest, sample: EncodedSample): LossState => {
  const { loss, outputs, weights } = request
  const { x, y, weight } = sample
  const gradient = new Float64Array(weights.length)
  const width = x.columns + 1
  const scores = new Float64Array(outputs)
  let value = 0
  for (let row = 0; row < x.rows; row++) {
    const own = weight ? weight[row] : 1
    if (own === 0) continue
    for (let k = 0; k < outputs; k++) scores[k] = scoreOf(x, row, weights, k * width)
    switch (loss) {
      case 'logistic': {
        const z = scores[0]
        // y is 0 or 1.
        value += own * (softplus(z) - y[row] * z)
        scores[0] = own * (1 / (1 + Math.exp(-z)) - y[row])
        break
      }
      case 'poisson': {
        const mean = Math.exp(scores[0])
        value += own * (mean - y[row] * scores[0])
        scores[0] = own * (mean - y[row])
        break
      }
      case 'multinomial':
        value += own * softmaxLoss(scores, y[row], own)
        break
      case 'hinge':
        for (let k = 0; k < outputs; k++) {
          const sign = (outputs === 1 ? y[row] === 1 : y[row] === k) ? 1 : -1
          const margin = 1 - sign * scores[k]
          if (margin > 0) value += own * margin * margin
          scores[k] = margin > 0 ? -2 * own * sign * margin : 0
        }
        break
    }
    for (let k = 0; k < outputs; k++) addScaled(gradient, k * width, x, row, scores[k])
  }
  return { value, gradient }
})

/** The loss of scores; they become their gradient times `own`. */
function softmaxLoss(scores: Float64Array, place: number, own: number): number {
  let most = Number.NEGATIVE_INFINITY
  for (const score of scores) most = Math.max(most, score)
  const ofPlace = scores[place] - most
  let sum = 0
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(scores[k] - most)
    sum += scores[k]
  }
  for (let k = 0; k < scores.length; k++) scores[k] = own * (scores[k] / sum - (k === place ? 1 : 0))
  return Math.log(sum) - ofPlace
}

/** Coefficients times one row, plus the intercept. */
export function scoreOf(
  x: DenseBlock | SparseBlock,
  row: number,
  weights: Float64Array,
  from: number,
): number {
  const { columns, data } = x
  if (x.kind === 'sparse') {
    let sum = weights[from + columns]
    for (let at = x.starts[row]; at < x.starts[row + 1]; at++) sum += data[at] * weights[from + x.places[at]]
    return sum
  }
  // Four sums at a time: the additions do not wait for one another.
  let a = weights[from + columns]
  let b = 0
  let c = 0
  let d = 0
  let at = row * columns
  let w = from
  const end = at + columns - 3
  for (; at < end; at += 4, w += 4) {
    a += data[at] * weights[w]
    b += data[at + 1] * weights[w + 1]
    c += data[at + 2] * weights[w + 2]
    d += data[at + 3] * weights[w + 3]
  }
  for (; at < end + 3; at++, w++) a += data[at] * weights[w]
  return a + b + (c + d)
}

/** Adds a row, times a factor, to coefficients; the factor alone to the intercept. */
export function addScaled(
  target: Float64Array,
  from: number,
  x: DenseBlock | SparseBlock,
  row: number,
  factor: number,
): void {
  if (factor === 0) return
  const { columns, data } = x
  if (x.kind === 'sparse')
    for (let at = x.starts[row]; at < x.starts[row + 1]; at++)
      target[from + x.places[at]] += factor * data[at]
  else for (let i = 0, at = row * columns; i < columns; i++, at++) target[from + i] += factor * data[at]
  target[from + columns] += factor
}
