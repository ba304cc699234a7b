// Writing again to where files are: nothing is mixed unless that was asked for, and a computation that fails changes nothing.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bag, type DataFrame, dataframe, memoryFiles } from '../../runtime/collections/index.ts'
import { settleWritten } from '../../runtime/kernels/files/settle.ts'
import {
  isAt,
  isStaged,
  numbersAfter,
  placeOf,
  stagedPath,
  unstagedPath,
} from '../../runtime/kernels/files/writtenPlace.ts'
import { fileServers } from '../kit/fileServers.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { s3Server } from '../kit/s3Server.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

process.env.AWS_ACCESS_KEY_ID = 'test'
process.env.AWS_SECRET_ACCESS_KEY = 'test'
computeInProcess()

const numbers = (from: number, count: number, partitions: number): DataFrame =>
  dataframe.fromRecords(
    Array.from({ length: count }, (_, i) => ({ n: from + i, half: (from + i) % 2 === 0 ? 'even' : 'odd' })),
    { partitions },
  ) as unknown as DataFrame

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()

const FORMATS = {
  toParquet: ['readParquet', 'parquet'],
  toCsv: ['readCsv', 'csv'],
  toIpc: ['readIpc', 'arrow'],
  toJsonLines: ['readJsonLines', 'jsonl'],
} as const

for (const [write, [read, ending]] of Object.entries(FORMATS))
  test(`${write} into a folder that has files: refused, replaced or added to`, async (context) => {
    process.env.HEDDLE_TABLE_ENGINE = 'polars'
    const method = write as keyof typeof FORMATS
    const folder = join(temporaryFolder(context), 'out')
    const rows = async (): Promise<number[]> => {
      const back = (dataframe[read] as (path: string) => DataFrame)(`${folder}/*.${ending}`)
      return (await back.select('n').toRecords()).map(({ n }) => Number(n))
    }
    await numbers(0, 12, 4)[method](folder).compute()
    writeFileSync(join(folder, 'README'), 'what this is')
    await assert.rejects(numbers(100, 4, 2)[method](folder).compute(), {
      name: 'FilesThereError',
      message: new RegExp(
        `out/ has 4 files already \\(part-\\d\\.${ending}, .*say mode: 'overwrite' .*mode: 'append'`,
      ),
    })
    assert.deepEqual(
      await rows(),
      Array.from({ length: 12 }, (_, i) => i),
    )
    await numbers(12, 4, 2)[method](folder, { mode: 'append' }).compute()
    assert.deepEqual(
      await rows(),
      Array.from({ length: 16 }, (_, i) => i),
      'appended rows come last',
    )
    const paths = await numbers(100, 4, 2)[method](folder, { mode: 'overwrite' }).compute()
    assert.deepEqual(paths, [join(folder, `part-0.${ending}`), join(folder, `part-1.${ending}`)])
    assert.deepEqual(await rows(), [100, 101, 102, 103])
    assert.deepEqual(filesIn(folder), ['README', `part-0.${ending}`, `part-1.${ending}`])
  })

test('folders of values: those that the new write has not go, with their folders', async (context) => {
  const folder = join(temporaryFolder(context), 'out')
  await numbers(0, 6, 3).toParquet(folder, { partitionBy: 'half' }).compute()
  mkdirSync(join(folder, 'notes'))
  writeFileSync(join(folder, 'notes', 'mine.parquet'), 'not of any write')
  const evens = dataframe.fromRecords([{ n: 8, half: 'even' }], { partitions: 1 })
  await assert.rejects(evens.toParquet(folder, { partitionBy: 'half' }).compute(), /has 6 files already/)
  await evens.toParquet(folder, { partitionBy: 'half', mode: 'append' }).compute()
  assert.equal(await dataframe.readParquet(`${folder}/half=*/*.parquet`).len().compute(), 7)
  assert.ok(filesIn(folder).includes('half=even/part-3.parquet'))
  await evens.toParquet(folder, { partitionBy: 'half', mode: 'overwrite' }).compute()
  assert.deepEqual(filesIn(folder), ['half=even/part-0.parquet', 'notes/mine.parquet'])
  assert.deepEqual(readdirSync(folder).sort(), ['half=even', 'notes'])
})

