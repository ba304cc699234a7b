// Arrays as tables, on both engines: every dtype, any chunks, views, times that are none, and what cannot be a table.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array, col, type DataFrame, dataframe } from '../../runtime/collections/index.ts'
import type { DTypeName } from '../../runtime/kernels/array/dtype.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const records = (table: unknown): Promise<unknown[]> => (table as DataFrame).toRecords()

for (const engine of ['polars', 'columns']) {
  test(`every dtype is a column of its own type (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const numbers: [DTypeName, string][] = [
      ['int8', 'int8'],
      ['int16', 'int16'],
      ['int32', 'int32'],
      ['uint8', 'uint8'],
      ['uint16', 'uint16'],
      ['uint32', 'uint32'],
      ['float32', 'float32'],
      ['float64', 'float64'],
    ]
    for (const [dtype, type] of numbers) {
      const table = dataframe.fromArray(array.arange(6).astype(dtype).reshape([3, 2]))
      assert.deepEqual(table.schema, { 0: type, 1: type })
      assert.deepEqual(
        await records(table),
        [0, 2, 4].map((n) => ({ 0: n, 1: n + 1 })),
        dtype,
      )
    }
    for (const dtype of ['int64', 'uint64'] as const) {
      const big = array.fromArray([9007199254740993n, 1n], { dtype })
      assert.deepEqual(await records(dataframe.fromArray(big, { columns: ['n'] })), [
        { n: 9007199254740993n },
        { n: 1n },
      ])
    }
    const truths = array.arange(11).mod(3).equal(0)
    assert.deepEqual(
      await records(dataframe.fromArray(truths, { columns: ['t'] })),
      Array.from({ length: 11 }, (_, i) => ({ t: i % 3 === 0 })),
    )
    const floats = array.fromArray([Number.NaN, -0, Number.POSITIVE_INFINITY])
    const [nan, zero, infinite] = (await records(dataframe.fromArray(floats, { columns: ['x'] }))) as {
      x: number
    }[]
    assert.ok(Number.isNaN(nan.x) && Object.is(zero.x, -0) && infinite.x === Number.POSITIVE_INFINITY)
  })

  test(`times keep their unit, and what is not a time is null (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const texts = ['2024-02-29T12:30', 'NaT', '1969-12-31T23:59']
    const dates = [new Date('2024-02-29T12:30Z'), null, new Date('1969-12-31T23:59Z')]
    const types = { s: 'ms', m: 'ms', ms: 'ms', us: 'us', ns: 'ns' }
    for (const [unit, kept] of Object.entries(types)) {
      const times = array.fromArray(texts, { dtype: `datetime64[${unit}]` as DTypeName })
      const table = dataframe.fromArray(times, { columns: ['at'] })
      assert.deepEqual(table.schema, { at: { datetime: kept } })
      assert.deepEqual(
        await records(table),
        dates.map((at) => ({ at })),
        unit,
      )
    }
    const days = dataframe.fromArray(
      array.fromArray(['2024-02-29', 'NaT', '1969-12-31'], { dtype: 'datetime64[D]' }),
      {
        columns: ['day'],
      },
    )
    assert.deepEqual(days.schema, { day: 'date' })
    assert.deepEqual(
      await records(days),
      [new Date('2024-02-29'), null, new Date('1969-12-31')].map((day) => ({ day })),
    )
    const spans = array.fromArray([90n, 1n], { dtype: 'timedelta64[m]' })
    const hours = dataframe
      .fromArray(spans, { columns: ['took'] })
      .select(col('took').dt.totalSeconds().as('s'))
    assert.deepEqual(await records(hours), [{ s: 5400n }, { s: 60n }])
  })

  test(`rows are the same for any chunks, and of views (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const expected = Array.from({ length: 12 }, (_, i) => ({ a: i, b: i + 12, c: i + 24 }))
    for (const chunks of [
      [12, 3],
      [5, 2],
      [1, 1],
      [7, 3],
    ]) {
      const x = array.arange(36).reshape([3, 12]).rechunk([2, 5]).T.rechunk(chunks)
      const table = dataframe.fromArray(x, { columns: ['a', 'b', 'c'] })
      assert.equal(table.partitions, Math.ceil(12 / chunks[0]))
      assert.deepEqual(await records(table), expected)
      const [sums] = await records(table.filter(col('a').gt(3)).select(col('c').sum().as('s')))
      assert.deepEqual(sums, { s: 252 })
    }
    const odd = array.arange(36).reshape([12, 3]).slice('1::2', '::-2')
    assert.deepEqual(
      await records(dataframe.fromArray(odd, { columns: ['x', 'y'] })),
      [1, 3, 5, 7, 9, 11].map((row) => ({ x: 3 * row + 2, y: 3 * row })),
    )
  })

  test(`rows whose number only computing tells, and none (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const x = array.arange(10).rechunk(3)
    const few = x.slice(x.greater(6))
    assert.deepEqual(await records(dataframe.fromArray(few, { columns: ['x'] }).sort('x')), [
      { x: 7 },
      { x: 8 },
      { x: 9 },
    ])
    const none = dataframe.fromArray(array.zeros([0, 2]), { columns: ['x', 'y'] })
    assert.deepEqual(await records(none), [])
    assert.equal(await none.len().compute(), 0)
  })
}

test('what cannot be a table is refused by name', () => {
  const says = (call: () => unknown, text: RegExp): void =>
    assert.throws(call, { name: 'TableArgumentError', message: text })
  says(() => dataframe.fromArray([1, 2] as never), /takes an array: array\.fromArray/)
  says(() => dataframe.fromArray(array.zeros([2, 2, 2]) as never), /one or two axes, not of 3/)
  says(() => dataframe.fromArray(array.zeros([2, 0])), /with columns: this one has none/)
  says(
    () => dataframe.fromArray(array.zeros([2, 2]), { columns: ['a'] }),
    /has 2 columns, and columns has 1 names/,
  )
  says(() => dataframe.fromArray(array.zeros([2, 2]), { columns: ['a', 'a'] }), /the same name/)
  says(() => dataframe.fromArray(array.zeros([2]).astype('complex128')), /no columns of complex128/)
  assert.throws(() => dataframe.fromArray(array.zeros([2]), { names: ['a'] } as never), /no option "names"/)
})
