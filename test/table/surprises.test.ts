// Answers that once depended on partitions, engines or the first rows.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { col, type DataFrame, dataframe, len } from '../../runtime/collections/index.ts'
import { withoutBlankLines } from '../../runtime/kernels/table/read/blankLines.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const folder = mkdtempSync(join(tmpdir(), 'heddle-surprises-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
/** A new file of that text; its path. */
function fileOf(text: string | Uint8Array, ending: string): string {
  const path = join(folder, `${files++}.${ending}`)
  writeFileSync(path, text)
  return path
}

const tableOf = (rows: readonly object[], partitions: number, schema?: object): DataFrame =>
  dataframe.fromRecords(rows, { partitions, ...(schema && { schema: schema as never }) }) as DataFrame

type Check = (tableIn: (rows: readonly object[], schema?: object) => DataFrame) => Promise<void>

/** Checks on both engines, in one partition and in one for each row. */
function everywhere(title: string, check: Check): void {
  for (const engine of ['polars', 'columns'])
    for (const whole of [true, false])
      test(`${title} (${engine}, ${whole ? 'one partition' : 'a partition a row'})`, async () => {
        process.env.HEDDLE_TABLE_ENGINE = engine
        await check((rows, schema) => tableOf(rows, whole ? 1 : Math.max(1, rows.length), schema))
      })
}

const READINGS = [
  { who: 'a', v: 1 },
  { who: 'b', v: 2 },
  { who: 'a', v: 3 },
  { who: 'a', v: null },
  { who: 'b', v: 5 },
]

everywhere('rows are sorted and grouped by keys that look at other rows', async (tableIn) => {
  const table = tableIn(READINGS)
  const sums = await table.sort(col('v').sum().over('who'), { descending: true }).toRecords()
  assert.deepEqual(
    sums.map(({ v }) => v),
    [2, 5, 1, 3, null],
  )
  const before = await table.sort(col('v').shift(1)).toRecords()
  assert.deepEqual(
    before.map(({ v }) => v),
    [2, 3, null, 1, 5],
  )
  const ranks = await table
    .groupBy(col('v').rank())
    .agg(len().as('rows'), col('v').max().as('most'))
    .toRecords()
  assert.deepEqual(ranks, [
    { v: 1, rows: 1, most: 1 },
    { v: 2, rows: 1, most: 2 },
    { v: 3, rows: 1, most: 3 },
    { v: 4, rows: 1, most: 5 },
    { v: null, rows: 1, most: null },
  ])
  assert.throws(
    () => table.join(table, { leftOn: col('v').rank() as never, rightOn: 'v' }),
    /^TableArgumentError: join: v\.rank\(.*\) looks at other rows: make it a column first, with withColumns$/,
  )
})

everywhere('aggregates of what looks at other rows of the group', async (tableIn) => {
  const apart = col('v').sub(col('v').mean()).abs().max().as('apart')
  const found = tableIn(READINGS).groupBy('who').agg(apart, col('v').cumSum().max().as('run'))
  assert.deepEqual(await found.sort('who').toRecords(), [
    { who: 'a', apart: 1, run: 4 },
    { who: 'b', apart: 1.5, run: 7 },
  ])
})

everywhere('pivot finds the first and last value in any partition', async (tableIn) => {
  const rows = [
    { id: 1, on: 'x', v: 1 },
    { id: 1, on: 'y', v: null },
    { id: 1, on: 'y', v: 2 },
    { id: 1, on: 'x', v: 3 },
    { id: 1, on: 'z', v: 4 },
  ]
  const options = { index: 'id', on: 'on', values: 'v' } as const
  assert.deepEqual(await (await tableIn(rows).pivot(options)).toRecords(), [{ id: 1, x: 1, y: 2, z: 4 }])
  const last = await tableIn(rows).pivot({ ...options, agg: 'last' })
  assert.deepEqual(await last.toRecords(), [{ id: 1, x: 3, y: 2, z: 4 }])
})

everywhere('NaN keys of one row on each side agree', async (tableIn) => {
  const [left, right] = [tableIn([{ id: Number.NaN, v: 1 }]), tableIn([{ id: Number.NaN, w: 2 }])]
  for (const how of ['inner', 'left', 'outer'] as const)
    assert.deepEqual(
      await left.join(right, { on: 'id', how }).toRecords(),
      [{ id: Number.NaN, v: 1, w: 2 }],
      how,
    )
})