test('a computation that fails leaves what was there, and nothing of its own', async (context) => {
  const folder = join(temporaryFolder(context), 'out')
  const failing = (rows: readonly { n: number }[]): { n: number }[] =>
    rows.map(({ n }) => {
      if (n === 5) throw new Error('five')
      return { n }
    })
  await numbers(0, 3, 3).select('n').toCsv(folder).compute()
  const before = filesIn(folder)
  for (const mode of ['overwrite', 'append'] as const) {
    const table = numbers(0, 8, 4)
      .select('n')
      .mapPartitions(failing as never)
    await assert.rejects(table.toCsv(folder, { mode }).compute(), /five/)
    assert.deepEqual(filesIn(folder), before)
    const items = bag.range(8, { partitions: 4 }).map((n) => failing([{ n }])[0])
    await assert.rejects(items.toJsonLines(`${folder}/part-*.csv`, { mode }).compute(), /five/)
    assert.deepEqual(filesIn(folder), before)
  }
  assert.equal(readFileSync(join(folder, 'part-0.csv'), 'utf8'), 'n\n0\n')
})

test('a folder may be read and written again by one computation', async (context) => {
  const folder = join(temporaryFolder(context), 'out')
  await numbers(0, 12, 4).toParquet(folder).compute()
  const table = dataframe.readParquet(folder) as unknown as DataFrame
  await table
    .sort('n', { descending: true, partitions: 3 })
    .toParquet(folder, { mode: 'overwrite' })
    .compute()
  const back = (await dataframe.readParquet(folder).toRecords()) as { n: number }[]
  assert.deepEqual(
    back.map(({ n }) => n),
    Array.from({ length: 12 }, (_, i) => 11 - i),
  )
  assert.equal(filesIn(folder).length, 3)
})

test('bags: text and JSON lines, folders and patterns, names of the user', async (context) => {
  const folder = join(temporaryFolder(context), 'out')
  const texts = (from: number, to: number, partitions: number) =>
    bag.range(from, to, { partitions }).map(String)
  await texts(0, 12, 12).toTextFiles(folder).compute()
  await assert.rejects(texts(0, 2, 2).toTextFiles(folder).compute(), { name: 'FilesThereError' })
  await texts(12, 14, 2).toTextFiles(folder, { mode: 'append' }).compute()
  assert.deepEqual(await bag.readText(`${folder}/*`).map(Number).sum().compute(), 91)
  assert.ok(filesIn(folder).includes('13.txt'))
  await texts(7, 8, 1).toTextFiles(`${folder}/`, { mode: 'overwrite' }).compute()
  assert.deepEqual(filesIn(folder), ['0.txt'])
  const named = { mode: 'append', name: (i: number) => ['red', 'blue'][i] } as const
  const pattern = `${folder}/c-*.txt`
  await texts(0, 2, 2).toTextFiles(pattern, named).compute()
  await assert.rejects(texts(0, 2, 2).toTextFiles(pattern, named).compute(), {
    name: 'FilesThereError',
    message: /c-(red|blue)\.txt/,
  })
  // A pattern's files are those of its own names alone.
  await texts(5, 6, 1).toTextFiles(pattern, { mode: 'overwrite' }).compute()
  assert.deepEqual(filesIn(folder), ['0.txt', 'c-0.txt'])
  const one = join(folder, 'one.txt')
  await texts(0, 1, 1).toTextFiles(one).compute()
  await texts(1, 2, 1).toTextFiles(one).compute()
  assert.equal(readFileSync(one, 'utf8'), '1\n', 'one file is replaced')
  await assert.rejects(texts(1, 2, 1).toTextFiles(one, { mode: 'error' }).compute(), /has a file already/)
  assert.throws(() => texts(0, 1, 1).toTextFiles(one, { mode: 'append' }), /which is one file: name a folder/)
  assert.throws(() => texts(0, 1, 1).toTextFiles(one, { mode: 'apend' as 'append' }), /Did you mean append\?/)
})

