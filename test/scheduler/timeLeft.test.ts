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

/** A worker of one thread with half a minute left; `a`s take a minute, `b`s a second. */
function nearItsEnd(options: Parameters<typeof simulate>[1] = {}): ReturnType<typeof simulate> {
  const cluster = simulate('a0; b0', { ...options, workers: ['w1'] })
  cluster.play(finished('a0', 'w1', { durationMs: 60_000 }), finished('b0', 'w1', { durationMs: 1000 }))
  cluster.play(ends('w1', 600_000))
  cluster.play(tick(570_000))
  cluster.take()
  return cluster
}

/** What was given to workers since the last look. */
const executed = (cluster: ReturnType<typeof simulate>): string[] =>
  cluster.take().filter((line) => line.startsWith('execute'))

test('what fits does not wait behind what does not: short tasks pass the long one at the head, in their order', () => {
  const cluster = nearItsEnd()
  cluster.play(submitted('a1; a2; b1; a3; b2; b3'))
  const first = cluster.take()
  // Room is two tasks, here as anywhere.
  assert.deepEqual(first, ['execute b1@w1', 'execute b2@w1'])
  cluster.play(finished('b1', 'w1', { durationMs: 1000 }))
  assert.deepEqual(executed(cluster), ['execute b3@w1'])
  cluster.play(finished('b2', 'w1', { durationMs: 1000 }), finished('b3', 'w1', { durationMs: 1000 }))
  assert.deepEqual(executed(cluster), [])
  // Those that were passed are there still, and nothing is given twice.
  cluster.play(joined('w2'))
  assert.deepEqual(executed(cluster), ['execute a1@w2', 'execute a2@w2'])
  cluster.play(finished('a1', 'w2', { durationMs: 60_000 }), finished('a2', 'w2', { durationMs: 60_000 }))
  assert.deepEqual(executed(cluster), ['execute a3@w2'])
})

test('short tasks are given while there is time for them, and no longer', () => {
  const cluster = nearItsEnd()
  cluster.play(submitted(['a1', ...Array.from({ length: 60 }, (_, i) => `b${i + 1}`)].join('; ')))
  let ran = 0
  for (let round = 0; round < 100; round++) {
    const given = executed(cluster)
    if (given.length === 0) break
    for (const line of given) {
      ran++
      const key = /execute (\w+)@/.exec(line)![1]
      cluster.play(tick(1000), finished(key, 'w1', { durationMs: 1000 }))
    }
  }
  assert.ok(ran >= 27 && ran <= 30, `${ran}`)
})

test('a task that was passed to, and comes back since its worker is lost, runs once more and not twice', () => {
  const cluster = nearItsEnd()
  cluster.play(submitted('a1; b1'))
  assert.deepEqual(executed(cluster), ['execute b1@w1'])
  cluster.play(lost('w1'), joined('w2'))
  const ran: string[] = []
  for (let given = executed(cluster); given.length > 0; given = executed(cluster))
    for (const line of given) {
      const key = /execute (\w+)@w2/.exec(line)![1]
      ran.push(key)
      cluster.play(finished(key, 'w2'))
    }
  // What the worker held is made again too.
  assert.deepEqual(ran.sort(), ['a0', 'a1', 'b0', 'b1'])
})

test('tasks that need what a worker has pass those that do not fit too', () => {
  const options = { b1: { workers: ['w1'] } }
  const cluster = nearItsEnd({ options })
  cluster.play(submitted('a1; a2; b1', { options }))
  assert.deepEqual(executed(cluster), ['execute b1@w1'])
})