everywhere('a key of two types comes once', async (tableIn) => {
  const left = tableIn([{ id: 1n, a: 'x' }])
  const right = tableIn([
    { id: 1, b: 'y' },
    { id: 2.5, b: 'z' },
  ])
  assert.deepEqual(await left.join(right, { on: 'id' }).toRecords(), [{ id: 1n, a: 'x', b: 'y' }])
  assert.deepEqual(await left.join(right, { on: 'id', how: 'outer' }).sort('id').toRecords(), [
    { id: 1, a: 'x', b: 'y' },
    { id: 2.5, a: null, b: 'z' },
  ])
})

everywhere('the day of a moment is that of its zone', async (tableIn) => {
  const table = tableIn([{ at: new Date('2023-12-31T23:30:00Z') }], {
    at: { datetime: 'us', zone: 'Europe/Berlin' },
  })
  const days = table.select(col('at').dt.date().as('day'), col('at').cast('date').as('cast'))
  const day = new Date('2024-01-01')
  assert.deepEqual(await days.toRecords(), [{ day, cast: day }])
})

everywhere('bytes, and columns without any value', async (tableIn) => {
  const bytes = tableIn([
    { id: 1, b: new Uint8Array([1, 2]) },
    { id: 2, b: null },
  ])
  assert.deepEqual(await bytes.sort('id', { descending: true }).toRecords(), [
    { id: 2, b: null },
    { id: 1, b: new Uint8Array([1, 2]) },
  ])
  const nothing = tableIn([{ a: null }, { a: undefined }])
  assert.deepEqual(await nothing.filter(col('a').isNull()).toRecords(), [{ a: null }, { a: null }])
  const keyed = tableIn([{ k: 1, a: null }, { k: 1 }])
    .groupBy('k')
    .agg(col('a').first(), col('a').count().as('n'))
  assert.deepEqual(await keyed.toRecords(), [{ k: 1, a: null, n: 0 }])
})

everywhere('CSV: what is written is read again as it was', async (tableIn) => {
  const rows = [{ x: 1.5 }, { x: null }, { x: Number.NaN }, { x: 2 }, { x: null }]
  await tableIn(rows)
    .toCsv(join(folder, `${process.env.HEDDLE_TABLE_ENGINE}-${files++}`))
    .compute()
  const written = join(folder, `${process.env.HEDDLE_TABLE_ENGINE}-${files - 1}`)
  // The types of all files are those of the first.
  assert.deepEqual(await dataframe.readCsv(join(written, '*.csv')).toRecords(), rows)
})

everywhere('CSV: blank lines are no rows, but where there is one column', async () => {
  const two = dataframe.readCsv(fileOf('a,b\n1,x\n\n2,"y\n\nz"\r\n\r\n,\n\n', 'csv'))
  assert.deepEqual(await two.toRecords(), [
    { a: 1n, b: 'x' },
    { a: 2n, b: 'y\n\nz' },
    { a: null, b: null },
  ])
  const one = dataframe.readCsv(fileOf('a\n1\n\n2\n', 'csv'))
  assert.deepEqual(await one.toRecords(), [{ a: 1n }, { a: null }, { a: 2n }])
})

test('bytes without blank lines', () => {
  const without = (text: string, quote = '"'): string =>
    Buffer.from(withoutBlankLines(Buffer.from(text), quote)).toString()
  assert.equal(without('\n\na\n\n\nb\n\n'), 'a\nb\n')
  assert.equal(without('\r\na\r\n\r\nb'), 'a\r\nb')
  assert.equal(without('a\n\n"x\n\ny"\n\n'), 'a\n"x\n\ny"\n')
  assert.equal(without('a\n\n"x\n\ny"\n\n', ''), 'a\n"x\ny"\n')
  const same = Buffer.from('a\nb\n')
  assert.equal(withoutBlankLines(same, '"'), same)
})

everywhere('CSV: bytes of another encoding are an error with the way out', async () => {
  const path = fileOf(Buffer.from('a,b\nn\xe9,1\n', 'latin1'), 'csv')
  await assert.rejects(dataframe.readCsv(path).toRecords(), (error: Error) => {
    assert.equal(
      error.message,
      `${path} cannot be read as CSV: it is not utf-8. Say which encoding it has, e.g. encoding: 'latin1'.`,
    )
    return true
  })
  assert.deepEqual(await dataframe.readCsv(path, { encoding: 'latin1' }).toRecords(), [{ a: 'né', b: 1n }])
})

