// What metrics keep of one block of targets and predictions: pairs of labels, sums of errors.

import { kernel } from '../../kernel.ts'
import { type Block, type Column, denseOf, type Sample, type TableBlock } from '../block.ts'
import { MlDataError } from '../mlErrors.ts'
import { requireKnownTargets } from '../sample.ts'

type Label = number | string

/** Targets as a block of one column, so that they can be brought together with others. */
export const blockOfColumn = kernel(
  'ml.blockOfColumn',
  (_: unknown, cells: Column): TableBlock => ({
    kind: 'table',
    rows: cells.length,
    columns: 1,
    names: ['y'],
    cells: [cells],
  }),
)

/** Targets, predictions and weights of a block. */
export interface Pairs {
  actual: Column
  predicted: Column
  weight: Float64Array | null
}

export const pairsOfBlock = kernel(
  'ml.pairs',
  (who: string, sample: { x: Block; y: Column; weight: Float64Array | null }): Pairs => {
    const { y, weight } = sample
    const [actual] = (sample.x as TableBlock).cells
    requireKnownTargets(who, actual)
    return { actual, predicted: y, weight }
  },
)

/** Predictions of a model beside a sample's targets. */
export const pairsOfSample = kernel(
  'ml.pairsOfSample',
  (_: unknown, { y, weight }: Sample, predicted: Column): Pairs => ({ actual: y, predicted, weight }),
)

/** How much weight each pair of an actual and a predicted label has. */
export type LabelCounts = [actual: Label, predicted: Label, weight: number][]

export const countPairs = kernel(
  'ml.countPairs',
  (_: unknown, { actual, predicted, weight }: Pairs): LabelCounts => {
    const counts = new Map<Label, Map<Label, number>>()
    for (let i = 0; i < actual.length; i++) {
      const a = actual[i] as Label
      const p = predicted[i] as Label
      let own = counts.get(a)
      if (!own) {
        own = new Map()
        counts.set(a, own)
      }
      own.set(p, (own.get(p) ?? 0) + (weight ? weight[i] : 1))
    }
    return [...counts].flatMap(([a, own]) => [...own].map(([p, count]): LabelCounts[number] => [a, p, count]))
  },
)

export const mergeCounts = kernel('ml.mergeCounts', (a: LabelCounts, b: LabelCounts): LabelCounts => {
  const made = a.map((each): LabelCounts[number] => [...each])
  for (const [actual, predicted, weight] of b) {
    const known = made.find((each) => each[0] === actual && each[1] === predicted)
    if (known) known[2] += weight
    else made.push([actual, predicted, weight])
  }
  return made
})

/** Weight, sums of squared, absolute and signed errors, and the largest error. */
export type ErrorSums = readonly [
  weight: number,
  squares: number,
  absolute: number,
  signed: number,
  largest: number,
]

export const errorsOfPairs = kernel(
  'ml.errors',
  (_: unknown, { actual, predicted, weight }: Pairs): ErrorSums => {
    if (!(actual instanceof Float64Array && predicted instanceof Float64Array))
      throw new MlDataError('errors are of numbers, and these targets or predictions are texts')
    const sums = [0, 0, 0, 0, 0] as [number, number, number, number, number]
    for (let i = 0; i < actual.length; i++) {
      const w = weight ? weight[i] : 1
      const error = actual[i] - predicted[i]
      sums[0] += w
      sums[1] += w * error * error
      sums[2] += w * Math.abs(error)
      sums[3] += w * error
      sums[4] = Math.max(sums[4], Math.abs(error))
    }
    return sums
  },
)

/** Errors in place of targets, beside predictions of 0. */
export const errorsAsPairs = kernel(
  'ml.errorsAsPairs',
  (_: unknown, { actual, predicted, weight }: Pairs): Pairs => {
    const y = actual as Float64Array
    const p = predicted as Float64Array
    return { actual: y.map((each, i) => each - p[i]), predicted: new Float64Array(y.length), weight }
  },
)

export const mergeErrors = kernel(
  'ml.mergeErrors',
  (a: ErrorSums, b: ErrorSums): ErrorSums => [
    a[0] + b[0],
    a[1] + b[1],
    a[2] + b[2],
    a[3] + b[3],
    Math.max(a[4], b[4]),
  ],
)

/** Weighted sum of `−log p` of the true class, each row's probabilities as shares of their sum, and the weight. */
export const logLossOfBlock = kernel(
  'ml.logLoss',
  (
    labels: readonly Label[],
    sample: { x: Block; y: Column; weight: Float64Array | null },
  ): readonly [loss: number, weight: number] => {
    const { rows, columns, data } = denseOf(sample.x, 'logLoss')
    const ofOne = columns === 1 && labels.length === 2
    if (columns !== labels.length && !ofOne)
      throw new MlDataError(`logLoss has ${columns} columns of probabilities for ${labels.length} classes`)
    let loss = 0
    let all = 0
    for (let row = 0; row < rows; row++) {
      const w = sample.weight ? sample.weight[row] : 1
      const place = labels.indexOf(sample.y[row] as Label)
      if (place < 0)
        throw new MlDataError(`logLoss has no column for the class ${JSON.stringify(sample.y[row])}`)
      let own = 0
      let sum = 0
      labels.forEach((_, k) => {
        const told = ofOne ? (k === 1 ? data[row] : 1 - data[row]) : data[row * columns + k]
        const p = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, told))
        if (k === place) own = p
        sum += p
      })
      loss -= w * Math.log(own / sum)
      all += w
    }
    return [loss, all]
  },
)
