// What boosted trees may not do: predictions that go one way by a feature, and features that may not act together.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { mulberry } from '../../runtime/kernels/ml/seeded.ts'
import type { Tree } from '../../runtime/kernels/ml/trees/tree.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { answersOf, close, split } from './kit.ts'

computeInProcess()

type Params = Partial<ml.GradientBoostingParams>
type Answer = Record<'squares' | 'counts' | 'classes', number[]>
const { limits } = answersOf<never>('trees') as unknown as { limits: Record<string, Answer> }

const { x, y, xTest } = split('diabetes')
const holes = x.map((row, i) =>
  row.map((v, c) => ((i % 3 === 0 && c === 2) || (i % 5 === 0 && c === 8) ? Number.NaN : v)),
)
const holesTest = xTest.map((row, i) => row.map((v, c) => (i % 2 === 0 && c === 2 ? Number.NaN : v)))
const mixed = holes.map((row, i) => [i % 7, ...row])
const counts = y.map((value, i) => [5, 1, 9, 2, 8, 3, 0][i % 7] + (i % 7 < 6 ? Math.floor(value / 100) : 0))
const sampleWeight = y.map((_, i) => 1 + (i % 3))

const ways = [0, 0, 1, 1, -1, 0, -1, 0, 1, 1]
const small = { maxIter: 20, maxLeafNodes: 8 }
const groups = [[0, 1, 2], [2, 3, 4], [8]]
/** Of each setting: for ten features, and with a category before them. */
const SETTINGS: Record<string, readonly [Params, Params]> = {
  monotonic: [{ monotonicCst: ways }, { monotonicCst: [0, ...ways] }],
  interaction: [{ interactionCst: groups }, { interactionCst: groups }],
  pairwise: [{ interactionCst: 'pairwise' }, { interactionCst: 'pairwise' }],
  none: [{ interactionCst: 'noInteractions' }, { interactionCst: 'noInteractions' }],
  both: [
    { monotonicCst: ways, interactionCst: groups },
    { monotonicCst: [0, ...ways], interactionCst: groups },
  ],
}

for (const [name, [plain, withCategory]] of Object.entries(SETTINGS))
  test(`numbers, counts and classes are predicted as by scikit-learn, ${name}`, async () => {
    const expected = limits[name]
    const squares = await new ml.GradientBoostingRegressor({ ...small, ...plain }).fit(holes, y)
    close(squares.predict(holesTest.slice(0, 20)), expected.squares, 1e-4)
    const rates = { ...small, loss: 'poisson', categoricalFeatures: [0], ...withCategory } as const
    const rated = await new ml.GradientBoostingRegressor(rates).fit(mixed, counts, { sampleWeight })
    close(rated.predict(mixed.slice(0, 20)), expected.counts, 1e-4)
    const high = y.map((value) => (value > 140 ? 'high' : 'fair'))
    const two = await new ml.GradientBoostingClassifier({ ...small, ...plain }).fit(holes, high)
    const chances = two.predictProba(holesTest.slice(0, 20)).toList() as number[][]
    close(
      chances.map((row) => row[1]),
      expected.classes,
      1e-4,
    )
  })

/** Seeded rows whose targets go up and down by every feature, with holes and categories. */
function seeded(seed: number): { rows: number[][]; target: number[] } {
  const random = mulberry(seed)
  const rows = Array.from({ length: 600 }, () => [
    Math.round(20 * random()) / 20,
    random() < 0.1 ? Number.NaN : random(),
    Math.floor(4 * random()),
    random(),
  ])
  const target = rows.map(
    ([a, b, c, d]) =>
      Math.sin(9 * a) + a - (b || 0) * Math.cos(7 * (b || 0)) + (c % 2) * d + 2 * random() + 2,
  )
  return { rows, target }
}

for (const seed of [1, 2, 3])
  test(`predictions go one way by a feature, whatever the others are, seed ${seed}`, async () => {
    const { rows, target } = seeded(seed)
    const params = { monotonicCst: [1, -1, 0, 0], categoricalFeatures: [2], maxIter: 40, minSamplesLeaf: 3 }
    const sampleWeight = target.map((_, i) => i % 3)
    const halves = target.map((value) => (value > 3 ? 1 : 0))
    for (const growth of ['leafWise', 'depthWise'] as const) {
      const own = { ...params, growth }
      const models = [
        await new ml.GradientBoostingRegressor(own).fit(rows, target, { sampleWeight }),
        await new ml.GradientBoostingRegressor({ ...own, loss: 'poisson' }).fit(rows, target),
      ]
      const two = await new ml.GradientBoostingClassifier(own).fit(rows, halves)
      const predictors = [
        ...models.map((model) => (asked: number[][]) => model.predict(asked).toList() as number[]),
        (asked: number[][]) => (two.predictProba(asked).toList() as number[][]).map((row) => row[1]),
      ]
      for (const predict of predictors)
        for (const [feature, direction] of [
          [0, 1],
          [1, -1],
        ])
          for (const row of rows.slice(0, 40)) {
            const said = predict(Array.from({ length: 101 }, (_, i) => row.with(feature, i / 100)))
            assert.ok(said.every((value, i) => i === 0 || direction * (value - said[i - 1]) >= 0))
          }
    }
    // It is no matter of course.
    const free = await new ml.GradientBoostingRegressor({ ...params, monotonicCst: [] }).fit(rows, target)
    const said = free
      .predict(Array.from({ length: 101 }, (_, i) => [i / 100, 0.5, 1, 0.5]))
      .toList() as number[]
    assert.ok(said.some((value, i) => i > 0 && value < said[i - 1]))
  })

