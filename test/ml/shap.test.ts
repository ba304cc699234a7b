// SHAP values: they sum to predictions, and are Shapley's by the book on small trees.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import type { Tree } from '../../runtime/kernels/ml/trees/tree.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { close, split } from './kit.ts'

computeInProcess()

/** What a tree says when only some features of a row are known: others follow both sides by their cover. */
function known(tree: Tree, row: readonly number[], features: ReadonlySet<number>, node = 0): number {
  const split = tree.feature[node]
  if (split < 0) return tree.value[node]
  const [left, right] = [tree.left[node], tree.right[node]]
  if (features.has(split)) {
    const x = row[split]
    const categories = tree.leftCategories?.[node]
    const goesLeft = Number.isNaN(x)
      ? tree.missingLeft[node] === 1
      : categories
        ? categories.includes(x)
        : x <= tree.threshold[node]
    return known(tree, row, features, goesLeft ? left : right)
  }
  const side = (child: number): number => tree.cover[child] * known(tree, row, features, child)
  return (side(left) + side(right)) / tree.cover[node]
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

/** Shapley values by their definition: over all subsets of the other features. */
function shapley(trees: readonly Tree[], row: readonly number[]): number[] {
  const count = row.length
  return row.map((_, feature) => {
    let value = 0
    for (let bits = 0; bits < 2 ** count; bits++) {
      if (bits & (1 << feature)) continue
      const subset = new Set(row.map((_each, i) => i).filter((i) => bits & (1 << i)))
      const weight = (factorial(subset.size) * factorial(count - subset.size - 1)) / factorial(count)
      const more = new Set([...subset, feature])
      for (const tree of trees) value += weight * (known(tree, row, more) - known(tree, row, subset))
    }
    return value
  })
}

const rowsOf = (values: { toList(): unknown }): number[][] => values.toList() as number[][]
const sumOf = (row: readonly number[]): number => row.reduce((sum, each) => sum + each, 0)

test("values of boosted trees are Shapley's, missing values and categories among them", async () => {
  const { x, y } = split('diabetes')
  const few = x.map((row, i) => [i % 4, i % 5 === 0 ? Number.NaN : row[2], row[8], row[3]])
  const target = y.map((value, i) => value + 50 * [3, 0, 2, 1][i % 4])
  const params = { maxIter: 6, maxLeafNodes: 8, categoricalFeatures: [0] }
  const model = await new ml.GradientBoostingRegressor(params).fit(few, target)
  const rows = few.slice(0, 12)
  const values = rowsOf(model.shapValues(rows))
  rows.forEach((row, i) => {
    close(values[i].slice(0, 4), shapley(model.fitted.trees, row), 1e-9)
  })
})

test('values of a forest are the means of its trees', async () => {
  const { x, y } = split('diabetes')
  const few = x.map((row) => [row[2], row[8], row[3]])
  const model = await new ml.RandomForestRegressor({ nEstimators: 4, maxDepth: 4 }).fit(few, y)
  const rows = few.slice(0, 8)
  const values = rowsOf(model.shapValues(rows))
  rows.forEach((row, i) => {
    const own = shapley(
      model.fitted.trees.map(({ tree }) => tree),
      row,
    )
    close(
      values[i].slice(0, 3),
      own.map((each) => each / 4),
      1e-9,
    )
  })
})

test('contributions sum to predictions: numbers, two classes, more, forests; of arrays to come too', async () => {
  const { x, y, xTest } = split('diabetes')
  const regressor = await new ml.GradientBoostingRegressor({ maxIter: 20 }).fit(x, y)
  close(rowsOf(regressor.shapValues(xTest)).map(sumOf), regressor.predict(xTest), 1e-8)
  const cut = array.fromArray(xTest, { chunks: [30, -1] })
  assert.deepEqual(rowsOf(await regressor.shapValues(cut).compute()), rowsOf(regressor.shapValues(xTest)))

  const cancer = split('cancer')
  const two = await new ml.GradientBoostingClassifier({ maxIter: 10 }).fit(cancer.x, cancer.y)
  const odds = rowsOf(two.shapValues(cancer.xTest)).map((row) => 1 / (1 + Math.exp(-sumOf(row))))
  close(
    odds,
    rowsOf(two.predictProba(cancer.xTest)).map((row) => row[1]),
    1e-9,
  )

  const iris = split('iris')
  const three = await new ml.GradientBoostingClassifier({ maxIter: 5 }).fit(iris.x, iris.y)
  const raw = [0, 1, 2].map((k) => rowsOf(three.shapValues(iris.xTest, k)).map(sumOf))
  const shares = raw[0].map((_, i) => {
    const powers = raw.map((own) => Math.exp(own[i]))
    return powers.map((each) => each / sumOf(powers))
  })
  close(shares, three.predictProba(iris.xTest), 1e-9)

  const forest = await new ml.RandomForestClassifier({ nEstimators: 10 }).fit(iris.x, iris.y)
  close(
    rowsOf(forest.shapValues(iris.xTest, 1)).map(sumOf),
    rowsOf(forest.predictProba(iris.xTest)).map((row) => row[1]),
    1e-9,
  )
  assert.throws(() => three.shapValues(iris.xTest, 3), /has outputs 0 to 2, and not 3/)
  assert.throws(() => three.shapValues([[1]]), /X has 1 features/)
})
