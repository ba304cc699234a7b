// GaussianNB and neighbours: scikit-learn's answers, any cut, parts, weights, bad input.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, split } from './kit.ts'

computeInProcess()

interface Bayes {
  score: number
  theta: number[]
  var: number[]
  proba: number[][]
}
interface Near {
  score: number
  distances: number[][]
  places: number[][]
}
const { naiveBayes, neighbors } = answersOf<never>('trees') as unknown as {
  naiveBayes: Record<string, Bayes>
  neighbors: Record<string, Near>
}

for (const name of ['iris', 'cancer', 'digits'] as const)
  test(`GaussianNB of ${name}: scikit-learn's means, variances, probabilities and score, for any cut`, async () => {
    const { x, y, xTest, yTest } = split(name)
    for (const features of [x, array.fromArray(x, { chunks: [70, -1] })]) {
      const model = await new ml.GaussianNB().fit(features, y)
      const expected = naiveBayes[name]
      close(model.means[0], expected.theta, 1e-12)
      model.variances[0].forEach((each, i) => {
        assert.ok(Math.abs(each / expected.var[i] - 1) < 1e-9, `variance ${i}`)
      })
      close(await model.score(xTest, yTest), expected.score, 1e-12)
      const logs = (rows: number[][]): number[] => rows.flat().map((each) => Math.log(each + 1e-300))
      close(logs(model.predictProba(xTest.slice(0, 3)).toList() as number[][]), logs(expected.proba), 1e-6)
    }
  })

test('GaussianNB learns parts one by one, weights as repeated rows, and shares that are told', async () => {
  const { x, y } = split('iris')
  const whole = await new ml.GaussianNB().fit(x, y)
  const parts = new ml.GaussianNB()
  await parts.partialFit(x.slice(0, 40), y.slice(0, 40), { classes: [0, 1, 2] })
  await parts.partialFit(x.slice(40), y.slice(40))
  close(parts.variances, whole.variances, 1e-10)
  close(parts.classPriors, whole.classPriors, 1e-12)
  const sampleWeight = y.map((_, i) => i % 3)
  const weighted = await new ml.GaussianNB().fit(x, y, { sampleWeight })
  const repeat = <T>(rows: T[]): T[] => rows.flatMap((row, i) => Array.from({ length: i % 3 }, () => row))
  const repeated = await new ml.GaussianNB().fit(repeat(x), repeat(y))
  close(weighted.variances, repeated.variances, 1e-10)
  const told = await new ml.GaussianNB({ priors: [0.2, 0.3, 0.5] }).fit(x, y)
  close(told.classPriors, [0.2, 0.3, 0.5], 0)
  const back = ml.GaussianNB.fromJSON(JSON.parse(JSON.stringify(whole)))
  assert.deepEqual(back.predictProba(x).toList(), whole.predictProba(x).toList())
})

test('GaussianNB refuses what it cannot learn from', async () => {
  const x = [[1], [2]]
  await assert.rejects(new ml.GaussianNB().fit([[1], [Number.NaN]], [0, 1]), /X contains NaN/)
  await assert.rejects(
    new ml.GaussianNB().fit(x, [0, 1], { sampleWeight: [0, 0] }),
    /sampleWeight is 0 everywhere/,
  )
  await assert.rejects(new ml.GaussianNB({ priors: [1] }).fit(x, [0, 1]), /one share a class: 2, not 1/)
  assert.throws(() => new ml.GaussianNB({ priors: [0.5, 0.6] }), /sum to 1/)
  const model = await new ml.GaussianNB().partialFit(x, [0, 1])
  await assert.rejects(model.partialFit(x, [0, 7]), /knows the classes 0, 1, and y has 7/)
  // One class alone is learnt, as by scikit-learn.
  assert.deepEqual((await new ml.GaussianNB().fit(x, [3, 3])).predict([[9]]).toList(), [3])
})

