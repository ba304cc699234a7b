// Gradient boosting: scikit-learn's answers, the same trees for any cut, missing values, categories, weights, early stopping.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { numericBins } from '../../runtime/kernels/ml/trees/binning.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, type dataset, split } from './kit.ts'

const executor = computeInProcess()

type Name = Parameters<typeof dataset>[0]
interface Answer {
  score: number
  first: number[]
}
const answers = answersOf<never>('trees') as unknown as {
  boosting: Record<Name, Answer>
  missing: Answer
  weighted: Answer
  categories: Answer
  thresholds: number[][]
}

test('a regression predicts what that of scikit-learn does', async () => {
  const { x, y, xTest, yTest } = split('diabetes')
  const model = await new ml.GradientBoostingRegressor().fit(x, y)
  close(await model.score(xTest, yTest), answers.boosting.diabetes.score, 1e-3)
  close(model.predict(xTest.slice(0, 5)), answers.boosting.diabetes.first, 1e-2)
})

for (const name of ['iris', 'cancer', 'digits'] as const)
  test(`the classes of ${name} are found as well as by scikit-learn`, async () => {
    const { x, y, xTest, yTest } = split(name)
    const model = await new ml.GradientBoostingClassifier().fit(x, y)
    const score = await model.score(xTest, yTest)
    assert.ok(score >= answers.boosting[name].score - 0.01, `${score}`)
    const [row] = model.predictProba(xTest.slice(0, 1)).toList() as number[][]
    close(
      row.reduce((sum, each) => sum + each, 0),
      1,
      1e-12,
    )
  })

test('thresholds are those of scikit-learn', () => {
  const { x } = split('diabetes')
  answers.thresholds.forEach((expected, column) => {
    const bins = numericBins(
      Float64Array.from(x, (row) => row[column]),
      20,
    )
    assert.ok(bins.kind === 'numeric')
    // scikit-learn repeats thresholds of values that many rows share; nothing falls between them.
    close(bins.thresholds, [...new Set(expected)], 1e-12, `column ${column}`)
  })
})

test('missing values go where they do best', async () => {
  const { x, y, xTest } = split('diabetes')
  const holes = x.map((row, i) =>
    row.map((v, c) => ((i % 3 === 0 && c === 2) || (i % 5 === 0 && c === 8) ? NaN : v)),
  )
  const holesTest = xTest.map((row, i) => row.map((v, c) => (i % 2 === 0 && c === 2 ? NaN : v)))
  const model = await new ml.GradientBoostingRegressor({ maxIter: 30 }).fit(holes, y)
  close(model.predict(holesTest.slice(0, 10)), answers.missing.first, 1e-4)
})

test('weights count as scikit-learn counts them', async () => {
  const { x, y, xTest } = split('diabetes')
  const sampleWeight = y.map((_, i) => 1 + (i % 3))
  const model = await new ml.GradientBoostingRegressor({ maxIter: 30 }).fit(x, y, { sampleWeight })
  close(model.predict(xTest.slice(0, 10)), answers.weighted.first, 1e-4)
})

test('categories are split by sets, and unseen ones are missing', async () => {
  const { x, y } = split('diabetes')
  const rows = x.map((row, i) => [i % 7, row[2]])
  const target = y.map((v, i) => [5, 1, 9, 2, 8, 3, 0][i % 7] * 20 + v / 10)
  const params = { maxIter: 30, categoricalFeatures: [0] }
  const model = await new ml.GradientBoostingRegressor(params).fit(rows, target)
  close(model.predict(rows.slice(0, 10)), answers.categories.first, 1e-4)
  close(model.predict([[99, 25]]), model.predict([[NaN, 25]]), 0)
})

test('trees are the same, to the last bit, for any cut into blocks', async () => {
  const { x, y: round } = split('diabetes')
  // No whole numbers: their sums depend on their order.
  const y = round.map((value, i) => value / 7 + Math.sin(i))
  for (const growth of ['leafWise', 'depthWise'] as const) {
    const params = { maxIter: 10, maxDepth: 5, growth, earlyStopping: true }
    const whole = await new ml.GradientBoostingRegressor(params).fit(x, y)
    // One thread has use for two blocks: neighbours become one.
    for (const threads of [1000, 1])
      for (const rows of [50, 331]) {
        executor.threads = threads
        const cut = array.fromArray(x, { chunks: [rows, -1] })
        const model = await new ml.GradientBoostingRegressor(params).fit(cut, y)
        assert.deepEqual(model.fitted.trees, whole.fitted.trees)
      }
    executor.threads = 1000
  }
})

