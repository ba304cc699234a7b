// Empty blocks, for every estimator: before, between and behind full ones they change nothing of what is learnt.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/collections/index.ts'
import type { ml } from '../../runtime/index.ts'
import { hashedFraction } from '../../runtime/kernels/ml/trees/rowHash.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { ENTRIES, type Entry } from './everyEstimator.ts'
import { close } from './kit.ts'

computeInProcess()

const SEED = 11
const ROWS = 90
const X = Array.from({ length: ROWS }, (_, row) => [
  Math.round(8 * hashedFraction(SEED, 2 * row)),
  hashedFraction(SEED, 2 * row + 1),
])
const CLASSES = X.map(([a, b]) => (a + 4 * b > 6 ? 1 : 0))
const NUMBERS = X.map(([a, b]) => a + 2 * b)
const QUERY = X.map((_, row) => Math.floor(row / 9))

type Model = ml.Estimator & {
  fit(x: unknown, y?: unknown, options?: unknown): Promise<unknown>
  predict?(x: unknown): unknown
  transform?(x: unknown): unknown
  kneighbors?(x: unknown): unknown
}

/** Rows in blocks of these lengths. */
const cut = (lengths: readonly number[]) => array.fromArray(X, { chunks: [lengths, [2]] })

const FULL = [40, 30, 20]
const HOLED = [0, 40, 0, 0, 30, 20, 0]

async function fitted({ make, learns, options }: Entry, lengths: readonly number[]): Promise<Model> {
  const model = make() as Model
  const y = learns === 'classes' ? CLASSES : learns === 'numbers' ? NUMBERS : undefined
  await model.fit(cut(lengths), y, options && { ...options, query: QUERY })
  return model
}

/** All numbers of plain data, in order. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array)
  return value && typeof value === 'object' ? Object.values(value).flatMap(numbersIn) : []
}

for (const [name, entry] of Object.entries(ENTRIES))
  test(`${name} learns from blocks between empty ones what it learns without those (seed ${SEED})`, async () => {
    const learnt = numbersIn((await fitted(entry, FULL)).toJSON())
    const model = await fitted(entry, HOLED)
    assert.ok(learnt.length > 2)
    close(numbersIn(model.toJSON()), learnt, 1e-9)
    const use = (x: unknown): unknown =>
      model.predict ? model.predict(x) : model.transform ? model.transform(x) : undefined
    const here = use(X) as { toList(): unknown } | undefined
    if (!here) return
    const there = use(cut(HOLED)) as { compute(): Promise<{ toList(): unknown }> }
    close((await there.compute()).toList(), here.toList(), 1e-12)
  })

test('the blocks of these tests are empty where they say so', () => {
  assert.deepEqual(cut(HOLED).chunks[0], HOLED)
})
