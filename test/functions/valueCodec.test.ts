// Values survive being encoded, whatever they are.

import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { ArgumentWriter, readArguments } from '../../runtime/functions/argumentList.ts'
import { liftHook } from '../../runtime/functions/liftHook.ts'
import {
  decodeValue,
  encodeValue,
  modulesOfValue,
  semanticBytes,
} from '../../runtime/functions/valueCodec.ts'

const roundTrip = (value: unknown): unknown => decodeValue(encodeValue(value))

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
  maxDepth: 5,
})

test('any value comes back equal (seed 7, 2,000 values)', () => {
  fc.assert(
    fc.property(anything, (value) => {
      assert.deepStrictEqual(roundTrip(value), value)
    }),
    { seed: 7, numRuns: 2000 },
  )
})

test('any argument list comes back equal, many in one buffer (seed 8)', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anything, { maxLength: 4 }), { maxLength: 5 }), (lists) => {
      const writer = new ArgumentWriter()
      const lengths = lists.map((list) => writer.write(list))
      const bytes = writer.view()
      let at = 0
      lists.forEach((list, i) => {
        assert.deepStrictEqual(readArguments(bytes.subarray(at, at + lengths[i])), list)
        at += lengths[i]
      })
      assert.equal(at, writer.length)
    }),
    { seed: 8, numRuns: 300 },
  )
})

