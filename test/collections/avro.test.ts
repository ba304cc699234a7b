// Avro files as the library writes them, and damaged ones.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deflateRawSync, zstdCompressSync } from 'node:zlib'
import avro from 'avsc'
import { bag, memoryFiles } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

computeInProcess()

const SCHEMA: avro.Schema = {
  type: 'record',
  name: 'Event',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'user', type: ['null', 'string'], default: null },
    { name: 'score', type: 'double' },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'where', type: { type: 'record', name: 'Place', fields: [{ name: 'x', type: 'int' }] } },
    { name: 'counts', type: { type: 'map', values: 'int' } },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
  ],
}

interface Event {
  id: number
  user: string | null
  score: number
  tags: string[]
  where: { x: number }
  counts: Record<string, number>
  kind: 'A' | 'B'
}

const events = (count: number): Event[] =>
  Array.from({ length: count }, (_, i) => ({
    id: i * 1_000_003,
    user: i % 5 === 0 ? null : `user ${i} é🧵`,
    score: i / 7,
    tags: Array.from({ length: i % 4 }, (_, tag) => `t${tag}`),
    where: { x: 1 - i },
    counts: { a: i },
    kind: i % 2 ? 'A' : 'B',
  }))

type Codec = 'null' | 'deflate' | 'zstandard' | 'lzma'

/** A file as the library writes it, in blocks of about `blockSize` bytes. */
async function avroBytes(
  records: readonly object[],
  codec: Codec = 'null',
  blockSize = 500,
): Promise<Buffer> {
  const encoder = new avro.streams.BlockEncoder(SCHEMA, {
    codec,
    blockSize,
    codecs: {
      null: (bytes, done) => done(null, bytes),
      deflate: (bytes, done) => done(null, deflateRawSync(bytes)),
      zstandard: (bytes, done) => done(null, zstdCompressSync(bytes)),
      lzma: (bytes, done) => done(null, bytes),
    },
  })
  for (const record of records) encoder.write(record)
  encoder.end()
  const pieces: Buffer[] = []
  for await (const piece of encoder) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

test('records are what was written, in any codec and any blocks', async (context) => {
  const folder = temporaryFolder(context)
  const expected = events(100)
  for (const codec of ['null', 'deflate', 'zstandard'] as const) {
    const path = join(folder, `${codec}.avro`)
    writeFileSync(path, await avroBytes(expected, codec))
    for (const blocksize of [1, 17, 100, 499, 2000, '1MB', false] as const)
      assert.deepEqual(
        await bag.readAvro<Event>(path, { blocksize }).compute(),
        expected,
        `${codec} in blocks of ${blocksize}`,
      )
  }
  const all = bag.readAvro<Event>(join(folder, '*.avro'))
  assert.equal(all.partitions, 3)
  assert.equal(await all.count().compute(), 300)
  assert.ok(bag.readAvro(join(folder, 'null.avro'), { blocksize: 1000 }).partitions > 3)
})

test('a file without records, and one in memory', async () => {
  const some = await avroBytes(events(1))
  // The marker that ends each block ends the header too.
  const header = some.subarray(0, some.indexOf(some.subarray(-16)) + 16)
  memoryFiles.write('memory://none.avro', header)
  assert.deepEqual(await bag.readAvro('memory://none.avro').compute(), [])
  memoryFiles.write('memory://some.avro', await avroBytes(events(3)))
  assert.deepEqual(await bag.readAvro('memory://some.avro').pluck('id').compute(), [0, 1_000_003, 2_000_006])
})

test('whole numbers of 64 bits are exact, or an error that says how', async () => {
  const encoder = new avro.streams.BlockEncoder(
    avro.Type.forSchema(
      { type: 'record', name: 'Big', fields: [{ name: 'n', type: 'long' }] },
      { registry: { long: bigintLongs } },
    ),
  )
  encoder.write({ n: 2n ** 60n + 1n })
  encoder.write({ n: -5n })
  encoder.end()
  const pieces: Buffer[] = []
  for await (const piece of encoder) pieces.push(piece as Buffer)
  memoryFiles.write('memory://big.avro', Buffer.concat(pieces))
  assert.deepEqual(await bag.readAvro('memory://big.avro', { int64: 'bigint' }).compute(), [
    { n: 2n ** 60n + 1n },
    { n: -5n },
  ])
  await assert.rejects(bag.readAvro('memory://big.avro').compute(), {
    name: 'FileFormatError',
    message: /record 1 of its block at byte \d+: potential precision loss\. Read it with int64: 'bigint'/,
  })
})

const bigintLongs = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(value)
    return buffer
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
})

test('what is no avro file, is cut short, damaged or compressed by something else', async () => {
  const whole = await avroBytes(events(40))
  const refused = async (name: string, bytes: Buffer, message: RegExp): Promise<void> => {
    memoryFiles.write(`memory://${name}`, bytes)
    await assert.rejects(bag.readAvro(`memory://${name}`).compute(), { name: 'FileFormatError', message })
  }
  await refused(
    'text.avro',
    Buffer.from('a,b\n1,2\n'),
    /text\.avro is no avro file: it does not begin with Obj/,
  )
  await refused(
    'empty.avro',
    Buffer.alloc(0),
    /empty\.avro is no readable avro file: its header is cut short/,
  )
  await refused('header.avro', whole.subarray(0, 100), /its header is cut short/)
  await refused('cut.avro', whole.subarray(0, -3), /its block at byte \d+ is damaged or cut short/)
  const damaged = Buffer.from(whole)
  damaged[whole.length - 5] ^= 255
  await refused(
    'damaged.avro',
    damaged,
    /its block at byte \d+ is damaged or cut short\. Copy or write it again/,
  )
  await refused(
    'lzma.avro',
    await avroBytes(events(3), 'lzma'),
    /compressed by lzma, which is not known here/,
  )
})

test('an error in a record names its file and place', async () => {
  memoryFiles.write('memory://bad.avro', await avroBytes(events(40)))
  const failing = bag.readAvro<Event>('memory://bad.avro').map(({ id }) => {
    if (id === 30 * 1_000_003) throw new Error('thirty')
    return id
  })
  await assert.rejects(
    failing.compute(),
    /thirty \(at memory:\/\/bad\.avro, record \d+ of the block at byte \d+\)/,
  )
})
