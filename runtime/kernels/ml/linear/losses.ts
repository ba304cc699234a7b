// Losses of linear models and their gradients, a state a block: logistic, multinomial, Poisson, squared hinge.

import { kernel } from '../../kernel.ts'
import { type DenseBlock, denseOf, requireFinite, type Sample, type SparseBlock } from '../block.ts'
import { putPlaces } from '../classes.ts'
import { numbersToLearn } from '../sample.ts'
import { type LossName, lossOfScores } from './lossOfScores.ts'
import { gradientsOfScores } from './rowProducts.ts'

/** Where a loss is asked for, by one model or by several that learn from the same rows. */
export interface LossRequest {
  loss: LossName
  /** Rows of coefficients: 1, or one a class. */
  outputs: number
  /** Of each model: coefficients row by row, each row's intercept behind its features. */
  models: readonly Float64Array[]
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
  /** Where each class is told from the rest: what rows of a class weigh beside `weight`, where it is told from others. */
  ofClass?: Float64Array
}

/** Checks a block once, and puts places of classes for their names. */
export const encodeSample = kernel(
  'ml.encodeSample',
  (
    {
      who,
      classes,
      ofClass,
    }: { who: string; classes: readonly (number | string)[] | null; ofClass?: Float64Array | null },
    sample: Sample,
  ): EncodedSample => {
    requireFinite(sample.x, who)
    const x = sample.x.kind === 'sparse' ? sample.x : denseOf(sample.x, who)
    const y = classes
      ? putPlaces(classes, sample.y, new Float64Array(sample.y.length))
      : numbersToLearn(who, sample.y)
    // An object of its own: by it, rows that a thread keeps in its module are known for this fit alone.
    return { x: { ...x }, y, weight: sample.weight, ...(ofClass && { ofClass }) }
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
  (a: readonly LossState[], b: readonly LossState[]): LossState[] =>
    a.map(({ value, gradient }, model) => ({
      value: value + b[model].value,
      gradient: gradient.map((own, i) => own + b[model].gradient[i]),
    })),
)

/** The loss of one block, of each model. For `hinge` with several outputs: one class against the rest, each. */
export const lossOfBlock = kernel(
  'ml.loss',
  ({ loss, outputs, models }: LossRequest, { x, y, weight, ofClass }: EncodedSample): LossState[] => {
    const values = new Float64Array(models.length)
    const gradients = gradientsOfScores(x, models, outputs, (model, scores) => {
      values[model] += lossOfScores(loss, scores, y, weight, ofClass)
    })
    return gradients.map((gradient, model) => ({ value: values[model], gradient }))
  },
)
