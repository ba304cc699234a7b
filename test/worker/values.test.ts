// The worker's decisions about values: fetching, spilling, reading back, forgetting.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlayedWorker } from './kit.ts'

test('values of other workers are fetched, many in one request, then the run starts', () => {
  const worker = new PlayedWorker()
  assert.deepEqual(worker.execute('a <- x@2, y@2; b <- z@3'), ['fetch x y from 2', 'fetch z from 3'])
  assert.deepEqual(worker.answered('x y'), ['start a in 0', 'stored x y'])
  assert.deepEqual(worker.answered('z'), ['stored z'])
})

test('two runs that need one value fetch it once', () => {
  const worker = new PlayedWorker({ threads: 2 })
  assert.deepEqual(worker.execute('a <- x@2; b <- x@2'), ['fetch x from 2'])
  assert.deepEqual(worker.answered('x'), ['start a in 0', 'start b in 1', 'stored x'])
})

test('a value that cannot be had gives its runs back, with all that was lacking', () => {
  const worker = new PlayedWorker()
  worker.execute('a <- x@2, y@2; b <- x@2')
  assert.deepEqual(worker.answered('y'), ['forget x', 'stored y', 'missing a b'])
  assert.deepEqual(worker.discard('y'), ['forget y'])
  worker.assertEmpty()
})

test('few bytes are in flight at a time', () => {
  const worker = new PlayedWorker({ limitBytes: 1e9 })
  assert.deepEqual(
    worker.execute('a <- p@2:30000000, q@2:30000000, r@3:30000000, s@4:30000000'),
    ['fetch p from 2', 'fetch q from 2', 'fetch r from 3'],
    'a tenth of the memory limit is on its way',
  )
  assert.deepEqual(worker.answered('p:30000000'), ['fetch s from 4', 'stored p'])
})

test('a value larger than what may be in flight travels alone', () => {
  const worker = new PlayedWorker({ limitBytes: 1e9 })
  assert.deepEqual(worker.execute('a <- p@2:500000000, q@3'), ['fetch p from 2'])
  assert.deepEqual(worker.answered('p:500000000'), ['fetch q from 3', 'stored p'])
})

test('copies are made on request and reported', () => {
  const worker = new PlayedWorker()
  assert.deepEqual(worker.replicate('x@2 y@3'), ['fetch x from 2', 'fetch y from 3'])
  assert.deepEqual(worker.answered('x'), ['stored x'])
  assert.deepEqual(worker.answered(), ['forget y'])
  assert.deepEqual(worker.replicate('x@2'), ['stored x'], 'it is here already')
})

test('a value that is put here starts who waits for it', () => {
  const worker = new PlayedWorker()
  worker.execute('a <- x@2')
  assert.deepEqual(worker.put('x'), ['start a in 0', 'stored x'])
  assert.deepEqual(worker.put('x'), ['stored x'], 'a second copy changes nothing')
})

test('above 60 % the least recently used values go to disk', () => {
  const worker = new PlayedWorker({ limitBytes: 1000 })
  worker.put('a', 300)
  worker.put('b', 250)
  assert.deepEqual(worker.put('c', 100), ['spill a', 'stored c'], '650 held, 600 are the target')
  assert.deepEqual(worker.written('a'), ['release a', 'spilled a'])
  assert.deepEqual(worker.state.values.managedBytes, 350)
  assert.deepEqual(worker.state.values.spilledBytes, 300)
})

test('a spilled value is read back for the run that needs it, and its runs wait for it', () => {
  const worker = new PlayedWorker({ limitBytes: 1000, expectedMs: 50 })
  worker.put('a', 500)
  worker.put('b', 200)
  worker.written('a')
  assert.deepEqual(worker.execute('c <- a, b'), ['load a'])
  assert.deepEqual(worker.loaded('a'), ['start c in 0'])
})

test('a value that was read back leaves again without a second write', () => {
  const worker = new PlayedWorker({ limitBytes: 1000, expectedMs: 50 })
  worker.put('a', 700)
  worker.written('a')
  worker.execute('b <- a')
  assert.deepEqual(worker.loaded('a'), ['start b in 0'])
  assert.deepEqual(worker.reports(0, 'b'), ['release a', 'finished b'])
})

test('values that a run is using stay in memory', () => {
  const worker = new PlayedWorker({ limitBytes: 1000, expectedMs: 50 })
  worker.put('a', 500)
  worker.execute('b <- a')
  assert.deepEqual(worker.put('c', 400), ['spill c', 'stored c'])
  assert.deepEqual(worker.written('c'), ['release c', 'spilled c'])
})

test('a value that is dropped while it is written goes when the write is over', () => {
  const worker = new PlayedWorker({ limitBytes: 1000 })
  assert.deepEqual(worker.put('a', 900), ['spill a', 'stored a'])
  assert.deepEqual(worker.discard('a'), [])
  assert.deepEqual(worker.written('a'), ['forget a', 'release a'])
  worker.assertEmpty()
})

test('a value that is dropped while it is read back goes when the read is over', () => {
  const worker = new PlayedWorker({ limitBytes: 1000, expectedMs: 50 })
  worker.put('a', 700)
  worker.written('a')
  worker.execute('b <- a')
  worker.cancel('b')
  worker.discard('a')
  assert.deepEqual(worker.loaded('a'), ['forget a'])
  worker.assertEmpty()
})

test('a disk that refuses leaves values in memory, and is tried again after the next measurement', () => {
  const worker = new PlayedWorker({ limitBytes: 1000 })
  worker.put('a', 700)
  assert.deepEqual(worker.notWritten('a'), [])
  assert.deepEqual(worker.put('b', 10), ['stored b'])
  assert.deepEqual(worker.measures(0), ['spill a'])
})

test('a measured size above 70 % spills what the books hold, once a measurement', () => {
  const worker = new PlayedWorker({ limitBytes: 1000 })
  worker.put('a', 50)
  worker.put('b', 50)
  assert.deepEqual(worker.measures(660), [])
  assert.deepEqual(worker.measures(710), ['spill a b'])
  assert.deepEqual(worker.put('c', 10), ['stored c'])
})

test('above 80 % nothing new starts, until it is lower again; others hear of it when it lasts', () => {
  const worker = new PlayedWorker({ threads: 2, limitBytes: 1000, expectedMs: 50 })
  worker.execute('r')
  assert.deepEqual(worker.measures(810), [])
  assert.deepEqual(worker.execute('a; b <- x@2'), [])
  assert.deepEqual(worker.measures(810, 499), [])
  assert.deepEqual(worker.measures(810, 1), ['pause'])
  assert.deepEqual(worker.measures(790), [], 'it does not flutter')
  assert.deepEqual(worker.measures(700), ['resume', 'fetch x from 2', 'start a in 1'])
})

test('above 80 % work goes on where nothing runs and nothing can leave: waiting would be for ever', () => {
  const worker = new PlayedWorker({ limitBytes: 1000, expectedMs: 50 })
  assert.deepEqual(worker.measures(900), [])
  assert.deepEqual(worker.execute('a'), ['start a in 0'])
})

test('a discard of what a run here still waits for does not strand the run', () => {
  const worker = new PlayedWorker()
  worker.execute('a <- x@2')
  assert.deepEqual(worker.discard('x'), [])
  assert.deepEqual(worker.answered('x'), ['start a in 0', 'stored x'])
})
