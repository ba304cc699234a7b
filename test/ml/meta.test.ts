// Wrappers: models that go from block to block, a model a block, fitted ones on much data.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { close, split } from './kit.ts'

computeInProcess()

test('Incremental takes a model through the blocks in order: as partialFit of all rows', async () => {
  const { x, y } = split('iris')
  const estimator = new ml.SGDClassifier({ loss: 'logLoss', shuffle: false })
  const once = await estimator.clone().partialFit(x, y)
  for (const rows of [30, 112]) {
    const cut = array.fromArray(x, { chunks: [rows, -1] })
    const model = await new ml.Incremental({ estimator }).fit(cut, y)
    assert.deepEqual((model.estimator as typeof estimator).coef, once.coef)
    assert.deepEqual((await model.predict(cut).compute()).toList(), once.predict(x).toList())
    assert.equal(await model.score(x, y), await once.score(x, y))
    assert.deepEqual(model.predictProba(x).toList(), once.predictProba(x).toList())
  }
  const model = await new ml.Incremental({ estimator }).fit(x, y)
  await model.partialFit(x, y)
  const twice = await estimator.clone().partialFit(x, y)
  await twice.partialFit(x, y)
  assert.deepEqual((model.estimator as typeof estimator).coef, twice.coef)
  assert.equal(estimator.isFitted, false)
})

test('Incremental tells the score on each block before it learns from it, and learns the same', async () => {
  const { x, y } = split('cancer')
  const lengths = [100, 0, 150, x.length - 250]
  const parts = lengths.map((length, i) => {
    const from = lengths.slice(0, i).reduce((sum, each) => sum + each, 0)
    return [x.slice(from, from + length), y.slice(from, from + length)] as const
  })
  const cut = array.fromArray(x, { chunks: [lengths, [x[0].length]] })
  for (const make of [() => new ml.GaussianNB(), () => new ml.SGDClassifier({ shuffle: false })]) {
    const own = make()
    const expected: (number | undefined)[] = []
    for (const [i, [rows, labels]] of parts.entries()) {
      expected.push(i > 0 && rows.length > 0 ? await own.score(rows, labels) : undefined)
      if (rows.length > 0) await own.partialFit(rows, labels, { classes: [0, 1] })
    }
    const told: [number, number | undefined][] = []
    const options = {
      onIteration: (block: number, score: number | undefined) => void told.push([block, score]),
    }
    const model = await new ml.Incremental({ estimator: make() }).fit(cut, y, options)
    assert.deepEqual(
      told,
      expected.map((score, i) => [i + 1, score]),
    )
    const silent = await new ml.Incremental({ estimator: make() }).fit(cut, y)
    assert.deepEqual(model.estimator.toJSON(), silent.estimator.toJSON())
    // What has learnt already is scored on the first block too.
    told.length = 0
    await model.partialFit(x, y, options)
    assert.deepEqual(told, [[1, await silent.score(x, y)]])
  }
})

test('Incremental of transformers, weights and texts', async () => {
  const { x, y } = split('iris')
  const cut = array.fromArray(x, { chunks: [30, -1] })
  const pca = await new ml.Incremental({ estimator: new ml.IncrementalPCA({ nComponents: 2 }) }).fit(cut, y)
  close(pca.transform(x), (await new ml.PCA({ nComponents: 2 }).fit(x)).transform(x), 1e-8)
  assert.throws(() => pca.predict(x), /IncrementalPCA predicts nothing/)
  const sampleWeight = y.map((_, i) => i % 2)
  const bayes = new ml.GaussianNB<string>()
  const labels = y.map((label) => `class ${label}`)
  const model = await new ml.Incremental<string>({ estimator: bayes }).fit(cut, labels, { sampleWeight })
  const whole = await bayes.clone().fit(x, labels, { sampleWeight })
  assert.deepEqual(model.predict(x), whole.predict(x))
})

