// Futures inside plain data.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Future, FutureBatch, type FutureHolder } from '../../runtime/session/future.ts'
import { asFutureList, Pending } from '../../runtime/session/nested.ts'

const holder = { release: () => {} } as unknown as FutureHolder
const batch = new FutureBatch(holder, 1, 10)
const a = new Future<number>(batch, 1)
const b = new Future<number>(batch, 2)

test('futures are found at any depth, each once, in the order they are met', () => {
  const value = { x: [a, { y: b }], z: a, date: new Date(0) }
  const pending = new Pending(value)
  assert.deepEqual(pending.futures, [a, b])
})

test('maps and sets hold futures as lists do', () => {
  const plain = new Map([[1, new Set([2])]])
  const value = {
    map: new Map<unknown, unknown>([
      ['x', a],
      [b, [a]],
    ]),
    set: new Set([b, 3]),
    plain,
  }
  const pending = new Pending(value)
  assert.deepEqual(pending.futures, [a, b])
  const replaced = pending.replace(value, [10, 20], []) as typeof value
  assert.deepEqual(replaced, {
    map: new Map<unknown, unknown>([
      ['x', 10],
      [20, [10]],
    ]),
    set: new Set([20, 3]),
    plain,
  })
  assert.equal(replaced.plain, plain, 'what holds no future is not copied')
})

test('a structure is copied only where a future stood', () => {
  const plain = { deep: [1, 2, 3] }
  const value = { plain, list: [a, 1], b }
  const replaced = new Pending(value).replace(value, [10, 20], []) as typeof value
  assert.deepEqual(replaced, { plain: { deep: [1, 2, 3] }, list: [10, 1], b: 20 })
  assert.equal(replaced.plain, plain)
  assert.deepEqual(value.list, [a, 1], 'the given structure is not touched')
})

test('a structure that holds itself ends the walk', () => {
  const value: { self?: unknown; a: unknown } = { a }
  value.self = value
  const pending = new Pending(value)
  assert.deepEqual(pending.futures, [a])
  assert.equal((pending.replace(value, [1], []) as { a: unknown }).a, 1)
})

test('a list of futures alone needs no walk', () => {
  assert.deepEqual(asFutureList([a, b]), [a, b])
  assert.equal(asFutureList([a, 1]), undefined)
  assert.equal(asFutureList(a), undefined)
})

test('a future is no promise: returning it from an async function does not wait', async () => {
  assert.equal('then' in a, false)
  assert.equal(await (async () => a)(), a)
})
