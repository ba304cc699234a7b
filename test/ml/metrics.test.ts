// Metrics against scikit-learn's answers, of lists and of chunks; clusters by their rows; PoissonRegressor's D².

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, dataset } from './kit.ts'

computeInProcess()
const answers = answersOf<never>('metrics')
const given = answers as unknown as Record<string, number[]>
const expected = answers.metrics as Record<string, unknown>
const shapes = answers.shapes as Record<string, unknown>
const { metrics } = ml
const iris = dataset('iris')
const weighted = { sampleWeight: given.weight }

type Metric = (a: never, p: never, options?: never) => Promise<unknown>
const METRICS: [name: string, actual: string, predicted: string, options?: object][] = [
  ['cohenKappaScore', 'true', 'guess', weighted],
  ['cohenKappaScore linear', 'true', 'guess', { weights: 'linear' }],
  ['cohenKappaScore quadratic', 'true', 'guess', { weights: 'quadratic', ...weighted }],
  ['matthewsCorrcoef', 'true', 'guess', weighted],
  ['zeroOneLoss', 'true', 'guess', weighted],
  ['fbetaScore macro', 'true', 'guess', { beta: 2, average: 'macro', ...weighted }],
  ['jaccardScore weighted', 'true', 'guess', { average: 'weighted' }],
  ['averagePrecisionScore', 'binary', 'scores', weighted],
  ['brierScoreLoss', 'binary', 'scores', weighted],
  ['rocAucOneVsRest macro', 'true', 'probabilities', weighted],
  ['rocAucOneVsRest weighted', 'true', 'probabilities', { average: 'weighted' }],
  ['rocAucOneVsRest micro', 'true', 'probabilities', { average: 'micro', ...weighted }],
  ['rocAucOneVsOne macro', 'true', 'probabilities'],
  ['rocAucOneVsOne weighted', 'true', 'probabilities', { average: 'weighted' }],
  ['topKAccuracyScore 2', 'true', 'probabilities', weighted],
  ['topKAccuracyScore 3', 'true', 'probabilities', { k: 3 }],
  ['meanAbsolutePercentageError', 'amounts', 'near', weighted],
  ['meanSquaredLogError', 'amounts', 'near', weighted],
  ['meanPinballLoss', 'amounts', 'near', { alpha: 0.8, ...weighted }],
  ['medianAbsoluteError', 'amounts', 'near'],
  ['medianAbsoluteError weighted', 'amounts', 'near', weighted],
  ['meanPoissonDeviance', 'counts', 'near', weighted],
  ['meanGammaDeviance', 'amounts', 'near'],
  ...[-1, 0, 1.5, 3].map((power): [string, string, string, object] => [
    `meanTweedieDeviance ${power}`,
    'amounts',
    'near',
    { power, ...weighted },
  ]),
  ['d2TweedieScore', 'counts', 'near', { power: 1, ...weighted }],
  ['vMeasureScore', 'true', 'guess', { beta: 0.5 }],
  ['mutualInfoScore', 'true', 'guess'],
  ['adjustedMutualInfoScore', 'true', 'guess'],
  ['fowlkesMallowsScore', 'true', 'guess'],
  ['randScore', 'true', 'guess'],
]
const cut = (values: number[] | number[][], rows: number) =>
  array.fromArray(values as number[], { chunks: Array.isArray(values[0]) ? [rows, -1] : rows })

for (const [name, actual, predicted, options] of METRICS)
  test(`metrics: ${name} is scikit-learn's, of lists and of chunks`, async () => {
    const metric = metrics[name.split(' ')[0] as keyof typeof metrics] as unknown as Metric
    const [a, p] = [given[actual], given[predicted]]
    close(await metric(a as never, p as never, options as never), expected[name], 1e-12, 'lists')
    const chunked = await metric(cut(a, 17) as never, cut(p, 11) as never, options as never)
    close(chunked, expected[name], 1e-12, 'chunks')
  })

test("the classification report is scikit-learn's, as numbers and as a text", async () => {
  const known = answers.report as { of: Record<string, Record<string, number>>; text: string }
  const { of } = known
  const listed = (own: Record<string, number>): number[] => [
    own.precision,
    own.recall,
    own['f1-score'],
    own.support,
  ]
  const told = await metrics.classificationReport(cut(given.true, 17), cut(given.guess, 11), weighted)
  close(told.accuracy, of.accuracy, 1e-12)
  for (const { label, precision, recall, f1, support } of told.classes)
    close([precision, recall, f1, support], listed(known.of[String(label)]), 1e-12, String(label))
  for (const [own, name] of [
    [told.macroAverage, 'macro avg'],
    [told.weightedAverage, 'weighted avg'],
  ] as const)
    close([own.precision, own.recall, own.f1, own.support], listed(known.of[name]), 1e-12, name)
  assert.equal((await metrics.classificationReport(given.true, given.guess)).text, known.text)
})

