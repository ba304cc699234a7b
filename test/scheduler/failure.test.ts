// What goes wrong: lost workers and values, failing tasks, and how each is made good or told.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONNECTION_BROKE, outgrown } from '../../runtime/protocol/cluster.ts'
import {
  dropped,
  erred,
  finished,
  heartbeat,
  joined,
  leaving,
  lost,
  missing,
  retried,
  returned,
  scattered,
  simulate,
  stored,
  submitted,
  tick,
  type WorkerSpec,
} from './kit.ts'

test('losing the worker that holds a result runs its task again', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  cluster.play(finished('a', 'w1'), lost('w1'), joined('w2'))
  assert.deepEqual(cluster.instructions, ['execute a@w1', 'execute b@w1', 'execute a@w2'])
})

test('a result that a client has been told of is taken back when it is lost, and told anew', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'], wanted: ['a', 'b'] })
  cluster.play(finished('a', 'w1'), finished('b', 'w1'))
  cluster.take()
  cluster.play(lost('w1'), joined('w2'))
  assert.deepEqual(cluster.take(), ['unfinished a', 'unfinished b', 'execute a@w2'])
  cluster.play(finished('a', 'w2'))
  assert.deepEqual(cluster.take(), ['execute b@w2', 'finished a'])
})

test('dependencies that were let go are made again when a result that stands on them is lost', () => {
  const cluster = simulate('a; b <- a; c <- b', { workers: ['w1'] })
  cluster.play(finished('a', 'w1'), finished('b', 'w1'), finished('c', 'w1'))
  assert.deepEqual(cluster.take().slice(-3), ['discard a@w1', 'discard b@w1', 'finished c'].sort())
  cluster.play(lost('w1'), joined('w2'), finished('a', 'w2'), finished('b', 'w2'))
  assert.deepEqual(cluster.take(), [
    'unfinished c',
    'execute a@w2',
    'execute b@w2',
    'execute c@w2',
    'discard a@w2',
  ])
})

test('a copy elsewhere makes a loss unnoticed', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1', 'w2'], wanted: ['a', 'b'] })
  cluster.play(finished('a', 'w1'))
  const { task, run } = cluster.attempt('a')
  cluster.play(stored(task, run, 'w2'), finished('b', 'w1'))
  cluster.take()
  cluster.play(lost('w1'))
  assert.deepEqual(cluster.take(), ['execute b@w2', 'unfinished b'])
})

test('a task whose worker died three times fails with the story of each death', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  cluster.play(lost('w1', 'out of memory'), joined('w2'), lost('w2', 'out of memory'))
  cluster.play(joined('w3'), lost('w3', 'segmentation fault'))
  assert.deepEqual(cluster.take(), [
    'execute a@w1',
    'execute a@w2',
    'execute a@w3',
    'erred b: workers-died of a',
  ])
  const reply = cluster.replies.find((message) => message.type === 'erred')!
  assert.deepEqual(reply.type === 'erred' && reply.failures[0].story, [
    'run 1: worker w1 (pid 1 on host-of-w1) died: out of memory',
    'run 2: worker w2 (pid 1 on host-of-w2) died: out of memory',
    'run 3: worker w3 (pid 1 on host-of-w3) died: segmentation fault',
  ])
})

test('a task whose workers outgrew their memory each time fails for its memory', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  const again: WorkerSpec = { name: 'w1', startedAgain: outgrown(1.07e9, 1e9) }
  const breaks = lost('w1', CONNECTION_BROKE)
  cluster.play(breaks, joined(again), breaks, joined(again), breaks)
  const reply = cluster.replies.find((message) => message.type === 'erred')!
  assert.ok(reply.type === 'erred')
  const [{ kind, message, story }] = reply.failures
  assert.equal(kind, 'out-of-memory')
  assert.match(
    message,
    /^the task a\b.* grew past its worker's memory limit of 1000 MB each time it ran, and 3 /,
  )
  assert.deepEqual(story, [
    'run 1: worker w1 (pid 1 on host-of-w1) died: it used 107 % of its memory limit of 1000 MB and was ended',
    'run 2: worker w1 (pid 1 on host-of-w1) died: it used 107 % of its memory limit of 1000 MB and was ended',
    'run 3: worker w1 (pid 1 on host-of-w1) died: its connection broke',
  ])
})

