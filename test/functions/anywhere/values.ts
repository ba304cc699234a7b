// Values of every kind, captured, given and returned.

import assert from 'node:assert/strict'
import * as path from 'node:path'
import { bag, Client, delayed } from 'heddle'
import { check } from './check.ts'

await using client = await Client.local({ workers: 2, threadsPerWorker: 1 })
const settled = await Promise.resolve({ top: 'level' })

async function roundTrip<T>(value: T, look: (got: T, given: T) => void = assert.deepEqual): Promise<void> {
  look((await client.submit(() => value).result()) as T, value)
  look(
    (await client.submit(((given: unknown) => given) as (given: never) => T, value as never).result()) as T,
    value,
  )
}

await check('Map, Set, Date, RegExp with state, URL, URLSearchParams', async () => {
  await roundTrip(new Map<unknown, unknown>([[{ a: 1 }, new Set([1, [2]])]]))
  await roundTrip(new Date(86_400_000))
  await roundTrip(new Date(Number.NaN))
  const sticky = /a(?<n>b)/gy
  sticky.lastIndex = 2
  await roundTrip(sticky, (got) =>
    assert.deepEqual([got.source, got.flags, got.lastIndex], ['a(?<n>b)', 'gy', 2]),
  )
  await roundTrip(new URL('https://a.b/c?d=1#e'), (got, given) => assert.equal(got.href, given.href))
  await roundTrip(new URLSearchParams('a=1&a=2'), (got, given) => assert.equal(String(got), String(given)))
  const headers = new Headers({ accept: 'text/plain' })
  headers.append('set-cookie', 'a=1')
  headers.append('set-cookie', 'b=2')
  await roundTrip(headers, (got, given) => assert.deepEqual([...got], [...given]))
  const form = new FormData()
  form.append('a', '1')
  form.append('a', 'zwei')
  await roundTrip(form, (got, given) => assert.deepEqual([...got], [...given]))
})
await check('numbers: -0, NaN, infinities, bigints, large integers', async () => {
  for (const value of [-0, Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 31), 0.1])
    await roundTrip(value, (got, given) => assert.ok(Object.is(got, given)))
  await roundTrip(-(2n ** 200n))
})
await check('typed arrays, DataView, Buffer, ArrayBuffer, SharedArrayBuffer', async () => {
  await roundTrip(new Float64Array([1, -0, Number.NaN]))
  await roundTrip(new BigUint64Array([1n, 2n ** 63n]))
  await roundTrip(Buffer.from('hé'), (got, given) => assert.ok(Buffer.isBuffer(got) && got.equals(given)))
  await roundTrip(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))
  await roundTrip(new DataView(new ArrayBuffer(4), 1, 2), (got) => assert.equal(got.byteLength, 2))
  await roundTrip(new Uint8Array([7]).buffer)
  const shared = new SharedArrayBuffer(8)
  new Int32Array(shared)[1] = 5
  assert.equal(await client.submit(() => new Int32Array(shared)[1]).result(), 5)
})
await check('errors: cause, aggregate, fields, DOMException', async () => {
  const error = Object.assign(new RangeError('x', { cause: new Error('why') }), { code: 'E1' })
  await roundTrip(error, (got) => {
    assert.ok(got instanceof RangeError)
    assert.deepEqual([got.message, (got.cause as Error).message, got.code], ['x', 'why', 'E1'])
  })
  await roundTrip(new AggregateError([new TypeError('a')], 'many'), (got) =>
    assert.ok(got.errors[0] instanceof TypeError),
  )
  await roundTrip(new DOMException('gone', 'AbortError'), (got) => assert.equal(got.name, 'AbortError'))
})
await check(
  'holes, extra keys, null prototypes, symbol keys, __proto__ as data, cycles, shared objects',
  async () => {
    // biome-ignore lint/suspicious/noSparseArray: it is what the case is about.
    await roundTrip([1, , 3], (got) => assert.ok(!(1 in got) && got.length === 3))
    await roundTrip(Object.assign([1], { extra: true }))
    const bare = Object.assign(Object.create(null), { a: 1 })
    await roundTrip(bare, (got) => assert.equal(Object.getPrototypeOf(got), null))
    await roundTrip({ [Symbol.for('k')]: 1 })
    await roundTrip(JSON.parse('{"__proto__":1}'), (got) => assert.ok(Object.hasOwn(got, '__proto__')))
    const cycle: Record<string, unknown> = { n: 1 }
    cycle.self = cycle
    await roundTrip(cycle, (got) => assert.equal(got.self, got))
    const one = {}
    await roundTrip([one, one], (got) => assert.equal(got[0], got[1]))
  },
)
await check('strings: empty, lone surrogates, emoji, a megabyte', async () => {
  for (const text of ['', '\ud800', '👩‍🚀', 'é', 'x'.repeat(1 << 20)]) await roundTrip(text)
})
await check('a value of a top-level await', async () => {
  assert.equal(await client.submit(() => settled.top).result(), 'level')
})
await check('Intl objects, TextEncoder and the like that constants hold', async () => {
  assert.equal(await client.submit(format, 1234.5).result(), '1,234.5')
})
const formatter = new Intl.NumberFormat('en')
function format(x: number): string {
  return formatter.format(x)
}
await check('boxed primitives, symbols', async () => {
  await roundTrip(Object('x'), (got) => assert.equal(got.valueOf(), 'x'))
  await roundTrip(Symbol.for('shared'))
  await roundTrip(Symbol.iterator)
})
await check('getters are read, frozen objects arrive', async () => {
  const given = Object.freeze({
    get now() {
      return 4
    },
    deep: Object.freeze([1]),
  })
  await roundTrip(given, (got) => assert.deepEqual([got.now, got.deep], [4, [1]]))
})
const refused = (name: string, value: object, text: RegExp): Promise<void> =>
  check(`refused: ${name}`, () => {
    const held = { inner: { value } }
    assert.throws(
      () => client.submit(() => held),
      (
        error: Error & {
          path?: string
          variable?: string
          place?: { file: string; line: number }
          remedy?: string
          type?: string
        },
      ) => {
        assert.match(error.message, text)
        assert.match(error.message, /^The task the function at|^The task/)
        assert.equal(error.name, 'CannotTravelError')
        assert.equal(error.path, 'held.inner.value')
        assert.equal(error.variable, 'held')
        assert.match(error.place!.file, /values\.ts$/)
        assert.ok(error.place!.line > 0 && error.remedy && error.type)
        return true
      },
    )
  })
