// Orders: scikit-learn's NDCG, a ranker that beats regression on it, the same trees for any cut, bad input.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, dataframe } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { addLambdas, ndcgOf } from '../../runtime/kernels/ml/metrics/ranking.ts'
import { mulberry } from '../../runtime/kernels/ml/seeded.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close } from './kit.ts'

computeInProcess()

const { ndcg } = answersOf<never>('trees') as unknown as {
  ndcg: { relevance: number[][]; scores: number[][]; all: number; three: number }
}

test("NDCG is scikit-learn's, equal scores included", async () => {
  const query = ndcg.relevance.flatMap((row, q) => row.map(() => `q${q}`))
  const [relevance, scores] = [ndcg.relevance.flat(), ndcg.scores.flat()]
  close(await ml.metrics.ndcgScore(relevance, scores, { query }), ndcg.all, 1e-12)
  close(await ml.metrics.ndcgScore(relevance, scores, { query, k: 3 }), ndcg.three, 1e-12)
  await assert.rejects(ml.metrics.ndcgScore([1, -1], [1, 2]), /relevances are numbers ≥ 0/)
  await assert.rejects(ml.metrics.ndcgScore([1, 1], [1, 2], { query: [1] }), /query has 1 values/)
})

test('lambdas are what the pairs by the book come to', () => {
  const relevance = Float64Array.of(2, 0, 1)
  const scores = Float64Array.of(0.3, 0.5, -0.2)
  const gradients = new Float64Array(3)
  addLambdas(relevance, scores, 0, 3, 10, gradients, new Float64Array(3))
  // Exchanging two rows' scores exchanges their places: what that changes of the NDCG is the pair's weight.
  const expected = new Float64Array(3)
  const now = ndcgOf(relevance, scores, 10, 'exponential')
  for (const [high, low] of [
    [0, 1],
    [0, 2],
    [2, 1],
  ]) {
    const exchanged = scores.slice()
    ;[exchanged[high], exchanged[low]] = [exchanged[low], exchanged[high]]
    const change = Math.abs(ndcgOf(relevance, exchanged, 10, 'exponential') - now)
    const lambda = change / (1 + Math.exp(scores[high] - scores[low]))
    expected[high] -= lambda
    expected[low] += lambda
  }
  close(gradients, expected, 1e-12)
})

/** Queries of 20 rows each: relevance follows a hidden score, whose scale differs from query to query. */
function queries(seed: number) {
  const next = mulberry(seed)
  const x: number[][] = []
  const y: number[] = []
  const query: number[] = []
  for (let q = 0; q < 60; q++) {
    const shift = 10 * next()
    const rows = Array.from({ length: 20 }, () => {
      const [a, b, c] = [next(), next(), next()]
      return { features: [a, b, c, shift], hidden: a + 0.5 * b * b + 0.2 * next() }
    })
    const sorted = rows.map(({ hidden }) => hidden).sort((p, r) => r - p)
    for (const { features, hidden } of rows) {
      x.push(features)
      const place = sorted.indexOf(hidden)
      y.push(place < 2 ? 3 : place < 5 ? 2 : place < 9 ? 1 : 0)
      query.push(q)
    }
  }
  return { x, y, query }
}

test('a ranker orders rows that it has not seen, better than chance and as well as a regression', async () => {
  const learn = queries(1)
  const held = queries(2)
  const model = await new ml.GradientBoostingRanker({ maxIter: 60, minSamplesLeaf: 10 }).fit(
    learn.x,
    learn.y,
    learn,
  )
  const own = await model.score(held.x, held.y, held)
  const options = { query: held.query, gain: 'exponential' } as const
  const regression = await new ml.GradientBoostingRegressor({ maxIter: 60, minSamplesLeaf: 10 }).fit(
    learn.x,
    learn.y,
  )
  const other = await ml.metrics.ndcgScore(held.y, regression.predict(held.x), options)
  const chance = await ml.metrics.ndcgScore(
    held.y,
    held.x.map((row) => row[2]),
    options,
  )
  assert.ok(own > 0.93 && own > other - 0.01 && own > chance + 0.2, `${own} ${other} ${chance}`)
  close(model.shapValues(held.x.slice(0, 1)).sum(1).toList(), model.predict(held.x.slice(0, 1)), 1e-9)
})

test('trees of a ranker are the same, to the last bit, for any cut, through queries too', async () => {
  const { x, y, query } = queries(3)
  const params = { maxIter: 5 }
  const whole = await new ml.GradientBoostingRanker(params).fit(x, y, { query })
  for (const rows of [70, 333]) {
    const cut = array.fromArray(x, { chunks: [rows, -1] })
    const model = await new ml.GradientBoostingRanker(params).fit(cut, y, { query })
    assert.deepEqual(model.fitted.trees, whole.fitted.trees)
  }
})

test('a table names its query', async () => {
  const { x, y, query } = queries(4)
  const table = dataframe.fromRecords(x.map(([a, b], i) => ({ a, b, relevance: y[i], query: query[i] })))
  const model = await new ml.GradientBoostingRanker({ maxIter: 5 }).fit(table, 'relevance', {
    query: 'query',
  })
  assert.equal(model.featuresIn, 2)
  const here = await new ml.GradientBoostingRanker({ maxIter: 5 }).fit(
    x.map(([a, b]) => [a, b]),
    y,
    { query },
  )
  assert.deepEqual(model.fitted.trees, here.fitted.trees)
  close(
    await model.score(table, 'relevance', { query: 'query' }),
    await here.score(
      x.map(([a, b]) => [a, b]),
      y,
      { query },
    ),
    1e-12,
  )
})

test('a ranker comes back from JSON; what cannot be ordered is refused', async () => {
  const { x, y, query } = queries(5)
  const model = await new ml.GradientBoostingRanker({ maxIter: 3 }).fit(x, y, {
    query,
    sampleWeight: y.map(() => 2),
  })
  const back = ml.GradientBoostingRanker.fromJSON(JSON.parse(JSON.stringify(model)))
  assert.deepEqual(back.predict(x).toList(), model.predict(x).toList())
  const fitted = (relevance: number[], of: number[]) =>
    new ml.GradientBoostingRanker().fit([[1], [2], [3]], relevance, { query: of })
  await assert.rejects(fitted([1, 0, 1], [1, 2, 1]), /rows of the query 1 do not stand together/)
  await assert.rejects(fitted([1, -1, 0], [1, 1, 1]), /learns relevances ≥ 0/)
  await assert.rejects(model.score(x, y), /needs to know the query of each row/)
  assert.throws(() => new ml.GradientBoostingRanker({ earlyStopping: true }), /holds no rows out/)
})
