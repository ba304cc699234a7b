// Workers that are ended from outside, as jobs of a batch system are: by their time, and without blame for what they ran.

import assert from 'node:assert/strict'
import test from 'node:test'
import { type Event, finished, joined, lost, simulate, submitted, tick } from './kit.ts'

const ended =
  (worker: string): Event =>
  (cluster) =>
    cluster.scheduler.workerLeft(cluster.idOf(worker), 'its job was cancelled', cluster.nowMs, true)

const ends =
  (worker: string, inMs: number, retireInMs = inMs): Event =>
  (cluster) =>
    cluster.scheduler.workerEnds(
      cluster.idOf(worker),
      { retireMs: cluster.nowMs + retireInMs, endsMs: cluster.nowMs + inMs },
      cluster.nowMs,
    )

/** Whether the task failed for the client. */
const failed = (cluster: ReturnType<typeof simulate>): boolean =>
  cluster.replies.some(({ type }) => type === 'erred')

test('losing its worker again and again fails a task, but not when the worker was ended from outside', () => {
  const run = (gone: (worker: string) => Event): boolean => {
    const cluster = simulate('a', { workers: ['w0'] })
    for (let i = 0; i < 10 && !failed(cluster); i++) cluster.play(gone(`w${i}`), joined(`w${i + 1}`))
    return failed(cluster)
  }
  assert.equal(run(lost), true)
  assert.equal(run(ended), false)
})

test('a task that is known to take longer than a worker has left goes to another, and one that fits does not', () => {
  const cluster = simulate('a1', { workers: ['w1'] })
  cluster.play(finished('a1', 'w1', { durationMs: 60_000 }), ends('w1', 600_000))
  // Its job has 30 s left: the task, which takes a minute, waits for another worker.
  cluster.play(tick(570_000))
  cluster.take()
  cluster.play(submitted('a2'))
  assert.deepEqual(cluster.take(), [])
  cluster.play(joined('w2'))
  assert.deepEqual(cluster.take(), ['execute a2@w2'])
})

test('with time enough it takes the task, and one that would never fit may try', () => {
  const cluster = simulate('a1', { workers: ['w1'] })
  cluster.play(finished('a1', 'w1', { durationMs: 60_000 }), ends('w1', 600_000))
  cluster.take()
  cluster.play(submitted('a2'))
  assert.deepEqual(cluster.take(), ['execute a2@w1'])
  const short = simulate('a1', { workers: ['w1'] })
  short.play(finished('a1', 'w1', { durationMs: 60_000 }), ends('w1', 30_000))
  short.take()
  short.play(submitted('a2'))
  assert.deepEqual(short.take(), ['execute a2@w1'])
})

test('before its end a worker hands over its only copies', () => {
  const cluster = simulate('a', { workers: ['w1', 'w2'] })
  const [on] = cluster.take()
  const holder = on.endsWith('w1') ? 'w1' : 'w2'
  const other = holder === 'w1' ? 'w2' : 'w1'
  cluster.play(finished('a', holder), ends(holder, 60_000, 30_000))
  cluster.take()
  cluster.play(tick(29_000))
  assert.deepEqual(cluster.take(), [])
  cluster.play(tick(2000))
  const said = cluster.take()
  assert.ok(
    said.length > 0 && said.every((line) => line.includes(other) || line.includes(holder)),
    said.join('; '),
  )
  assert.ok(
    said.some((line) => line.includes('a') && line.includes(other)),
    said.join('; '),
  )
})
