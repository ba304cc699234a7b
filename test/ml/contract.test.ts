// The contract of estimators, by the simplest of them: what features may be, where it runs, what is kept, what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, bag, dataframe, NdArray } from '../../runtime/collections/index.ts'
import { ml } from '../../runtime/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const ROWS = [
  [1, 10],
  [2, 20],
  [3, 60],
  [6, 70],
]
const SCALED = [
  [-1.0690449676496976, -1.1766968108291043],
  [-0.5345224838248488, -0.7844645405527362],
  [0, 0.7844645405527362],
  [1.6035674514745464, 1.1766968108291043],
]

const close = (actual: unknown, expected: unknown, bound = 1e-12): void => {
  const a = (actual as number[][]).flat()
  const b = (expected as number[][]).flat()
  assert.equal(a.length, b.length)
  a.forEach((value, i) => {
    assert.ok(Math.abs(value - b[i]) <= bound, `${value} is not ${b[i]}`)
  })
}

test('features that are here are transformed at once', async () => {
  for (const x of [ROWS, NdArray.from(ROWS), ROWS.map(([a, b]) => ({ a, b }))]) {
    const scaler = await new ml.StandardScaler().fit(x)
    close(scaler.transform(x).toList(), SCALED)
  }
})

test('features of collections are transformed lazily, whatever their cut', async () => {
  for (const chunks of [1, 2, 3, 4]) {
    const x = array.fromArray(ROWS, { chunks: [chunks, 1] })
    const scaler = await new ml.StandardScaler().fit(x)
    const scaled = scaler.transform(x)
    assert.deepEqual(scaled.shape, [4, 2])
    close((await scaled.compute()).toList(), SCALED)
  }
  const records = ROWS.map(([a, b]) => ({ a, b }))
  const table = dataframe.fromRecords(records)
  const scaledTable = await (await new ml.StandardScaler().fitTransform(table)).compute()
  assert.deepEqual(Object.keys(scaledTable.toRecords()[0]), ['a', 'b'])
  close(
    scaledTable.toRecords().map((row) => Object.values(row)),
    SCALED,
  )
  const lists = bag.fromSequence(ROWS, { partitions: 3 })
  const fromBag = (await new ml.StandardScaler().fit(lists)).transform(lists)
  close((await fromBag.compute()).toList(), SCALED)
})

test('a model comes back from JSON as it was, and a clone has learnt nothing', async () => {
  const scaler = await new ml.StandardScaler({ withStd: false }).fit([
    [1, Number.NaN],
    [3, Number.NaN],
  ])
  const again = ml.StandardScaler.fromJSON(JSON.parse(JSON.stringify(scaler)))
  assert.deepEqual(again.getParams(), { withMean: true, withStd: false })
  assert.deepEqual(again.mean, scaler.mean)
  assert.ok(Number.isNaN(again.mean[1]))
  const copy = scaler.clone()
  assert.deepEqual(copy.getParams(), scaler.getParams())
  assert.throws(() => copy.transform(ROWS), {
    name: 'NotFittedError',
    message: 'this StandardScaler is not fitted yet: call fit first',
  })
})

test('what is no model, or of another version, is refused by name', () => {
  assert.throws(() => ml.fromJSON({}), { name: 'ModelFormatError' })
  assert.throws(() => ml.fromJSON({ ...new ml.StandardScaler().toJSON(), version: 2 }), /version 2/)
  assert.throws(() => ml.fromJSON({ ...new ml.StandardScaler().toJSON(), kind: 'Oracle' }), /is a Oracle/)
})

test('parameters are known by name', () => {
  assert.throws(() => new ml.StandardScaler({ withMeen: false } as object), {
    name: 'ParameterError',
    message: 'StandardScaler has no parameter withMeen; it has withMean, withStd',
  })
})

test('partialFit of parts is fit of all', async () => {
  const scaler = new ml.StandardScaler()
  await scaler.partialFit(ROWS.slice(0, 1))
  await scaler.partialFit(ROWS.slice(1))
  close(scaler.transform(ROWS).toList(), SCALED)
})

test('other columns than at fit, ragged rows, infinities and empty lists are refused', async () => {
  const scaler = await new ml.StandardScaler().fit(ROWS)
  assert.throws(() => scaler.transform([[1, 2, 3]]), {
    name: 'MlDataError',
    message: 'X has 3 features, but StandardScaler was fitted with 2: give it the same columns as at fit',
  })
  await assert.rejects(new ml.StandardScaler().fit([[1], [2, 3]]), /row 1 has 2 features/)
  await assert.rejects(new ml.StandardScaler().fit([]), /there are no rows/)
  await assert.rejects(new ml.StandardScaler().fit([[Number.POSITIVE_INFINITY]]), /X contains Infinity/)
  await assert.rejects(new ml.StandardScaler().fit(NdArray.from([1, 2])), /reshape\(\[-1, 1\]\)/)
  await assert.rejects(new ml.StandardScaler().fit(['a text']), /holds texts such as "a text"/)
})
