// Random forests: scikit-learn's scores, the same trees for any cut, weights, missing values, limits, bad input.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, type ChunkedArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { denseBlock } from '../../runtime/kernels/ml/block.ts'
import { forestMeans, forestPlaces } from '../../runtime/kernels/ml/trees/forest.ts'
import { drawsOf } from '../../runtime/kernels/ml/trees/forestRows.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, split } from './kit.ts'

const executor = computeInProcess()

const { forest } = answersOf<never>('trees') as unknown as { forest: Record<string, { score: number }> }
const SEEDS = [0, 1, 2]
const blockOf = (row: number[]) => denseBlock(1, row.length, Float64Array.from(row))

for (const name of ['iris', 'cancer', 'digits'] as const)
  test(`the classes of ${name} are found as well as by scikit-learn, within 1%`, async () => {
    const { x, y, xTest, yTest } = split(name)
    let sum = 0
    for (const seed of SEEDS) {
      const model = await new ml.RandomForestClassifier({ seed }).fit(x, y)
      sum += await model.score(xTest, yTest)
    }
    assert.ok(sum / SEEDS.length >= forest[name].score - 0.01, `${sum / SEEDS.length}`)
  })

test('a regression predicts as well as that of scikit-learn, within 1%', async () => {
  const { x, y, xTest, yTest } = split('diabetes')
  let sum = 0
  for (const seed of SEEDS) {
    const model = await new ml.RandomForestRegressor({ seed }).fit(x, y)
    sum += await model.score(xTest, yTest)
  }
  assert.ok(sum / SEEDS.length >= forest.diabetes.score - 0.01, `${sum / SEEDS.length}`)
})

test('one tree on all rows and features learns them by heart', async () => {
  const { x, y } = split('diabetes')
  const params = { nEstimators: 1, bootstrap: false }
  const numbers = await new ml.RandomForestRegressor(params).fit(x, y)
  close(numbers.predict(x), y, 1e-6)
  const { x: xc, y: yc } = split('cancer')
  const classes = await new ml.RandomForestClassifier({ ...params, maxFeatures: null }).fit(xc, yc)
  assert.equal(await classes.score(xc, yc), 1)
})

test('trees are the same, to the last bit, for any cut into blocks', async () => {
  const { x, y: whole } = split('diabetes')
  // No whole numbers: their sums depend on their order.
  const y = whole.map((value, i) => value / 7 + Math.sin(i))
  const { x: xc, y: yc } = split('iris')
  const params = { nEstimators: 7 }
  const numbers = await new ml.RandomForestRegressor(params).fit(x, y)
  const classes = await new ml.RandomForestClassifier(params).fit(xc, yc)
  for (const rows of [40, 99]) {
    const cut = (features: number[][]) => array.fromArray(features, { chunks: [rows, -1] })
    const sameNumbers = await new ml.RandomForestRegressor(params).fit(cut(x), y)
    assert.deepEqual(sameNumbers.fitted.trees, numbers.fitted.trees)
    const sameClasses = await new ml.RandomForestClassifier(params).fit(cut(xc), yc)
    assert.deepEqual(sameClasses.fitted.trees, classes.fitted.trees)
    assert.deepEqual(
      (await sameClasses.predictProba(cut(xc)).compute()).toList(),
      classes.predictProba(xc).toList(),
    )
  }
})

test('whole trees in a task, and nodes of all blocks level by level, are the same trees for any cut', async () => {
  const x = Array.from({ length: 12_000 }, (_, i) => [
    (i * 7919) % 1009,
    (i * 104_729) % 499,
    i % 7 ? i % 13 : Number.NaN,
    Math.sin(i),
    i % 2,
  ])
  const y = x.map(([a, b, c]) => (a > 500 ? 1 : 0) + (b > 250 ? 2 : 0) + (Number.isNaN(c) ? 4 : 0))
  const sampleWeight = y.map((_, i) => (i % 5) / 3)
  const cut = array.fromArray(x, { chunks: [5000, -1] })
  for (const [params, weights, most] of [
    [{ nEstimators: 3, maxFeatures: null, seed: 5 }, {}, 0.998],
    [{ nEstimators: 3, maxFeatures: 'sqrt', minSamplesLeaf: 3, seed: 6 }, { sampleWeight }, 0.9],
    [{ nEstimators: 2, maxDepth: 4, bootstrap: false }, {}, 0.7],
  ] as const) {
    for (const Forest of [ml.RandomForestClassifier, ml.RandomForestRegressor]) {
      const here = await new Forest(params).fit(x, y, weights)
      assert.ok((await here.score(x, y)) > most, `${await here.score(x, y)}`)
      const toldWith = async (memoryLimitBytes: number): Promise<number[]> => {
        executor.memoryLimitBytes = memoryLimitBytes
        const told: number[] = []
        const onIteration = (trees: number): undefined => void told.push(trees)
        const model = await new Forest(params).fit(cut, y, { ...weights, onIteration })
        assert.deepEqual(model.fitted.trees, here.fitted.trees)
        return told
      }
      const all = params.nEstimators
      assert.deepEqual(await toldWith(100_000), [all], 'levels of all trees together')
      const oneByOne = Array.from({ length: all }, (_, i) => i + 1)
      assert.deepEqual(await toldWith(Number.POSITIVE_INFINITY), oneByOne, 'a task a tree')
    }
  }
})

test('rows are drawn as often as a Poisson variable of mean 1 says', () => {
  const counts = new Array(13).fill(0)
  for (let row = 0; row < 20_000; row++) counts[drawsOf(1, 2, row)]++
  close([counts[0] / 20_000, counts[1] / 20_000, counts[2] / 20_000], [0.3679, 0.3679, 0.1839], 0.01)
})

