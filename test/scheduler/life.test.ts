// The life of tasks without accidents: dependencies, results, release, sharing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientJoined, finished, joined, released, simulate, submitted } from './kit.ts'

test('a dependent runs when its dependency is done, and what nobody needs is discarded', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  cluster.play(finished('a', 'w1'), finished('b', 'w1'), released('b'))
  assert.deepEqual(cluster.instructions, [
    'execute a@w1',
    'execute b@w1',
    'discard a@w1',
    'finished b',
    'discard b@w1',
  ])
})

test('without workers tasks wait for the first to join', () => {
  const cluster = simulate('a; b <- a')
  assert.deepEqual(cluster.take(), [])
  cluster.play(joined('w1'))
  assert.deepEqual(cluster.take(), ['execute a@w1'])
})

test('a key that is known is joined, not computed again', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  cluster.play(clientJoined(1), submitted('a', {}, 1))
  assert.deepEqual(cluster.take(), ['execute a@w1'])
  cluster.play(finished('a', 'w1'))
  assert.deepEqual(cluster.take(), ['finished a for 1', 'finished a'])
  cluster.play(released('a'))
  assert.deepEqual(cluster.take(), [])
  cluster.play(submitted('b <- a', {}, 1))
  assert.deepEqual(cluster.take(), ['execute b@w1'])
})