test('a model a block: most of them, or the mean of what they say', async () => {
  const { x, y, xTest, yTest } = split('iris')
  const order = x.map((_, i) => i).sort((a, b) => (a % 37) - (b % 37) || a - b)
  const rows = order.map((i) => x[i])
  const labels = order.map((i) => y[i])
  const cut = array.fromArray(rows, { chunks: [38, -1] })
  for (const voting of ['hard', 'soft'] as const) {
    const model = await new ml.BlockwiseVotingClassifier({ estimator: new ml.GaussianNB(), voting }).fit(
      cut,
      labels,
    )
    assert.equal(model.estimators.length, 3)
    assert.ok((await model.score(xTest, yTest)) > 0.9)
    // By the book: each block's model by itself.
    const own = await Promise.all(
      [0, 38, 76].map((from) =>
        new ml.GaussianNB().fit(rows.slice(from, from + 38), labels.slice(from, from + 38)),
      ),
    )
    const shares = own.map((each) => each.predictProba(xTest).toList() as number[][])
    const said = own.map((each) => each.predict(xTest).toList() as number[])
    const expected = xTest.map((_, row) => {
      const scores = [0, 1, 2].map((k) =>
        voting === 'soft'
          ? shares.reduce((sum, each) => sum + each[row][k], 0)
          : said.filter((each) => each[row] === k).length,
      )
      return scores.indexOf(Math.max(...scores))
    })
    assert.deepEqual(model.predict(xTest).toList(), expected)
    const lazy = array.fromArray(xTest, { chunks: [11, -1] })
    assert.deepEqual((await model.predict(lazy).compute()).toList(), expected)
    const back = ml.fromJSON(JSON.parse(JSON.stringify(model))) as typeof model
    assert.deepEqual(back.predict(xTest).toList(), expected)
  }
  const { x: xd, y: yd } = split('diabetes')
  const regressor = await new ml.BlockwiseVotingRegressor({ estimator: new ml.LinearRegression() }).fit(
    array.fromArray(xd, { chunks: [166, -1] }),
    yd,
  )
  const parts = await Promise.all(
    [0, 166].map((from) =>
      new ml.LinearRegression().fit(xd.slice(from, from + 166), yd.slice(from, from + 166)),
    ),
  )
  const each = parts.map((one) => one.predict(xd).toList() as number[])
  close(
    regressor.predict(xd),
    each[0].map((value, i) => (value + each[1][i]) / 2),
    1e-10,
  )
  assert.ok((await regressor.score(xd, yd)) > 0.4)
})

test('empty blocks have no vote', async () => {
  const rows = bag.fromSequence([[0], [1], [5], [5], [10], [11]], { partitions: 3 }).filter(([v]) => v !== 5)
  const y = bag.fromSequence([0, 1, 5, 5, 10, 11], { partitions: 3 }).filter((v) => v !== 5)
  const model = await new ml.BlockwiseVotingRegressor({
    estimator: new ml.KNeighborsRegressor({ nNeighbors: 1 }),
  }).fit(rows, y)
  assert.equal(model.estimators.length, 2)
})

test('ParallelPostFit predicts and transforms what is to come', async () => {
  const { x, y } = split('iris')
  const model = await new ml.ParallelPostFit({ estimator: new ml.LogisticRegression() }).fit(x, y)
  const cut = array.fromArray(x, { chunks: [30, -1] })
  const own = await new ml.LogisticRegression().fit(x, y)
  assert.deepEqual((await model.predict(cut).compute()).toList(), own.predict(x).toList())
  assert.deepEqual((await model.predictProba(cut).compute()).toList(), own.predictProba(x).toList())
  assert.equal(await model.score(cut, y), await own.score(x, y))
  const scaler = new ml.ParallelPostFit({ estimator: await new ml.StandardScaler().fit(x) })
  assert.deepEqual((await scaler.transform(cut).compute()).shape, [112, 4])
  assert.throws(() => scaler.predict(x), /StandardScaler predicts nothing/)
  assert.throws(() => model.transform(x), /LogisticRegression transforms nothing/)
})

test('wrappers refuse by name', async () => {
  assert.throws(() => new ml.Incremental({ estimator: new ml.KMeans() }), /KMeans does not learn in parts/)
  await assert.rejects(new ml.Incremental().fit([[1]], [1]), /Incremental needs an estimator/)
  await assert.rejects(
    new ml.BlockwiseVotingRegressor().fit([[1]], [1]),
    /BlockwiseVotingRegressor needs an estimator/,
  )
  assert.throws(() => new ml.ParallelPostFit({ estimator: new ml.Ridge() }).predict([[1]]), /not fitted/)
  assert.throws(() => new ml.BlockwiseVotingClassifier({ voting: 'loud' as 'hard' }), /is hard or soft/)
})
