// Gradient boosting of counts and rates: scikit-learn's answers, the same trees for any cut, early stopping, and what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, split } from './kit.ts'

computeInProcess()

interface Answer {
  first: number[]
  /** Mean losses, before the first round and after each. */
  losses: number[]
}
const { counts, mixedCounts } = answersOf<never>('trees') as unknown as Record<string, Answer>

const { x, y, xTest } = split('diabetes')
const numbers = y.map((value) => Math.floor(value / 40))
const rates = { loss: 'poisson', maxIter: 30 } as const

/** Missing values, categories whose seventh has nothing but zeros, and weights. */
const mixed = x.map((row, i) => [
  i % 7,
  ...row.map((v, c) => ((i % 3 === 0 && c === 2) || (i % 5 === 0 && c === 8) ? Number.NaN : v)),
])
const mixedNumbers = y.map(
  (value, i) => [5, 1, 9, 2, 8, 3, 0][i % 7] + (i % 7 < 6 ? Math.floor(value / 100) : 0),
)
const sampleWeight = y.map((_, i) => 1 + (i % 3))

/** A model, and the losses that it told. */
async function told(
  params: Partial<ml.BoostingRegressorParams>,
  ...[rows, target, options]: Parameters<ml.GradientBoostingRegressor['fit']>
): Promise<{ model: ml.GradientBoostingRegressor; losses: number[] }> {
  const losses: number[] = []
  const model = await new ml.GradientBoostingRegressor(params).fit(rows, target, {
    ...options,
    onIteration: (_, loss) => void losses.push(loss!),
  })
  return { model, losses }
}

test('counts are predicted as by scikit-learn, and each round tells its loss', async () => {
  const { model, losses } = await told(rates, x, numbers)
  close(model.predict(xTest.slice(0, 10)), counts.first, 1e-4)
  close(losses, counts.losses.slice(1), 1e-5)
  // R², as of other regressors.
  assert.ok((await model.score(x, numbers)) > 0.6)
})

test('counts of rows with weights, missing values and categories are predicted as by scikit-learn', async () => {
  const { model, losses } = await told({ ...rates, categoricalFeatures: [0] }, mixed, mixedNumbers, {
    sampleWeight,
  })
  close(model.predict(mixed.slice(0, 20)), mixedCounts.first, 1e-4)
  close(losses, mixedCounts.losses.slice(1), 1e-4)
})

test('trees of rates are the same, to the last bit, for any cut into blocks, in either order of growth', async () => {
  const target = mixedNumbers.map((value, i) => value / 7 + (i % 7 < 6 ? 1 + Math.sin(i) : 0))
  for (const growth of ['leafWise', 'depthWise'] as const) {
    const params = { ...rates, maxIter: 10, growth, categoricalFeatures: [0], earlyStopping: true }
    const whole = await new ml.GradientBoostingRegressor(params).fit(mixed, target, { sampleWeight })
    for (const rows of [50, 331]) {
      const cut = array.fromArray(mixed, { chunks: [rows, -1] })
      const model = await new ml.GradientBoostingRegressor(params).fit(cut, target, { sampleWeight })
      assert.deepEqual(model.fitted.trees, whole.fitted.trees)
      assert.deepEqual(model.fitted.baseline, whole.fitted.baseline)
    }
  }
})

test('early stopping of rates goes by the loss of the rows that are held out', async () => {
  const { model, losses } = await told({ ...rates, maxIter: 500, earlyStopping: true }, x, numbers)
  const { validationLoss } = model
  assert.ok(model.iterations < 200, `${model.iterations}`)
  assert.deepEqual(validationLoss.slice(1), losses)
  assert.ok(Math.min(...losses.slice(-10)) >= Math.min(...losses.slice(0, -10)) - 1e-7)
  assert.ok(losses[5] < validationLoss[0])
})

test('a model of rates comes back from JSON, and keeps its predictions whatever is set later', async () => {
  const model = await new ml.GradientBoostingRegressor({ ...rates, maxIter: 5 }).fit(x, numbers)
  const predicted = model.predict(xTest).toList() as number[]
  assert.ok(predicted.every((rate) => rate > 0))
  const back = ml.GradientBoostingRegressor.fromJSON(JSON.parse(JSON.stringify(model)))
  assert.deepEqual(back.predict(xTest).toList(), predicted)
  assert.deepEqual(back.setParams({ loss: 'squaredError' }).predict(xTest).toList(), predicted)
  // What each feature did sums to logarithms.
  const parts = model.shapValues(xTest.slice(0, 5)).toList() as number[][]
  close(
    parts.map((row) => Math.exp(row.reduce((sum, each) => sum + each, 0))),
    predicted.slice(0, 5),
    1e-9,
  )
})

test('a model that was saved before there were losses of counts predicts as it did', async () => {
  const model = await new ml.GradientBoostingRegressor({ maxIter: 5 }).fit(x, y)
  const saved = JSON.parse(JSON.stringify(model)) as { params: { loss?: string } }
  delete saved.params.loss
  const back = ml.GradientBoostingRegressor.fromJSON(saved)
  assert.equal(back.params.loss, 'squaredError')
  assert.deepEqual(back.predict(xTest).toList(), model.predict(xTest).toList())
})

test('where first steps go far beyond a few great rates, they come back to them', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => [i % 200 === 0 ? 1 : 0, i % 3])
  const asked = [
    [0, 1],
    [1, 1],
  ]
  const params = { loss: 'poisson', maxIter: 400, minSamplesLeaf: 5 } as const
  for (const great of [100, 1e4, 1e8]) {
    const target = rows.map(([isGreat]) => (isGreat ? great : 1))
    const model = await new ml.GradientBoostingRegressor(params).fit(rows, target)
    const [small, large] = model.predict(asked).toList() as number[]
    close(large / great, 1, 1e-6)
    // Units of hessians are some ten millionths of what is great.
    close(small, 1, great > 1e4 ? 5 : 1e-4)
  }
})

test('what has no rate is refused', async () => {
  const learn = (target: number[], options = {}) =>
    new ml.GradientBoostingRegressor(rates).fit([[1], [2], [3]], target, options)
  await assert.rejects(
    learn([1, -2, 3]),
    /GradientBoostingRegressor: loss 'poisson' learns targets ≥ 0, and there is -2/,
  )
  const none = /loss 'poisson' needs a target above 0, and all that weigh something are 0/
  await assert.rejects(learn([0, 0, 0]), none)
  await assert.rejects(learn([0, 0, 5], { sampleWeight: [1, 1, 0] }), none)
  assert.throws(
    () => new ml.GradientBoostingRegressor({ loss: 'gamma' as 'poisson' }),
    /loss of GradientBoostingRegressor is squaredError, poisson, not gamma/,
  )
})
