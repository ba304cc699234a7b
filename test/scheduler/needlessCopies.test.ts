// Copies that nobody needs go by themselves: never the last one, never one that was asked for, never under a run's feet.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Event,
  finished,
  heartbeat,
  type PaperCluster,
  retired,
  scattered,
  simulate,
  stored,
  submitted,
  tick,
} from './kit.ts'

/** A look, and the next one: the first notes what is too much, the second takes it. */
const looks: Event = (cluster) => {
  cluster.play(tick(1000))
  cluster.play(tick(1000))
}

/** The value of `key` is on a further worker. */
const copied =
  (key: string, worker: string, bytes = 100): Event =>
  (cluster) => {
    const { task, run } = cluster.attempt(key)
    cluster.play(stored(task, run, worker, bytes))
  }

const replicated =
  (key: string, copies?: number): Event =>
  (cluster) =>
    cluster.client({
      type: 'query',
      request: 1,
      what: 'replicate',
      key: JSON.stringify({ keys: [keyOf(cluster, key)], copies }),
    })

function keyOf(cluster: PaperCluster, key: string): string {
  const { task } = cluster.attempt(key)
  cluster.client({ type: 'query', request: 2, what: 'key', key: String(task) })
  cluster.settle()
  const answer = cluster.replies.findLast((reply) => reply.type === 'answer' && reply.request === 2)
  return answer?.type === 'answer' ? String(answer.value) : ''
}

function withCopies(...workers: string[]): PaperCluster {
  const cluster = simulate('a', { workers: ['w1', 'w2', 'w3'] })
  cluster.play(finished('a', 'w1', { bytes: 100 }))
  for (const worker of workers) cluster.play(copied('a', worker))
  cluster.take()
  return cluster
}

test('a copy that two looks found to be too many goes, and one stays', () => {
  const cluster = withCopies('w2', 'w3')
  cluster.play(tick(1000))
  assert.deepEqual(cluster.take(), [], 'the first look takes nothing')
  cluster.play(tick(500))
  assert.deepEqual(cluster.take(), [], 'between two looks nothing is looked at')
  cluster.play(tick(500))
  // All equally full: the earlier ones give theirs up.
  assert.deepEqual(cluster.take(), ['discard a@w1', 'discard a@w2'])
  cluster.play(looks)
  assert.deepEqual(cluster.take(), [], 'the last copy stays')
})

test('the fullest workers give up theirs', () => {
  const cluster = withCopies('w2', 'w3')
  cluster.play(submitted('b', { options: { b: { workers: ['w3'] } } }))
  cluster.play(finished('b', 'w3', { bytes: 1e6 }))
  cluster.take()
  cluster.play(looks)
  assert.deepEqual(cluster.take(), ['discard a@w3', 'discard a@w1'])
})

test('copies that were asked for stay, and go when fewer are asked for', () => {
  const cluster = withCopies()
  cluster.play(replicated('a'))
  assert.deepEqual(cluster.take(), ['replicate a@w2', 'replicate a@w3'])
  cluster.play(copied('a', 'w2'), copied('a', 'w3'), looks)
  assert.deepEqual(cluster.take(), [])
  cluster.play(replicated('a', 2), looks)
  assert.deepEqual(cluster.take(), ['discard a@w1'])
  cluster.play(replicated('a', 0), looks)
  assert.deepEqual(cluster.take(), ['discard a@w2'])
})

test('a value that was scattered to all stays with all', () => {
  const cluster = simulate('', { workers: ['w1', 'w2'] })
  cluster.play(scattered('s', { broadcast: true }))
  const placed = cluster.replies.find((reply) => reply.type === 'placed')
  assert.ok(placed?.type === 'placed')
  const [task, run] = [placed.tasks[0], placed.runs[0]]
  cluster.play(stored(task, run, 'w1'), stored(task, run, 'w2'))
  cluster.take()
  cluster.play(looks)
  assert.deepEqual(cluster.take(), [])
})

