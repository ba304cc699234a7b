// Values that move: to spread memory evenly, and off a worker that shall leave.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  finished,
  joined,
  leaving,
  lost,
  rebalanced,
  retired,
  returned,
  simulate,
  stored,
  tick,
} from './kit.ts'

test('rebalance moves values from full workers to empty ones', () => {
  const cluster = simulate('a1; a2; a3; a4', { workers: ['w1*4'] })
  cluster.play(finished('a1 a2 a3 a4', 'w1', { bytes: 100 }), joined('w2'))
  cluster.take()
  cluster.play(rebalanced)
  assert.deepEqual(cluster.take(), ['replicate a1@w2', 'replicate a2@w2'])
  assert.deepEqual(
    cluster.replies.flatMap((message) => (message.type === 'answer' ? [message.value] : [])),
    [{ values: 2, bytes: 200 }],
  )
  const { task, run } = cluster.attempt('a1')
  cluster.play(stored(task, run, 'w2', 100))
  assert.deepEqual(cluster.take(), ['discard a1@w1'])
  // The other never arrives: the worker that should have it dies.
  cluster.play(lost('w2'), tick())
  assert.deepEqual(cluster.take(), ['execute a1@w1', 'unfinished a1'])
  assert.equal(cluster.scheduler.state.moves.size, 0)
})

test('a retiring worker hands over its only copies, then it is closed; nothing is computed again', () => {
  const cluster = simulate('a; b', { workers: ['w1'] })
  cluster.play(finished('a', 'w1'), joined('w2'), retired('w1'))
  assert.equal(cluster.take().at(-1), 'recall b@w1')
  cluster.play(returned('b', 'w1'), tick())
  assert.deepEqual(cluster.take(), ['execute b@w2', 'replicate a@w2'])
  const { task, run } = cluster.attempt('a')
  cluster.play(stored(task, run, 'w2'), tick())
  assert.deepEqual(cluster.take(), ['discard a@w1', 'close @w1'])
  cluster.play(lost('w1'))
  assert.deepEqual(cluster.take(), [])
})

test('a worker that says goodbye by itself is not charged for what it ran', () => {
  const cluster = simulate('a', { workers: ['w1', 'w2'], deathsMax: 1 })
  cluster.play(leaving('w1'), lost('w1'))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'recall a@w1', 'execute a@w2'])
})