test('a task that killed one worker otherwise does not fail for its memory', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  const breaks = lost('w1', CONNECTION_BROKE)
  cluster.play(breaks, joined({ name: 'w1', startedAgain: outgrown(1.07e9, 1e9) }))
  cluster.play(breaks, joined({ name: 'w1', startedAgain: 'it ended with exit code 1' }), breaks)
  const reply = cluster.replies.find((message) => message.type === 'erred')!
  assert.equal(reply.type === 'erred' && reply.failures[0].kind, 'workers-died')
  assert.match(String(reply.type === 'erred' && reply.failures[0].story?.[1]), /it ended with exit code 1$/)
})

test('who shared two deaths runs alone, so that the third is its own', () => {
  const cluster = simulate('a1; a2; a3', { workers: ['w1*3'] })
  cluster.play(lost('w1'), joined('w2*3'), lost('w2'))
  cluster.take()
  cluster.play(joined('w3*3'))
  assert.deepEqual(cluster.take(), ['execute a1@w3'])
  cluster.play(finished('a1', 'w3'))
  assert.deepEqual(cluster.take(), ['execute a2@w3', 'finished a1'])
  cluster.play(lost('w3'), joined('w4*3'))
  assert.deepEqual(cluster.take(), ['unfinished a1', 'erred a2: workers-died of a', 'execute a1@w4'])
})

test('runs of a worker that said goodbye, and runs that were dropped, are not charged', () => {
  const cluster = simulate('a', { workers: ['w1'], deathsMax: 1 })
  cluster.play(leaving('w1'), lost('w1'), joined('w2'), dropped('a', 'w2'), dropped('a', 'w2'))
  assert.deepEqual(cluster.take(), [
    'execute a@w1',
    'recall a@w1',
    'execute a@w2',
    'execute a@w2',
    'execute a@w2',
  ])
})

test('a task that throws takes along what depends on it; clients see the first failure', () => {
  const cluster = simulate('a; b <- a; c <- b; d', { workers: ['w1*2'] })
  cluster.play(erred('a', 'w1'))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'execute d@w1', 'erred c: threw of a'])
  cluster.play(submitted('e <- b', { wanted: ['e'] }))
  assert.deepEqual(cluster.take(), ['erred e: threw of a'])
})

test('retries run a task again before it fails', () => {
  const cluster = simulate('a', { workers: ['w1'], options: { a: { retries: 2 } } })
  cluster.play(erred('a', 'w1'), erred('a', 'w1'), erred('a', 'w1'))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'execute a@w1', 'execute a@w1', 'erred a: threw of a'])
})

test('what cannot travel is not tried again', () => {
  const cluster = simulate('a', { workers: ['w1'], options: { a: { retries: 2 } } })
  cluster.play(erred('a', 'w1', { kind: 'cannot-travel' }))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'erred a: cannot-travel of a'])
})

test('retry() tries the failed dependency too', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  cluster.play(erred('a', 'w1'))
  cluster.take()
  cluster.play(retried('b'), finished('a', 'w1'))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'unfinished b', 'execute b@w1'])
})

test('retry() of a result that could not be fetched makes it again', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  cluster.play(finished('a', 'w1'), retried('a'))
  assert.deepEqual(cluster.take(), [
    'execute a@w1',
    'finished a',
    'execute a@w1',
    'discard a@w1',
    'unfinished a',
  ])
})

test('late, doubled and foreign reports change nothing, and what they hold is discarded', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1', 'w2'] })
  cluster.play(finished('a', 'w1'), finished('a', 'w1'))
  assert.deepEqual(cluster.take(), ['execute a@w1', 'execute b@w1'])
  // A run that w2 was never given.
  cluster.play(finished('b', 'w2'))
  assert.deepEqual(cluster.take(), ['discard b@w2'])
  cluster.play(dropped('b', 'w1'))
  assert.deepEqual(cluster.take(), ['execute b@w1'])
  // The first run ends after all, when the second is under way.
  cluster.play(finished('b', 'w1', { nth: 0 }), erred('a', 'w1'), returned('a', 'w1'))
  assert.deepEqual(cluster.take(), ['discard b@w1'])
})

test('a worker that comes back with its data is used', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'] })
  cluster.play(finished('a', 'w1'))
  const attempt = cluster.attempt('a')
  cluster.play(lost('w1'))
  cluster.take()
  cluster.play(joined('w1', [attempt]))
  assert.deepEqual(cluster.take(), ['execute b@w1'])
})

