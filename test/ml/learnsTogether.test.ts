// Models that learn from the same rows together are, to the last bit, those that each learns alone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ml } from '../../runtime/index.ts'
import { denseBlock } from '../../runtime/kernels/ml/block.ts'
import { groupsThatLearn, type LearnsTogether } from '../../runtime/ml/contract/learnsTogether.ts'
import type { Features } from '../../runtime/ml/contract/rows.ts'
import { fitter } from '../../runtime/ml/modelSelection/fitter.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { dataset } from './kit.ts'

computeInProcess()

type Model = ml.LogisticRegression | ml.LinearSVC | ml.PoissonRegressor
const Cs = [1e-3, 0.1, 1, 50]
const FAMILIES: [name: string, data: 'cancer' | 'iris', make: () => Model[]][] = [
  [
    'LogisticRegression of two classes',
    'cancer',
    () => [
      ...Cs.map((C) => new ml.LogisticRegression({ C })),
      new ml.LogisticRegression({ C: 2, fitIntercept: false, tol: 1e-9 }),
      new ml.LogisticRegression({ C: 2, maxIter: 3 }),
      new ml.LogisticRegression({ C: 2, solver: 'admm', maxIter: 20 }),
    ],
  ],
  ['LogisticRegression of three classes', 'iris', () => Cs.map((C) => new ml.LogisticRegression({ C }))],
  ['LinearSVC', 'iris', () => Cs.map((C) => new ml.LinearSVC({ C }))],
  ['PoissonRegressor', 'iris', () => [0, 0.1, 3].map((alpha) => new ml.PoissonRegressor({ alpha }))],
]

for (const [name, data, make] of FAMILIES)
  test(`${name}: together as alone`, async () => {
    const { x, y } = dataset(data)
    const rows = (await new ml.StandardScaler().fitTransform(x)).toList() as number[][]
    const sampleWeight = y.map((_, i) => (i % 5 === 0 ? 0 : 1 + (i % 3)))
    for (const options of [{}, { sampleWeight }]) {
      const together = make()
      const [first] = together as (Model & LearnsTogether)[]
      await first.fitTogether(together as never, rows as Features, y, options)
      for (const [i, alone] of make().entries())
        assert.deepEqual(
          together[i].toJSON(),
          (await (alone as ml.PoissonRegressor).fit(rows, y, options)).toJSON(),
        )
    }
  })

test('a model that begins where it ended does so beside others', async () => {
  const { x, y } = dataset('cancer')
  const make = () => new ml.LogisticRegression({ warmStart: true, maxIter: 2 })
  const [a, b, alone] = [await make().fit(x, y), make(), await make().fit(x, y)]
  await a.fitTogether([a, b], x, y)
  assert.deepEqual(a.toJSON(), (await alone.fit(x, y)).toJSON())
  assert.deepEqual(b.toJSON(), (await make().fit(x, y)).toJSON())
})

test('models of one class are one group, others are alone', () => {
  const [a, b] = [new ml.LogisticRegression(), new ml.LogisticRegression({ C: 2 })]
  const [c, d] = [new ml.LinearSVC(), new ml.Ridge()]
  const e = new ml.Ridge()
  assert.deepEqual(groupsThatLearn([a, d, c, b, e]), [[a, b], [d], [c], [e]])
})

test('a task scores models of several classes in their order', async () => {
  const { x, y } = dataset('iris')
  const block = denseBlock(150, 4, Float64Array.from(x.flat()))
  const target = Float64Array.from(y)
  const split = { train: block, trainTarget: target, trainWeight: null, test: block, testTarget: target }
  const models = [
    new ml.LogisticRegression({ C: 1e-4 }),
    new ml.LinearSVC(),
    new ml.LogisticRegression({ C: 10 }),
    new ml.GaussianNB(),
  ]
  const scores = await fitter.fitScores(
    models.map((model) => model.toJSON()),
    split,
    null,
  )
  for (const [i, model] of models.entries())
    assert.equal(scores[i], await (model as ml.GaussianNB).fit(x, y).then((fitted) => fitted.score(x, y)))
  assert.equal(new Set(scores).size, 4)
})
