// What comes into memory waits while there is no room and some is being made; where none is, it comes all the same, alone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryLimits } from '../../runtime/worker/memory.ts'
import { hasRoom, mayBeSent } from '../../runtime/worker/room.ts'
import { WorkerState } from '../../runtime/worker/workerState.ts'
import { PlayedWorker } from './kit.ts'

const MB = 1e6

/** A worker of 260 MB that takes 110 itself: 98 are below what pauses it. Its function gives so much. */
function small(resultBytes: number, threads = 1): PlayedWorker {
  const worker = new PlayedWorker({ threads, limitBytes: 260 * MB, expectedMs: 50 })
  worker.state.growth.observe(0, resultBytes)
  worker.measures(110 * MB)
  return worker
}

/** The same with values of 40 MB on disk alone. */
function onDisk(names: string, resultBytes: number, threads = 1): PlayedWorker {
  const worker = small(resultBytes, threads)
  for (const name of names.split(' ')) {
    worker.put(name, 40 * MB)
    worker.measures(190 * MB)
    worker.written(name)
  }
  assert.equal(worker.state.values.managedBytes, 0)
  worker.measures(110 * MB)
  return worker
}

const counted: [string, (state: WorkerState) => void][] = [
  ['values', (state) => void state.values.hold(1, 1, 41)],
  ['what values left', (state) => (state.strayBytes = 41)],
  ['results to come', (state) => (state.growthBytes = 41)],
  ['what is read to be sent', (state) => (state.lentBytes = 41)],
  ['the process itself', (state) => (state.baseBytes = 41)],
  [
    'what is read back',
    (state) => {
      const row = state.values.hold(1, 1, 41)
      for (const written of state.values.chooseToSpill(41).write) state.values.written(written)
      state.values.load(row)
    },
  ],
  [
    'what is on its way from others',
    (state) => {
      state.fetches.want(2, 1, 1, 41)
      state.fetches.next(() => true)
    },
  ],
]
for (const [title, take] of counted)
  test(`room is counted without ${title}`, () => {
    const state = new WorkerState({ threads: 1, limits: memoryLimits(100) })
    assert.equal(hasRoom(state, 80), true)
    take(state)
    assert.deepEqual([hasRoom(state, 39), hasRoom(state, 40)], [true, false])
  })

test('a value is read back for a run only when it and the result fit beside what runs', () => {
  const worker = onDisk('x y', 20 * MB, 2)
  assert.deepEqual(worker.execute('a <- x; b <- y'), ['load x'], '80 of 98 MB: the other one has no room')
  assert.deepEqual(worker.loaded('x'), ['start a in 0'])
  assert.deepEqual(worker.reports(0, 'a:20000000'), ['release x', 'spill a', 'finished a'])
  assert.deepEqual(worker.written('a'), ['release a', 'load y', 'spilled a'])
})

test('one that never fits is read when nothing else is under way, and runs', () => {
  const worker = onDisk('x y', 40 * MB)
  assert.deepEqual(worker.execute('a <- x; b <- y'), ['load x'])
  assert.deepEqual(worker.loaded('x'), ['start a in 0'])
  assert.deepEqual(worker.reports(0, 'a:40000000'), ['release x', 'spill a', 'finished a'])
  assert.deepEqual(
    worker.written('a'),
    ['release a', 'load y', 'spilled a'],
    'it would not fit beside what is written',
  )
})

test('nothing is read while memory that was given up has not returned', () => {
  const worker = onDisk('x', 40 * MB)
  worker.state.strayBytes = 40 * MB
  worker.state.returningBytes = 40 * MB
  assert.deepEqual(worker.execute('a <- x'), [])
  worker.state.returningBytes = 0
  assert.deepEqual(worker.measures(150 * MB, 0), ['load x'], 'somebody keeps it: waiting would be for ever')
})

test('a large value of another worker waits for room, small ones do not', () => {
  const worker = small(30 * MB)
  worker.execute('r')
  assert.deepEqual(worker.execute('a <- x@2:40000000; b <- y@3:20000000'), ['fetch y from 3'])
  assert.deepEqual(worker.answered('y'), ['stored y'])
  assert.equal(worker.reports(0, 'r:0')[0], 'fetch x from 2', 'nothing runs any more')
})

test('what is to be sent waits for this worker to make room, but for no other worker', () => {
  const worker = small(40 * MB)
  worker.execute('r <- x@2:80000000')
  assert.equal(worker.state.fetches.bytesInFlight, 80 * MB)
  assert.equal(mayBeSent(worker.state, 40 * MB), true, 'two that waited for each other would do so for ever')
  assert.deepEqual(worker.answered('x'), ['start r in 0', 'stored x'])
  assert.equal(mayBeSent(worker.state, 40 * MB), false, 'r makes 80')
})

test('a worker above what pauses it goes on where all that it holds is in use', () => {
  const worker = onDisk('x y', 0)
  assert.deepEqual(worker.execute('a <- x, y'), ['load x y'])
  worker.loaded('x')
  worker.measures(250 * MB)
  assert.equal(worker.state.paused, false, 'waiting would be for ever')
  assert.deepEqual(worker.loaded('y'), ['start a in 0'])
})

test('the process itself is not taken to be larger by what is on its way into memory, nor smaller by what has left it', () => {
  const worker = small(40 * MB)
  worker.execute('r')
  for (let times = 0; times < 100; times++) worker.measures(190 * MB)
  assert.equal(worker.state.baseBytes, 110 * MB, 'r makes 80')
  worker.reports(0, 'r:0')
  worker.state.strayBytes = 40 * MB
  worker.state.returnedBytesMax = 40 * MB
  worker.measures(110 * MB)
  assert.equal(worker.state.baseBytes, 110 * MB, 'those 40 may have returned')
})
