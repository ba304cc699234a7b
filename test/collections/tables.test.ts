// Reading rows: CSV and parquet, their types, and files that are cut short.

import assert from 'node:assert/strict'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bag } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

computeInProcess()

const FLIGHTS = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet')

test('CSV rows are objects by the header, quotes hold anything', async (context) => {
  const path = join(temporaryFolder(context), 'x.csv')
  writeFileSync(path, 'name,note\r\nAnn,plain\r\n"Bob ""B""","two\nlines, and a comma"\r\n\r\n"",""\n')
  assert.deepEqual(await bag.readCsvRows(path).compute(), [
    { name: 'Ann', note: 'plain' },
    { name: 'Bob "B"', note: 'two\nlines, and a comma' },
    { name: '', note: '' },
  ])
  writeFileSync(path, '1;2\n3;4')
  assert.deepEqual(await bag.readCsvRows(path, { delimiter: ';', header: false }).compute(), [
    ['1', '2'],
    ['3', '4'],
  ])
  const named = bag.readCsvRows<{ x: number; y: string }>(path, {
    delimiter: ';',
    header: ['x', 'y'],
    types: { x: 'number' },
  })
  assert.deepEqual(await named.compute(), [
    { x: 1, y: '2' },
    { x: 3, y: '4' },
  ])
})

test('CSV cells become what types say, empty ones null', async (context) => {
  const path = join(temporaryFolder(context), 'x.csv')
  writeFileSync(path, 'n,b,d,i,__proto__\n1.5,true,2001-02-03,12345678901234567890,p\n,,,,\n')
  const types = { n: 'number', b: 'boolean', d: 'date', i: 'bigint' } as const
  const rows = await bag.readCsvRows<Record<string, unknown>>(path, { types }).compute()
  assert.deepEqual(
    rows.map((row) => [row.n, row.b, row.d, row.i]),
    [
      [1.5, true, new Date('2001-02-03'), 12345678901234567890n],
      [null, null, null, null],
    ],
  )
  assert.equal(Object.getPrototypeOf(rows[0]), Object.prototype)
  writeFileSync(path, 'n\n1\nmany\n')
  await assert.rejects(
    bag.readCsvRows(path, { types }).compute(),
    /x\.csv, line 3: "many" is no number: leave the column a text/,
  )
})

test('CSV in blocks gives the same rows, each with the header', async (context) => {
  const path = join(temporaryFolder(context), 'x.csv')
  const rows = Array.from({ length: 200 }, (_, i) => ({ id: String(i), word: 'w'.repeat(i % 17) }))
  writeFileSync(path, `id,word\n${rows.map(({ id, word }) => `${id},${word}`).join('\n')}\n`)
  for (const blocksize of [3, 8, 100, 10_000, false] as const)
    assert.deepEqual(await bag.readCsvRows(path, { blocksize }).compute(), rows, `in blocks of ${blocksize}`)
})

test('broken CSV is an error with its line', async (context) => {
  const path = join(temporaryFolder(context), 'x.csv')
  const cases: [string, RegExp][] = [
    ['a,b\n1,2\n1,2,3\n', /x\.csv, line 3: 3 cells, but the header has 2/],
    ['a,b\n"1,2\n3,4\n', /x\.csv, line 2: a quoted cell begins here and never ends/],
    ['a,b\n"1"x,2\n', /x\.csv, line 2: text stands behind the closing quote/],
  ]
  for (const [text, message] of cases) {
    writeFileSync(path, text)
    await assert.rejects(bag.readCsvRows(path).compute(), message)
  }
  writeFileSync(path, 'a\n"two\nlines"\nx\n')
  await assert.rejects(
    bag
      .readCsvRows<{ a: string }>(path)
      .map(({ a }) => JSON.parse(a === 'x' ? a : '1'))
      .compute(),
    /\(at .*x\.csv, line 4\)/,
  )
})

test('parquet: a partition a row group, only the columns asked for', async () => {
  const flights = bag.readParquet<{ origin: string; delay: number }>(FLIGHTS, {
    columns: ['origin', 'delay'],
  })
  assert.equal(flights.partitions, 11)
  assert.deepEqual(await flights.take(2).compute(), [
    { origin: 'LAS', delay: 33 },
    { origin: 'ATL', delay: 19 },
  ])
  assert.equal(
    await bag
      .readParquet(FLIGHTS, { columns: ['delay'] })
      .count()
      .compute(),
    3_000_000,
  )
})

test('parquet columns are whole typed arrays and lists', async () => {
  const groups = bag.readParquetColumns<{ delay: Float64Array; origin: string[] }>(FLIGHTS, {
    columns: ['delay', 'origin'],
  })
  const [first] = await groups.take(1).compute()
  assert.ok(first.delay instanceof Float64Array)
  assert.deepEqual(
    [first.rows, first.delay[0], first.origin[0], first.origin.length],
    [first.delay.length, 33, 'LAS', first.rows],
  )
  const total = groups.map(({ delay }) => delay.reduce((sum, each) => sum + each, 0)).sum()
  assert.equal(await total.compute(), 20_003_603)
})

test('parquet int64 as bigint when asked', async () => {
  const delays = bag
    .readParquet<{ delay: bigint }>(FLIGHTS, { columns: ['delay'], int64: 'bigint' })
    .pluck('delay')
  assert.deepEqual(await delays.take(1).compute(), [33n])
})

test('parquet that is cut short, something else, or without the column is refused at once', async (context) => {
  const path = join(temporaryFolder(context), 'x.parquet')
  writeFileSync(path, 'PAR1 is not enough')
  assert.throws(() => bag.readParquet(path), {
    name: 'FileFormatError',
    message: /x\.parquet is no whole parquet file.*has 18 bytes.*copy it again/,
  })
  writeFileSync(path, readFileSync(FLIGHTS))
  truncateSync(path, 5_000_000)
  assert.throws(
    () => bag.readParquet(path),
    /x\.parquet is no whole parquet file: it should end in PAR1, but has 5000000 bytes/,
  )
  writeFileSync(path, '')
  assert.throws(() => bag.readParquet(path), /is no whole parquet file.*has 0 bytes/)
  assert.throws(
    () => bag.readParquet(FLIGHTS, { columns: ['carrier'] }),
    /has no column carrier: it has date, delay, distance, origin, destination/,
  )
  // The footer is whole, but the pages are not what it says.
  const bytes = readFileSync(FLIGHTS)
  bytes.fill(7, 4, 2_000_000)
  writeFileSync(path, bytes)
  await assert.rejects(bag.readParquet(path).count().compute(), {
    name: 'FileFormatError',
    message: /x\.parquet cannot be read from row 0 on/,
  })
})
