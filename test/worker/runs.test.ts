// The worker's decisions about runs: order, batches, waiting, cancelling, giving back, threads that end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlayedWorker } from './kit.ts'

test('a run starts in a free thread and its result is reported', () => {
  const worker = new PlayedWorker()
  assert.deepEqual(worker.execute('a'), ['start a in 0'])
  assert.deepEqual(worker.reports(0, 'a'), ['finished a'])
  assert.deepEqual(worker.discard('a'), ['forget a'])
  worker.assertEmpty()
})

test('a function that never ran goes one run at a time, then as many as fill a batch', () => {
  const worker = new PlayedWorker()
  assert.deepEqual(worker.execute('a; b; c; d; e; f'), ['start a in 0'])
  // It took 1 ms: four fill a batch of 4 ms, and a second batch waits behind it.
  assert.deepEqual(worker.reports(0, 'a'), ['start b c d e in 0', 'start f in 0', 'finished a'])
})

test('smaller priorities start first, whatever the order of arrival', () => {
  const worker = new PlayedWorker({ expectedMs: 100 })
  assert.deepEqual(worker.execute('z !0'), ['start z in 0'])
  assert.deepEqual(worker.execute('a !3; b !1; c !2; d !1'), [])
  assert.deepEqual(worker.reports(0, 'z'), ['start b in 0', 'finished z'])
  assert.deepEqual(worker.reports(0, 'b'), ['start d in 0', 'finished b'])
  assert.deepEqual(worker.reports(0, 'd'), ['start c in 0', 'finished d'])
})

test('ready runs are shared among threads', () => {
  const worker = new PlayedWorker({ threads: 2, expectedMs: 0.01 })
  assert.deepEqual(worker.execute('a; b; c; d'), ['start a b in 0', 'start c in 1', 'start d in 0'])
})

test('a slow run has nothing waiting behind it in its thread', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  assert.deepEqual(worker.execute('a; b'), ['start a in 0'])
  assert.deepEqual(worker.recall('a b'), ['returned b'])
})

test('a run waits for results of this worker without a fetch', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  worker.execute('a')
  assert.deepEqual(worker.reports(0, 'a'), ['finished a'])
  assert.deepEqual(worker.execute('b <- a'), ['start b in 0'])
})

test('a failed run is reported and keeps nothing', () => {
  const worker = new PlayedWorker()
  worker.execute('a')
  assert.deepEqual(worker.reports(0, 'a!'), ['erred a'])
  worker.assertEmpty()
})

test('cancelling drops what waits and stops what runs', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  worker.execute('a; b; c <- x@2')
  assert.deepEqual(worker.cancel('a b c'), ['forget x', 'stop a in 0', 'dropped b c'])
  assert.deepEqual(worker.ends(0, 'a'), ['dropped a'])
  assert.deepEqual(worker.answered('x'), [], 'a value that nobody waits for any more is let go')
  worker.assertEmpty()
})

test('a cancelled run that finishes first is dropped all the same', () => {
  const worker = new PlayedWorker()
  worker.execute('a')
  worker.cancel('a')
  assert.deepEqual(worker.reports(0, 'a'), ['dropped a'])
  worker.assertEmpty()
})

test('batch-mates of a killed run start again in the next thread', () => {
  const worker = new PlayedWorker({ expectedMs: 1 })
  assert.deepEqual(worker.execute('a; b; c; d; e'), ['start a b c d in 0', 'start e in 0'])
  assert.deepEqual(worker.cancel('b'), ['stop b in 0'])
  assert.deepEqual(worker.reports(0, 'a'), ['finished a'])
  assert.deepEqual(worker.ends(0, 'b'), ['dropped b'])
  assert.deepEqual(worker.opens(0), ['start c d e in 0'])
})

test('a thread that dies fails the run it was running, and no other', () => {
  const worker = new PlayedWorker({ expectedMs: 1 })
  worker.execute('a; b; c')
  assert.deepEqual(worker.ends(0, 'a', 'out-of-memory'), ['erred a'])
  assert.deepEqual(worker.opens(0), ['start b c in 0'])
})

test('a run with a time limit has its thread to itself', () => {
  const worker = new PlayedWorker({ threads: 2, expectedMs: 0.1 })
  assert.deepEqual(worker.execute('a timeout 100; b; c'), [
    'start a in 0 for 100 ms',
    'start b in 1',
    'start c in 1',
  ])
  assert.deepEqual(worker.execute('d timeout 5'), [], 'no thread is free: its time has not begun')
  assert.deepEqual(worker.ends(0, 'a', 'timed-out'), ['erred a'])
  assert.deepEqual(worker.opens(0), ['start d in 0 for 5 ms'])
})

test('late, doubled and unknown messages change nothing', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  worker.execute('a')
  assert.deepEqual(worker.execute('a'), [], 'the same run twice')
  assert.deepEqual(worker.cancel('nobody'), [])
  assert.deepEqual(worker.recall('nobody'), [])
  assert.deepEqual(worker.discard('nobody'), [])
  worker.reports(0, 'a')
  assert.deepEqual(worker.cancel('a'), [], 'it has finished already')
  worker.discard('a')
  worker.assertEmpty()
})

test('another run of the same task is another value', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  worker.execute('a')
  worker.reports(0, 'a')
  worker.again('a')
  assert.deepEqual(worker.execute('a'), ['start a in 0'])
  worker.reports(0, 'a')
  assert.equal(worker.state.values.count, 2)
})