everywhere('lines of JSON keep whole numbers beyond 2^53', async () => {
  const ids = dataframe.readJsonLines(
    fileOf('{"id":9007199254740993,"x":1}\n{"id":2,"x":1e300}\n{}\n', 'jsonl'),
  )
  assert.deepEqual(await ids.toRecords(), [
    { id: 9007199254740993n, x: 1 },
    { id: 2n, x: 1e300 },
    { id: null, x: null },
  ])
  const mixed = dataframe.readJsonLines(fileOf('{"id":9007199254740993}\n{"id":0.5}\n', 'jsonl'))
  assert.equal(mixed.schema.id, 'float64')
})

everywhere('behind the sample an id that would be rounded is an error with its line', async () => {
  const line = (i: number): string => `{"id":${i},"at":{"n":[${i}]}}\n`
  const small = Array.from({ length: 200 }, (_, i) => line(i)).join('')
  const ids = fileOf(`${small}{"id":9007199254740993,"at":{"n":[1]}}\n`, 'jsonl')
  const message =
    `${ids}, line 201: column id: 9007199254740993 would be rounded to 9007199254740992, since its type was guessed as float64 from ` +
    "the file's beginning: say its type in schema, int64 for whole numbers, or float64 where rounding is meant"
  for (const blockSize of [false, 500] as const) {
    const table = dataframe.readJsonLines(ids, { blockSize, sampleRows: 100 })
    await assert.rejects(table.toRecords(), { name: 'FileFormatError', message })
    assert.equal((await table.select('at').toRecords()).length, 201, 'columns that nobody asked for')
  }
  const exact = dataframe.readJsonLines(ids, { schema: { id: 'int64' }, blockSize: 500 })
  assert.equal((await exact.select('id').tail(1).toRecords())[0].id, 9007199254740993n)
  const rounded = dataframe.readJsonLines(ids, { schema: { id: 'float64' } })
  assert.equal((await rounded.select('id').tail(1).toRecords())[0].id, 9007199254740992)
  const nested = fileOf(`${small}{"id":1,"at":{"n":[-9007199254740993]}}\n`, 'jsonl')
  await assert.rejects(
    dataframe.readJsonLines(nested, { sampleRows: 100 }).toRecords(),
    /column at\.n: -9007199254740993 would be/,
  )
  // Floats without an exponent, as JavaScript writes them, come back as they were.
  const floats = [1.2345678901234567e20, 2 ** 62, -(2 ** 53), 1e20]
  const lines = floats.map((id) => `${JSON.stringify({ id })}\n`).join('')
  const back = await dataframe
    .readJsonLines(fileOf(`${'{"id":0.5}\n'.repeat(200)}${lines}`, 'jsonl'), { sampleRows: 100 })
    .tail(4)
    .toRecords()
  assert.deepEqual(
    back.map(({ id }) => id),
    floats,
  )
})

everywhere('whole numbers, then 1.5 behind the sample: the error says which type reads both', async () => {
  const path = fileOf(`a,b\n${Array.from({ length: 300 }, (_, i) => `${i},x\n`).join('')}1.5,x\n`, 'csv')
  for (const blockSize of [false, 200] as const) {
    await assert.rejects(dataframe.readCsv(path, { blockSize, sampleRows: 5 }).toRecords(), {
      name: 'TableCsvError',
      message: `${path}, line 302: "1.5" in column a is no int64. Types were guessed from the file's beginning: say schema: { a: 'float64' }, or nullValues: ["1.5"].`,
    })
    const table = dataframe.readCsv(path, { blockSize, schema: { a: 'float64' } })
    assert.equal(
      await table
        .select(col('a').sum().as('a'))
        .toRecords()
        .then(([row]) => row.a),
      44851.5,
    )
  }
})

test('parquet files without a row are a table without rows', async () => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const path = join(folder, 'empty')
  await tableOf([{ a: 1 }, { a: 2 }], 2)
    .filter(col('a').gt(5))
    .toParquet(path)
    .compute()
  assert.equal(readdirSync(path).length, 2)
  assert.deepEqual(await dataframe.readParquet(path).toRecords(), [])
  assert.equal(await dataframe.readParquet(path).len().compute(), 0)
})
