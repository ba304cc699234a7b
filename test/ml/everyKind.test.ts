// The contract of every estimator by every kind of features: what an array, a table or a bag teaches, and is told, is what the
// same rows here do; targets come in every kind too; parameters and JSON go round.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, dataframe, NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { hashedFraction } from '../../runtime/kernels/ml/trees/rowHash.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { ENTRIES, type Entry } from './everyEstimator.ts'
import { close } from './kit.ts'

computeInProcess().threads = 2

const ROWS = 60
const X = Array.from({ length: ROWS }, (_, row) => [
  Math.round(6 * hashedFraction(7, 2 * row)),
  hashedFraction(7, 2 * row + 1),
])
const CLASSES = X.map(([a, b]) => (a + 4 * b > 5 ? 1 : 0))
const NUMBERS = X.map(([a, b]) => a + 2 * b)
const QUERY = X.map((_, row) => Math.floor(row / 10))

type Any = ml.Estimator & {
  fit(x: unknown, y?: unknown, options?: unknown): Promise<unknown>
  partialFit?(x: unknown, y?: unknown, options?: unknown): Promise<unknown>
  predict?(x: unknown): unknown
  predictProba?(x: unknown): unknown
  transform?(x: unknown): unknown
  score?(x: unknown, y?: unknown, options?: unknown): Promise<number>
}

const records = X.map(([a, b]) => ({ a, b }))
/** A target of each kind, cut as the features are where only the blocks tell how. */
interface Given {
  x: unknown
  target: (y: readonly number[]) => unknown
}
const KINDS: Record<string, Given> = {
  'an array in one block': { x: NdArray.from(X), target: (y) => NdArray.from(y as number[]) },
  'records here': { x: records, target: (y) => Float64Array.from(y) },
  'a chunked array': {
    x: array.fromArray(X, { chunks: [25, 1] }),
    target: (y) => array.fromArray(y as number[], { chunks: [40] }),
  },
  'a table': {
    x: dataframe.fromRecords(records, { partitions: 3 }),
    target: (y) =>
      dataframe.fromRecords(
        y.map((value) => ({ value })),
        { partitions: 3 },
      ),
  },
  'a bag of rows': {
    x: bag.fromSequence(X, { partitions: 3 }),
    target: (y) => bag.fromSequence(y as number[], { partitions: 3 }),
  },
}
/** What depends on how rows are cut, by its nature: docs/machine-learning.md. */
const BY_BLOCK = ['BlockwiseVotingClassifier', 'BlockwiseVotingRegressor']
const STEPS = ['SGDClassifier', 'SGDRegressor', 'Incremental']

const targetOf = ({ learns }: Entry): number[] | undefined =>
  learns === 'classes' ? CLASSES : learns === 'numbers' ? NUMBERS : undefined
const made = (kind: string, { make }: Entry): Any => {
  const model = make() as Any
  // Shuffled steps follow the cut.
  if (kind === 'Incremental')
    return model.setParams({ estimator: new ml.SGDClassifier({ shuffle: false }) } as never) as Any
  return STEPS.includes(kind) ? (model.setParams({ shuffle: false } as never) as Any) : model
}
const valuesOf = async (said: unknown): Promise<unknown> => {
  const collection = said as { compute?(): Promise<unknown>; toList?(): unknown; toRecords?(): object[] }
  if (collection.compute) return valuesOf(await collection.compute())
  if (collection.toRecords) return collection.toRecords().map((row) => Object.values(row))
  return collection.toList ? collection.toList() : said
}

for (const [kind, entry] of Object.entries(ENTRIES)) {
  test(`${kind} learns of every kind of features what it learns of rows here, and says the same`, async () => {
    const y = targetOf(entry)
    const options = entry.options && { query: QUERY }
    const here = made(kind, entry)
    await here.fit(X, y, options)
    for (const [what, { x, target }] of Object.entries(KINDS)) {
      const model = made(kind, entry)
      await model.fit(x, y && target(y), options && { query: target(QUERY) })
      const shown = BY_BLOCK.includes(kind) ? here : model
      for (const method of ['predict', 'predictProba', 'transform'] as const) {
        if (!here[method]) continue
        let expected: unknown
        try {
          expected = await valuesOf(here[method](X))
        } catch (error) {
          // E.g. probabilities of a model that has none: so it says of every kind.
          assert.throws(() => shown[method]!(x), { message: (error as Error).message })
          continue
        }
        close(await valuesOf(shown[method]!(x)), expected, 1e-6, `${method} of ${what}`)
      }
      if (!here.score) continue
      const score = await shown.score!(x, y && target(y), options && { query: target(QUERY) })
      close(score, await here.score(X, y, options), 1e-9, `score of ${what}`)
    }
  })

  test(`${kind}: parameters go round, and so does JSON, learnt and not`, async () => {
    const model = made(kind, entry)
    const params = model.getParams()
    assert.deepEqual(model.setParams(params as never).getParams(), params)
    assert.equal(ml.fromJSON(JSON.parse(JSON.stringify(model))).isFitted, false)
    await model.fit(X, targetOf(entry), entry.options && { query: QUERY })
    const again = ml.fromJSON(JSON.parse(JSON.stringify(model))) as Any
    assert.deepEqual(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(model)))
    const use = model.predict ? 'predict' : 'transform'
    if (model[use]) assert.deepEqual(await valuesOf(again[use]!(X)), await valuesOf(model[use](X)))
  })
}

test('what scikit-learn fits part by part is fitted so here', () => {
  // IncrementalPCA, MiniBatchKMeans, GaussianNB, SGD…, StandardScaler, MinMaxScaler: those of scikit-learn 1.2 that there are here.
  const partial = Object.entries(ENTRIES).flatMap(([kind, { make }]) =>
    (make() as Any).partialFit ? [kind] : [],
  )
  const scikitLearns = [
    'GaussianNB',
    'IncrementalPCA',
    'MinMaxScaler',
    'MiniBatchKMeans',
    'SGDClassifier',
    'SGDRegressor',
    'StandardScaler',
  ]
  for (const kind of scikitLearns) assert.ok(partial.includes(kind), kind)
})
