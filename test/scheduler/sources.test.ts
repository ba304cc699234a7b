// Sources are held back while memory is above target and tasks run that use what is there; never for ever.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Event,
  finished,
  heartbeat,
  type PaperCluster,
  released,
  simulate,
  submitted,
  tick,
  waits,
} from './kit.ts'

const MEGABYTE = 1e6
const spec = (name: string, threads = 2) => ({
  name,
  threads,
  memoryLimitBytes: 100 * MEGABYTE,
  targetBytes: 60 * MEGABYTE,
})

/** Two threads; of eight sources two are done with 35 MB each, which is above target, and two sums have begun. */
function above(bytes = 35 * MEGABYTE): PaperCluster {
  const cluster = simulate(
    'a1; a2; a3; a4; a5; a6; b1 <- a1; b2 <- a2; b3 <- a3; b4 <- a4; b5 <- a5; b6 <- a6',
    {
      workers: [spec('w1')],
      saturation: 1,
    },
  )
  assert.deepEqual(cluster.take(), ['execute a1@w1', 'execute a2@w1'])
  // One report of both: no source comes between.
  cluster.play(finished('a1 a2', 'w1', { bytes }))
  return cluster
}

/** Why the first of the queue does not run. */
function explained(cluster: PaperCluster): string[] {
  const { state } = cluster.scheduler
  const row = [...state.queue.rows(state)].sort((one, other) => one - other)[0]
  assert.notEqual(row, undefined, 'something is queued')
  cluster.client({ type: 'query', request: 2, what: 'key', key: String(row) })
  cluster.settle()
  const reply = cluster.replies.at(-1)
  return cluster.scheduler.explain(reply?.type === 'answer' ? String(reply.value) : '')
}

const ends =
  (key: string, bytes = 8): Event =>
  (cluster) =>
    finished(key, 'w1', { bytes })(cluster)

test('above target the tasks that use data go first, and sources wait for them', () => {
  const cluster = above()
  assert.deepEqual(cluster.take().sort(), ['execute b1@w1', 'execute b2@w1'])
  // One sum has ended, so that one value is gone and memory is below target: one source starts, before the other sum ends.
  cluster.play(ends('b1'))
  assert.deepEqual(cluster.take().sort(), ['discard a1@w1', 'execute a3@w1', 'finished b1'])
})

test('a thread stays free while memory is above target, and explain says why', () => {
  const cluster = above(70 * MEGABYTE)
  cluster.take()
  cluster.play(ends('b1'))
  // 70 of 60 MB are still there, for the other sum.
  assert.deepEqual(
    cluster.take().filter((line) => line.startsWith('execute')),
    [],
  )
  const [why, more] = explained(cluster)
  assert.match(
    why,
    /^a-[0-9a-f]{32} waits: memory of workers above target \(w1 holds 70 % of its memory, the target is 60 %\)\.$/,
  )
  assert.match(more, /^It is a source that gives about 70 MB: it starts when there is room/)
  assert.match(
    cluster.scheduler.explainAll().join('\n'),
    /Sources wait: memory of workers above target \(w1 holds 70 %/,
  )
  cluster.play(ends('b2'))
  assert.deepEqual(
    cluster.take().filter((line) => line.startsWith('execute')),
    ['execute a3@w1', 'execute a4@w1'],
  )
})

test('where nothing runs that uses data, sources go on above target', () => {
  const cluster = simulate('a1; a2; a3; a4', { workers: [spec('w1', 1)], saturation: 1 })
  cluster.play(ends('a1', 50 * MEGABYTE), ends('a2', 50 * MEGABYTE))
  assert.equal(cluster.take().at(-1), 'finished a2')
  assert.equal(cluster.attempt('a3').worker, 'w1')
})

test('what the worker says of its memory counts, and what came and went since', () => {
  const cluster = above(70 * MEGABYTE)
  cluster.play(ends('b1'))
  cluster.take()
  // Most of it has left for the disk.
  cluster.play(heartbeat('w1', { managedBytes: 20 * MEGABYTE }))
  assert.deepEqual(cluster.take(), ['execute a3@w1'])
})

test('small results are no sources, nor are those of which nothing is known', () => {
  const cluster = above(70 * MEGABYTE)
  cluster.play(submitted('c1', { options: { c1: { priority: 1 } } }), ends('b1'))
  assert.ok(cluster.take().includes('execute c1@w1'), 'nothing is known of c')
  cluster.play(ends('c1'))
  cluster.play(submitted('c2', { options: { c2: { priority: 1 } } }))
  assert.ok(cluster.take().includes('execute c2@w1'), 'c gives 8 bytes')
})

test('workers below target get the sources', () => {
  const cluster = above(70 * MEGABYTE)
  cluster.take()
  cluster.play((c) => c.join(spec('w2')))
  assert.deepEqual(cluster.take(), ['execute a3@w2', 'execute a4@w2'])
})

test('a run that waits for tasks of its own does not hold back the sources that it waits for', () => {
  const cluster = above(70 * MEGABYTE)
  cluster.play(ends('b1'))
  cluster.take()
  cluster.play(waits('b2', 'w1'))
  assert.deepEqual(cluster.take(), ['execute a3@w1', 'execute a4@w1'])
  // It goes on, and counts again.
  cluster.play(waits('b2', 'w1', false))
  assert.equal(cluster.scheduler.state.workers[0]!.consuming, 1)
})

test('a run that does not end holds nothing back after a while', () => {
  const cluster = above(70 * MEGABYTE)
  cluster.play(ends('b1'))
  cluster.take()
  cluster.play(tick(4900))
  assert.deepEqual(cluster.take(), [])
  cluster.play(tick(200))
  assert.deepEqual(cluster.take(), ['execute a3@w1'])
})

test('letting go of what waits lets sources go on at once', () => {
  const cluster = above(70 * MEGABYTE)
  cluster.play(ends('b1'))
  cluster.take()
  cluster.play(released('b2'))
  assert.deepEqual(
    cluster.take().filter((line) => line.startsWith('execute')),
    ['execute a3@w1', 'execute a4@w1'],
  )
})

test('the feed says which worker holds sources back', () => {
  const cluster = above(70 * MEGABYTE)
  cluster.play(ends('b1'), heartbeat('w1', { managedBytes: 70 * MEGABYTE }))
  const told = cluster.scheduler.feedDelta(cluster.nowMs).find(({ type }) => type === 'workers')
  assert.deepEqual(told?.type === 'workers' && told.holdsSources, Uint8Array.of(1))
})
