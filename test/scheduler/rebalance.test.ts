// Values that move, to spread memory evenly.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finished, joined, lost, rebalanced, simulate, stored, tick } from './kit.ts'

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