test('S3 and the memory of the program', async (context) => {
  const web = await fileServers(context, { 'lake/there.txt': Buffer.from('x') })
  const storage = { endpoint: web.endpoint }
  for (const at of ['s3://lake/modes/', 'memory://modes/']) {
    const rows = async (): Promise<unknown[]> =>
      (await dataframe.readCsv(`${at}*.csv`, { storage }).select('n').toRecords()).map(({ n }) => Number(n))
    await numbers(0, 6, 3).toCsv(at, { storage }).compute()
    await assert.rejects(numbers(0, 2, 2).toCsv(at, { storage }).compute(), { name: 'FilesThereError' })
    await numbers(6, 2, 2).toCsv(at, { storage, mode: 'append' }).compute()
    assert.deepEqual(await rows(), [0, 1, 2, 3, 4, 5, 6, 7], at)
    await numbers(8, 2, 2).toCsv(at, { storage, mode: 'overwrite' }).compute()
    assert.deepEqual(await rows(), [8, 9], at)
  }
  assert.deepEqual(memoryFiles.list('memory://modes/*'), [
    'memory://modes/part-0.csv',
    'memory://modes/part-1.csv',
  ])
  const server = await s3Server(context)
  server.objects.set('out/keep', Buffer.from(''))
  const failing = bag.range(4, { partitions: 2 }).map((n): number => {
    if (n === 3) throw new Error('three')
    return n
  })
  const options = { storage: { endpoint: server.endpoint } }
  await assert.rejects(failing.toJsonLines('s3://out/x', options).compute(), /three/)
  assert.deepEqual([...server.objects.keys()], ['out/keep'])
})

test('settling again changes nothing; what went missing, or came from elsewhere, is told', async (context) => {
  const folder = temporaryFolder(context)
  const path = (name: string): string => join(folder, name)
  const place = placeOf(path('a-*.csv'), { mode: 'error' })
  const staged = (name: string, token: string): void => writeFileSync(stagedPath(path(name), token), name)
  staged('a-0.csv', 't1')
  staged('a-1.csv', 't1')
  const lists = [[path('a-0.csv')], [path('a-1.csv')]]
  assert.deepEqual(await settleWritten(place, 't1', lists), lists)
  assert.deepEqual(await settleWritten(place, 't1', lists), lists)
  assert.deepEqual(filesIn(folder), ['a-0.csv', 'a-1.csv'])
  await assert.rejects(settleWritten(place, 't2', [[path('a-2.csv')], ...lists]), /a-2\.csv was removed/)
  staged('a-3.csv', 't3')
  await assert.rejects(settleWritten(place, 't3', [[path('a-3.csv')]]), { name: 'FilesThereError' })
  staged('a-1.csv', 't5')
  const adding = settleWritten({ ...place, mode: 'append' }, 't5', [[path('a-1.csv')]])
  await assert.rejects(adding, { name: 'FilesThereError' }, 'somebody had that name first')
  // What was left goes when somebody overwrites.
  staged('a-4.csv', 't4')
  await settleWritten({ ...place, mode: 'overwrite' }, 't4', [[path('a-4.csv')]])
  assert.deepEqual(filesIn(folder), ['a-4.csv'])
})

test('which files are of a place', () => {
  const cases: [pattern: string, whole: boolean, inside: string[], outside: string[]][] = [
    [
      '/o/part-*.csv',
      true,
      ['/o/part-1.csv', '/o/x.csv.gz', '/o/a=1/b=2/x.csv'],
      ['/o/.x.csv', '/o/x.parquet', '/o/sub/x.csv', '/o/xcsv', '/p/x.csv'],
    ],
    ['/o/a-*.csv', false, ['/o/a-1.csv', '/o/d=1/a-.csv'], ['/o/b-1.csv', '/o/a-1.csv.gz', '/o/s/a-1.csv']],
    ['/o/*/a (1).csv', false, ['/o/7/a (1).csv'], ['/o/7/a 1.csv', '/o/a (1).csv']],
  ]
  for (const [pattern, whole, inside, outside] of cases) {
    const place = placeOf(pattern, { mode: 'error', whole })
    for (const path of inside) assert.ok(isAt(place, path), `${path} is of ${pattern}`)
    for (const path of outside) assert.ok(!isAt(place, path), `${path} is not of ${pattern}`)
  }
  const one = placeOf('/o/p/one.csv', { mode: 'error' })
  assert.deepEqual([one.folder, one.depth, isAt(one, '/o/p/one.csv')], ['/o/p/', 0, true])
  assert.equal(placeOf('/o/*/a-*.csv', { mode: 'error' }).depth, 1)
  assert.deepEqual(numbersAfter('/o/part-*.csv', ['/o/part-09.csv', '/o/x=1/part-2.csv', '/o/part-a.csv']), {
    next: 10,
    digits: 2,
  })
  const hidden = stagedPath('/o/x=1/part-0.csv', 'ab')
  assert.equal(hidden, '/o/x=1/.part-0.csv.ab.staged.tmp')
  assert.equal(unstagedPath(hidden), '/o/x=1/part-0.csv')
  assert.ok(isStaged(hidden) && isStaged(hidden, 'ab') && !isStaged(hidden, 'cd'))
})