test('a worker that comes back with what nobody needs any more is told so', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1', 'w2'] })
  cluster.play(finished('a', 'w1'))
  const attempt = cluster.attempt('a')
  cluster.play(lost('w1'), finished('a', 'w2'), finished('b', 'w2'))
  cluster.take()
  cluster.play(joined('w3', [attempt]))
  assert.deepEqual(cluster.take(), ['discard a@w3'])
})

test('a dependency that could not be fetched is made again, and the run uncharged', () => {
  const cluster = simulate('a; b; c <- a b', { workers: ['w1', 'w2'], wanted: ['c'] })
  cluster.play(finished('a', 'w1'), finished('b', 'w2'))
  assert.equal(cluster.take().at(-1), 'execute c@w1')
  cluster.play(missing('c', 'w1', 'b', 'w2'))
  assert.deepEqual(cluster.take(), ['discard b@w2', 'execute b@w1'])
  cluster.play(finished('b', 'w1'))
  assert.deepEqual(cluster.take(), ['execute c@w1'])
})

test('scattered data without a copy fails clearly, and what stands on it', () => {
  const cluster = simulate('', { workers: ['w1'] })
  cluster.play(scattered('s'))
  const placed = cluster.replies.find((message) => message.type === 'placed')!
  assert.ok(placed.type === 'placed')
  cluster.play(stored(placed.tasks[0], placed.runs[0], 'w1'), submitted('b <- s'))
  cluster.play(lost('w1'))
  assert.deepEqual(cluster.take(), [
    'finished s',
    'execute b@w1',
    'erred s: data-lost of s',
    'erred b: data-lost of s',
  ])
})

test('broadcast data is copied to every worker and survives a loss', () => {
  const cluster = simulate('', { workers: ['w1', 'w2'] })
  cluster.play(scattered('s', { broadcast: true }))
  const placed = cluster.replies.find((message) => message.type === 'placed')!
  assert.ok(placed.type === 'placed')
  cluster.nameTask(placed.tasks[0], 's')
  cluster.play(stored(placed.tasks[0], placed.runs[0], 'w1'))
  assert.deepEqual(cluster.take(), ['replicate s@w2', 'finished s'])
  cluster.play(stored(placed.tasks[0], placed.runs[0], 'w2'), lost('w1'))
  assert.deepEqual(cluster.take(), [])
})

test('a paused worker gets nothing new and gives back what it has not begun', () => {
  const cluster = simulate('a1; a2; a3', { workers: ['w1*2'] })
  cluster.take()
  cluster.play(heartbeat('w1', { paused: true }), submitted('b'))
  assert.deepEqual(cluster.take(), ['recall a1@w1', 'recall a2@w1', 'recall a3@w1'])
  cluster.play(returned('a3', 'w1'), joined('w2'))
  assert.deepEqual(cluster.take(), ['execute a3@w2', 'execute b@w2'])
  cluster.play(heartbeat('w1', { paused: false }), tick())
  assert.deepEqual(cluster.take(), [])
})

test('a task that threw tells each step that led there, unless many fail at a time', () => {
  const cluster = simulate('a', { workers: ['w1'], options: { a: { retries: 1 } } })
  cluster.play(erred('a', 'w1'), erred('a', 'w1'))
  const reply = cluster.replies.find((message) => message.type === 'erred')!
  const history = reply.type === 'erred' ? reply.failures[0].history : undefined
  const steps = history?.map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, ''))
  assert.deepEqual(steps, [
    'came with graph 1, in the group a',
    'could run; waited for a worker with room',
    'run 1 was given to w1',
    'run 1 failed on w1',
    'could run; waited for a worker with room',
    'run 2 was given to w1',
    'run 2 failed on w1',
    'run 1 on w1 failed: Error: no',
    'run 2 on w1 failed: Error: no',
  ])
  const many = Array.from({ length: 20 }, (_, i) => `a${i}`)
  const crowd = simulate(many.join('; '), { workers: ['w1*20'] })
  crowd.play(...many.map((name) => erred(name, 'w1')))
  const told = crowd.replies.flatMap((message) => (message.type === 'erred' ? message.failures : []))
  assert.deepEqual([told.length, told.filter((failure) => failure.history).length], [20, 16])
})
