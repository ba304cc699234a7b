// Tables of files, written and read again by both engines, in any number of pieces; and files that are not as they should be.

import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, len } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

computeInProcess()

const ROWS = Array.from({ length: 40 }, (_, i) => ({
  id: 9_007_199_254_740_993n + BigInt(i),
  name: i % 7 === 0 ? null : i % 5 === 0 ? `a "quoted", text\nof ${i} lines` : i % 3 === 0 ? '' : `ä😀${i}`,
  x: i % 4 === 0 ? null : i / 8,
  flag: i % 6 === 0 ? null : i % 2 === 0,
  day: i % 9 === 0 ? null : new Date(Date.UTC(2024, 0, 1 + i)),
}))
const SCHEMA = { id: 'int64', name: 'string', x: 'float64', flag: 'boolean', day: 'date' } as const
const table = (partitions: number): DataFrame =>
  dataframe.fromRecords(ROWS, { schema: SCHEMA, partitions }) as unknown as DataFrame

for (const engine of ['polars', 'columns']) {
  test(`CSV is read back as it was written, cut anywhere (${engine})`, async (t) => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const folder = temporaryFolder(t)
    const [path] = await table(1).toCsv(join(folder, 'a.csv')).compute()
    for (const blockSize of [false, 1000, 300, 90] as const)
      assert.deepEqual(
        await dataframe.readCsv(path, { blockSize }).toRecords(),
        ROWS,
        `blocks of ${blockSize}`,
      )
    assert.deepEqual(
      await dataframe.readCsv(path, { blockSize: 200 }).filter(col('x').gt(2)).select('id').toRecords(),
      ROWS.filter(({ x }) => x !== null && x > 2).map(({ id }) => ({ id })),
    )
    assert.equal(await dataframe.readCsv(path, { blockSize: 100 }).len().compute(), ROWS.length)
  })

  test(`JSON lines and Arrow are read back as they were written (${engine})`, async (t) => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const folder = temporaryFolder(t)
    const paths = await table(3).toJsonLines(join(folder, 'a-*.jsonl')).compute()
    assert.equal(paths.length, 3)
    assert.deepEqual(
      await dataframe.readJsonLines(paths, { schema: SCHEMA, blockSize: 400 }).toRecords(),
      ROWS,
    )
    const ipc = await table(2).toIpc(join(folder, 'arrow')).compute()
    assert.deepEqual(await dataframe.readIpc(ipc).toRecords(), ROWS)
  })

  test(`dialects of CSV (${engine})`, async (t) => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const path = join(temporaryFolder(t), 'd.csv')
    writeFileSync(path, '# made by hand\r\na;b\r\n1;NA\r\n2;5" pipe\r\n')
    assert.deepEqual(
      await dataframe
        .readCsv(path, { delimiter: ';', quote: '', comment: '#', nullValues: 'NA' })
        .toRecords(),
      [
        { a: 1n, b: null },
        { a: 2n, b: '5" pipe' },
      ],
    )
    writeFileSync(path, '1,x\n2,y\n')
    assert.deepEqual(
      await dataframe.readCsv(path, { header: false, schema: { n: 'float64', s: 'string' } }).toRecords(),
      [
        { n: 1, s: 'x' },
        { n: 2, s: 'y' },
      ],
    )
  })

  test(`ragged rows, and types that change after the sample, are said with their line (${engine})`, async (t) => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const path = join(temporaryFolder(t), 'bad.csv')
    writeFileSync(path, 'a,b\n1,2\n3\n')
    await assert.rejects(dataframe.readCsv(path).compute(), {
      message: `${path}, line 3: 1 cell, but the table has 2 columns. Is the delimiter or the quote another one? Say so by delimiter and quote, or let short rows be filled with nulls by ragged: true.`,
    })
    assert.deepEqual(await dataframe.readCsv(path, { ragged: true }).toRecords(), [
      { a: 1n, b: 2n },
      { a: 3n, b: null },
    ])
    writeFileSync(path, 'a,b\n1,2\n3,4\nx,5\n')
    await assert.rejects(dataframe.readCsv(path, { sampleRows: 2 }).compute(), {
      message: `${path}, line 4: "x" in column a is no int64. Types were guessed from the file's beginning: say schema: { a: 'string' }, or nullValues: ["x"].`,
    })
  })

  test(`no rows and no columns (${engine})`, async (t) => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const path = join(temporaryFolder(t), 'empty.csv')
    writeFileSync(path, 'a,b\n')
    const empty = dataframe.readCsv(path)
    assert.deepEqual(await empty.toRecords(), [])
    assert.deepEqual(await empty.groupBy('a').agg(len()).toRecords(), [])
    assert.deepEqual(await empty.select(len()).toRecords(), [{ len: 0 }])
    assert.deepEqual(await dataframe.fromRecords([]).toRecords(), [])
    assert.equal(await dataframe.fromRecords([]).len().compute(), 0)
  })
}

