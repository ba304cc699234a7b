// Files wherever they lie: in memory, on the web by ranges, in S3; read and written by every reader and writer.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { bag, memoryFiles } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { type S3Server, s3Server } from '../kit/s3Server.ts'

computeInProcess()

const FLIGHTS = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet')

// A test's S3 takes any name and secret.
process.env.AWS_ACCESS_KEY_ID = 'test'
process.env.AWS_SECRET_ACCESS_KEY = 'test'

async function bucket(
  context: TestContext,
  objects: Record<string, string | Buffer>,
): Promise<S3Server & { storage: { endpoint: string } }> {
  const server = await s3Server(context)
  for (const [name, body] of Object.entries(objects)) server.objects.set(name, Buffer.from(body))
  return Object.assign(server, { storage: { endpoint: server.endpoint } })
}

/** A server that gives parts of one file, and counts its bytes. */
async function rangeServer(context: TestContext, body: Buffer) {
  const sent = { bytes: 0, etag: '"1"' }
  const server = createServer((request, response) => {
    const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
    response.setHeader('accept-ranges', 'bytes').setHeader('etag', sent.etag)
    const part = range
      ? body.subarray(Number(range[1]), range[2] === '' ? undefined : Number(range[2]) + 1)
      : body
    response.writeHead(range ? 206 : 200, { 'content-length': part.length })
    if (request.method === 'HEAD') return void response.end()
    sent.bytes += part.length
    response.end(part)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { sent, at: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('memory: files are read by globs, written, and written over', async () => {
  memoryFiles.write('memory://logs/b.txt', 'three\n')
  memoryFiles.write('memory://logs/a.txt.gz', gzipSync('one\ntwo\n'))
  assert.deepEqual(await bag.readText('memory://logs/*').compute(), ['one', 'two', 'three'])
  const written = bag.range(4, { partitions: 2 }).toJsonLines('memory://out/part-*.jsonl.gz')
  assert.deepEqual(await written.compute(), ['memory://out/part-0.jsonl.gz', 'memory://out/part-1.jsonl.gz'])
  assert.deepEqual(await bag.readJsonLines('memory://out/*.gz').compute(), [0, 1, 2, 3])
  memoryFiles.write('memory://logs/b.txt', 'four\n')
  assert.deepEqual(await bag.readText('memory://logs/b.txt').compute(), ['four'])
  assert.deepEqual(memoryFiles.list('memory://logs/*'), ['memory://logs/a.txt.gz', 'memory://logs/b.txt'])
  assert.equal(memoryFiles.delete('memory://logs/b.txt'), true)
  assert.throws(() => bag.readText('memory://logs/b.txt'), {
    name: 'FileError',
    message: /there is no file memory:\/\/logs\/b\.txt in this program's memory: write it first/,
  })
  assert.throws(() => bag.readText('memory://none/*'), {
    name: 'NoFilesError',
    message: /memory has memory:\/\//,
  })
  assert.throws(() => memoryFiles.write('out.txt', ''), /their paths begin with memory:\/\//)
})

test('memory: csv and parquet', async () => {
  memoryFiles.write('memory://t.csv', 'a,b\n1,x\n2,y\n')
  const rows = await bag.readCsvRows('memory://t.csv', { types: { a: 'number' } }).compute()
  assert.deepEqual(rows, [
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
  ])
  memoryFiles.write('memory://flights.parquet', readFileSync(FLIGHTS))
  const flights = bag.readParquetColumns('memory://flights.parquet', { columns: ['delay'] })
  await flights.prepare()
  assert.equal(flights.partitions, 11)
  assert.equal(
    await flights
      .map((columns) => columns.rows)
      .sum()
      .compute(),
    3_000_000,
  )
  memoryFiles.delete('memory://flights.parquet')
})

test('a scheme that nobody knows is refused where the bag is built', () => {
  const refused = {
    name: 'FileError',
    message: /there is nothing here for gs:\/\/\. Files may lie on this machine/,
  }
  assert.throws(() => bag.readText('gs://bucket/x.txt'), refused)
  assert.throws(() => bag.fromSequence(['a']).toTextFiles('gs://bucket/x.txt'), refused)
})

test('the web: large files are cut into ranges, lines whole', async (context) => {
  const lines = Array.from({ length: 200 }, (_, i) => `line ${i} ${'x'.repeat(i % 13)}`)
  const { at } = await rangeServer(context, Buffer.from(`${lines.join('\n')}\n`))
  const text = bag.readText(`${at}/a.txt`, { blocksize: 300 })
  assert.throws(
    () => text.partitions,
    /depends on files that a server must be asked for: await its prepare\(\) first/,
  )
  await text.prepare()
  assert.ok(text.partitions > 5)
  assert.deepEqual(await text.compute(), lines)
})

test('the web: bags of files that are not known yet go through every kind of method', async (context) => {
  const lines = Array.from({ length: 50 }, (_, i) => String(i))
  const { at } = await rangeServer(context, Buffer.from(lines.join('\n')))
  const numbers = () => bag.readText(`${at}/a.txt`, { blocksize: 20 }).map(Number)
  const all = lines.map(Number)
  const groups = new Map(
    await numbers()
      .groupBy((x) => x % 3)
      .compute(),
  )
  assert.deepEqual(
    groups.get(1),
    all.filter((x) => x % 3 === 1),
  )
  assert.deepEqual(await numbers().take(5).compute(), [0, 1, 2, 3, 4])
  assert.deepEqual(await numbers().repartition(3).compute(), all)
  assert.deepEqual(await numbers().concat(bag.range(2)).compute(), [...all, 0, 1])
  assert.equal(
    (
      await numbers()
        .join(
          numbers(),
          (x) => x,
          (x) => x,
        )
        .compute()
    ).length,
    50,
  )
  const same = numbers()
  assert.deepEqual(
    await same
      .zip(same)
      .map(([a, b]) => a + b)
      .compute(),
    all.map((x) => 2 * x),
  )
  await assert.rejects(
    numbers()
      .zip(bag.range(50, { partitions: 50 }))
      .compute(),
    {
      name: 'BagArgumentError',
      message: /bags that go item by item need the same number of partitions, not \d+ and 50/,
    },
  )
  const written = await numbers().map(String).toTextFiles('memory://web/*.txt').compute()
  assert.deepEqual(await bag.readText(written).compute(), lines)
})

test('the web: parquet reads the columns that are asked for, and no others', async (context) => {
  const file = readFileSync(FLIGHTS)
  const { at, sent } = await rangeServer(context, file)
  const delays = bag.readParquetColumns<{ delay: Float64Array }>(`${at}/flights.parquet`, {
    columns: ['delay'],
  })
  const here = bag.readParquetColumns<{ delay: Float64Array }>(FLIGHTS, { columns: ['delay'] })
  const sum = (each: typeof here) =>
    each
      .map(({ delay }) => delay.reduce((a, b) => a + b, 0))
      .sum()
      .compute()
  assert.equal(await sum(delays), await sum(here))
  assert.ok(sent.bytes < file.length / 2, `${sent.bytes} of ${file.length} bytes were read`)
  await assert.rejects(bag.readParquet(`${at}/flights.parquet`, { columns: ['nope'] }).compute(), {
    name: 'FileFormatError',
    message: /has no column nope: it has /,
  })
})

test('the web: a file that changes between planning and reading is an error', async (context) => {
  const { at, sent } = await rangeServer(context, Buffer.from('1\n2\n'))
  const text = bag.readText(`${at}/a.txt`)
  await text.prepare()
  sent.etag = '"2"'
  await assert.rejects(text.compute(), {
    name: 'FileChangedError',
    message: /\/a\.txt changed on its server while it was read\. Run again/,
  })
})

test('S3: globs over several pages, compressed or not, in the order of their names', async (context) => {
  const { storage } = await bucket(context, {
    'data/logs/part-10.txt': 'ten\n',
    'data/logs/part-2.txt.gz': gzipSync('two\n'),
    'data/logs/part-1.txt': 'one\n',
    'data/logs/deep/part-3.txt': 'three\n',
    'data/logs/notes.md': '#\n',
    'data/logs/with space [1].txt': 'odd\n',
    'data/logs/empty.txt': '',
  })
  const read = (paths: string | string[]) => bag.readText(paths, { storage }).compute()
  assert.deepEqual(await read('s3://data/logs/part-*'), ['one', 'two', 'ten'])
  assert.deepEqual(await read('s3://data/logs/**/*.txt'), ['three', 'one', 'ten', 'odd'])
  assert.deepEqual(await read(['s3://data/logs/empty.txt', 's3://data/logs/part-1.txt']), ['one'])
  await assert.rejects(read('s3://data/logs/*.none'), {
    name: 'NoFilesError',
    message: /no file matches s3:\/\//,
  })
})

test('S3: blocks by ranges, parquet by its columns', async (context) => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`)
  const server = await bucket(context, {
    'data/a.txt': `${lines.join('\n')}\n`,
    'data/f.parquet': readFileSync(FLIGHTS),
  })
  const { storage } = server
  const text = bag.readText('s3://data/a.txt', { storage, blocksize: 100 })
  assert.deepEqual(await text.compute(), lines)
  assert.ok(text.partitions > 5)
  assert.ok(server.requests.some((request) => /^GET data\/a\.txt \d+-/.test(request)))
  const flights = bag.readParquetColumns('s3://data/f.parquet', { storage, columns: ['delay'] })
  assert.equal(
    await flights
      .map((columns) => columns.rows)
      .sum()
      .compute(),
    3_000_000,
  )
})

test('S3: files are written whole, large ones in parts; a failure leaves nothing', async (context) => {
  const server = await bucket(context, { 'out/keep': '' })
  const { storage } = server
  const paths = await bag
    .range(6, { partitions: 2 })
    .toJsonLines('s3://out/small/*.jsonl.gz', { storage })
    .compute()
  assert.deepEqual(paths, ['s3://out/small/0.jsonl.gz', 's3://out/small/1.jsonl.gz'])
  assert.deepEqual(await bag.readJsonLines('s3://out/small/*', { storage }).compute(), [0, 1, 2, 3, 4, 5])
  const line = 'x'.repeat(1_000_000)
  const large = bag.range(20, { partitions: 1 }).map((i) => `${i}${line}`)
  await large.toTextFiles('s3://out/large.txt', { storage }).compute()
  assert.equal(server.objects.get('out/large.txt')?.length, 20 * 1_000_001 + 10 + 20)
  assert.equal(server.uploads.size, 0)
  const failing = large.map((text) => (text.startsWith('19') ? JSON.parse('{') : text))
  await assert.rejects(failing.toTextFiles('s3://out/broken.txt', { storage }).compute(), /JSON/)
  assert.equal(server.objects.has('out/broken.txt'), false)
  assert.equal(server.uploads.size, 0)
})

test('S3: what is wrong is told with the path and the way out', async (context) => {
  const server = await bucket(context, { 'data/a.txt': 'a\n', 'secret/a.txt': 'a\n' })
  const { storage } = server
  const read = (path: string) => bag.readText(path, { storage }).compute()
  await assert.rejects(read('s3://data/none.txt'), {
    name: 'FileError',
    message: /there is no file s3:\/\/data\/none\.txt: check the bucket and the key/,
  })
  await assert.rejects(read('s3://nobucket/*.txt'), /there is no such bucket/)
  await assert.rejects(
    read('s3://secret/a.txt'),
    /s3:\/\/secret\/a\.txt may not be read or written with these credentials/,
  )
  await assert.rejects(read('s3://data'), /s3:\/\/data names no object: write s3:\/\/bucket\/key/)
  const text = bag.readText('s3://data/a.txt', { storage })
  await text.prepare()
  server.objects.set('data/a.txt', Buffer.from('other\n'))
  await assert.rejects(text.compute(), { name: 'FileChangedError', message: /changed in its bucket/ })
})
