// Tables of files on the web, in S3 and in memory: the same rows as from a disk, only what is needed asked for.

import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { col, type DataFrame, dataframe, memoryFiles } from '../../runtime/collections/index.ts'
import { polars } from '../../runtime/kernels/table/polars/native.ts'
import { withLocalImage } from '../../runtime/kernels/table/polars/remoteParquet.ts'
import { fileServers } from '../kit/fileServers.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

computeInProcess()
process.env.AWS_ACCESS_KEY_ID = 'test'
process.env.AWS_SECRET_ACCESS_KEY = 'test'

const ROWS = Array.from({ length: 500 }, (_, i) => ({
  id: BigInt(i) + 9_007_199_254_740_993n,
  name: i % 7 === 0 ? null : `n "${i}"\n${'é'.repeat(i % 5)}`,
  day: new Date(Date.UTC(2024, 0, 1 + (i % 20))),
  x: i % 11 === 0 ? null : i / 8,
}))
const SCHEMA = { id: 'int64', name: 'string', day: 'date', x: 'float64' } as const

for (const engine of ['polars', 'columns'])
  test(`parquet, CSV, JSON lines and Arrow are read from the web, S3 and memory (${engine})`, async (context) => {
    const folder = temporaryFolder(context)
    process.env.HEDDLE_TABLE_ENGINE = 'polars'
    const table = dataframe.fromRecords(ROWS, { partitions: 2, schema: SCHEMA })
    const written = async (bag: ReturnType<DataFrame['toCsv']>): Promise<Buffer[]> =>
      (await bag.compute()).map((path) => readFileSync(path))
    const parquet = await written(table.toParquet(join(folder, 'a')))
    const csv = await written(table.toCsv(join(folder, 'b')))
    const json = await written(table.toJsonLines(join(folder, 'c')))
    const ipc = await written(table.toIpc(join(folder, 'd')))
    const files: Record<string, Uint8Array> = {}
    for (const [i] of parquet.entries()) {
      files[`lake/part-${i}.parquet`] = parquet[i]
      files[`lake/part-${i}.csv`] = csv[i]
      files[`lake/part-${i}.csv.gz`] = gzipSync(csv[i])
      files[`lake/part-${i}.jsonl`] = json[i]
      files[`lake/part-${i}.arrow`] = ipc[i]
    }
    process.env.HEDDLE_TABLE_ENGINE = engine
    const { web, plain, endpoint } = await fileServers(context, files)
    const storage = { endpoint }
    for (const [name, bytes] of Object.entries(files))
      memoryFiles.write(`memory://${name}`, Buffer.from(bytes))
    const urls = (at: string, kind: string): string[] => [0, 1].map((i) => `${at}lake/part-${i}.${kind}`)
    const same = async (frame: DataFrame, what: string): Promise<void> =>
      assert.deepEqual(await frame.toRecords(), ROWS, what)
    for (const [what, at, options] of [
      ['web', web, {}],
      ['S3', 's3://', { storage }],
      ['memory', 'memory://', {}],
    ] as const) {
      await same(dataframe.readParquet(urls(at, 'parquet'), options), `${what}: parquet`)
      const csvOptions = { schema: SCHEMA, ...options }
      const cut = dataframe.readCsv(urls(at, 'csv'), { ...csvOptions, blockSize: 1500 })
      assert.ok(cut.partitions > 6, `${what}: ${cut.partitions} partitions`)
      await same(cut as unknown as DataFrame, `${what}: CSV in blocks`)
      await same(
        dataframe.readCsv(urls(at, 'csv.gz'), csvOptions) as unknown as DataFrame,
        `${what}: CSV, compressed`,
      )
      await same(
        dataframe.readJsonLines(urls(at, 'jsonl'), csvOptions) as unknown as DataFrame,
        `${what}: JSON lines`,
      )
      await same(dataframe.readIpc(urls(at, 'arrow'), options), `${what}: Arrow`)
    }
    await same(dataframe.readParquet('s3://lake/*.parquet', { storage }), 'a glob in S3')
    await same(
      dataframe.readCsv(urls(plain, 'csv'), { schema: SCHEMA, blockSize: 1500 }) as unknown as DataFrame,
      'a server without parts',
    )
    const few = dataframe.readParquet(urls(web, 'parquet')).filter(col('id').gt(ROWS[480].id)).select('x')
    assert.match(few.explain(), /1 of 2 pieces by their statistics/)
    assert.equal((await few.toRecords()).length, 19)
  })