test('searches choose by scores of probabilities; a model without any, and an unknown name, say what there is', async () => {
  const grid = { C: [1e-4, 1] }
  for (const scoring of ['rocAuc', 'rocAucWeighted', 'rocAucOneVsOne', 'topKAccuracy']) {
    const search = new ml.GridSearchCV(new ml.LogisticRegression(), grid, { cv: 3, scoring, refit: false })
    await search.fit(iris.x, iris.y)
    assert.ok(search.bestScore > 0.95 && search.bestScore <= 1, `${scoring}: ${search.bestScore}`)
  }
  const none = { cv: 3, scoring: 'rocAuc' }
  await assert.rejects(
    new ml.GridSearchCV(new ml.Ridge(), { alpha: [1] }, none).fit(iris.x, iris.y),
    /Ridge has no probabilities to score: choose a score of predictions/,
  )
  await assert.rejects(
    new ml.GridSearchCV(new ml.LinearSVC(), grid, none).fit(iris.x, iris.y),
    /LinearSVC has no probabilities/,
  )
  assert.throws(
    () => new ml.GridSearchCV(new ml.Ridge(), {}, { scoring: 'roc_auc' }),
    /there is no scoring roc_auc; there are accuracy, .*rocAuc, rocAucWeighted, rocAucOneVsOne, topKAccuracy/,
  )
})

test('curves are those of scikit-learn', async () => {
  const roc = await metrics.rocCurve(cut(given.binary, 9), given.scores, weighted)
  const pr = await metrics.precisionRecallCurve(given.binary, given.scores, weighted)
  const known = expected.rocCurve as Record<string, unknown>
  close(roc.falsePositives, known.falsePositives, 1e-12)
  close(roc.truePositives, known.truePositives, 1e-12)
  const { precision, recall, thresholds } = expected.precisionRecallCurve as Record<string, unknown>
  close(pr.precision, precision, 1e-12)
  close(pr.recall, recall, 1e-12)
  close(pr.thresholds, thresholds, 1e-12)
})

const SHAPES: [name: string, options?: object][] = [
  ['silhouetteScore'],
  ['silhouetteScore manhattan', { metric: 'manhattan' }],
  ['calinskiHarabaszScore'],
  ['daviesBouldinScore'],
]
for (const [name, options] of SHAPES)
  test(`clusters: ${name} is scikit-learn's, of rows and of chunks`, async () => {
    const metric = metrics[name.split(' ')[0] as keyof typeof metrics] as unknown as Metric
    for (const x of [iris.x, cut(iris.x, 40), cut(iris.x, 13)])
      close(await metric(x as never, given.labels as never, options as never), shapes[name], 1e-9)
  })

test('silhouettes of rows are lists of lists, and arrays to come of arrays', async () => {
  const here = await metrics.silhouetteSamples(iris.x, given.labels)
  assert.ok(here instanceof NdArray)
  close(here, shapes.silhouetteSamples, 1e-7)
  const lazy = await metrics.silhouetteSamples(cut(iris.x, 40), given.labels)
  assert.deepEqual(lazy.chunks, [[40, 40, 40, 30]])
  close(await lazy.compute(), here, 1e-12)
})

test('metrics of clusters need two clusters, and fewer than rows', async () => {
  const rows = [[0], [1], [2]]
  for (const metric of [metrics.silhouetteScore, metrics.calinskiHarabaszScore, metrics.daviesBouldinScore])
    for (const labels of [
      [1, 1, 1],
      [1, 2, 3],
    ])
      await assert.rejects(metric(rows, labels), /needs 2 to 2 clusters for 3 rows, and there are [13]/)
})

test('metrics of numbers and of scores refuse what they cannot tell', async () => {
  await assert.rejects(metrics.meanPoissonDeviance([1, -1], [1, 1]), /targets ≥ 0, and there is -1/)
  await assert.rejects(metrics.meanGammaDeviance([1, 2], [0, 1]), /predictions > 0, and there is 0/)
  await assert.rejects(
    metrics.meanTweedieDeviance([1], [1], { power: 0.5 }),
    /no Tweedie distribution of power 0\.5/,
  )
  await assert.rejects(metrics.meanSquaredLogError([1], [-2]), /no negative numbers, and there is -2/)
  await assert.rejects(metrics.rocCurve([0, 2], [0, 1]), /rocCurve takes targets 0 and 1, and there is 2/)
  await assert.rejects(metrics.brierScoreLoss([0, 1], [0, 2]), /probabilities 0 to 1, and row 1 has 2/)
  await assert.rejects(
    metrics.rocAucOneVsRest([0, 1], [[1], [1]]),
    /1 columns of probabilities for 2 classes/,
  )
})