/** The features that split on each way from the root to a leaf. */
function waysOf(tree: Tree, node = 0, above: readonly number[] = []): (readonly number[])[] {
  if (tree.feature[node] < 0) return [above]
  const own = [...above, tree.feature[node]]
  return [...waysOf(tree, tree.left[node], own), ...waysOf(tree, tree.right[node], own)]
}

test('from the root to a leaf, features of one group split', async () => {
  const { rows, target } = seeded(4)
  const learn = async (interactionCst: ml.GradientBoostingParams['interactionCst']) =>
    (
      await new ml.GradientBoostingRegressor({
        ...{ interactionCst, maxIter: 20, minSamplesLeaf: 3, categoricalFeatures: [2] },
      }).fit(rows, target)
    ).fitted.trees.flatMap((tree) => waysOf(tree))
  const allIn = (way: readonly number[], ...allowed: number[][]): boolean =>
    allowed.some((group) => way.every((feature) => group.includes(feature)))
  // Features 1 and 3 are in no group: they are one more.
  assert.ok((await learn([[0, 2]])).every((way) => allIn(way, [0, 2], [1, 3])))
  assert.ok((await learn([[0, 1], [1, 2], [3]])).every((way) => allIn(way, [0, 1], [1, 2], [3])))
  assert.ok((await learn('noInteractions')).every((way) => new Set(way).size <= 1))
  const pairs = await learn('pairwise')
  assert.ok(pairs.every((way) => new Set(way).size <= 2) && pairs.some((way) => new Set(way).size === 2))
  assert.ok((await learn([])).some((way) => new Set(way).size > 2))
})

test('limited trees are the same, to the last bit, for any cut into blocks, and come back from JSON', async () => {
  const { rows, target } = seeded(5)
  for (const growth of ['leafWise', 'depthWise'] as const) {
    const params = {
      ...{ maxIter: 8, growth, categoricalFeatures: [2], minSamplesLeaf: 3, earlyStopping: true },
      ...{ monotonicCst: [1, -1, 0, 0], interactionCst: [[0, 1, 2]] },
    }
    const whole = await new ml.GradientBoostingRegressor(params).fit(rows, target)
    for (const length of [70, 331]) {
      const cut = array.fromArray(rows, { chunks: [length, -1] })
      const model = await new ml.GradientBoostingRegressor(params).fit(cut, target)
      assert.deepEqual(model.fitted.trees, whole.fitted.trees)
    }
    const back = ml.GradientBoostingRegressor.fromJSON(JSON.parse(JSON.stringify(whole)))
    assert.deepEqual(back.params, whole.params)
    assert.deepEqual(back.predict(rows), whole.predict(rows))
  }
})

test('limits that cannot be kept are refused', async () => {
  const learn = (params: Params) => new ml.GradientBoostingRegressor(params).fit([[1, 2]], [3])
  await assert.rejects(
    learn({ monotonicCst: [1] }),
    /GradientBoostingRegressor: monotonicCst has 1 entries, and X has 2 features: one a feature is wanted/,
  )
  await assert.rejects(
    learn({ monotonicCst: [0, -1], categoricalFeatures: [1] }),
    /feature 1 is a category, which has no direction: of it monotonicCst says 0, not -1/,
  )
  await assert.rejects(
    learn({ interactionCst: [[0, 2]] }),
    /interactionCst names features 0 to 1 by their numbers, and not 2/,
  )
  const made = (params: object) => () => new ml.GradientBoostingClassifier(params)
  assert.throws(made({ monotonicCst: [0, 2] }), /is a list of -1, 0 or 1, and of feature 1 it says 2/)
  assert.throws(
    made({ monotonicCst: 1 }),
    /monotonicCst of GradientBoostingClassifier is a list of -1, 0 or 1, not 1/,
  )
  assert.throws(
    made({ interactionCst: 'all' }),
    /is a list of lists of features, 'pairwise' or 'noInteractions', not all/,
  )
  assert.throws(made({ interactionCst: [0] }), /is a list of lists of features/)
  await assert.rejects(
    new ml.GradientBoostingClassifier({ monotonicCst: [1] }).fit([[1], [2], [3]], [1, 2, 3]),
    /monotonicCst goes with two classes, and there are 3/,
  )
})