for (const name of ['iris', 'cancer', 'diabetes', 'digits'] as const)
  test(`neighbours of ${name}: scikit-learn's distances, places and score, for any cut`, async () => {
    const { x, y, xTest, yTest } = split(name)
    const expected = neighbors[name]
    for (const features of [x, array.fromArray(x, { chunks: [70, -1] })]) {
      const near = await new ml.NearestNeighbors({ nNeighbors: 3 }).fit(features)
      const { distances, places } = near.kneighbors(xTest.slice(0, 3))
      close(distances, expected.distances, 1e-9)
      close(places, expected.places, 0)
      const Model = name === 'diabetes' ? ml.KNeighborsRegressor : ml.KNeighborsClassifier
      const model = await new Model().fit(features, y)
      // Which of equally distant rows count is not told: one row more or less may differ.
      close(
        await model.score(xTest, yTest),
        expected.score,
        name === 'digits' || name === 'iris' ? 0.003 : 1e-9,
      )
    }
  })

test('rows that are asked for may be of any size and to come', async () => {
  const { x, xTest } = split('iris')
  const near = await new ml.NearestNeighbors().fit(x)
  const cut = array.fromArray(xTest, { chunks: [7, 2] })
  const { distances, places } = near.kneighbors(cut, 2)
  const here = near.kneighbors(xTest, 2)
  assert.deepEqual(distances.shape, [38, 2])
  assert.deepEqual((await distances.compute()).toList(), here.distances.toList())
  assert.deepEqual((await places.compute()).toList(), here.places.toList())
})

test('near rows may count more, and a row that is met decides alone', async () => {
  const x = [[0], [1], [4]]
  const weights = 'distance'
  const regressor = await new ml.KNeighborsRegressor({ nNeighbors: 3, weights }).fit(x, [10, 20, 40])
  close(regressor.predict([[0], [2]]), [10, (10 / 2 + 20 + 40 / 2) / 2], 1e-12)
  const classifier = await new ml.KNeighborsClassifier({ nNeighbors: 3, weights }).fit(x, [7, 7, 8])
  close(
    classifier.predictProba([[3]]),
    [(1 / 3 + 1 / 2) / (1 / 3 + 1 / 2 + 1), 1 / (1 / 3 + 1 / 2 + 1)],
    1e-12,
  )
  assert.deepEqual(classifier.predict([[3]]).toList(), [8])
})

test('distances may be measured otherwise', async () => {
  const far = async (metric: 'euclidean' | 'manhattan' | 'chebyshev'): Promise<unknown> => {
    const model = await new ml.NearestNeighbors({ nNeighbors: 1, metric }).fit([[3, 4]])
    return model.kneighbors([[0, 0]]).distances.toList()
  }
  assert.deepEqual(await far('euclidean'), [[5]])
  assert.deepEqual(await far('manhattan'), [[7]])
  assert.deepEqual(await far('chebyshev'), [[4]])
})

test('neighbours come back from JSON, and refuse by name', async () => {
  const { x, y, xTest } = split('iris')
  const model = await new ml.KNeighborsClassifier().fit(x, y)
  const back = ml.KNeighborsClassifier.fromJSON(JSON.parse(JSON.stringify(model)))
  assert.deepEqual(back.predictProba(xTest).toList(), model.predictProba(xTest).toList())
  const few = await new ml.NearestNeighbors().fit([[1], [2]])
  assert.throws(() => few.kneighbors([[1]]), /looks for 5 neighbours, and was fitted with only 2 rows/)
  assert.throws(() => model.predict([[1]]), /X has 1 features, but KNeighborsClassifier was fitted with 4/)
  await assert.rejects(new ml.NearestNeighbors().fit([[Number.NaN]]), /X contains NaN/)
  await assert.rejects(
    new ml.KNeighborsRegressor().fit([[1]], [1], { sampleWeight: [1] }),
    /KNeighborsRegressor takes no sampleWeight/,
  )
  assert.throws(() => new ml.NearestNeighbors({ nNeighbors: 0 }), /nNeighbors of NearestNeighbors/)
})
