// Where tasks run: near their data, as workers have room, within restrictions; and what moves when somebody is idle.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finished, joined, lost, returned, scattered, simulate, submitted, tick } from './kit.ts'

/** `a1; a2; …` */
const many = (letter: string, count: number, dependency?: string): string =>
  Array.from({ length: count }, (_, i) => `${letter}${i + 1}${dependency ? ` <- ${dependency}` : ''}`).join(
    '; ',
  )
const executed = (said: string[], worker: string): number =>
  said.filter((line) => line.startsWith('execute') && line.endsWith(`@${worker}`)).length

test('a task runs where most of its data is', () => {
  const cluster = simulate('a; b; c <- a b', { workers: ['w1', 'w2'] })
  cluster.play(finished('a', 'w1', { bytes: 10 }), finished('b', 'w2', { bytes: 1e9 }))
  assert.equal(cluster.take().at(-1), 'execute c@w2')
})

test('root tasks wait at the scheduler: workers get a little more than they have threads', () => {
  const cluster = simulate(many('a', 40), { workers: ['w1*4', 'w2*4'] })
  const said = cluster.take()
  assert.deepEqual([executed(said, 'w1'), executed(said, 'w2')], [5, 5])
  cluster.play(finished('a1', 'w1', { durationMs: 1000 }))
  assert.deepEqual(cluster.take(), ['execute a11@w1', 'finished a1'])
})

test('saturation is settable, Infinity hands out everything at once', () => {
  const cluster = simulate(many('a', 40), { workers: ['w1*4', 'w2*4'], saturation: Infinity })
  const said = cluster.take()
  assert.deepEqual([executed(said, 'w1'), executed(said, 'w2')], [20, 20])
  const two = simulate(many('a', 40), { workers: ['w1*4'], saturation: 2 })
  assert.equal(executed(two.take(), 'w1'), 8)
})

test('workers read ahead by what fits into two milliseconds', () => {
  for (const [durationMs, expected] of [
    [1000, 1],
    [0.1, 20],
    [0.002, 512],
  ]) {
    const cluster = simulate(many('a', 600), { workers: ['w1'] })
    cluster.take()
    cluster.play(finished('a1', 'w1', { durationMs }), finished('a2', 'w1', { durationMs }))
    const running = cluster.scheduler.pending.running
    assert.ok(Math.abs(running - expected) <= 2, `${running} of ${durationMs} ms each are given`)
  }
})

test('few tasks are spread over idle workers, not heaped on the first', () => {
  const cluster = simulate(many('a', 4), { workers: ['w1*4', 'w2*4'] })
  const said = cluster.take()
  assert.deepEqual([executed(said, 'w1'), executed(said, 'w2')], [2, 2])
})

test('a large group that stands on one value is spread like root tasks', () => {
  const cluster = simulate(`s; ${many('b', 20, 's')}`, { workers: ['w1', 'w2'] })
  cluster.take()
  cluster.play(finished('s', 'w1'))
  const said = cluster.take()
  assert.deepEqual([executed(said, 'w1'), executed(said, 'w2')], [2, 2])
})

test('higher priority runs first, then older graphs', () => {
  const cluster = simulate('a1; a2; a3', { workers: ['w1'], options: { a3: { priority: 1 } } })
  assert.deepEqual(cluster.take(), ['execute a3@w1', 'execute a1@w1'])
  cluster.play(submitted('c'), finished('a3', 'w1'), finished('a1', 'w1'))
  assert.deepEqual(cluster.take(), ['execute a2@w1', 'finished a3', 'execute c@w1', 'finished a1'])
})

test('a restriction to a worker is kept, by name or host; others are allowed only when asked', () => {
  const cluster = simulate('a; b; c', {
    workers: ['w1'],
    options: {
      a: { workers: ['w2'] },
      b: { workers: ['host-of-w1'] },
      c: { workers: ['w9'], allowOtherWorkers: true },
    },
  })
  assert.deepEqual(cluster.take(), ['execute b@w1', 'execute c@w1'])
  cluster.play(joined('w2'))
  assert.deepEqual(cluster.take(), ['execute a@w2'])
})

test('resources are shared out in fractions and never overdrawn', () => {
  const half = { resources: { gpu: 0.5 } }
  const cluster = simulate('a1; a2; a3', {
    workers: [{ name: 'w1', threads: 8, resources: { gpu: 1 } }],
    options: { a1: half, a2: half, a3: half },
  })
  assert.deepEqual(cluster.take(), ['execute a1@w1', 'execute a2@w1'])
  cluster.play(finished('a1', 'w1'))
  assert.deepEqual(cluster.take(), ['execute a3@w1', 'finished a1'])
})

