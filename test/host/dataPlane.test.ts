// The data plane over real sockets: values arrive as they were, refusals say why, broken bytes are noticed.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { EncodedValue } from '../../runtime/functions/encodedValue.ts'
import { AddressError, isLocal, socketOptions } from '../../runtime/host/address.ts'
import { DataClient, DataConnectionError } from '../../runtime/host/dataClient.ts'
import { FrameReader } from '../../runtime/host/dataFrameReader.ts'
import {
  type DataFrame,
  DataFrameError,
  HEAD_BYTES,
  VALUES,
  valuesFrame,
} from '../../runtime/host/dataFrames.ts'
import { DataServer } from '../../runtime/host/dataServer.ts'

const folder = mkdtempSync(join(tmpdir(), 'heddle-data-'))
after(() => rmSync(folder, { recursive: true }))

/** A value whose encoding has `bytes` bytes and whose buffers have `buffers` bytes, all different. */
function value(bytes: number, ...buffers: number[]): EncodedValue {
  const filled = (part: Uint8Array, seed: number): Uint8Array => part.map((_, i) => (i * 7 + seed) & 255)
  return {
    bytes: filled(new Uint8Array(bytes), bytes),
    buffers: buffers.map((size, i) => {
      const shared = new SharedArrayBuffer(size)
      new Uint8Array(shared).set(filled(new Uint8Array(size), i + 1))
      return shared
    }),
  }
}

const shared = (byteLength: number): SharedArrayBuffer => new SharedArrayBuffer(byteLength)

const plain = (one: EncodedValue | undefined): unknown =>
  one && {
    bytes: Buffer.from(one.bytes),
    buffers: one.buffers.map((buffer) => Buffer.from(new Uint8Array(buffer))),
  }

/** A server with values by task number, and what was put. */
async function serve(address: string, held: Map<number, EncodedValue>) {
  let lent = 0
  const put = new Map<number, EncodedValue>()
  const server = new DataServer(
    {
      lend(task) {
        const found = held.get(task)
        if (!found) return undefined
        lent++
        return { value: found, giveBack: () => void lent-- }
      },
      put: (task, _run, one) => void put.set(task, one),
    },
    'secret',
    shared,
  )
  return { server, put, address: await server.listen(address), lent: () => lent }
}

const held = new Map([
  [1, value(3)],
  [2, value(0, 100_000)],
  [3, value(200_000)],
  [4, value(70, 65_536, 8, 1_000_000)],
  [5, value(1)],
])

for (const kind of ['unix', 'tcp'] as const)
  test(`values travel unchanged, absent ones are said to be absent (${kind})`, async () => {
    const served = await serve(kind === 'unix' ? `unix:${join(folder, 'a.sock')}` : 'tcp://127.0.0.1:0', held)
    const client = new DataClient('secret', { allocate: shared })
    try {
      const asked = [1, 2, 99, 3, 4, 5].map((task) => ({ task, run: 7 }))
      const answers = await client.get(served.address, asked)
      assert.deepEqual(
        answers.map(plain),
        asked.map(({ task }) => plain(held.get(task))),
      )
      assert.ok(
        answers[3]!.bytes.buffer instanceof SharedArrayBuffer,
        'large encodings can be shared with threads',
      )
      assert.deepEqual(await client.get(served.address, []), [])
      await client.put(served.address, [{ task: 8, run: 1, value: value(5, 70_000) }])
      assert.deepEqual(plain(served.put.get(8)), plain(value(5, 70_000)))
      const many = await Promise.all(asked.map((one) => client.get(served.address, [one])))
      assert.deepEqual(many.flat().map(plain), answers.map(plain), 'requests side by side')
    } finally {
      client.close()
      served.server.close()
    }
    assert.equal(existsSync(join(folder, 'a.sock')), false, 'the socket file is gone')
  })