test('training ends when held-out rows gain no more, and whoever watches is told', async () => {
  const { x, y } = split('diabetes')
  const seen: number[] = []
  const model = await new ml.GradientBoostingRegressor({ earlyStopping: true, maxIter: 500 }).fit(x, y, {
    onIteration: (iteration) => seen.push(iteration),
  })
  assert.ok(model.iterations < 200, `${model.iterations}`)
  assert.equal(seen.length, model.iterations)
  assert.equal(model.fitted.validationLoss.length, model.iterations + 1)
})

test('without held-out rows each round tells the mean loss of the rows that are learnt from', async () => {
  const numbers = split('diabetes')
  const weights = numbers.y.map((_, i) => 1 + (i % 3))
  const all = weights.reduce((sum, each) => sum + each, 0)
  const told: (number | undefined)[] = []
  const onIteration = (_: number, loss: number | undefined) => void told.push(loss)
  const cut = array.fromArray(numbers.x, { chunks: [100, -1] })
  for (const x of [numbers.x, cut]) {
    told.length = 0
    const model = await new ml.GradientBoostingRegressor({ maxIter: 8 }).fit(x, numbers.y, {
      sampleWeight: weights,
      onIteration,
    })
    const plain = await new ml.GradientBoostingRegressor({ maxIter: 8 }).fit(x, numbers.y, {
      sampleWeight: weights,
    })
    assert.deepEqual(model.fitted, plain.fitted)
    for (let rounds = 1; rounds <= 8; rounds++) {
      const few = await new ml.GradientBoostingRegressor({ maxIter: rounds }).fit(x, numbers.y, {
        sampleWeight: weights,
      })
      const predicted = few.predict(numbers.x).toList() as number[]
      const sum = predicted.reduce((s, each, i) => s + (weights[i] * (each - numbers.y[i]) ** 2) / 2, 0)
      close(told[rounds - 1]! / (sum / all), 1, 1e-12)
    }
  }
  for (const name of ['cancer', 'iris'] as const) {
    const { x, y } = split(name)
    told.length = 0
    const model = await new ml.GradientBoostingClassifier({ maxIter: 4 }).fit(x, y, { onIteration })
    assert.ok(told.every((loss, i) => i === 0 || loss! < told[i - 1]!))
    const shares = model.predictProba(x).toList() as number[][]
    const loss = shares.reduce((sum, row, i) => sum - Math.log(row[y[i]]), 0) / y.length
    close(told[3], loss, 1e-12)
  }
})

test('limits of trees are kept', async () => {
  const { x, y } = split('diabetes')
  const params = { maxIter: 3, maxLeafNodes: 5, minSamplesLeaf: 30 }
  for (const growth of ['leafWise', 'depthWise'] as const) {
    const model = await new ml.GradientBoostingRegressor({ ...params, growth }).fit(x, y)
    for (const tree of model.fitted.trees) {
      const leaves = tree.cover.filter((_, node) => tree.feature[node] < 0)
      assert.ok(leaves.length <= 5)
      assert.ok(leaves.every((rows) => rows >= 30))
    }
  }
})

test('a model comes back from JSON as it was', async () => {
  const { x, y } = split('iris')
  const model = await new ml.GradientBoostingClassifier({ maxIter: 5 }).fit(x, y)
  const back = ml.GradientBoostingClassifier.fromJSON(JSON.parse(JSON.stringify(model)))
  assert.deepEqual(back.predictProba(x).toList(), model.predictProba(x).toList())
})

test('importances are shares, and a constant column has none', async () => {
  const { x, y } = split('diabetes')
  const model = await new ml.GradientBoostingRegressor({ maxIter: 5 }).fit(
    x.map((row) => [...row, 7]),
    y,
  )
  for (const by of ['gain', 'split'] as const) {
    const shares = model.featureImportances(by)
    close(
      shares.reduce((sum, each) => sum + each, 0),
      1,
      1e-12,
    )
    assert.equal(shares[10], 0)
  }
})

test('what cannot be learnt from is refused by name', async () => {
  await assert.rejects(
    new ml.GradientBoostingClassifier().fit([[1], [2]], [3, 3]),
    /at least 2 classes, and there is only 3/,
  )
  assert.throws(() => new ml.GradientBoostingRegressor({ maxBins: 256 }), /maxBins is 2 to 255, not 256/)
  const model = await new ml.GradientBoostingRegressor().fit([[1], [2]], [1, 2])
  assert.throws(
    () => model.predict([[1, 2]]),
    /X has 2 features, but GradientBoostingRegressor was fitted with 1/,
  )
  await assert.rejects(
    new ml.GradientBoostingRegressor().fit([[1], [2]], [1, 2], { sampleWeight: [0, 0] }),
    /weights are all 0/,
  )
})