await refused('a WeakRef', new WeakRef({}), /is a WeakRef/)
for (const [name, target] of Object.entries({ object: {}, list: [], map: new Map(), date: new Date(0) }))
  await refused(`a Proxy of a ${name}`, new Proxy(target, {}), /is a Proxy, .*Send the object behind it/)
await refused('a Promise', Promise.resolve(1), /is a Promise, .*await it first/)
await refused('an AbortSignal', new AbortController().signal, /is an AbortSignal/)
await refused('an AbortController', new AbortController(), /is an AbortController/)
await refused(
  'a running generator',
  (function* () {
    yield 1
  })(),
  /is a running generator/,
)
await refused(
  'an async generator',
  (async function* () {
    yield 1
  })(),
  /is a running generator/,
)
await refused('a ReadableStream', new ReadableStream(), /is a ReadableStream/)
await refused('an Intl.DateTimeFormat', new Intl.DateTimeFormat('en'), /is an? (Intl\.)?DateTimeFormat/)
await refused('a MessagePort', new MessageChannel().port1, /is a MessagePort/)
await refused('an EventTarget', new EventTarget(), /is an EventTarget/)
await refused('a Response', new Response(), /is a Response/)
await refused('a Response', new Response('x'), /is a Response/)
await refused('a map iterator', new Map([[1, 2]]).entries(), /iterator/i)
await refused('a WebAssembly.Memory', new WebAssembly.Memory({ initial: 1 }), /Memory/)
await refused('a timer', setTimeout(() => {}, 0).unref(), /Timeout/)
await refused(
  'a CryptoKey',
  await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']),
  /is a CryptoKey/,
)
await check('namespaces of the language, of Node and of modules arrive as those that are there', async () => {
  const numbers = Math
  const tools = { log: console, json: JSON, path, now: Date.now }
  const f = (given: typeof path): unknown => [
    numbers.max(1, 2),
    typeof tools.log.log,
    tools.json.stringify([1]),
    tools.path.basename('/a/b'),
    typeof tools.now(),
    given.extname('a.ts'),
  ]
  assert.deepEqual(await client.submit(f, path).result(), [2, 'function', '[1]', 'b', 'number', '.ts'])
})
await check('half floats', async () => {
  const halves = new Float16Array([1.5, -0, Number.NaN])
  assert.deepStrictEqual(await client.submit((x: unknown) => x, halves).result(), halves)
})
await check('refused: memory that was transferred', () => {
  const buffer = new ArrayBuffer(8)
  const view = new Uint8Array(buffer)
  structuredClone(buffer, { transfer: [buffer] })
  for (const value of [buffer, view])
    assert.throws(() => client.submit((x: unknown) => x, value), /is a detached buffer, .* Send it before/)
})
await check('refused: an object that inherits from another', () => {
  const own = Object.create({ a: 1 }) as object
  assert.throws(() => client.submit((x: unknown) => x, own), /an object that inherits from another object/)
})
await check('refused: a symbol of its own', () => {
  const own = Symbol('mine')
  assert.throws(() => client.submit(() => own), /`own` is the symbol Symbol\(mine\).*Symbol\.for\(\)/)
})
await check('refused: Temporal objects, where the language has them, are told like others', () => {
  const { Temporal } = globalThis as { Temporal?: { Now: { instant(): object } } }
  if (!Temporal) return
  const now = Temporal.Now.instant()
  assert.throws(() => client.submit(() => now), /Instant/)
})
await check('what has a better way out than most names it', async () => {
  const refused = (value: unknown, message: RegExp): void =>
    assert.throws(() => client.submit((x: unknown) => x, value), message)
  refused(delayed(Math.max)(1, 2), /`arguments\[0\]` is a Delayed, .* Compute it first/)
  refused(bag.range(3), /a Bag, .* Compute it first \(await x\.compute\(\)\)/)
  const future = client.submit(() => 1)
  assert.throws(
    () => client.submit(() => future),
    /`future` is a Future, .* Pass it as an argument of submit, map/,
  )
})