test('parts of a value are asked for by number, and each answer says which it is', async () => {
  const server = new DataServer(
    {
      // Task 1 is here in parts, of which the last is lost; task 2 is here as a whole.
      lend: (task, _run, part = -1) =>
        (task === 1 ? part >= 0 && part < 3 : part === -1)
          ? { value: value(10 + part, 70_000 + part), giveBack: () => {} }
          : undefined,
      put: () => {},
    },
    'secret',
    shared,
  )
  const address = await server.listen(`unix:${join(folder, 'parts.sock')}`)
  const client = new DataClient('secret', { allocate: shared })
  const asked = [
    { task: 1, run: 7, part: 2 },
    { task: 1, run: 7 },
    { task: 1, run: 7, part: 0 },
    { task: 2, run: 7, part: 0 },
    { task: 1, run: 7, part: 3 },
    { task: 2, run: 7 },
  ]
  const answers = await client.get(address, asked)
  client.close()
  server.close()
  assert.deepEqual(answers.map(plain), [
    plain(value(12, 70_002)),
    undefined,
    plain(value(10, 70_000)),
    undefined,
    undefined,
    plain(value(9, 69_999)),
  ])
})

test('a socket file is for its owner alone, and one left by a dead worker is taken over', async () => {
  const path = join(folder, 'b.sock')
  const first = await serve(`unix:${path}`, held)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const second = await serve(`unix:${path}`, held)
  const client = new DataClient('secret')
  assert.equal((await client.get(second.address, [{ task: 1, run: 1 }])).length, 1)
  client.close()
  first.server.close()
  second.server.close()
})

test('a wrong token is refused by name', async () => {
  const served = await serve(`unix:${join(folder, 'c.sock')}`, held)
  const client = new DataClient('wrong')
  await assert.rejects(client.get(served.address, [{ task: 1, run: 1 }]), (error: DataConnectionError) => {
    assert.equal(error.name, 'DataConnectionError')
    assert.match(error.message, /the token is not the one of this cluster/)
    return true
  })
  client.close()
  served.server.close()
})

test('nobody there is an error that names the address', async () => {
  const client = new DataClient('secret')
  const address = `unix:${join(folder, 'nobody.sock')}`
  await assert.rejects(client.get(address, [{ task: 1, run: 1 }]), { name: 'DataConnectionError', address })
  client.close()
})

test('a worker that ends in the middle of an answer fails the request, and the next one connects anew', async () => {
  const path = join(folder, 'd.sock')
  const never = new DataServer({ lend: () => new Promise(() => {}), put: () => {} }, 'secret', shared)
  await never.listen(`unix:${path}`)
  const client = new DataClient('secret')
  const asked = client.get(`unix:${path}`, [{ task: 1, run: 1 }])
  const broken = assert.rejects(asked, DataConnectionError)
  never.close()
  await broken
  const served = await serve(`unix:${path}`, held)
  assert.deepEqual((await client.get(served.address, [{ task: 1, run: 1 }])).map(plain), [plain(held.get(1))])
  client.close()
  served.server.close()
})

test('what is no frame of ours ends the connection and nothing else', async () => {
  const served = await serve(`unix:${join(folder, 'e.sock')}`, held)
  const stranger = connect(join(folder, 'e.sock'))
  stranger.write('GET / HTTP/1.1\r\nhost: worker\r\n\r\n'.padEnd(64))
  stranger.resume()
  await new Promise((resolve) => stranger.on('close', resolve))
  const client = new DataClient('secret')
  assert.equal((await client.get(served.address, [{ task: 1, run: 1 }])).length, 1)
  client.close()
  served.server.close()
})

test('values that were lent are given back once they are sent', async () => {
  const served = await serve(`unix:${join(folder, 'f.sock')}`, held)
  const client = new DataClient('secret')
  const all = [...held.keys()].map((task) => ({ task, run: 1 }))
  await client.get(served.address, all)
  await client.get(served.address, [])
  assert.equal(served.lent(), 0)
  client.close()
  served.server.close()
})

