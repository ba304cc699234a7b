// What is guessed of files and taken from functions never loses a part of it in silence.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bag, dataframe } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

computeInProcess()

for (const engine of ['polars', 'columns']) {
  test(`a CSV column of days and times of day is one of times (${engine})`, async (t) => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const path = join(temporaryFolder(t), 'days.csv')
    writeFileSync(
      path,
      'day,at\n2020-01-01,2020-01-01\n2020-01-02,2021-02-03T10:00:00\n,2021-02-03 11:30:00\n',
    )
    const table = dataframe.readCsv(path)
    assert.deepEqual(table.schema, { day: 'date', at: { datetime: 'us' } })
    assert.deepEqual(
      (await table.toRecords()).map(({ at }) => (at as Date).toISOString()),
      ['2020-01-01T00:00:00.000Z', '2021-02-03T10:00:00.000Z', '2021-02-03T11:30:00.000Z'],
    )
  })

  test(`a function's cell under another name is an error, a missing one is null (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const table = dataframe.fromRecords([{ a: 1 }, { a: 2 }])
    const given = (row: object, schema?: object): Promise<unknown> =>
      table.apply((() => row) as never, (schema ? { schema } : {}) as never).toRecords()
    assert.deepEqual(await given({}, { c: 'float64' }), [{ c: null }, { c: null }])
    assert.deepEqual(await given({ c: 1, more: 2 }, { c: 'float64' }), [{ c: 1 }, { c: 1 }])
    await assert.rejects(given({ b: 1 }, { c: 'float64' }), {
      name: 'UserTableError',
      message:
        'apply should give the column c: float64, and row 0 has none, but "b". Say what it gives by schema.',
    })
    await assert.rejects(given({ b: 1 }), /should give the column a: float64, and row 0 has none, but "b"/)
    await assert.rejects(
      table
        .groupBy('a')
        .apply(() => [{ m: 1 }] as never, { schema: { n: 'int64' } })
        .toRecords(),
      /should give the column n: int64, and row 0 has none, but "m"/,
    )
  })
}

test('what is no path is refused by its kind', () => {
  const message = 'files are read from a path, a glob, an address or a list of them, not from undefined'
  assert.throws(() => dataframe.readCsv(undefined as never), { message })
  assert.throws(() => bag.readText(undefined as never), { message: `readText: ${message}` })
})

for (const engine of ['polars', 'columns'])
  test(`records within records have the fields of all, whatever each has of them (${engine})`, async () => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const rows = [
      { at: { tags: [], n: 1 } },
      { at: null },
      { at: { tags: ['x'], where: { city: 'Ulm' } } },
      { at: { where: { zip: '1' } } },
    ]
    const whole = [
      { at: { tags: [], n: 1, where: null } },
      { at: null },
      { at: { tags: ['x'], n: null, where: { city: 'Ulm', zip: null } } },
      { at: { tags: null, n: null, where: { city: null, zip: '1' } } },
    ]
    assert.deepEqual(await dataframe.fromRecords(rows, { partitions: 3 }).toRecords(), whole)
    assert.deepEqual(await (await bag.fromSequence(rows, { partitions: 2 }).toDataFrame()).toRecords(), whole)
    assert.throws(
      () => dataframe.fromRecords([{ at: { n: 1 } }, { at: { n: 'x' } }]),
      /column "at" holds struct<n: float64> and, in row 1, struct<n: string>/,
    )
  })
