// Stochastic gradient descent: scikit-learn's coefficients step by step, any cut, parts, bad input.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, dataset } from './kit.ts'

computeInProcess()

interface Answer {
  coef: number[][]
  intercept: number[]
  iterations: number
}
const answers = answersOf<never>('sgd') as unknown as {
  classifiers: Record<string, Record<'cancer' | 'iris', Answer>>
  regressors: Record<string, Answer>
  weighted: Answer
}

/** Rows scaled and in the order of their numbers' remainders, as sgdReferenceAnswers.py has them. */
function scaled(name: 'cancer' | 'iris' | 'diabetes') {
  const { x, y } = dataset(name)
  const columns = x[0].map((_, c) => x.map((row) => row[c]))
  const moments = columns.map((values) => {
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length
    return [mean, Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length)]
  })
  const order = x.map((_, i) => i).sort((a, b) => (a % 17) - (b % 17) || a - b)
  return {
    x: order.map((i) => x[i].map((value, c) => (value - moments[c][0]) / moments[c][1])),
    y: order.map((i) => y[i]),
  }
}

const CLASSIFIERS = {
  hinge: {},
  logLoss: { loss: 'logLoss', alpha: 0.001 },
  modifiedHuber: { loss: 'modifiedHuber', learningRate: 'invscaling', eta0: 0.01 },
  squaredHinge: { loss: 'squaredHinge', learningRate: 'constant', eta0: 0.001 },
  perceptron: { loss: 'perceptron', penalty: null, learningRate: 'constant', eta0: 1 },
  l1: { loss: 'logLoss', penalty: 'l1', alpha: 0.01 },
  elasticnet: { loss: 'hinge', penalty: 'elasticnet', alpha: 0.01, learningRate: 'adaptive', eta0: 0.05 },
} as const

for (const [name, params] of Object.entries(CLASSIFIERS))
  for (const data of ['cancer', 'iris'] as const)
    test(`SGDClassifier, ${name}, on ${data}: scikit-learn's coefficients and passes`, async () => {
      const { x, y } = scaled(data)
      const model = await new ml.SGDClassifier({ ...params, shuffle: false }).fit(x, y)
      const expected = answers.classifiers[name][data]
      assert.equal(model.iterations, expected.iterations)
      close(model.coef, expected.coef, 1e-6)
      close(model.intercept, expected.intercept, 1e-6)
    })

const REGRESSORS = {
  squaredError: {},
  huber: { loss: 'huber', epsilon: 20 },
  epsilonInsensitive: { loss: 'epsilonInsensitive', epsilon: 5, eta0: 0.1 },
  squaredEpsilonInsensitive: { loss: 'squaredEpsilonInsensitive', epsilon: 5, penalty: 'l1', alpha: 1 },
} as const

for (const [name, params] of Object.entries(REGRESSORS))
  test(`SGDRegressor, ${name}, on diabetes: scikit-learn's coefficients and passes`, async () => {
    const { x, y } = scaled('diabetes')
    const model = await new ml.SGDRegressor({ ...params, shuffle: false }).fit(x, y)
    assert.equal(model.iterations, answers.regressors[name].iterations)
    close(model.coef, answers.regressors[name].coef, 1e-6)
    close(model.intercept, answers.regressors[name].intercept, 1e-6)
  })

test('weights count as scikit-learn counts them', async () => {
  const { x, y } = scaled('diabetes')
  const sampleWeight = y.map((_, i) => 1 + (i % 3))
  const model = await new ml.SGDRegressor({ shuffle: false }).fit(x, y, { sampleWeight })
  close(model.coef, answers.weighted.coef, 1e-6)
})

test('blocks are gone through in order: the same, to the last bit, for any cut', async () => {
  const { x, y } = scaled('iris')
  const params = { loss: 'logLoss', shuffle: false, maxIter: 20 } as const
  const whole = await new ml.SGDClassifier(params).fit(x, y)
  for (const rows of [1, 40, 149]) {
    const cut = array.fromArray(x, { chunks: [rows, -1] })
    assert.deepEqual((await new ml.SGDClassifier(params).fit(cut, y)).coef, whole.coef)
  }
})

