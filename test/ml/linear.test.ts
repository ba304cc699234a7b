// Linear models against scikit-learn's answers, for every cut of the rows; and what they refuse.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, dataframe } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, dataset } from './kit.ts'

computeInProcess()

interface Answer {
  coef: number[] | number[][]
  intercept: number | number[]
  score: number
  first: number[]
  probabilities: number[][]
}
const answers = answersOf<Answer>('linear')
const diabetes = dataset('diabetes')
const weights = (rows: number): number[] => Array.from({ length: rows }, (_, i) => 1 + (i % 3))

const exact = { tol: 1e-15, maxIter: 1_000_000 }
const SQUARES: [
  name: string,
  model: () => InstanceType<
    typeof ml.Ridge | typeof ml.LinearRegression | typeof ml.Lasso | typeof ml.ElasticNet
  >,
  weighted?: boolean,
][] = [
  ['LinearRegression', () => new ml.LinearRegression()],
  ['LinearRegression weighted', () => new ml.LinearRegression(), true],
  ['LinearRegression without intercept', () => new ml.LinearRegression({ fitIntercept: false })],
  ['Ridge', () => new ml.Ridge({ alpha: 10 })],
  ['Ridge weighted', () => new ml.Ridge({ alpha: 10 }), true],
  ['Lasso', () => new ml.Lasso({ alpha: 2, ...exact })],
  ['ElasticNet', () => new ml.ElasticNet({ alpha: 0.5, l1Ratio: 0.3, ...exact })],
  ['ElasticNet weighted', () => new ml.ElasticNet({ alpha: 0.5, l1Ratio: 0.3, ...exact }), true],
]

for (const [name, make, weighted] of SQUARES)
  test(`${name} has scikit-learn's coefficients, for every cut`, async () => {
    const { x, y } = diabetes
    const expected = answers[name]
    const options = weighted ? { sampleWeight: weights(y.length) } : {}
    for (const chunks of [442, 100, 7]) {
      const rows = chunks === 442 ? x : array.fromArray(x, { chunks: [chunks, -1] })
      const model = await make().fit(rows, y, options)
      close(model.coef, expected.coef, 1e-6, `coef, chunks of ${chunks}`)
      close(model.intercept, expected.intercept, 1e-6, 'intercept')
      close(model.predict(x.slice(0, 5)), expected.first, 1e-6, 'predictions')
      if (!weighted) close(await model.score(rows, y), expected.score, 1e-8, 'score')
    }
  })

const scaled = async (name: 'iris' | 'cancer' | 'diabetes' | 'digits') => {
  const { x, y } = dataset(name)
  return { x: (await new ml.StandardScaler().fitTransform(x)).toList() as number[][], y }
}

const CLASSES: [
  name: string,
  data: 'iris' | 'cancer' | 'digits',
  model: () => ml.LogisticRegression | ml.LinearSVC,
  bound: number,
  weighted?: boolean,
][] = [
  [
    'LogisticRegression cancer',
    'cancer',
    () => new ml.LogisticRegression({ tol: 1e-11, maxIter: 5000 }),
    1e-6,
  ],
  [
    'LogisticRegression cancer weighted',
    'cancer',
    () => new ml.LogisticRegression({ C: 0.1, tol: 1e-11, maxIter: 5000 }),
    1e-6,
    true,
  ],
  [
    'LogisticRegression iris',
    'iris',
    () => new ml.LogisticRegression({ C: 2, tol: 1e-11, maxIter: 5000 }),
    1e-6,
  ],
  [
    'LogisticRegression digits',
    'digits',
    () => new ml.LogisticRegression({ C: 0.1, tol: 1e-9, maxIter: 5000 }),
    1e-5,
  ],
  ['LinearSVC cancer', 'cancer', () => new ml.LinearSVC({ C: 0.1, tol: 1e-11, maxIter: 5000 }), 1e-6],
  ['LinearSVC iris', 'iris', () => new ml.LinearSVC({ tol: 1e-11, maxIter: 5000 }), 1e-6],
]

for (const [name, data, make, bound, weighted] of CLASSES)
  test(`${name}: scikit-learn's coefficients, probabilities and score`, async () => {
    const { x, y } = await scaled(data)
    const expected = answers[name]
    const options = weighted ? { sampleWeight: weights(y.length) } : {}
    const model = await make().fit(x, y, options)
    assert.ok(model.converged, 'converged')
    close(model.coef, expected.coef, bound, 'coef')
    close(model.intercept, expected.intercept, bound, 'intercept')
    close(await model.score(x, y), expected.score, 1e-12, 'score')
    if (expected.probabilities)
      close(model.predictProba(x.slice(0, 3)), expected.probabilities, bound, 'probabilities')
    else assert.throws(() => model.predictProba(x), /LinearSVC has no probabilities/)
  })

test('blocks of any size give the same logistic regression, and predictions stay lazy', async () => {
  const { x, y } = await scaled('iris')
  const expected = answers['LogisticRegression iris']
  const lazy = array.fromArray(x, { chunks: [40, 2] })
  const model = new ml.LogisticRegression({ C: 2, tol: 1e-10, maxIter: 5000 })
  await model.fit(lazy, array.fromArray(y, { chunks: 31 }))
  close(model.coef, expected.coef, 1e-6)
  const predicted = model.predict(lazy)
  assert.deepEqual(predicted.shape, [150])
  const right = (await predicted.compute()).toList() as number[]
  assert.equal(right.filter((label, i) => label === y[i]).length / 150, expected.score)
  assert.deepEqual(model.predictProba(lazy).shape, [150, 3])
})