test('metrics of several classes refuse what they cannot tell', async () => {
  const scores = [
    [1, 2, 3],
    [2, 1, 3],
  ]
  const labels = [0, 1, 2]
  await assert.rejects(
    metrics.rocAucOneVsOne([0, 1], scores, { labels }),
    /rows of every class.*: name in labels/,
  )
  await assert.rejects(metrics.rocAucOneVsOne([0, 1], scores), /3 columns of scores for 2 classes/)
  await assert.rejects(metrics.topKAccuracyScore([0, 7], scores, { labels }), /no column for the class 7/)
  await assert.rejects(
    metrics.topKAccuracyScore([0, 1], scores, { labels, k: 0 }),
    /k of .* is a whole number ≥ 1/,
  )
})

test('PoissonRegressor scores by D², weighted too', async () => {
  const diabetes = dataset('diabetes')
  const x = await (await new ml.StandardScaler().fit(diabetes.x)).transform(diabetes.x)
  const model = await new ml.PoissonRegressor({ alpha: 0.5, tol: 1e-9, maxIter: 10_000 }).fit(x, diabetes.y)
  const answer = answers.PoissonRegressor as { score: number; weighted: number }
  const sampleWeight = diabetes.y.map((_, i) => 1 + (i % 4))
  close(await model.score(x, diabetes.y), answer.score, 1e-7)
  close(await model.score(x, diabetes.y, { sampleWeight }), answer.weighted, 1e-7)
})

test('searches and cross-validation fit with weights, as scikit-learn', async () => {
  const diabetes = dataset('diabetes')
  const x = await (await new ml.StandardScaler().fit(diabetes.x)).transform(diabetes.x)
  const sampleWeight = diabetes.y.map((_, i) => 1 + (i % 4))
  const answer = answers.GridSearchCV as { mean: number[]; best: number; coef: number[] }
  const lazy = cut(x.toList() as number[][], 100)
  for (const [features, weight] of [
    [x, sampleWeight],
    [lazy, cut(sampleWeight, 60)],
  ] as const) {
    const search = new ml.GridSearchCV(new ml.Ridge(), { alpha: [0.1, 10, 1000] })
    await search.fit(features, diabetes.y, { sampleWeight: weight })
    close(
      search.results.map(({ mean }) => mean),
      answer.mean,
      1e-9,
    )
    assert.equal(search.bestParams.alpha, answer.best)
    close(search.bestEstimator.coef, answer.coef, 1e-8)
    const scores = await ml.crossValScore(new ml.Ridge({ alpha: answer.best }), features, diabetes.y, {
      sampleWeight: weight,
    })
    assert.deepEqual(scores, search.best.scores)
  }
  const scaled = new ml.Pipeline({
    steps: [
      ['scale', new ml.StandardScaler()],
      ['model', new ml.Ridge()],
    ],
  })
  const [plain, weighted] = [{}, { sampleWeight }].map((options) =>
    ml.crossValScore(scaled, diabetes.x, diabetes.y, { cv: 3, ...options }),
  )
  assert.notDeepEqual(await plain, await weighted)
  await assert.rejects(
    ml.crossValScore(new ml.Ridge(), x, diabetes.y, { sampleWeight: [1] }),
    /442 rows, and sampleWeight has 1 values/,
  )
})

test('R² and D² of a single row are not known, as in scikit-learn; a search ranks what is not known last', async () => {
  const x = array.fromArray([1, 2], { chunks: [1] })
  for (const one of [[1], array.fromArray([1], { chunks: [1] })]) {
    assert.equal(await ml.metrics.r2Score(one, one), Number.NaN)
    assert.equal(await ml.metrics.d2TweedieScore(one, one, { power: 1 }), Number.NaN)
  }
  assert.equal(await ml.metrics.r2Score(x, x), 1)
  // Rows count, whatever they weigh.
  assert.equal(await ml.metrics.r2Score([1, 2], [1, 3], { sampleWeight: [1, 0] }), 1)
  const rows = [[0], [1], [2], [3]]
  const model = await new ml.Ridge().fit(rows, [0, 1, 2, 3])
  assert.equal(await model.score([[1]], [1]), Number.NaN)
  assert.ok((await model.score(rows, [0, 1, 2, 3])) > 0.9)
  const alone = new ml.GridSearchCV(new ml.Ridge(), { alpha: [1, 2] }, { cv: 4 })
  await alone.fit(rows, [0, 1, 2, 3])
  assert.deepEqual(
    alone.results.map(({ mean, rank }) => [mean, rank]),
    [
      [Number.NaN, 1],
      [Number.NaN, 1],
    ],
  )
  assert.deepEqual(alone.bestParams, { alpha: 1 })
})
