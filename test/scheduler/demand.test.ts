// What there is to do and to keep, for whoever chooses how many workers there should be.

import assert from 'node:assert/strict'
import test from 'node:test'
import { finished, joined, simulate } from './kit.ts'

test('tasks that run or could run count, and results that are wanted', () => {
  const cluster = simulate('a1; a2; b <- a1 a2', { workers: ['w1'] })
  const { scheduler } = cluster
  // Of a function that never ran 50 ms are expected.
  assert.deepEqual(scheduler.demand, { tasks: 2, expectedMs: 100, heldBytes: 0 })
  cluster.play(finished('a1', 'w1', { bytes: 1000 }))
  assert.deepEqual([scheduler.demand.tasks, scheduler.demand.heldBytes], [1, 1000])
  cluster.play(finished('a2', 'w1', { bytes: 1000 }))
  assert.deepEqual([scheduler.demand.tasks, scheduler.demand.heldBytes], [1, 2000])
  // What is wanted stays; what it was made of is gone.
  cluster.play(finished('b', 'w1', { bytes: 10 }))
  assert.deepEqual(scheduler.demand, { tasks: 0, expectedMs: 0, heldBytes: 10 })
})

test('the burden of a worker is what it has to do and what it holds', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  assert.equal(cluster.scheduler.burden(0), 50)
  cluster.play(finished('a', 'w1', { bytes: 1_000_000 }), joined('w2'))
  assert.deepEqual(
    [0, 1, 9].map((worker) => cluster.scheduler.burden(worker)),
    [10, 0, 0],
  )
})
