// Tables of columns: lists and typed arrays, in any number of partitions, of which only what is asked for is sent.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ScanPlan } from '../../runtime/collections/dataframe/plan.ts'
import { col, dataframe } from '../../runtime/collections/index.ts'
import { decodeValue, encodeValue } from '../../runtime/functions/valueCodec.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const columns = {
  x: Float64Array.of(0.5, Number.NaN, -0, 3, 4, 5, 6),
  n: BigInt64Array.of(1n, 2n ** 60n, 3n, 4n, 5n, 6n, 7n),
  text: ['a', null, '😀', '', 'e', undefined, 'g'],
  mixed: [null, 1, 2.5, null, 4, 5, 6],
}

for (const engine of ['polars', 'columns'])
  for (const partitions of [1, 3, 9])
    test(`lists and typed arrays are columns (${engine}, ${partitions} partitions)`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      const table = dataframe.fromColumns(columns, { partitions })
      assert.equal(table.partitions, partitions)
      assert.deepEqual(table.schema, { x: 'float64', n: 'int64', text: 'string', mixed: 'float64' })
      const all = (await table.compute()).toColumns()
      assert.deepEqual(all.x, [...columns.x])
      assert.deepEqual(all.n, [...columns.n])
      assert.deepEqual(all.text, ['a', null, '😀', '', 'e', null, 'g'])
      assert.deepEqual(all.mixed, columns.mixed)
      assert.deepEqual(await table.select(col('n').max().as('n')).toRecords(), [{ n: 2n ** 60n }])
      const typed = dataframe.fromColumns(
        { day: ['2024-02-29', null] },
        { schema: { day: 'date', more: 'int8' } },
      )
      assert.deepEqual(await typed.toRecords(), [
        { day: new Date('2024-02-29'), more: null },
        { day: null, more: null },
      ])
    })

test('a partition is sent as parts of the columns that are needed', () => {
  const scan = dataframe.fromColumns(columns, { partitions: 3 }).plan as ScanPlan
  const sent = scan.narrowed?.(['x'], undefined)?.argument(1, new TaskGraph())
  assert.deepEqual(decodeValue(encodeValue(sent, {}), {}), { first: 2, lists: [Float64Array.of(-0, 3)] })
})

test('columns that do not fit are told of', async () => {
  assert.throws(() => dataframe.fromColumns({ a: [1, 2], b: [1] }), {
    message: 'fromColumns takes columns of the same length, not a: 2, b: 1',
  })
  assert.throws(() => dataframe.fromColumns({ a: [1, 'x'] }), {
    message: 'column "a" holds float64 and, in row 1, string: say its type in schema, or make it one',
  })
  await assert.rejects(
    dataframe.fromColumns({ a: [1, 2, 300] }, { schema: { a: 'int8' }, partitions: 2 }).toRecords(),
    { message: 'row 2, column "a": 300 is no int8. Say its type in schema.' },
  )
})
