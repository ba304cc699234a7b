// Values of every kind, captured and as arguments.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client } from 'heddle'

const ca = await Promise.resolve(1)
const client = await Client.local({ workers: 2 })
after(() => client.close())

test('typed arrays, Date, Map, Set, bigint, URL, cycles', async () => {
  const o: {
    [key: string]: unknown
    f: Float64Array
    d: Date
    m: Map<number, Set<string>>
    b: bigint
    u: URL
  } = {
    f: new Float64Array([1.5]),
    d: new Date(0),
    m: new Map([[1, new Set(['a'])]]),
    b: 10n,
    u: new URL('http://x/y'),
  }
  o.self = o
  assert.deepEqual(
    await client.submit(() => [
      o.f[0],
      o.d.getTime(),
      o.m.get(1)!.has('a'),
      String(o.b),
      o.u.pathname,
      o.self === o,
    ]),
    [1.5, 0, true, '10', '/y', true],
  )
})
test('a Buffer stays a Buffer, captured and as an argument', async () => {
  const b = Buffer.from('hi')
  assert.deepEqual(await client.submit((c: Buffer) => [b.toString(), c.toString('hex')], b), ['hi', '6869'])
})
test('two captures that hold the same object stay one object', async () => {
  const o = { x: () => ca },
    p = { o }
  assert.equal(await client.submit(() => p.o === o), true)
})
test('symbols', async () => {
  const s = Symbol.for('q'),
    o = { f: () => ca, s }
  assert.equal(await client.submit(() => o.s === Symbol.for('q')), true)
})
test('shared memory is captured by value', async () => {
  const shared = new Int32Array(new SharedArrayBuffer(8))
  shared[1] = 7
  assert.deepEqual(await client.submit(() => [shared[1], shared.buffer instanceof SharedArrayBuffer]), [
    7,
    true,
  ])
})
test('a large capture is named in a warning with its size', () => {
  const big = new Float64Array(100_000)
  const { warnings } = client.lift((x: number) => x + big.length)
  assert.equal(warnings.length, 1)
  assert.match(
    warnings[0],
    /^The task at values\.ts:\d+:\d+ captures `big`, 800 kB: it is sent to each worker once, as data of its own\. Pass it through client\.scatter\(\)/,
  )
})