test('what servers cannot give is said when the table is built', async (context) => {
  const { web, plain, endpoint } = await fileServers(context, {
    'lake/a.csv': Buffer.from('a\n1\n'),
    'lake/b.csv': Buffer.from('b\n1\n'),
    'lake/cut.parquet': Buffer.from('PAR1, and then nothing'),
  })
  const storage = { endpoint }
  assert.throws(
    () => dataframe.readCsv(`${web}lake/none.csv`),
    /none\.csv cannot be read: its server answers 404/,
  )
  assert.throws(() => dataframe.readCsv('s3://lake/*.tsv', { storage }), { name: 'NoFilesError' })
  assert.throws(() => dataframe.readParquet(`${web}lake/cut.parquet`), /is no whole parquet file/)
  assert.throws(
    () => dataframe.readParquet(`${plain}lake/cut.parquet`),
    /cannot be read in parts, as a parquet file is/,
  )
  assert.throws(
    () => dataframe.readCsv([`${web}lake/a.csv`, `${web}lake/b.csv`]),
    /b\.csv has other columns than .*a\.csv: b, not a/,
  )
  assert.throws(() => dataframe.readCsv('http://127.0.0.1:1/x.csv'), /cannot be reached/)
})

for (const engine of ['polars', 'columns'])
  test(`tables are written to S3 and to memory, and read again (${engine})`, async (context) => {
    process.env.HEDDLE_TABLE_ENGINE = engine
    const { endpoint } = await fileServers(context, { 'lake/there.txt': Buffer.from('x') })
    const storage = { endpoint }
    const table = dataframe.fromRecords(ROWS, { partitions: 2, schema: SCHEMA }) as unknown as DataFrame
    for (const at of ['s3://lake/', 'memory://']) {
      const name = `${at}written-${engine}`
      const same = async (frame: unknown, what: string): Promise<void> =>
        assert.deepEqual(await (frame as DataFrame).toRecords(), ROWS, what)
      const csv = await table.toCsv(`${name}/*.csv.gz`, { storage }).compute()
      assert.deepEqual(csv, [`${name}/0.csv.gz`, `${name}/1.csv.gz`])
      await same(dataframe.readCsv(csv, { schema: SCHEMA, storage }), `${at} CSV`)
      const json = await table.toJsonLines(`${name}/lines`, { storage }).compute()
      await same(dataframe.readJsonLines(json, { schema: SCHEMA, storage }), `${at} JSON lines`)
      await same(dataframe.readIpc(await table.toIpc(`${name}/ipc`, { storage }).compute(), { storage }), at)
      const folders = await table
        .select('x', 'day')
        .toJsonLines(`${name}/days/part-*.jsonl`, { storage, partitionBy: 'day' })
        .compute()
      assert.equal(folders.length, 40)
      assert.ok(folders.includes(`${name}/days/day=2024-01-03/part-1.jsonl`), folders[0])
      if (engine === 'columns') continue
      const parquet = await table.toParquet(`${name}/p`, { storage }).compute()
      await same(dataframe.readParquet(parquet, { storage }), `${at} parquet`)
    }
    assert.throws(() => table.toCsv('ftp://host/x'), /there is nothing here for ftp:/)
  })

test('of a parquet file elsewhere polars gets the columns and row groups it needs, and holes', async (context) => {
  process.env.HEDDLE_TABLE_ENGINE = 'polars'
  const folder = temporaryFolder(context)
  const rows = Array.from({ length: 60_000 }, (_, i) => ({ a: i, b: Math.sin(i), c: `text ${Math.cos(i)}` }))
  const [path] = await dataframe
    .fromRecords(rows)
    .toParquet(join(folder, 'a.parquet'), { compression: 'none' })
    .compute()
  const contents = readFileSync(path)
  const range = ['memory://a.parquet', contents.length, '', 10, 50, [], { contents }] as const
  const { held, records } = await withLocalImage(range, ['a'], async (image) => {
    const { blocks } = statSync(image)
    const frame = await polars()
      .scanParquet(image, { parallel: 'auto', glob: false, hivePartitioning: false })
      .slice(10, 40)
      .select([polars().col('a')])
      .collect()
    return { held: blocks * 512, records: frame.height }
  })
  assert.equal(records, 40)
  assert.ok(held > 0 && held < contents.length / 2, `${held} of ${contents.length} bytes`)
  memoryFiles.write('memory://a.parquet', contents)
  const some = dataframe.readParquet('memory://a.parquet').filter(col('a').gt(59_990)).select('b')
  assert.deepEqual(
    await some.toRecords(),
    rows.slice(59_991).map(({ b }) => ({ b })),
  )
})
