// Zarr arrays on the web and in S3: the same as from a folder; what is missing is filled, what is refused is told.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { before, test } from 'node:test'
import type { ChunkedArray } from '../../runtime/collections/array/chunkedArray.ts'
import { array } from '../../runtime/collections/index.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { parseZarrMetadata } from '../../runtime/kernels/array/zarrMetadata.ts'
import { type ZarrSource, zarrReadCall } from '../../runtime/kernels/array/zarrStore.ts'
import { fileServers } from '../kit/fileServers.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { assertSame, randomArray, randomFrom } from './kit/arrays.ts'
import { writeSharded } from './kit/shardedZarr.ts'

computeInProcess()
const random = randomFrom(11)
const whole = async (lazy: ChunkedArray): Promise<NdArray> => (await lazy.compute()) as unknown as NdArray

before(() => {
  process.env.AWS_ACCESS_KEY_ID = 'test'
  process.env.AWS_SECRET_ACCESS_KEY = 'test'
})

/** All files below a folder, named as they are in a bucket. */
function filesOf(folder: string, bucket: string): Record<string, Uint8Array> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [`${bucket}${path.slice(folder.length)}`, new Uint8Array(readFileSync(path))]
    }),
  )
}

test('arrays are read from the web and from S3 as from a folder, in any chunks; missing chunks hold the fill value', async (context) => {
  const folder = temporaryFolder(context)
  for (const version of [2, 3] as const)
    for (const dtype of version === 2 ? (['int64', 'bool'] as const) : (['float64', 'complex128'] as const)) {
      const path = join(folder, `${dtype}-${version}`)
      const a = array.fromArray(randomArray(random, dtype, [7, 5], { views: false }), { chunks: [3, 2] })
      await a.toZarr(path, { version })
      rmSync(join(path, version === 2 ? '1.1' : 'c/1/1'))
    }
  const sharded = join(folder, 'sharded')
  mkdirSync(sharded)
  writeSharded(sharded)
  const { web, plain, endpoint } = await fileServers(context, filesOf(folder, 'data'))
  const storage = { endpoint }
  for (const name of readdirSync(folder)) {
    const here = await whole(array.fromZarr(join(folder, name)))
    for (const at of [`${web}data/`, 's3://data/', ...(name === 'sharded' ? [] : [`${plain}data/`])]) {
      const options = at.startsWith('s3') ? { storage } : {}
      const lazy = array.fromZarr(`${at}${name}`, options)
      assert.deepEqual(lazy.chunks, array.fromZarr(join(folder, name)).chunks)
      assertSame(await whole(lazy), here, `${at}${name}`)
      assertSame(await whole(lazy.rechunk([4, 5])), here, name)
    }
  }
  const signed = array.fromZarr(new URL(`${web}data/float64-3/`))
  assert.equal(signed.dtype, 'float64')
  assert.throws(() => array.fromZarr(`${web}data/none`), {
    name: 'ZarrError',
    message: `${web}data/none is no Zarr array: it has neither zarr.json nor .zarray`,
  })
})

test('an array is built of its metadata alone; a chunk that is refused, or broken, is an error with its address', async (context) => {
  const folder = temporaryFolder(context)
  const path = join(folder, 'a')
  const a = array.arange(12, { dtype: 'float64', chunks: 4 })
  await a.toZarr(path, { compression: 'gzip' })
  writeFileSync(join(path, 'c/1'), 'no gzip')
  await a.toZarr(join(folder, 'short'), { compression: 'none', version: 2 })
  writeFileSync(join(folder, 'short', '2'), new Uint8Array(24))
  writeFileSync(join(folder, '.zgroup'), '{"zarr_format": 2}')
  const files = filesOf(folder, 'data')
  const { web, endpoint } = await fileServers(context, { ...files, ...filesOf(path, 'secret/a') })

  const broken = array.fromZarr(`${web}data/a`)
  assert.deepEqual(broken.shape, [12])
  await assert.rejects(whole(broken), {
    name: 'ZarrError',
    message: new RegExp(`^chunk \\[1\\] of ${web}data/a cannot be read: .*gzip`),
  })
  await assert.rejects(whole(array.fromZarr(`${web}data/short`)), {
    name: 'ZarrError',
    message: new RegExp(`^chunk \\[2\\] of ${web}data/short cannot be read: it has 3 of 4 elements`),
  })
  assert.throws(() => array.fromZarr(`${web}secret/a`), {
    name: 'FileError',
    message: `${web}secret/a/zarr.json cannot be read: its server answers 403 Forbidden`,
  })
  assert.throws(() => array.fromZarr('s3://secret/a', { storage: { endpoint } }), {
    name: 'FileError',
    message: /^s3:\/\/secret\/a\/zarr\.json may not be read or written with these credentials/,
  })
  assert.throws(() => array.fromZarr('s3://none/a', { storage: { endpoint: 'http://127.0.0.1:1' } }), {
    name: 'FileError',
    message: /^s3:\/\/none\/a\/zarr\.json cannot be reached/,
  })
  assert.throws(() => array.fromZarr(`${web}data`), {
    message: `${web}data is a Zarr group: name one of its arrays, e.g. ${web}data/NAME`,
  })
  assert.throws(() => array.fromZarr('gs://data/a'), /nothing here for gs:\/\//)
  await assert.rejects(a.toZarr(`${web}data/b`), /toZarr writes to folders of this machine/)
})

test('only a chunk that its server does not have is filled: any other answer is an error with the address', async (context) => {
  const folder = temporaryFolder(context)
  await array.arange(8, { dtype: 'float64', chunks: 4 }).toZarr(join(folder, 'a'))
  const metadata = readFileSync(join(folder, 'a', 'zarr.json'))
  const chunk = readFileSync(join(folder, 'a', 'c', '1'))
  let status = 404
  const server = createServer((request, response) => {
    if (request.url === '/a/c/1?key=x') response.end(chunk)
    else response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const path = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a?key=x`
  const of: ZarrSource = { path, stamp: '', ...parseZarrMetadata(path, 3, metadata.toString()) }
  const read = (): Promise<NdArray> => zarrReadCall({ ...of, own: { start: [2], counts: [4] } })
  assertSame(await read(), NdArray.from([0, 0, 4, 5]) as NdArray, 'the first chunk is not there')
  for (status of [401, 403, 410, 500, 503])
    await assert.rejects(read(), {
      name: 'FileError',
      message: `${path.replace('/a?', '/a/c/0?')} cannot be read: its server answers ${status} ${STATUS_CODES[status]}`,
    })
  server.closeAllConnections()
  server.close()
  await assert.rejects(read(), { name: 'FileError', message: /a\/c\/[01]\?key=x cannot be reached/ })
})
