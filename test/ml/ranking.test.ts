// Orders: scikit-learn's NDCG, a ranker that beats regression on it, the same trees for any cut, bad input.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, dataframe } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { joinRuns, runsOfQueries } from '../../runtime/kernels/ml/metrics/queryRuns.ts'
import { addLambdas, ndcgOf } from '../../runtime/kernels/ml/metrics/ranking.ts'
import { mulberry } from '../../runtime/kernels/ml/seeded.ts'
import { hashedFraction } from '../../runtime/kernels/ml/trees/rowHash.ts'
import { startsOf } from '../../runtime/ml/contract/starts.ts'
import { boundsOf, piecesOf } from '../../runtime/ml/trees/queryBlocks.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close } from './kit.ts'

computeInProcess().threads = 2

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

test('orders are the same, to the last bit, however rows of queries are cut', async () => {
  // Queries of 1 to 9 rows, over several blocks and within one.
  const query = Array.from({ length: 80 }, (_, row) => Math.floor(Math.sqrt(row * 12)))
  const relevance = query.map((of, row) => (row * row + of) % 4)
  const scores = query.map((_, row) => (row * 7) % 5)
  for (const options of [{}, { k: 2 }, { gain: 'exponential' }] as const) {
    const whole = await ml.metrics.ndcgScore(relevance, scores, { query, ...options })
    const all = await ml.metrics.ndcgScore(relevance, scores, options)
    for (const size of [1, 2, 7, 33, 80]) {
      const cut = (cells: number[]) => array.fromArray(cells, { chunks: [size] })
      const blocks = [cut(relevance), cut(scores)] as const
      assert.equal(await ml.metrics.ndcgScore(...blocks, { query: cut(query), ...options }), whole, `${size}`)
      assert.equal(await ml.metrics.ndcgScore(...blocks, { query, ...options }), whole, `${size}`)
      assert.equal(await ml.metrics.ndcgScore(...blocks, options), all, `${size}`)
    }
  }
  const parts = [[], [1, 1], [], [1, 2], [2, 3, 3], []].map((names) =>
    runsOfQueries(undefined, names as never),
  )
  assert.deepEqual(joinRuns(parts), { names: [1, 2, 3], starts: [0, 3, 5, 7] })
  assert.deepEqual(joinRuns([]), { names: [], starts: [0] })
  await assert.rejects(ml.metrics.ndcgScore([], []), /there are no rows/)
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

test('whoever watches hears the mean NDCG of the queries that are learnt from', async () => {
  const { x, y, query } = queries(6)
  for (const features of [x, array.fromArray(x, { chunks: [130, -1] })]) {
    const told: (number | undefined)[] = []
    const onIteration = (_: number, ndcg: number | undefined): void => void told.push(ndcg)
    const model = await new ml.GradientBoostingRanker({ maxIter: 4 }).fit(features, y, { query, onIteration })
    assert.equal(told.length, 4)
    close(told[3], await model.score(x, y, { query }), 1e-12)
    const plain = await new ml.GradientBoostingRanker({ maxIter: 4 }).fit(features, y, { query })
    assert.deepEqual(plain.fitted, model.fitted)
  }
})

test('blocks are cut where queries begin: every row once, in order, no query in two blocks', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = mulberry(seed)
    const below = (most: number): number => Math.floor(next() * most)
    const starts = [0]
    for (let q = 1 + below(12); q > 0; q--) starts.push(starts[starts.length - 1] + 1 + below(9))
    const rows = starts[starts.length - 1]
    const lengths: number[] = []
    for (let left = rows; left > 0; ) {
      // Empty blocks too.
      const length = Math.min(left, below(15))
      lengths.push(length)
      left -= length
    }
    const count = 1 + below(8)
    const bounds = boundsOf(starts, count)
    assert.ok(bounds.length - 1 <= count && bounds[0] === 0 && bounds.at(-1) === starts.length - 1)
    assert.ok(bounds.every((query, i) => i === 0 || query > bounds[i - 1]))
    const at = bounds.map((query) => starts[query])
    const pieces = piecesOf(lengths, at)
    const begins = startsOf(lengths)
    pieces.forEach((own, i) => {
      const numbers = own.flatMap(({ block, from, to, whole }) => {
        assert.equal(whole, from === 0 && to === lengths[block])
        return Array.from({ length: to - from }, (_, row) => begins[block] + from + row)
      })
      assert.deepEqual(
        numbers,
        Array.from({ length: at[i + 1] - at[i] }, (_, row) => at[i] + row),
      )
    })
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
  const early = new ml.GradientBoostingRanker({ earlyStopping: true })
  await assert.rejects(early.fit([[1], [2]], [1, 0], { query: [1, 1] }), /too few queries to hold some out/)
})

test('early stopping holds whole queries out, the same for any cut, and ends when their NDCG does not rise', async () => {
  const { x, y, query } = queries(7)
  const params = { earlyStopping: true, validationFraction: 0.3, nIterNoChange: 3, maxIter: 200, seed: 4 }
  const told: (number | undefined)[] = []
  const onIteration = (_: number, ndcg: number | undefined): void => void told.push(ndcg)
  const model = await new ml.GradientBoostingRanker(params).fit(x, y, { query, onIteration })
  assert.ok(model.iterations < 200 && model.iterations > 3, `${model.iterations}`)
  close(
    told,
    model.validationLoss.slice(1).map((loss) => 1 - loss),
    1e-12,
  )
  const best = Math.min(...model.validationLoss.slice(0, -3))
  assert.ok(model.validationLoss.slice(-3).every((loss) => loss >= best - 1e-7))
  const isHeld = (of: number): boolean => hashedFraction(4 ^ 0x5eed, of) < 0.3
  const ofHeld = <T>(cells: readonly T[]): T[] => cells.filter((_, row) => isHeld(query[row]))
  const held = { query: ofHeld(query) }
  assert.ok(new Set(held.query).size > 5)
  close(await model.score(ofHeld(x), ofHeld(y), held), told.at(-1), 1e-12)
  // Rows that weigh nothing are not learnt from: what grew is what grows without the queries that are held out.
  const others = await new ml.GradientBoostingRanker({ maxIter: model.iterations }).fit(x, y, {
    query,
    sampleWeight: query.map((of) => (isHeld(of) ? 0 : 1)),
  })
  assert.deepEqual(others.fitted.trees, model.fitted.trees)
  for (const rows of [70, 333]) {
    const cut = array.fromArray(x, { chunks: [rows, -1] })
    const same = await new ml.GradientBoostingRanker(params).fit(cut, y, { query })
    assert.deepEqual(same.fitted, model.fitted)
  }
  const otherwise = await new ml.GradientBoostingRanker({ ...params, seed: 5 }).fit(x, y, { query })
  assert.notDeepEqual(otherwise.validationLoss, model.validationLoss)
})
