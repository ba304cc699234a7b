// story, explain, dump, progress and the feed say what is the case.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FEED_MESSAGES, type FeedMessage } from '../../runtime/protocol/feed.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import { hexOf } from '../../runtime/protocol/ids.ts'
import { digestOf } from './graphText.ts'
import {
  clientLeft,
  erred,
  finished,
  heartbeat,
  joined,
  lost,
  type PaperCluster,
  released,
  simulate,
  submitted,
  tick,
} from './kit.ts'

const keyOf = (key: string): string => `${key.replace(/\d+$/, '')}-${hexOf(digestOf(key))}`
const explained = (cluster: PaperCluster, key: string): string =>
  cluster.scheduler
    .explain(keyOf(key))
    .join('\n')
    .replaceAll(/-[0-9a-f]{32}/g, '')

test('explain says what a task waits for', () => {
  const cluster = simulate('a; b <- a; c', { options: { c: { resources: { gpu: 2 } } } })
  assert.equal(explained(cluster, 'a'), 'a could run, but there is no worker.')
  assert.equal(explained(cluster, 'b'), 'b waits for 1 of its dependencies:\n  a, which is ready')
  cluster.play(joined({ name: 'w1', resources: { gpu: 1 } }))
  assert.equal(explained(cluster, 'c'), 'c needs 2 gpu, and no worker has more than 1.')
  assert.equal(explained(cluster, 'a'), 'a was given to w1, which has 1 task for 1 thread.')
  const { task } = cluster.attempt('a')
  cluster.play(
    heartbeat('w1', {
      runningTasks: Int32Array.of(task),
      runningSince: Float64Array.of(cluster.nowMs - 2000),
    }),
  )
  assert.equal(explained(cluster, 'a'), 'a runs on w1, thread 0, for 2.0 s.')
  cluster.play(finished('a', 'w1', { bytes: 12 }))
  assert.equal(explained(cluster, 'a'), 'a is done: 12 bytes, held by w1.')
  cluster.play(erred('b', 'w1'))
  assert.match(explained(cluster, 'b'), /^b failed: Error: no\nCall retry/)
  assert.match(explained(cluster, 'z'), /is not known here/)
})

test('explain gives the place in the queue, and names workers that are not here', () => {
  const cluster = simulate('a1; a2; a3; a4; b', { workers: ['w1'], options: { b: { workers: ['w7'] } } })
  assert.equal(
    explained(cluster, 'a4'),
    'a could run: it waits for a worker with room, behind 1 other tasks.',
  )
  assert.match(explained(cluster, 'b'), /^b may run on w7 alone, and none of them is here: start one/)
})

test('a story tells what happened to a task, in order', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  cluster.play(finished('a', 'w1'), lost('w1', 'killed'), joined('w2'), erred('a', 'w2'))
  const lines = cluster.scheduler
    .story(keyOf('a'))
    .map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, ''))
  assert.deepEqual(lines, [
    'came with graph 1, in the group a',
    'could run; waited for a worker with room',
    'run 1 was given to w1, which has left',
    'run 1 finished on w1, which has left',
    'the value of run 1 was lost: no worker holds it any more',
    'was needed again',
    'could run; waited for a worker with room',
    'run 3 was given to w2',
    'run 3 failed on w2',
    'failed for good',
    'run 3 on w2 failed: Error: no',
    `failed: ${keyOf('a')} Error: no`,
    'is now erred',
  ])
})

test('a row that is used again has its own story', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  cluster.play(finished('a', 'w1'), released('a'), tick(), submitted('b'))
  assert.equal(cluster.scheduler.story(keyOf('b')).length, 4)
})

test('progress comes at most ten times a second, and at the end', () => {
  const cluster = simulate('a1; a2; a3; a4', { workers: ['w1*4'] })
  const progress = () =>
    cluster.replies.flatMap((message) =>
      message.type === 'progress' ? [`${message.finished}/${message.total} running ${message.running}`] : [],
    )
  cluster.play(tick(100), finished('a1', 'w1'), tick(10), finished('a2', 'w1'), tick(10))
  assert.deepEqual(progress(), ['0/4 running 4'])
  cluster.play(tick(90))
  assert.deepEqual(progress().slice(1), ['2/4 running 2'])
  cluster.play(finished('a3 a4', 'w1'), tick(1))
  assert.deepEqual(progress().slice(2), ['4/4 running 0'])
})

test('the feed tells groups, their counts and edges, workers and finished runs', () => {
  const cluster = simulate('', { workers: ['w1*2'] })
  const { scheduler } = cluster
  scheduler.recordStream(true)
  const received = (message: FeedMessage) => decodeFrame(FEED_MESSAGES, encodeFrame(FEED_MESSAGES, message))
  const first = received(scheduler.feedSnapshot(cluster.nowMs))
  assert.ok(first.type === 'snapshot')
  assert.deepEqual(
    first.cluster.workers.map(({ name }) => name),
    ['w1'],
  )
  scheduler.feedDelta(cluster.nowMs)
  cluster.play(submitted('a1; a2; b <- a1 a2'), finished('a1', 'w1'), heartbeat('w1'))
  const delta = scheduler.feedDelta(cluster.nowMs).map(received)
  assert.deepEqual(
    delta.map(({ type }) => type),
    ['groups', 'stream', 'workers'],
  )
  const [groups, stream, workers] = delta
  assert.ok(groups.type === 'groups' && stream.type === 'stream' && workers.type === 'workers')
  assert.deepEqual(
    groups.added.map(({ name }) => name),
    ['a', 'b'],
  )
  assert.deepEqual([...groups.edges], [0, 1])
  assert.deepEqual([...groups.changed], [0, 1])
  // waiting, ready, running, stored, erred, released
  assert.deepEqual([...groups.counts], [0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0])
  assert.deepEqual([stream.total, [...stream.worker]], [1, [0]])
  assert.deepEqual(scheduler.feedDelta(cluster.nowMs), [])
  cluster.play(clientLeft(0))
  const after = scheduler.feedDelta(cluster.nowMs)[0]
  assert.deepEqual(after.type === 'groups' && [...after.counts], [0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1])
})

