// The columns that stand behind futures.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TaskFailure } from '../../runtime/protocol/failure.ts'
import { FutureTable } from '../../runtime/session/futureTable.ts'

const failure: TaskFailure = { kind: 'threw', name: 'Error', message: 'no', stack: 'Error: no', key: 'a' }
const u32 = (...values: number[]): Uint32Array => Uint32Array.from(values)

test('a handle is pending, then finished with the bytes that came with it', () => {
  const table = new FutureTable()
  const first = table.allocate(3, 'inc')
  assert.equal(table.pendingCount, 3)
  table.finished(u32(first, first + 2), Uint8Array.of(7, 8, 9), u32(0, 2, 2))
  assert.deepEqual(
    [0, 1, 2].map((i) => table.statusName(first + i)),
    ['finished', 'pending', 'finished'],
  )
  assert.deepEqual(table.inline(first), Uint8Array.of(7, 8))
  assert.equal(table.inline(first + 2), undefined, 'an empty slice means that workers hold it')
  assert.equal(table.pendingCount, 1)
})

test('a result that is computed again is pending, unless its value is here', () => {
  const table = new FutureTable()
  const first = table.allocate(2, 'inc')
  table.finished(u32(first, first + 1), Uint8Array.of(1), u32(0, 1, 1))
  table.pendingAgain(u32(first, first + 1))
  assert.equal(table.statusName(first), 'finished')
  assert.equal(table.statusName(first + 1), 'pending')
  assert.equal(table.pendingCount, 1)
})

test('what was cancelled stays so, whatever is said late', () => {
  const table = new FutureTable()
  const handle = table.allocate(1, 'inc')
  table.cancelled([handle], 'enough')
  table.finished(u32(handle), new Uint8Array(0), u32(0, 0))
  table.erred(u32(handle), [failure], u32(0))
  assert.equal(table.statusName(handle), 'cancelled')
  assert.equal(table.reason(handle), 'enough')
  assert.equal(table.pendingCount, 0)
})

test('a failure is kept with its handle, and gone when the task runs again', () => {
  const table = new FutureTable()
  const handle = table.allocate(1, 'inc')
  table.erred(u32(handle), [failure], u32(0))
  assert.equal(table.reason(handle), failure)
  table.pendingAgain([handle])
  assert.equal(table.reason(handle), undefined)
  assert.equal(table.statusName(handle), 'pending')
})

test('when the cluster is gone, only what is here stays', () => {
  const table = new FutureTable()
  const first = table.allocate(3, 'inc')
  table.finished(u32(first, first + 1), Uint8Array.of(1), u32(0, 1, 1))
  const told: number[][] = []
  table.onSettled((handles) => told.push(Array.from(handles)))
  table.allLost('it ended')
  assert.deepEqual(
    [0, 1, 2].map((i) => table.statusName(first + i)),
    ['finished', 'lost', 'lost'],
  )
  assert.deepEqual(told, [[first + 1, first + 2]])
  assert.equal(table.pendingCount, 0)
})

test('pages go when all their handles were released', () => {
  const table = new FutureTable()
  const first = table.allocate(100_000, 'inc')
  const pages = table.pageCount
  for (let i = 0; i < 100_000; i++) assert.equal(table.release(first + i), true)
  assert.equal(table.release(first), false)
  assert.ok(pages > 90)
  assert.equal(table.pageCount, 1, 'the page that new handles are taken from stays')
  assert.equal(table.pendingCount, 0)
  assert.equal(table.statusName(first), 'cancelled')
})

test('a key is its group and its digest, or the name that was chosen', () => {
  const table = new FutureTable()
  const first = table.allocate(2, 'inc')
  table.setDigest(
    first,
    Uint8Array.from({ length: 16 }, (_, i) => i),
    0,
  )
  table.setCustomKey(first + 1, 'my table')
  assert.equal(table.key(first), 'inc-000102030405060708090a0b0c0d0e0f')
  assert.equal(table.key(first + 1), 'my table')
})