test('one pass over parts is one pass over all, and learning goes on from there', async () => {
  const { x, y } = scaled('iris')
  const params = { loss: 'logLoss', shuffle: false } as const
  const once = await new ml.SGDClassifier(params).partialFit(x, y)
  const parts = new ml.SGDClassifier(params)
  await parts.partialFit(x.slice(0, 50), y.slice(0, 50), { classes: [0, 1, 2] })
  const kept = ml.SGDClassifier.fromJSON(JSON.parse(JSON.stringify(parts)))
  await kept.partialFit(x.slice(50), y.slice(50))
  assert.deepEqual(kept.coef, once.coef)
  for (let pass = 1; pass < 20; pass++) await kept.partialFit(x, y)
  const fitted = await new ml.SGDClassifier({ ...params, maxIter: 20, tol: null }).fit(x, y)
  assert.deepEqual(kept.coef, fitted.coef)
  await assert.rejects(
    kept.partialFit(
      x,
      y.map(() => 7),
    ),
    /knows the classes 0, 1, 2, and y has 7/,
  )
  await assert.rejects(
    kept.partialFit([[1, 2]], [0]),
    /X has 2 features, but SGDClassifier was fitted with 4/,
  )
})

test('shuffled by a seed it learns rows that stand by class, and shares sum to 1', async () => {
  const { x, y } = dataset('iris')
  const scaler = await new ml.StandardScaler().fit(x)
  const rows = scaler.transform(x)
  const model = await new ml.SGDClassifier({ loss: 'logLoss', seed: 3 }).fit(rows, y)
  assert.ok((await model.score(rows, y)) > 0.93)
  const again = await new ml.SGDClassifier({ loss: 'logLoss', seed: 3 }).fit(rows, y)
  assert.deepEqual(again.coef, model.coef)
  for (const shares of model.predictProba(rows).toList() as number[][])
    close(
      shares.reduce((sum, each) => sum + each, 0),
      1,
      1e-12,
    )
})

test('sparse rows are learnt as dense ones, but for the intercept', async () => {
  const texts = ['good film', 'bad film', 'good plot', 'bad plot', 'good', 'bad']
  const labels = [1, 0, 1, 0, 1, 0]
  const vectorizer = await new ml.TfidfVectorizer().fit(texts)
  const params = { fitIntercept: false, shuffle: false }
  const sparse = await new ml.SGDClassifier(params).fit(vectorizer.vectorize(texts), labels)
  const dense = await vectorizer.vectorize(texts).toArray().compute()
  close(sparse.coef, (await new ml.SGDClassifier(params).fit(dense, labels)).coef, 1e-9)
  assert.equal(await sparse.score(vectorizer.vectorize(texts), labels), 1)
})

test('a learning curve is told, and what cannot be learnt is refused', async () => {
  const { x, y } = scaled('cancer')
  const seen: number[] = []
  const model = await new ml.SGDClassifier({ loss: 'logLoss' }).fit(x, y, {
    onIteration: (iteration, loss) => {
      seen.push(loss)
      return iteration < 4
    },
  })
  assert.equal(model.iterations, 4)
  assert.ok(seen[3] < seen[0])
  assert.throws(() => new ml.SGDClassifier().fitted, /not fitted/)
  const hinge = await new ml.SGDClassifier().fit(x, y)
  assert.throws(() => hinge.predictProba(x), /has probabilities where its loss is logLoss, not hinge/)
  await assert.rejects(new ml.SGDClassifier().fit([[1], [2]], [1, 1]), /at least 2 classes/)
  await assert.rejects(new ml.SGDRegressor().fit([[1], [Number.NaN]], [1, 1]), /X contains NaN/)
  await assert.rejects(
    new ml.SGDRegressor({ learningRate: 'constant', eta0: 1e300 }).fit([[1], [-2]], [1, 1]),
    /got out of hand: scale the features/,
  )
  assert.throws(() => new ml.SGDClassifier({ alpha: 0 }), /alpha of SGDClassifier is above 0/)
})
