// Hyperband: the arithmetic of its brackets, what it finds, and that it repeats itself.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { split } from './kit.ts'

computeInProcess()

test('brackets are those of the paper: 81 parts, one of three goes on', () => {
  const table = ml
    .bracketsOf(81, 3)
    .map(({ rounds }) => rounds.map(({ candidates, calls }) => [candidates, calls]))
  assert.deepEqual(table, [
    [
      [81, 1],
      [27, 3],
      [9, 9],
      [3, 27],
      [1, 81],
    ],
    [
      [34, 3],
      [11, 9],
      [3, 27],
      [1, 81],
    ],
    [
      [15, 9],
      [5, 27],
      [1, 81],
    ],
    [
      [8, 27],
      [2, 81],
    ],
    [[5, 81]],
  ])
  const { models, partialFitCalls } = new ml.HyperbandSearchCV(new ml.SGDRegressor(), {}).metadata
  assert.equal(models, 143)
  // 81·1 + 27·2 + 9·6 + 3·18 + 54, 34·3 + 11·6 + 3·18 + 54, 15·9 + 5·18 + 54, 8·27 + 2·54, 5·81.
  assert.equal(partialFitCalls, 297 + 276 + 279 + 324 + 405)
  assert.equal(ml.bracketsOf(1, 3).length, 1)
})

test('a search finds steps that learn, keeps its promise of parts, and repeats itself', async () => {
  const { x, y } = split('iris')
  const scaled = (await new ml.StandardScaler().fit(x)).transform(x)
  const order = y.map((_, i) => i).sort((a, b) => (a % 37) - (b % 37) || a - b)
  const rows = array.fromArray(
    order.map((i) => (scaled.toList() as number[][])[i]),
    { chunks: [20, -1] },
  )
  const labels = order.map((i) => y[i])
  const estimator = new ml.SGDClassifier({ loss: 'logLoss', learningRate: 'constant', shuffle: false })
  const grid = { eta0: [1e-9, 1e-8, 0.05, 0.1], alpha: (share: number) => 10 ** (-6 + 3 * share) }
  const search = await new ml.HyperbandSearchCV(estimator, grid, { maxIter: 9, seed: 2 }).fit(rows, labels)
  assert.ok((search.bestParams.eta0 as number) > 0.01)
  assert.ok(search.bestScore > 0.8, `${search.bestScore}`)
  assert.equal(search.bestEstimator.iterations, search.results[0].calls)
  assert.equal(search.results.length, search.metadata.models)
  const calls = search.results.reduce((sum, each) => sum + each.calls, 0)
  assert.equal(calls, search.metadata.partialFitCalls)
  assert.equal(search.results[0].rank, 1)
  const again = await new ml.HyperbandSearchCV(estimator, grid, { maxIter: 9, seed: 2 }).fit(rows, labels)
  assert.deepEqual(again.results, search.results)
  assert.equal(await search.score(rows, labels), await search.bestEstimator.score(rows, labels))
})

test('what cannot be searched is refused by name', async () => {
  assert.throws(
    () => new ml.HyperbandSearchCV(new ml.KNeighborsRegressor(), {}),
    /KNeighborsRegressor does not learn in parts/,
  )
  assert.throws(() => new ml.HyperbandSearchCV(new ml.SGDRegressor(), {}, { maxIter: 0 }), /maxIter/)
  assert.throws(() => new ml.HyperbandSearchCV(new ml.SGDRegressor(), {}, { testSize: 1 }), /testSize/)
  assert.throws(() => new ml.HyperbandSearchCV(new ml.SGDRegressor(), {}).results, /has not run yet/)
  await assert.rejects(
    new ml.HyperbandSearchCV(new ml.SGDRegressor(), { eta: [1] }, { maxIter: 3 }).fit(
      Array.from({ length: 30 }, (_, i) => [i]),
      Array.from({ length: 30 }, (_, i) => i),
    ),
    /SGDRegressor has no parameter eta/,
  )
})