test('weights count, and rows of weight 0 are not there', async () => {
  const { x, y } = split('iris')
  const sampleWeight = y.map((label) => (label === 1 ? 0 : 0.7))
  const model = await new ml.RandomForestClassifier({ nEstimators: 10 }).fit(x, y, { sampleWeight })
  const shares = model.predictProba(x).toList() as number[][]
  assert.ok(shares.every((row) => row[1] === 0))
  const heavy = await new ml.RandomForestRegressor({ nEstimators: 1, bootstrap: false, maxDepth: 1 }).fit(
    [[1], [1], [2]],
    [0, 10, 20],
    { sampleWeight: [3, 1, 1] },
  )
  close(heavy.predict([[1], [2]]), [2.5, 20], 1e-5)
})

test('missing values go where they do best', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => [i % 3 === 0 ? Number.NaN : i])
  const y = rows.map(([v]) => (Number.isNaN(v) ? 1 : 0))
  const model = await new ml.RandomForestClassifier({ nEstimators: 20 }).fit(rows, y)
  assert.equal(await model.score(rows, y), 1)
})

test('limits of trees are kept, and importances are shares', async () => {
  const { x, y } = split('diabetes')
  const params = {
    nEstimators: 5,
    maxDepth: 3,
    minSamplesLeaf: 9,
    bootstrap: false,
    maxFeatures: 'sqrt',
  } as const
  const model = await new ml.RandomForestRegressor(params).fit(
    x.map((row) => [...row, 7]),
    y,
  )
  for (const { tree } of model.fitted.trees) {
    assert.ok(tree.feature.length <= 15)
    tree.cover.forEach((cover, node) => {
      if (tree.feature[node] < 0) assert.ok(cover >= 9)
    })
  }
  const shares = model.featureImportances()
  close(
    shares.reduce((sum, each) => sum + each, 0),
    1,
    1e-12,
  )
  assert.equal(shares[10], 0)
})

test('whoever watches is told, and may end it; a forest comes back from JSON', async () => {
  const { x, y } = split('iris')
  const seen: number[] = []
  const model = await new ml.RandomForestClassifier({ nEstimators: 3 }).fit(x, y, {
    onIteration: (trees) => {
      seen.push(trees)
      return undefined
    },
  })
  assert.equal(seen.at(-1), 3)
  const back = ml.RandomForestClassifier.fromJSON(JSON.parse(JSON.stringify(model)))
  assert.deepEqual(back.predictProba(x).toList(), model.predictProba(x).toList())
})

test('whoever watches hears how well rows are predicted by the trees that did not draw them', async () => {
  const numbers = split('diabetes')
  const classes = split('iris')
  for (const bootstrap of [true, false]) {
    const params = { nEstimators: 6, maxDepth: 4, bootstrap, seed: 3 }
    for (const [Forest, { x, y }] of [
      [ml.RandomForestRegressor, numbers],
      [ml.RandomForestClassifier, classes],
    ] as const) {
      const sampleWeight = y.map((_, i) => i % 4)
      const toldOf = async (features: number[][] | ChunkedArray, memoryLimitBytes = 1e9) => {
        executor.memoryLimitBytes = memoryLimitBytes
        const told: (number | undefined)[] = []
        const onIteration = (_: number, score: number | undefined): undefined => void told.push(score)
        const { fitted } = await new Forest(params).fit(features, y, { sampleWeight, onIteration })
        return { trees: fitted.trees, last: told.at(-1)! }
      }
      const { trees, last } = await toldOf(x)
      const cut = array.fromArray(x, { chunks: [50, -1] })
      assert.equal((await toldOf(cut)).last, last)
      assert.equal((await toldOf(cut, 1000)).last, last)
      // By the definition, row by row.
      const outputs = Forest === ml.RandomForestRegressor ? 1 : 3
      const rows = x.flatMap((row, i) => {
        const own = trees.filter((_, tree) => !bootstrap || drawsOf(3, tree, i) === 0)
        if (own.length === 0 || sampleWeight[i] === 0) return []
        const forest = { who: 'forest', columns: row.length, outputs, trees: own }
        const [said] = outputs === 1 ? forestMeans(forest, blockOf(row)) : forestPlaces(forest, blockOf(row))
        return [{ said: said as number, y: y[i], weight: sampleWeight[i] }]
      })
      const options = { sampleWeight: rows.map(({ weight }) => weight) }
      const [actual, said] = [rows.map((row) => row.y), rows.map((row) => row.said)]
      const { r2Score, accuracyScore } = ml.metrics
      const score = outputs === 1 ? r2Score : accuracyScore
      close(last, await score(actual, said, options), 1e-12)
    }
  }
})

test('what cannot be learnt from is refused by name', async () => {
  assert.throws(
    () => new ml.RandomForestRegressor({ maxBins: 256 }),
    /maxBins of RandomForestRegressor is 2 to 255/,
  )
  assert.throws(() => new ml.RandomForestRegressor({ nEstimators: 0 }), /nEstimators/)
  await assert.rejects(
    new ml.RandomForestRegressor().fit([[1], [2]], [1, 2], { sampleWeight: [0, 0] }),
    /weights are all 0/,
  )
  const model = await new ml.RandomForestClassifier({ nEstimators: 2 }).fit([[1], [2]], [3, 3])
  assert.deepEqual(model.predict([[5]]).toList(), [3])
  assert.throws(
    () => model.predict([[1, 2]]),
    /X has 2 features, but RandomForestClassifier was fitted with 1/,
  )
})
