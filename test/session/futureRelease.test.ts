// Futures that nobody can reach any more are released by the garbage collector, unless somebody waits for them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Future, FutureBatch, type FutureHolder } from '../../runtime/session/future.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('all futures of a call are released once none of them can be reached', async () => {
  const released = Promise.withResolvers<[number, number]>()
  const holder = {
    releaseRange: (first: number, count: number) => released.resolve([first, count]),
  } as unknown as FutureHolder
  let futures: Future[] | undefined
  ;(() => {
    const batch = new FutureBatch(holder, 5, 3)
    futures = [5, 6, 7].map((handle) => new Future(batch, handle))
  })()
  collect()
  assert.equal(futures?.length, 3)
  futures = undefined
  // The collector tells of what it found a turn later.
  for (let done = false; !done; ) {
    collect()
    done = await Promise.race([
      released.promise.then(() => true),
      new Promise<false>((resolve) => setImmediate(resolve, false)),
    ])
  }
  assert.deepEqual(await released.promise, [5, 3])
})
