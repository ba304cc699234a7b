// ADMM: blocks agree on the coefficients that scikit-learn finds.

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
  score: number
}
const answers = answersOf<Answer>('linear')
const scaled = async (name: 'iris' | 'cancer' | 'diabetes') => {
  const { x, y } = dataset(name)
  return { x: (await new ml.StandardScaler().fitTransform(x)).toList() as number[][], y }
}
const options = { solver: 'admm', tol: 1e-5, maxIter: 2000 } as const

for (const [name, data, make] of [
  ['LogisticRegression cancer', 'cancer', () => new ml.LogisticRegression({ ...options })],
  ['LogisticRegression iris', 'iris', () => new ml.LogisticRegression({ C: 2, ...options })],
] as const)
  test(`${name}: blocks agree on scikit-learn's coefficients`, async () => {
    const { x, y } = await scaled(data)
    // Rows stand by class in iris: of 40 a block none has all classes.
    for (const rows of [40, 569]) {
      const model = await make().fit(array.fromArray(x, { chunks: [rows, -1] }), y)
      assert.ok(model.converged)
      close(model.coef, answers[name].coef, 2e-3)
      close(model.intercept, answers[name].intercept, 2e-3)
      close(await model.score(x, y), answers[name].score, 1e-12)
    }
  })

test('other losses agree with what lbfgs finds; a curve is told and may be ended', async () => {
  const { x, y } = await scaled('cancer')
  const cut = array.fromArray(x, { chunks: [150, -1] })
  const far = { tol: 1e-9, maxIter: 5000 }
  const svm = await new ml.LinearSVC({ C: 0.01, ...options }).fit(cut, y)
  close(svm.coef, (await new ml.LinearSVC({ C: 0.01, ...far }).fit(x, y)).coef, 2e-3)
  const { x: xd, y: yd } = await scaled('diabetes')
  const cutDiabetes = array.fromArray(xd, { chunks: [150, -1] })
  const counts = await new ml.PoissonRegressor(options).fit(cutDiabetes, yd)
  close(counts.coef, (await new ml.PoissonRegressor(far).fit(xd, yd)).coef, 2e-3)
  const seen: number[] = []
  const ended = await new ml.LogisticRegression(options).fit(cut, y, {
    onIteration: (iteration, off) => {
      seen.push(off)
      return iteration < 5
    },
  })
  assert.equal(ended.iterations, 5)
  assert.equal(ended.converged, false)
  assert.ok(seen.every((each) => each >= 0))
  const without = await new ml.LogisticRegression({ ...options, fitIntercept: false }).fit(cut, y)
  assert.equal(without.intercept[0], 0)
  assert.throws(
    () => new ml.LogisticRegression({ solver: 'sag' as 'admm' }),
    /solver of LogisticRegression is lbfgs or admm/,
  )
})