test('the feed tells what threads ran at their heartbeat, also when that task has ended since', () => {
  const cluster = simulate('a1; a2', { workers: ['w1*2'] })
  const { scheduler } = cluster
  scheduler.feedSnapshot(cluster.nowMs)
  const [{ task }] = cluster.attempts.get('a1')!
  cluster.play(
    heartbeat('w1', { runningTasks: Int32Array.of(task, -1), runningSince: Float64Array.of(990, 0) }),
    finished('a1', 'w1'),
  )
  const workers = scheduler.feedDelta(cluster.nowMs).find(({ type }) => type === 'workers')
  assert.ok(workers?.type === 'workers')
  assert.deepEqual([...workers.runningGroup], [0, -1])
})

test('a thread between two tasks counts as busy while its worker has more, for a moment', () => {
  const cluster = simulate('a1; a2; a3; a4', { workers: ['w1*2'] })
  const { scheduler } = cluster
  scheduler.feedSnapshot(cluster.nowMs)
  const [{ task }] = cluster.attempts.get('a1')!
  const beat = (first: number) =>
    heartbeat('w1', { runningTasks: Int32Array.of(first, -1), runningSince: Float64Array.of(990, 0) })
  const shown = (): number[] => {
    const workers = scheduler.feedDelta(cluster.nowMs).find(({ type }) => type === 'workers')
    assert.ok(workers?.type === 'workers')
    return [...workers.runningGroup]
  }
  cluster.play(beat(task))
  assert.deepEqual(shown(), [0, -1], 'the second thread never ran')
  cluster.play(beat(-1))
  assert.deepEqual(shown(), [0, -1], 'the first one is between two tasks')
  cluster.play(tick(2000), beat(-1))
  assert.deepEqual(shown(), [-1, -1], 'it has nothing to do')
  cluster.play(
    beat(task),
    finished('a1', 'w1'),
    finished('a2', 'w1'),
    finished('a3', 'w1'),
    finished('a4', 'w1'),
    beat(-1),
  )
  assert.deepEqual(shown(), [-1, -1], 'the worker has nothing more')
})

test('what holds everything up is told at once', () => {
  const none = simulate('a; b <- a', {})
  assert.deepEqual(none.scheduler.explainAll(), [
    'There is no worker: tasks wait until one joins.',
    '0 tasks run or are about to, 1 could run, 1 wait for others.',
    `${keyOf('a')} could run, but there is no worker.`,
  ])
  const busy = simulate('a1; a2; a3; b <- a1', {
    workers: ['w1'],
    options: { a3: { resources: { gpu: 1 } } },
  })
  const [{ task }] = busy.attempts.get('a1')!
  busy.play(
    heartbeat('w1', { runningTasks: Int32Array.of(task), runningSince: Float64Array.of(busy.nowMs - 2500) }),
  )
  const lines = busy.scheduler.explainAll()
  assert.ok(lines.includes(`${keyOf('a1')} has run on w1 for 2.5 s.`), lines.join('\n'))
  assert.ok(
    lines.some((line) => /needs 1 gpu, and no worker has any/.test(line)),
    lines.join('\n'),
  )
  const done = simulate('a', { workers: ['w1'] })
  done.play(finished('a', 'w1'))
  assert.deepEqual(done.scheduler.explainAll(), [
    'Nothing is left to do: every task that was asked for is done or has failed.',
  ])
})

test('a group unfolds into its tasks', () => {
  const cluster = simulate('a1; a2; a3 <- a1', { workers: ['w1'] })
  const message = cluster.scheduler.unfold(0, 2)
  assert.ok(message.type === 'tasks')
  assert.deepEqual([message.total, message.tasks.length, message.keys[0].split('-')[0]], [3, 2, 'a'])
})

test('the edges of unfolded tasks are pairs of tasks, dependencies in other groups included', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  const { scheduler } = cluster
  const a = scheduler.unfold(0, 10)
  const b = scheduler.unfold(1, 10)
  assert.ok(a.type === 'tasks' && b.type === 'tasks')
  assert.deepEqual([...a.edges], [])
  assert.deepEqual([...b.edges], [a.tasks[0], b.tasks[0]])
  assert.deepEqual([...b.durationsMs], [Number.NaN])
})

test('a dump is plain data', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  const dumped = structuredClone(cluster.scheduler.dump()) as { tasks: { running: number; waiting: number } }
  assert.deepEqual([dumped.tasks.running, dumped.tasks.waiting], [1, 1])
})