test('a copy stays for each task that waits for the value', () => {
  // Both stand on a and on one that is still running.
  const cluster = simulate('a; c; b1 <- a c; b2 <- a c', {
    workers: ['w1', 'w2', 'w3'],
    wanted: ['a', 'b1', 'b2'],
  })
  const [a, c] = ['a', 'c'].map((key) => cluster.attempt(key).worker)
  cluster.play(finished('a', a, { bytes: 100 }))
  for (const worker of ['w1', 'w2', 'w3']) if (worker !== a) cluster.play(copied('a', worker))
  cluster.take()
  cluster.play(looks)
  assert.equal(cluster.take().length, 1, 'three copies for two tasks are one too many')
  cluster.play(finished('c', c))
  const said = cluster.take()
  const users = ['b1', 'b2'].map((key) => cluster.attempt(key).worker)
  cluster.play(looks)
  assert.deepEqual(cluster.take(), [], `where runs were told of a it stays: ${said}`)
  for (const [i, worker] of users.entries()) cluster.play(finished(`b${i + 1}`, worker))
  cluster.take()
  cluster.play(looks)
  const discarded = cluster.take()
  assert.ok(discarded.length <= 1 && discarded.every((line) => line.startsWith('discard a@')))
})

test('nothing goes while a run on another worker may be fetching it', () => {
  const cluster = withCopies('w2')
  cluster.play(submitted('b <- a', { options: { b: { workers: ['w3'] } } }))
  assert.deepEqual(cluster.take(), ['execute b@w3'])
  cluster.play(looks)
  assert.deepEqual(cluster.take(), [])
  cluster.play(copied('a', 'w3'), finished('b', 'w3'))
  cluster.take()
  cluster.play(looks)
  assert.deepEqual(cluster.take(), ['discard a@w3', 'discard a@w1'])
})

test('the word of a copy that a worker gave before it was told to forget it is not believed, a later one is', () => {
  const cluster = withCopies('w2')
  cluster.play(looks)
  assert.deepEqual(cluster.take(), ['discard a@w1'])
  const { task, run } = cluster.attempt('a')
  // A run there takes it: that it has a copy again would be no wonder, but this word is older.
  cluster.play(submitted('b <- a', { options: { b: { workers: ['w1'] } } }))
  assert.deepEqual(cluster.take(), ['execute b@w1'])
  cluster.play(stored(task, run, 'w1', 100, 0))
  assert.deepEqual(cluster.take(), ['discard a@w1'])
  const holders = () => cluster.scheduler.state.replicas.count(cluster.scheduler.state.tasks.holders[task])
  assert.equal(holders(), 1)
  cluster.play(stored(task, run, 'w1', 100, 1))
  assert.equal(holders(), 2)
})

test('copies on workers that leave count for nothing', () => {
  const cluster = withCopies('w2')
  cluster.play(retired('w1'))
  cluster.take()
  cluster.play(tick(1000))
  cluster.play(tick(1000))
  assert.ok(!cluster.take().includes('discard a@w2'))
})

test('a paused worker gives up its copy too', () => {
  const cluster = withCopies('w2')
  cluster.play(heartbeat('w1', { paused: true }), looks)
  assert.deepEqual(cluster.take(), ['discard a@w1'])
})

test('many rows are looked at over several ticks', () => {
  const names = Array.from({ length: 25_000 }, (_, i) => `a${i}`)
  const cluster = simulate(names.join('; '), { workers: ['w1*64', 'w2'], saturation: Infinity })
  const last = names.findLast((name) => cluster.attempt(name).worker === 'w1')!
  const of = (worker: string): string =>
    names.filter((name) => cluster.attempt(name).worker === worker).join(' ')
  cluster.play(finished(of('w1'), 'w1'), finished(of('w2'), 'w2'))
  cluster.play(copied(last, 'w2'))
  cluster.take()
  const ticks: number[] = []
  for (let i = 0; i < 40; i++) {
    cluster.nowMs += 100
    cluster.scheduler.tick(cluster.nowMs)
    cluster.scheduler.drain({
      toWorker: (_, message) => void (message.type === 'discard' && ticks.push(i)),
      toClient: () => {},
    })
  }
  // Two ticks a look, the next look a second after the last began.
  assert.deepEqual(ticks, [11])
})
