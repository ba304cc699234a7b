// Every metric against scikit-learn's answers: labels of each kind, averages, weights of 0, far means, constant targets; of lists and of chunks.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close } from './kit.ts'

computeInProcess()

type Values = (number | string | boolean)[] | number[][]
interface Case {
  metric: keyof typeof ml.metrics
  /** Places of columns. */
  actual: number
  predicted: number
  options: object
  weighted: boolean
  answer: unknown
}
const { cases, columns, weight } = answersOf<never>('everyMetric') as unknown as {
  cases: Case[]
  columns: Values[]
  weight: number[]
}
/** Numbers far from 0 leave fewer digits to their differences. */
const bound = (values: Values): number => (Math.abs(Number(values[0])) > 1000 ? 1e-10 : 1e-12)

type Metric = (actual: unknown, predicted: unknown, options: object) => Promise<unknown>
const measure = ({ metric }: Case, actual: unknown, predicted: unknown, options: object): Promise<unknown> =>
  (ml.metrics[metric] as unknown as Metric)(actual, predicted, options)

/** The same in partitions: numbers as an array, the rest as a bag. */
const cut = (values: Values, rows: number): unknown => {
  if (Array.isArray(values[0])) return array.fromArray(values as number[][], { chunks: [rows, -1] })
  return typeof values[0] === 'number'
    ? array.fromArray(values as number[], { chunks: rows })
    : bag.fromSequence(values as string[], { partitions: Math.ceil(values.length / rows) })
}

for (const metric of new Set(cases.map((each) => each.metric)))
  test(`${metric} is scikit-learn's, whatever the labels, averages and weights`, async () => {
    for (const each of cases.filter((own) => own.metric === metric)) {
      const { answer, weighted, options } = each
      const [actual, predicted] = [columns[each.actual], columns[each.predicted]]
      const within = Math.max(bound(actual), bound(predicted))
      const what = `${metric} ${JSON.stringify(options)}, ${weighted ? 'weighted' : 'unweighted'}, of ${actual.slice(0, 3)} …`
      const told = { ...options, ...(weighted && { sampleWeight: weight }) }
      close(await measure(each, actual, predicted, told), answer, within, what)
      // Only a collection says how the rows of a bag are cut.
      const parts = typeof actual[0] === 'number' ? weight : bag.fromSequence(weight, { partitions: 3 })
      const toldOfParts = { ...options, ...(weighted && { sampleWeight: parts }) }
      const inChunks = await measure(each, cut(actual, 20), cut(predicted, 20), toldOfParts)
      close(inChunks, answer, within, `${what}, in chunks`)
    }
  })

const { metrics } = ml
const none = { sampleWeight: [0, 0, 0] }
const refused: [what: string, ask: () => Promise<unknown>, says: RegExp][] = [
  [
    'a positive class that there is not',
    () => metrics.f1Score(['a', 'b', 'a'], ['a', 'b', 'b']),
    /the classes are "a" and "b", and the positive one is 1: name one of them, \{ positive: … \}, or an average/,
  ],
  [
    'an average that there is not',
    () => metrics.recallScore([0, 1], [0, 1], { average: 'mean' as never }),
    /average is 'binary', 'macro', 'micro' or 'weighted', not mean/,
  ],
  [
    'no beta',
    () => metrics.fbetaScore([0, 1], [0, 1], {} as never),
    /beta of fbetaScore is a number ≥ 0, not undefined/,
  ],
  [
    'targets of which none is told to be positive',
    () => metrics.rocAucScore([-1, 1], [0.1, 0.2]),
    /rocAucScore takes targets 0 and 1, and there is -1: name the class that counts as positive/,
  ],
  [
    'one class',
    () => metrics.logLoss([1, 1], [[1], [1]]),
    /logLoss is of two classes or more, and the targets have only 1: tell all in labels/,
  ],
  ['texts', () => metrics.r2Score(['1', '2'], [1, 2]), /R² is of numbers/],
  [
    'an unknown target',
    () => metrics.accuracyScore([Number.NaN, 1], [0, 1]),
    /y contains NaN, which a metric does not accept/,
  ],
  [
    'an infinite target',
    () => metrics.meanSquaredError([1, Number.POSITIVE_INFINITY], [0, 1]),
    /y contains Infinity/,
  ],
  ['no rows', () => metrics.accuracyScore([], []), /there are no rows/],
]
for (const [what, ask, says] of refused)
  test(`metrics refuse ${what}`, async () => {
    await assert.rejects(ask, says)
  })

test('metrics refuse weights that are 0 everywhere', async () => {
  const y = [0, 1, 1]
  for (const metric of [
    metrics.accuracyScore,
    metrics.balancedAccuracyScore,
    metrics.brierScoreLoss,
    metrics.cohenKappaScore,
    metrics.confusionMatrix,
    metrics.explainedVarianceScore,
    metrics.f1Score,
    metrics.matthewsCorrcoef,
    metrics.meanAbsoluteError,
    metrics.meanPinballLoss,
    metrics.meanSquaredError,
    metrics.medianAbsoluteError,
    metrics.r2Score,
    metrics.zeroOneLoss,
  ])
    await assert.rejects(
      metric(y, y, none),
      /there are no rows, or sampleWeight is 0 everywhere/,
      metric.name,
    )
  const shares = [
    [1, 0],
    [0, 1],
    [0, 1],
  ]
  await assert.rejects(metrics.logLoss(y, shares, none), /sampleWeight is 0 everywhere/)
})