test('PoissonRegressor has the coefficients of scikit-learn', async () => {
  const { x, y } = await scaled('diabetes')
  const expected = answers.PoissonRegressor
  const model = await new ml.PoissonRegressor({ alpha: 0.5, tol: 1e-10, maxIter: 1000 }).fit(x, y)
  close(model.coef, expected.coef, 1e-6)
  close(model.intercept, expected.intercept, 1e-6)
  close(model.predict(x.slice(0, 5)), expected.first, 1e-6)
})

test('a table learns from its own column, classes may be texts, a bag is taken too', async () => {
  const records = [0, 1, 2, 7, 8, 9].map((size) => ({ size, kind: size > 4 ? 'large' : 'small' }))
  const table = dataframe.fromRecords(records)
  const model = await new ml.LogisticRegression<string>().fit(table, 'kind')
  assert.deepEqual(model.classes, ['large', 'small'])
  assert.deepEqual(model.predict([[0], [9]]), ['small', 'large'])
  assert.deepEqual(
    await model.predict(table.select('size')).compute(),
    records.map(({ kind }) => kind),
  )
  const items = bag.fromSequence(records, { partitions: 2 })
  const line = await new ml.LinearRegression().fit(
    items.map(({ size }) => [size]),
    items.map(({ size }) => 2 * size + 1),
  )
  close(line.coef, [2], 1e-12)
})

test('partialFit of parts is the fit of all', async () => {
  const { x, y } = diabetes
  const model = new ml.Ridge({ alpha: 10 })
  await model.partialFit(x.slice(0, 200), y.slice(0, 200))
  await model.partialFit(x.slice(200), y.slice(200))
  close(model.coef, answers.Ridge.coef, 1e-6)
})

test('columns that depend on one another, constant ones, and one row more than none', async () => {
  const model = await new ml.LinearRegression().fit(
    [
      [1, 2, 5],
      [2, 4, 5],
      [3, 6, 5],
    ],
    [1, 2, 3],
  )
  close(model.coef, [0.2, 0.4, 0], 1e-12)
  assert.equal(model.rank, 1)
  const one = await new ml.LinearRegression().fit([[3]], [4])
  close([...one.coef, one.intercept], [0, 4], 1e-12)
})

test('a learning curve is told, and ends the fit when it says so', async () => {
  const { x, y } = await scaled('cancer')
  const values: number[] = []
  const model = new ml.LogisticRegression({ maxIter: 50, tol: 0 })
  await model.fit(x, y, { onIteration: (_, value) => values.push(value) < 5 })
  assert.equal(values.length, 5)
  assert.equal(model.iterations, 5)
  assert.deepEqual(
    [...values].sort((a, b) => b - a),
    values,
  )
})

test('bad data is refused by what is wrong with it', async () => {
  const logistic = () => new ml.LogisticRegression()
  await assert.rejects(logistic().fit([[1], [2]], [1, 1]), /at least 2 classes, and there is only 1/)
  await assert.rejects(
    logistic().fit([[1], [Number.NaN]], [0, 1]),
    /X contains NaN \(column 0\), which LogisticRegression/,
  )
  await assert.rejects(logistic().fit([[1], [2]], [0, Number.NaN]), /y contains NaN/)
  await assert.rejects(logistic().fit([[1], [2]], [0]), /2 rows, and y has 1 values/)
  const zero = { sampleWeight: [0, 0] }
  await assert.rejects(logistic().fit([[1], [2]], [0, 1], zero), /sampleWeight is 0 everywhere/)
  await assert.rejects(new ml.Ridge().fit([[1], [2]], [0, 1], zero), /sampleWeight is 0 everywhere/)
  await assert.rejects(
    new ml.Ridge().fit([[1], [2]], [0, 1], { sampleWeight: [1, -1] }),
    /sampleWeight contains -1/,
  )
  await assert.rejects(new ml.Ridge().fit([[1], [2]], ['a', 'b']), /Ridge learns numbers/)
  await assert.rejects(new ml.PoissonRegressor().fit([[1], [2]], [-1, 2]), /targets ≥ 0, and there is -1/)
  const fitted = await logistic().fit([[1], [2]], [0, 1])
  assert.throws(() => fitted.predict([[1, 2]]), /X has 2 features, but LogisticRegression was fitted with 1/)
  assert.throws(() => new ml.Ridge({ alpha: -1 }), /alpha of Ridge is a number ≥ 0, not -1/)
})

test('empty blocks change nothing', async () => {
  const { x, y } = diabetes
  const lazy = array.fromArray(x, { chunks: [[0, 200, 0, 200, x.length - 400], [10]] })
  const model = await new ml.Ridge({ alpha: 10 }).fit(lazy, y)
  close(model.coef, answers.Ridge.coef, 1e-6)
})

test('fitted linear models come back from JSON', async () => {
  const { x, y } = await scaled('iris')
  const model = await new ml.LogisticRegression().fit(x, y)
  const again = ml.LogisticRegression.fromJSON(JSON.parse(JSON.stringify(model)))
  assert.deepEqual(again.predictProba(x).toList(), model.predictProba(x).toList())
})