test('a damaged value is noticed where checksums were asked for', () => {
  const frame = Buffer.concat(valuesFrame(VALUES, 1, [{ task: 6, run: 1, value: value(100) }], true))
  frame[frame.length - 1] ^= 1
  const reader = new FrameReader(() => assert.fail('it must not pass'), shared)
  assert.throws(
    () => reader.push(frame),
    (error) => error instanceof DataFrameError && /task 6.*damaged/.test(error.message),
  )
})

test('frames come together from pieces of any size', () => {
  const values = [...held].map(([task, one]) => ({ task, run: 1, value: one }))
  const bytes = Buffer.concat([
    ...valuesFrame(VALUES, 1, values, true),
    ...valuesFrame(VALUES, 2, [], true),
    ...valuesFrame(VALUES, 3, [{ task: 5, run: 1 }, values[0]], false),
  ])
  for (const size of [1, 7, HEAD_BYTES, 4096, bytes.length]) {
    if (size === 1 && bytes.length > 3e6) continue
    const frames: DataFrame[] = []
    const reader = new FrameReader((frame) => frames.push(frame), shared)
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
    assert.deepEqual(
      frames.map(({ serial, values: got }) => ({ serial, values: got.map((one) => plain(one.value)) })),
      [
        { serial: 1, values: values.map((one) => plain(one.value)) },
        { serial: 2, values: [] },
        { serial: 3, values: [undefined, plain(values[0].value)] },
      ],
    )
  }
})

test('what is received where it will stay comes together with what is not, and damage is noticed there, too', () => {
  const large = value(300_000, 131_071, 131_072, 1_000_000, 1)
  const values = [value(10), large, value(200_000, 5)].map((one, task) => ({ task, run: 1, value: one }))
  const bytes = Buffer.concat([...valuesFrame(VALUES, 1, values, true), ...valuesFrame(VALUES, 2, [], true)])
  const received = (sent: Buffer, most: number): { frames: DataFrame[]; inPlace: number } => {
    const frames: DataFrame[] = []
    const reader = new FrameReader((frame) => frames.push(frame), shared)
    let inPlace = 0
    for (let at = 0; at < sent.length; ) {
      const { place } = reader
      const piece = sent.subarray(at, at + Math.min(most, place?.length ?? most))
      if (place) {
        place.set(piece)
        reader.placed(piece.length)
        inPlace += piece.length
      } else reader.push(piece)
      at += piece.length
    }
    assert.equal(reader.receivedBytes, sent.length)
    return { frames, inPlace }
  }
  for (const most of [5000, 65_536, 262_144]) {
    const { frames, inPlace } = received(bytes, most)
    assert.ok(inPlace > 500_000, 'large parts are received where they will stay')
    assert.deepEqual(
      frames.map(({ serial, values: got }) => [serial, got.map((one) => plain(one.value))]),
      [
        [1, values.map((one) => plain(one.value))],
        [2, []],
      ],
    )
  }
  const damaged = Buffer.from(bytes)
  damaged[600_000] ^= 1
  assert.throws(
    () => received(damaged, 262_144),
    (error) => error instanceof DataFrameError && /task 1.*damaged/.test(error.message),
  )
})

test('a table that does not add up is refused before memory is taken for it', () => {
  const [frame] = valuesFrame(VALUES, 1, [{ task: 1, run: 1, value: value(10) }], false)
  const broken = Buffer.from(frame)
  broken.writeDoubleLE(1e15, HEAD_BYTES + 24)
  assert.throws(() => new FrameReader(() => {}, shared).push(broken), DataFrameError)
})

test('addresses', () => {
  assert.deepEqual(socketOptions('unix:/run/w.sock'), { path: '/run/w.sock' })
  assert.deepEqual(socketOptions('tcp://[::1]:80'), { host: '::1', port: 80 })
  assert.throws(() => socketOptions('http://x'), AddressError)
  assert.throws(() => socketOptions('tcp://host:99999'), AddressError)
  assert.deepEqual(['unix:/a', 'tcp://127.0.0.1:1', 'tcp://node7:1'].map(isLocal), [true, true, false])
})