test('parquet: written in folders, read by row groups, by what the plan needs', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const folder = join(temporaryFolder(t), 'out')
  const paths = await table(4)
    .withColumns(col('id').mod(3n).as('rest'))
    .toParquet(folder, { partitionBy: 'rest' })
    .compute()
  assert.ok(paths.length >= 3)
  const back = dataframe.readParquet(folder)
  assert.deepEqual(back.columns, ['id', 'name', 'x', 'flag', 'day', 'rest'])
  const byId = (a: { id?: unknown }, b: { id?: unknown }): number =>
    Number((a.id as bigint) - (b.id as bigint))
  const expected = ROWS.map((row) => ({ ...row, rest: row.id % 3n }))
  assert.deepEqual((await back.toRecords()).sort(byId), expected)
  const one = back.filter(col('rest').eq(1n)).select('id')
  assert.match(one.explain(), /pieces by their statistics/)
  assert.deepEqual(
    (await one.toRecords()).sort(byId),
    expected.filter(({ rest }) => rest === 1n).map(({ id }) => ({ id })),
  )
  process.env.HEDDLE_TABLE_ENGINE = 'columns'
  assert.deepEqual((await dataframe.readParquet(folder).toRecords()).sort(byId), expected)
  assert.equal(
    readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.tmp')),
    false,
  )
})

test('parquet: row groups become partitions for every thread, and small ones one', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const { default: pl } = await import('nodejs-polars')
  const folder = temporaryFolder(t)
  const written = async (groups: number): Promise<string> => {
    const path = join(folder, `${groups}.parquet`)
    const i = Array.from({ length: groups * 10 }, (_, row) => row)
    await pl.DataFrame({ i }).lazy().sinkParquet(path, { rowGroupSize: 10 }).collect()
    return path
  }
  for (const [groups, least, most] of [
    [1, 1, 1],
    [8, 8, 8],
    [20, 20, 20],
    [48, 16, 24],
    [480, 12, 20],
  ]) {
    const frame = dataframe.readParquet(await written(groups))
    assert.ok(frame.partitions >= least && frame.partitions <= most, `${groups}: ${frame.partitions}`)
    assert.deepEqual(await frame.select(col('i').sum().as('sum'), len()).toRecords(), [
      { sum: (groups * 10 * (groups * 10 - 1)) / 2, len: groups * 10 },
    ])
  }
  const each = dataframe.readParquet(join(folder, '48.parquet'), { partitionBytes: 1 })
  assert.equal(each.partitions, 48)
})

test('files that are cut short, of other columns, or changed while they are read', async (t) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const folder = temporaryFolder(t)
  const [whole] = await table(1).toParquet(join(folder, 'whole.parquet')).compute()
  const [other] = await table(1).select('id').toParquet(join(folder, 'other.parquet')).compute()
  assert.throws(
    () => dataframe.readParquet([whole, other]),
    /other\.parquet has other columns than .*whole\.parquet: id: int64, not id: int64, name: string/,
  )
  const frame = dataframe.readParquet(whole)
  truncateSync(whole, readFileSync(whole).length - 20)
  assert.throws(() => dataframe.readParquet(whole), /whole\.parquet is no whole parquet file/)
  await assert.rejects(frame.compute(), /whole\.parquet changed while it was read/)
  const csv = join(folder, 'a.csv')
  writeFileSync(csv, 'a\n1\n')
  const growing = dataframe.readCsv(csv)
  appendFileSync(csv, '2\n')
  await assert.rejects(growing.compute(), /a\.csv changed while it was read: it had 4 bytes, and now has 6/)
  const double = join(folder, 'double.csv')
  writeFileSync(double, 'a,a\n1,2\n')
  assert.throws(() => dataframe.readCsv(double), /double\.csv would have two columns named "a"/)
})

test('a missing column is named with the nearest ones, when the table is written', () => {
  const flights = dataframe.fromRecords([{ origin: 'JFK', delay: 3, distance: 100 }])
  const loose = flights as unknown as DataFrame
  assert.throws(() => loose.filter(col('dealy').gt(60)), {
    name: 'MissingColumnError',
    message: 'the table has no column "dealy" (filter). Did you mean delay?',
  })
  assert.throws(() => loose.select('nothing'), {
    message: 'the table has no column "nothing" (select). It has origin, delay, distance.',
  })
  assert.throws(
    () => loose.select(col('origin').str.toUpperCase(), col('origin')),
    /two columns named "origin"/,
  )
  assert.throws(() => loose.select(col('delay').str.toUpperCase()), {
    message:
      "delay.str.toUpperCase(): str.toUpperCase takes texts, but delay is float64. Make texts of it with .cast('string').",
  })
  const lists = dataframe.fromRecords([{ n: [1, 2] }]) as unknown as DataFrame
  assert.throws(() => lists.select(col('n').list.join('-')), {
    message:
      'n.list.join({ separator: "-" }): list.join takes a list of texts, but n is list<float64>. Make texts of its items with .cast({ list: \'string\' }).',
  })
  assert.throws(
    () => loose.groupBy('origin').agg(col('delay')),
    /agg takes aggregates, but delay has a value for each row/,
  )
})

test('explain says what is read, before and after', () => {
  const text = dataframe
    .fromRecords([{ a: 1, b: 2, c: 3 }])
    .withColumns(col('a').add(col('b')).as('d'))
    .filter(col('c').gt(1))
    .select('d')
    .explain()
  assert.equal(
    text,
    [
      'as written',
      '  select d  ~0 rows, 2 B',
      '    filter c > 1  ~0 rows, 10 B',
      '      select a, b, c, a + b as d  ~1 row, 32 B',
      '        fromRecords · columns: a, b, c · 1 partition  ~1 row, 24 B',
      '',
      'as run',
      '  select a + b as d  ~0 rows, 2 B',
      '    select a, b  ~0 rows, 5 B',
      '      filter c > 1  ~0 rows, 7 B',
      '        fromRecords · columns: a, b, c · 1 partition  ~1 row, 24 B',
    ].join('\n'),
  )
})
