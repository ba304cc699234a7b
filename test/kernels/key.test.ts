// Keys: which are the same, that their hashes agree, and that any cut of a shuffle gives the same groups.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { bag } from '../../runtime/collections/index.ts'
import { KeyError, keyHash, keyToken, partitionOf } from '../../runtime/kernels/bag/key.ts'
import { KeyMap } from '../../runtime/kernels/bag/keyMap.ts'
import { providePacking } from '../../runtime/kernels/bag/parcel.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const primitive = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, Number.NaN, -0, 0, '', '0', 'null', '\u0000', '\u0000[1]'),
)
const key: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  key: fc.oneof(
    { maxDepth: 3 },
    primitive,
    fc.date({ noInvalidDate: true }),
    fc.array(tie('key'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('key'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).key

/** The same as keys: by `Map`'s rule for primitives, by contents for plain structures. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return new Set([a]).has(b) // SameValueZero, as in a Map.
  if (a instanceof Date || b instanceof Date)
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime()
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((each, i) => same(each, b[i]))
    )
  const left = Object.entries(a)
  return (
    left.length === Object.keys(b).length &&
    left.every(([name, each]) => Object.hasOwn(b, name) && same(each, (b as Record<string, unknown>)[name]))
  )
}

test('two keys have the same token exactly when they are the same', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      assert.equal(new Set([keyToken(a)]).has(keyToken(b)), same(a, b))
      assert.ok(new Set([keyToken(a)]).has(keyToken(structuredClone(a))))
    }),
    { numRuns: 2000, seed: 7 },
  )
})

test('keys that are the same have the same hash, and a partition that there is', () => {
  fc.assert(
    fc.property(key, fc.integer({ min: 1, max: 1000 }), (value, count) => {
      assert.equal(keyHash(value), keyHash(structuredClone(value)))
      assert.ok(partitionOf(value, count) >= 0 && partitionOf(value, count) < count)
    }),
    { numRuns: 1000, seed: 7 },
  )
  assert.equal(keyHash({ a: 1, b: 2 }), keyHash({ b: 2, a: 1 }))
  assert.equal(keyHash(-0), keyHash(0))
})

test('the hash of a key is the same in every run and version: data may lie where it said', () => {
  assert.deepEqual(
    [0, 1, 'a', 'ab', 3n, true, null, undefined, [1], { a: 1 }].map(keyHash),
    [
      2430584537, 667705066, 173139926, 3234461393, 4274932040, 1370402724, 4227737445, 1370402724,
      4279257964, 3192082117,
    ],
  )
})

test('hashes spread keys evenly over partitions', () => {
  for (const keys of [
    Array.from({ length: 8000 }, (_, i) => i),
    Array.from({ length: 8000 }, (_, i) => `user-${i}`),
    Array.from({ length: 8000 }, (_, i) => i / 8),
    Array.from({ length: 8000 }, (_, i) => [i % 100, Math.floor(i / 100)]),
  ])
    for (const count of [2, 7, 16]) {
      const sizes = new Array<number>(count).fill(0)
      for (const each of keys) sizes[partitionOf(each, count)]++
      assert.ok(Math.max(...sizes) < (1.25 * 8000) / count, `${sizes} of ${String(keys[1])}`)
    }
})

test('what has an identity of its own is no key', () => {
  class Point {}
  for (const value of [() => 1, Symbol('x'), new Point(), new Map(), [new Set()], { a: { b: () => 1 } }])
    assert.throws(() => keyToken(value), KeyError)
})

test('a key map finds every key that was put in, and no other', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), fc.array(key, { maxLength: 20 }), (put, others) => {
      const map = new KeyMap<number>()
      const model = new Map<unknown, number>()
      for (const each of put) {
        const slot = map.slotFor(each, 0)
        map.values[slot]++
        model.set(keyToken(each), (model.get(keyToken(each)) ?? 0) + 1)
      }
      assert.deepEqual(map.values, [...model.values()])
      for (const each of [...put, ...others]) assert.equal(map.get(each), model.get(keyToken(each)))
    }),
    { numRuns: 300, seed: 3 },
  )
  const many = new KeyMap<number>()
  for (let i = 0; i < 20_000; i++) many.slotFor(`key ${i}`, i)
  for (let i = 0; i < 20_000; i++) assert.equal(many.get(`key ${i}`), i)
})

test('a key map keeps the first of equal keys, in the order of first use', () => {
  const map = new KeyMap<number>()
  for (const [i, each] of [[1], 'x', [1], Number.NaN, Number.NaN, 0, -0].entries()) map.slotFor(each, i)
  assert.deepEqual(map.keys, [[1], 'x', Number.NaN, 0])
  assert.deepEqual(map.values, [0, 1, 3, 5])
  assert.equal(map.get([1]), 0)
  assert.equal(map.get('y'), undefined)
})

for (const packing of [undefined, { pack: serialize, unpack: deserialize }])
  test(`groups and joins are the same in any cut${packing ? ', their parts packed' : ''}`, async (context) => {
    providePacking(packing)
    context.after(() => providePacking(undefined))
    const items = fc.array(fc.tuple(key, fc.integer()), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(
        items,
        items,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        async (left, right, from, to) => {
          const cut = bag.fromSequence(left, { partitions: from })
          const groups = await cut.groupBy(([k]) => k, { partitions: to }).compute()
          for (const [k, members] of groups)
            assert.deepEqual(
              members,
              left.filter(([other]) => same(other, k)),
              'a group has its items, in order',
            )
          assert.equal(
            groups.reduce((n, [, members]) => n + members.length, 0),
            left.length,
          )
          const pairs = await cut
            .join(
              bag.fromSequence(right, { partitions: 2 }),
              ([k]) => k,
              ([k]) => k,
              { partitions: to },
            )
            .count()
            .compute()
          const expected = left.reduce((n, [k]) => n + right.filter(([other]) => same(k, other)).length, 0)
          assert.equal(pairs, expected)
        },
      ),
      { numRuns: 60, seed: 11 },
    )
  })
