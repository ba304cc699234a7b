// Workers that shall leave, or say that they will.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  finished,
  joined,
  leaving,
  lost,
  retired,
  returned,
  simulate,
  stored,
  submitted,
  tick,
  waits,
} from './kit.ts'

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

const onlyOn = (worker: string) => ({ workers: [worker], allowOtherWorkers: false })

test('a retiring worker whose run waits for what may run there alone runs that, and leaves then', () => {
  const cluster = simulate('p', { workers: ['w1'] })
  cluster.play(waits('p', 'w1'), joined('w2'), retired('w1'))
  cluster.play(submitted('child', { options: { child: onlyOn('w1') } }))
  cluster.take()
  cluster.play(tick())
  assert.deepEqual(cluster.take(), ['execute child@w1'])
  cluster.play(
    finished('child', 'w1'),
    waits('p', 'w1', false),
    submitted('more', { options: { more: onlyOn('w1') } }),
  )
  cluster.play(tick())
  assert.ok(
    !cluster.take().some((line) => line.startsWith('execute')),
    'its run goes on: it gets nothing new',
  )
  cluster.play(finished('p', 'w1'), tick())
  for (const key of ['child', 'p']) {
    const { task, run } = cluster.attempt(key)
    cluster.play(stored(task, run, 'w2'))
  }
  cluster.play(tick())
  assert.equal(cluster.take().at(-1), 'close @w1')
})

test('a retiring worker leaves to others what they may run, however long its own run waits', () => {
  const cluster = simulate('p', { workers: ['w1'] })
  cluster.play(
    waits('p', 'w1'),
    joined('w2'),
    retired('w1'),
    submitted('x; y; z', { options: { z: onlyOn('w2') } }),
  )
  cluster.play(tick(), tick(), tick())
  assert.ok(cluster.instructions.every((line) => !/^execute [xyz]@w1$/.test(line)))
})

test('the only worker that is there runs what its waiting run waits for, though it shall leave', () => {
  const cluster = simulate('p', { workers: ['w1'] })
  cluster.play(waits('p', 'w1'), retired('w1'), submitted('child'))
  cluster.take()
  cluster.play(tick())
  assert.deepEqual(cluster.take(), ['execute child@w1'])
})

test('a worker that says goodbye by itself is not charged for what it ran', () => {
  const cluster = simulate('a', { workers: ['w1', 'w2'], deathsMax: 1 })
  cluster.play(leaving('w1'), lost('w1'))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'recall a@w1', 'execute a@w2'])
})
