// Runs that use what was read back from disk for another one go with it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlayedWorker } from './kit.ts'

/** `x` and `y` of 250 KB are on disk; the function of the runs gave `resultBytes` before. */
function onDisk(resultBytes: number): PlayedWorker {
  const worker = new PlayedWorker({ limitBytes: 1e6, expectedMs: 50 })
  worker.state.growth.observe(0, resultBytes)
  worker.put('x', 250_000)
  worker.put('y', 250_000)
  worker.put('z', 550_000)
  worker.written('x y')
  worker.discard('z')
  return worker
}

test('a value that is read back is used by all small runs that need it before the next one is read', () => {
  const worker = onDisk(1000)
  // By their order each would read the other value.
  assert.deepEqual(worker.execute('a <- x:250000; b <- y:250000; c <- x:250000; d <- y:250000'), [
    'load x',
    'load y',
  ])
  assert.deepEqual(worker.loaded('x'), ['start a in 0'])
  assert.deepEqual(worker.reports(0, 'a:1000'), ['start c in 0', 'finished a'])
  assert.deepEqual(worker.loaded('y'), [])
  assert.deepEqual(worker.reports(0, 'c:1000'), ['start b in 0', 'finished c'])
  assert.deepEqual(worker.reports(0, 'b:1000'), ['start d in 0', 'finished b'])
})

test('runs that make more of it than was read wait for their turn', () => {
  const worker = onDisk(100_000)
  worker.execute('a <- x:250000; b; c <- x:250000; d <- x:250000; e <- x:250000')
  worker.loaded('x')
  assert.equal(worker.state.reading.size, 3, 'two more fit what was read, the third does not')
})

test('a companion that is cancelled lets go of what it pinned', () => {
  const worker = onDisk(1000)
  worker.execute('a <- x:250000; c <- x:250000')
  worker.loaded('x')
  worker.cancel('c')
  worker.reports(0, 'a:1000')
  worker.discard('a x y')
  worker.assertEmpty()
})
