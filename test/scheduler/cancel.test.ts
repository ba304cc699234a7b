// What clients take back: releases, cancels, leaving; and who is not touched by it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cancelled,
  clientJoined,
  clientLeft,
  finished,
  joined,
  released,
  simulate,
  submitted,
} from './kit.ts'

test('cancel stops what only this client wants, dependents included', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'], wanted: ['a', 'b'] })
  cluster.play(cancelled('a'))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'cancel a@w1', 'cancelled a', 'cancelled b'])
  assert.equal(cluster.scheduler.state.tasks.used, 0)
})

test('cancel leaves what another client wants', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  cluster.play(clientJoined(1), submitted('a; b <- a', {}, 1))
  cluster.take()
  cluster.play(cancelled('b'), finished('a', 'w1'), finished('b', 'w1'))
  assert.deepEqual(cluster.take(), ['cancelled b', 'execute b@w1', 'discard a@w1', 'finished b for 1'])
})

test('a client that leaves takes its wishes with it', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  cluster.play(clientLeft(0))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'cancel a@w1'])
  assert.equal(cluster.scheduler.state.tasks.used, 0)
})

test('a cancelled run that ends after all leaves nothing behind', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  cluster.play(cancelled('a'), finished('a', 'w1'))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'cancel a@w1', 'cancelled a', 'discard a@w1'])
})

test('a row that is used again is not mistaken for the task it was', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  const old = cluster.attempt('a')
  cluster.play(cancelled('a'), submitted('b'))
  assert.equal(cluster.attempt('b').task, old.task)
  cluster.play(finished('a', 'w1'))
  assert.deepEqual(cluster.take().slice(-2), ['execute b@w1', 'discard b@w1'])
  cluster.play(finished('b', 'w1'))
  assert.deepEqual(cluster.take(), ['finished b'])
})

test('tasks that nobody wants are not run', () => {
  const cluster = simulate('a; b <- a; c <- a', { workers: ['w1'], wanted: ['b'] })
  cluster.play(finished('a', 'w1'), finished('b', 'w1'), released('b'))
  assert.deepEqual(cluster.take(), [
    'execute a@w1',
    'execute b@w1',
    'discard a@w1',
    'finished b',
    'discard b@w1',
  ])
})

test('releasing while nobody can run it empties the queue', () => {
  const cluster = simulate('a; b')
  cluster.play(released('a'), joined('w1'))
  assert.deepEqual(cluster.take(), ['execute b@w1'])
})