test('a resource that no worker has: the task waits, explain says so, a warning comes after a while', () => {
  const cluster = simulate('a; b', { workers: ['w1'], options: { a: { resources: { gpu: 1 } } } })
  assert.deepEqual(cluster.take(), ['execute b@w1'])
  const key = cluster.scheduler.explain(`a-${'0'.repeat(32)}`)
  assert.match(key[0], /is not known here/)
  cluster.play(tick(), tick(5_000))
  assert.equal(cluster.replies.filter((message) => message.type === 'log').length, 0)
  cluster.play(tick(6_000), tick(6_000))
  const logs = cluster.replies.filter((message) => message.type === 'log')
  assert.equal(logs.length, 1)
  assert.match(
    logs[0].type === 'log' ? logs[0].text : '',
    /has waited 11 s for 1 gpu, which no worker here has/,
  )
  cluster.play(joined({ name: 'w2', resources: { gpu: 2 } }))
  assert.deepEqual(cluster.take(), ['execute a@w2'])
})

test('a worker that nobody knows: its task waits, a warning comes once after a while, others go on', () => {
  const cluster = simulate('a; b', { workers: ['w1'], options: { a: { workers: ['w9'] } } })
  assert.deepEqual(cluster.take(), ['execute b@w1'])
  cluster.play(tick(), tick(11_000), tick(11_000))
  const logs = cluster.replies.flatMap((message) => (message.type === 'log' ? [message.text] : []))
  assert.equal(logs.length, 1)
  assert.match(logs[0], /^a-[0-9a-f]{32} has waited 11 s for a thread of w9, which no worker here has/)
  cluster.take()
  cluster.play(joined('w9'))
  assert.deepEqual(cluster.take(), ['execute a@w9'])
})

test('a value for a worker that nobody knows waits, a warning comes once after a while, and it goes there', () => {
  const cluster = simulate('', { workers: ['w1'] })
  cluster.play(scattered('s', { workers: ['w9'] }), tick(), joined('w2'), tick(11_000), tick(11_000))
  const logs = cluster.replies.flatMap((message) => (message.type === 'log' ? [message.text] : []))
  assert.deepEqual(logs, ['scatter has waited 11 s for the worker w9: none is here.'])
  assert.ok(!cluster.replies.some((message) => message.type === 'placed'))
  cluster.play(joined('w9'))
  assert.ok(cluster.replies.some((message) => message.type === 'placed'))
})

test('an idle worker is given what another has not begun', () => {
  const cluster = simulate(`s; ${many('b', 6, 's')}`, { workers: ['w1*1'], saturation: Infinity })
  cluster.play(finished('s', 'w1', { durationMs: 100 }))
  cluster.take()
  cluster.play(joined('w2*2'), tick())
  assert.deepEqual(cluster.take(), ['recall b6@w1', 'recall b5@w1', 'recall b4@w1'])
  cluster.play(returned('b6 b5', 'w1'))
  assert.deepEqual(cluster.take(), ['execute b6@w2', 'execute b5@w2'])
  // b4 had begun meanwhile: it ends where it is.
  cluster.play(finished('b4', 'w1'))
  assert.deepEqual(cluster.take(), ['finished b4'])
})

test('nothing is stolen for less than the move costs', () => {
  const cluster = simulate('a0', { workers: ['w1'], saturation: Infinity })
  cluster.play(finished('a0', 'w1', { durationMs: 0.01 }), submitted(many('a', 3)), joined('w2'))
  cluster.take()
  cluster.play(tick(10))
  assert.deepEqual(cluster.take(), [])
  // It is silent for longer than three such tasks take: something there is slow after all.
  cluster.play(tick(40))
  assert.deepEqual(cluster.take(), ['recall a3@w1', 'recall a2@w1'])
})

test('a worker is told once of each function and each peer, and when a peer has left', () => {
  const cluster = simulate('a1; a2; b <- a1 a2', { workers: ['w1', 'w2'] })
  cluster.play(finished('a1', 'w1'), finished('a2', 'w2'))
  const to = (worker: string) =>
    cluster.sent.filter((one) => one.worker === worker).map(({ message }) => message)
  const kinds = to('w1').map(({ type }) => type)
  assert.deepEqual(kinds, ['callables', 'execute', 'callables', 'peers', 'execute'])
  cluster.play(lost('w2'))
  const told = to('w1').filter((message) => message.type === 'peers')
  assert.deepEqual(
    told.map(({ workers, addresses }) => [[...workers], addresses]),
    [
      [[1], ['unix:/w2']],
      [[1], ['']],
    ],
  )
})
