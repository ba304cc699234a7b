// Runs that wait for tasks of their own: their threads take other work meanwhile.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PlayedWorker } from './kit.ts'

test('a run that waits leaves its thread to the next one, and is over when it reports', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  assert.deepEqual(worker.execute('a; b'), ['start a in 0'])
  assert.deepEqual(worker.reports(0, 'a~'), ['start b in 0', 'waiting a'])
  assert.deepEqual(worker.reports(0, 'b'), ['finished b'])
  assert.deepEqual(worker.waits(0, 'a', false), ['waiting a'])
  assert.deepEqual(worker.reportsAside(0, 'a'), ['finished a'])
  worker.discard('a b')
  worker.assertEmpty()
})

test('one thread takes a recursion of any depth', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  const names = Array.from({ length: 100 }, (_, i) => `r${i}`)
  for (const name of names) {
    assert.deepEqual(worker.execute(name), [`start ${name} in 0`])
    worker.reports(0, `${name}~`)
  }
  for (const name of names.toReversed()) {
    worker.waits(0, name, false)
    assert.deepEqual(worker.reportsAside(0, name), [`finished ${name}`])
  }
  worker.discard(names.join(' '))
  worker.assertEmpty()
})

test('while a run goes on its thread takes nothing new, until it ends or waits again', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  worker.execute('a')
  worker.reports(0, 'a~')
  worker.waits(0, 'a', false)
  assert.deepEqual(worker.execute('b; c'), [])
  assert.deepEqual(worker.waits(0, 'a', true), ['start b in 0', 'waiting a'])
  worker.waits(0, 'a', false)
  assert.deepEqual(worker.reports(0, 'b'), ['finished b'])
  assert.deepEqual(worker.reportsAside(0, 'a', true), ['start c in 0', 'erred a'])
})

test('a run in the middle of a batch steps aside, the others are reported in order', () => {
  const worker = new PlayedWorker({ expectedMs: 1 })
  assert.deepEqual(worker.execute('a; b; c'), ['start a b c in 0'])
  assert.deepEqual(worker.reports(0, 'a b~ c!'), ['finished a', 'erred c', 'waiting b'])
  assert.deepEqual(worker.reportsAside(0, 'b'), ['finished b'])
})

test('cancelling a run that waits ends its thread; the others in it run again', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  worker.execute('a; b; c')
  worker.reports(0, 'a~')
  worker.reports(0, 'b~')
  assert.deepEqual(worker.cancel('a'), ['stop a in 0'])
  assert.deepEqual(worker.ends(0), ['dropped a', 'waiting b'])
  assert.deepEqual(worker.opens(0), ['start b in 0'])
  assert.deepEqual(worker.recall('b c'), ['returned c'])
})

test('a thread that dies outside of its batches died of the run that had gone on', () => {
  const worker = new PlayedWorker({ expectedMs: 50 })
  worker.execute('a; b')
  worker.reports(0, 'a~')
  worker.reports(0, 'b~')
  worker.waits(0, 'b', false)
  assert.deepEqual(worker.ends(0, undefined, 'out-of-memory'), ['erred b', 'waiting a'])
  assert.deepEqual(worker.opens(0), ['start a in 0'])
})
