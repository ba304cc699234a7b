// Waiting for handles: all, first, until an error, as they come, with limits.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WaitTimeoutError } from '../../runtime/session/errors.ts'
import { FutureTable } from '../../runtime/session/futureTable.ts'
import { Waits } from '../../runtime/session/waits.ts'

const u32 = (...values: number[]): Uint32Array => Uint32Array.from(values)

function setUp(count: number): {
  table: FutureTable
  waits: Waits
  handles: number[]
  finish(...places: number[]): void
  err(place: number): void
  holds(): number
} {
  const table = new FutureTable()
  let holds = 0
  const waits = new Waits(table, () => {
    holds++
    return () => void holds--
  })
  const first = table.allocate(count, 'inc')
  const handles = Array.from({ length: count }, (_, i) => first + i)
  return {
    table,
    waits,
    handles,
    finish: (...places) =>
      table.finished(
        Uint32Array.from(places, (place) => handles[place]),
        new Uint8Array(0),
        new Uint32Array(places.length + 1),
      ),
    err: (place) =>
      table.erred(
        u32(handles[place]),
        [{ kind: 'threw', name: 'Error', message: 'no', stack: '', key: 'a' }],
        u32(0),
      ),
    holds: () => holds,
  }
}

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open')
  const winner = await Promise.race([
    promise.then(
      () => 1,
      () => 1,
    ),
    new Promise((r) => setImmediate(r, open)),
  ])
  return winner !== open
}

test('all waits for the last of them, and holds the process meanwhile', async () => {
  const { waits, handles, finish, holds } = setUp(3)
  const all = waits.many(handles, 'gather', 'all')
  assert.equal(holds(), 1)
  finish(2, 0)
  assert.equal(await isSettled(all), false)
  finish(1)
  await all
  assert.equal(holds(), 0)
})

test('first is done with any of them, and at once when there are none', async () => {
  const { waits, handles, finish } = setUp(3)
  const first = waits.many(handles, 'wait', 'first')
  finish(1)
  await first
  await waits.many([], 'wait', 'first')
})

test('a failure far behind ends a wait that stops at errors, and no other', async () => {
  const { waits, handles, err, finish } = setUp(4)
  const careful = waits.many(handles, 'gather', 'all-or-error')
  const patient = waits.many(handles, 'wait', 'all')
  err(3)
  await careful
  assert.equal(await isSettled(patient), false)
  finish(0, 1, 2)
  await patient
})

test('a released handle is waited for by nobody', async () => {
  const { table, waits, handles } = setUp(1)
  const one = waits.one(handles[0])
  const all = waits.many(handles, 'gather', 'all')
  table.release(handles[0])
  await Promise.all([one, all])
})

test('a wait gives up after its time and says how many are left', async () => {
  const { waits, handles, finish, holds } = setUp(3)
  finish(0)
  await assert.rejects(waits.many(handles, 'wait', 'all', { timeoutMs: 1 }), (error: WaitTimeoutError) => {
    assert.ok(error instanceof WaitTimeoutError)
    assert.equal(error.message, 'wait gave up after 1 ms with 2 of its futures not done; they go on')
    return true
  })
  assert.equal(holds(), 0)
})

test('a signal ends a wait with its reason', async () => {
  const { waits, handles, holds } = setUp(1)
  const stop = new AbortController()
  const waiting = waits.many(handles, 'wait', 'all', { signal: stop.signal })
  stop.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
  await assert.rejects(waits.many(handles, 'wait', 'all', { signal: stop.signal }), /enough/)
  assert.equal(holds(), 0)
})

test('handles come in the order in which they are done', async () => {
  const { waits, handles, finish, err, holds } = setUp(5)
  finish(4)
  const order: number[] = []
  const reading = (async () => {
    for await (const handle of waits.asDone(handles, 'asCompleted')) {
      order.push(handles.indexOf(handle))
      if (order.length === 1) setImmediate(() => finish(1, 3))
      if (order.length === 3) setImmediate(() => err(0))
      if (order.length === 4) setImmediate(() => finish(2))
    }
  })()
  await reading
  assert.deepEqual(order, [4, 1, 3, 0, 2])
  assert.equal(holds(), 0)
})

test('leaving the loop early leaves nothing behind', async () => {
  const { waits, handles, finish, holds } = setUp(2)
  finish(0)
  for await (const _ of waits.asDone(handles, 'asCompleted')) break
  finish(1)
  assert.equal(holds(), 0)
})