const EXACT: Record<string, unknown[]> = {
  numbers: [
    0,
    -0,
    1,
    -1,
    127,
    128,
    2 ** 31,
    2 ** 31 - 1,
    -(2 ** 31),
    2 ** 53,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    0.1,
  ],
  'lists of numbers': [
    [1, 2, 3, 4],
    [1, 2, 3, -0],
    [0.5, NaN, 3, 4],
    [1, 2, 3, 'x'],
  ],
  texts: ['', 'abc', 'é', '日本', '👋', '\ud800', 'a\0b', 'x'.repeat(1000), 'ж'.repeat(1000)],
  bigints: [0n, -1n, 2n ** 64n, -(2n ** 200n)],
  nothings: [undefined, null, [undefined], { a: undefined }],
  dates: [new Date(0), new Date(Number.NaN), new Date(8.64e15)],
  expressions: [/a/, /^(?<x>\p{L})$/giu, /\//],
  collections: [new Map(), new Map([[{ a: 1 }, new Set([[1]])]]), new Set([NaN, -0])],
  buffers: [
    new ArrayBuffer(3),
    new Uint8Array([1, 2]),
    new Float64Array([-0, NaN]),
    new BigInt64Array([-1n]),
    new DataView(new ArrayBuffer(8), 2, 4),
    Buffer.from('hi'),
    new Uint8ClampedArray([300]),
    new Uint8Array(100_000).fill(7),
  ],
  addresses: [new URL('https://user@host:1/p?q=1#h'), new URLSearchParams('a=1&a=2')],
  boxes: [Object(1), Object('s'), Object(true), Object(1n)],
  'keys that look special': [JSON.parse('{"__proto__":1,"constructor":2,"":3}'), { 1: 'a', b: 'c', 0: 'd' }],
  'lists with keys of their own': ['ab'.match(/(?<x>a)/), Object.assign([1], { extra: [2] })],
  symbols: [Symbol.for('x'), Symbol.iterator, { [Symbol.for('k')]: 1, a: 2 }],
  functions: [Math.sqrt, Array.prototype.map, JSON.stringify, Object.prototype.hasOwnProperty],
}

for (const [kind, values] of Object.entries(EXACT))
  test(`exactly the same: ${kind}`, () => {
    for (const value of values) assert.deepStrictEqual(roundTrip(value), value)
  })

test('errors keep class, message, stack, cause, and properties of their own', () => {
  const error = Object.assign(new RangeError('far', { cause: new TypeError('deep') }), { code: 'E_FAR' })
  const back = roundTrip(error) as RangeError & { code: string }
  assert.ok(back instanceof RangeError)
  assert.deepEqual(
    [back.message, back.stack, back.code, (back.cause as Error).message],
    ['far', error.stack, 'E_FAR', 'deep'],
  )
  assert.ok(back.cause instanceof TypeError)
  const many = roundTrip(new AggregateError([new Error('one')], 'all')) as AggregateError
  assert.deepEqual([many.message, many.errors.length, many.errors[0].message], ['all', 1, 'one'])
  const abort = roundTrip(new DOMException('stop', 'AbortError')) as DOMException
  assert.deepEqual([abort.name, abort.message, abort.code], ['AbortError', 'stop', 20])
})

test('an error of a class that is not known keeps its name', () => {
  class Odd extends TypeError {
    override name = 'Odd'
  }
  const back = roundTrip(new Odd('x')) as Error
  assert.ok(back instanceof TypeError)
  assert.deepEqual([back.name, back.message], ['Odd', 'x'])
})

test('shared and cyclic references stay shared', () => {
  const inner = { n: 1 }
  const cycle: Record<string, unknown> = { a: inner, b: inner, list: [inner] }
  cycle.self = cycle
  cycle.map = new Map([[inner, cycle]])
  const back = roundTrip(cycle) as typeof cycle & { map: Map<unknown, unknown>; list: unknown[] }
  assert.equal(back.self, back)
  assert.equal(back.a, back.b)
  assert.equal(back.list[0], back.a)
  assert.equal(back.map.get(back.a), back)
})

test('views of one buffer stay views of one buffer; a part of a large one travels alone', () => {
  const buffer = new ArrayBuffer(16)
  const back = roundTrip([buffer, new Uint8Array(buffer, 4, 4), new Float64Array(buffer)]) as [
    ArrayBuffer,
    Uint8Array,
    Float64Array,
  ]
  assert.equal(back[1].buffer, back[0])
  assert.equal(back[2].buffer, back[0])
  assert.equal(back[1].byteOffset, 4)
  const part = encodeValue(new Uint8Array(new ArrayBuffer(1 << 20), 8, 4))
  assert.ok(part.bytes.length < 64)
})

test('a chain of 100,000 objects needs no deep stack', () => {
  let chain: { next: unknown; v: number[] } | null = null
  for (let i = 0; i < 100_000; i++) chain = { next: chain, v: [i] }
  let at = roundTrip(chain) as typeof chain
  let count = 0
  for (; at; at = at.next as typeof chain) assert.equal(at.v[0], 99_999 - count++)
  assert.equal(count, 100_000)
})

test('a list of a billion holes is as small as what it holds', () => {
  const sparse: number[] = []
  sparse[1e9] = 1
  const { bytes } = encodeValue(sparse)
  assert.ok(bytes.length < 32)
  const back = decodeValue({ bytes, buffers: [] }) as number[]
  assert.deepEqual([back.length, back[1e9], Object.keys(back).length], [1e9 + 1, 1, 1])
})

test('large typed arrays go beside the bytes, and shared memory is not copied', () => {
  const shared = new Float64Array(new SharedArrayBuffer(80_000))
  const own = new Uint8Array(70_000).fill(3)
  const encoded = encodeValue({ shared, own, again: shared }, { shareFromBytes: 65_536 })
  assert.equal(encoded.buffers.length, 2)
  assert.equal(encoded.buffers[0], shared.buffer)
  assert.ok(encoded.bytes.length < 100)
  const back = decodeValue(encoded) as { shared: Float64Array; own: Uint8Array; again: Float64Array }
  assert.equal(back.shared.buffer, shared.buffer)
  assert.equal(back.again, back.shared)
  assert.equal(back.own[69_999], 3)
  assert.ok(back.own.buffer instanceof SharedArrayBuffer)
})

test('references to dependencies stand for objects at any depth', () => {
  class Reference {
    readonly index: number
    constructor(index: number) {
      this.index = index
    }
  }
  const reference = (value: object): number => (value instanceof Reference ? value.index : -1)
  const one = new Reference(0)
  const writer = new ArgumentWriter({ reference })
  writer.write([one, { list: [new Reference(1), one] }])
  const values = ['zero', 'one']
  assert.deepEqual(readArguments(writer.view(), { reference: (n) => values[n] }), [
    'zero',
    { list: ['one', 'zero'] },
  ])
})

test('arguments are frozen where that is asked for', () => {
  const writer = new ArgumentWriter()
  writer.write([{ a: [1] }, new Map([[1, {}]]), new Float64Array(1)])
  const [plain, map, floats] = readArguments(writer.view(), { freeze: true }) as [
    { a: number[] },
    Map<number, object>,
    Float64Array,
  ]
  assert.throws(() => plain.a.push(2), TypeError)
  map.set(2, {})
  floats[0] = 1
  assert.ok(Object.isFrozen(plain) && Object.isFrozen(plain.a))
})

test('a list that cannot travel leaves nothing of itself in the buffer', () => {
  const writer = new ArgumentWriter()
  writer.write([1])
  const before = writer.length
  assert.throws(() => writer.write(['a', { b: [Promise.resolve()] }]), {
    name: 'CannotTravelError',
    message: '`arguments[1].b[0]` is a Promise, which cannot be sent to a worker. await it first.',
  })
  assert.equal(writer.length, before)
  writer.write([2])
  assert.deepEqual(readArguments(writer.view().subarray(before)), [2])
})

test('where the code of functions stands is no part of what a list is', () => {
  const lists = [1, 2].map((number) => {
    const fn = liftHook.f(
      () => 1,
      () => [`/somewhere/${'x'.repeat(number)}.ts@hash`, number],
    )
    liftHook.u(`/somewhere/${'x'.repeat(number)}.ts@hash`, [[number, 'ab'.repeat(16), 0]])
    const writer = new ArgumentWriter()
    const length = writer.write([5, fn])
    assert.ok(writer.semanticLength < length)
    return Buffer.from(writer.view().subarray(1, writer.semanticLength)).toString('hex')
  })
  assert.equal(lists[0], lists[1])
  assert.ok(lists[0].includes('ab'.repeat(16)))
})

test('equal values give equal bytes, and values without functions name no modules', () => {
  const make = (): unknown => ({ a: [1, { b: new Date(5) }], c: new Map([['k', -0]]) })
  assert.deepEqual(encodeValue(make()).bytes, encodeValue(make()).bytes)
  assert.deepEqual(modulesOfValue(encodeValue(make()).bytes), [])
  assert.equal(semanticBytes(encodeValue(5).bytes).length, 2)
})

test('bytes that were cut short or spoilt are refused, not misread', () => {
  const { bytes } = encodeValue({ a: ['text', 1.5, new Float64Array(4), 10n], b: new Map([[1, 2]]) })
  for (let end = 0; end < bytes.length; end++)
    assert.throws(() => decodeValue({ bytes: bytes.subarray(0, end), buffers: [] }), {
      name: 'BrokenValueError',
    })
  assert.throws(() => decodeValue({ bytes: Uint8Array.of(0, 127), buffers: [] }), {
    name: 'BrokenValueError',
  })
})
