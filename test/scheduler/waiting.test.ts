// Runs that wait for tasks of their own: their workers have room for others, and for what they wait for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hexOf } from '../../runtime/protocol/ids.ts'
import { taskClientName } from '../../runtime/protocol/taskClientName.ts'
import { digestOf } from './graphText.ts'
import { cancelled, finished, joined, lost, simulate, submitted, tick, waits } from './kit.ts'

test('a worker whose only run waits gets what that run submitted', () => {
  const cluster = simulate('p', { workers: ['w1'], saturation: 1 })
  cluster.play(submitted('a; b'))
  assert.deepEqual(cluster.take(), ['execute p@w1'])
  cluster.play(waits('p', 'w1'))
  assert.deepEqual(cluster.take(), ['execute a@w1'])
  // It goes on beside what runs already; the next one waits until there is room for it again.
  cluster.play(waits('p', 'w1', false), finished('a', 'w1'))
  assert.deepEqual(cluster.take(), ['finished a'])
  cluster.play(finished('p', 'w1'))
  assert.deepEqual(cluster.take(), ['execute b@w1', 'finished p'])
})

test('a run that goes on occupies its worker, and one that ends while it waits does not', () => {
  const cluster = simulate('p; q', { workers: ['w1*2'], saturation: 1 })
  const [worker] = cluster.scheduler.state.present
  cluster.play(waits('p q', 'w1'))
  assert.equal(worker.aside, 2)
  cluster.play(waits('p', 'w1', false))
  assert.equal(worker.aside, 1)
  cluster.play(finished('p q', 'w1'))
  assert.deepEqual([worker.aside, worker.assigned, worker.occupancyMs], [0, 0, 0])
})

test('late, doubled and foreign reports of waiting change nothing', () => {
  const cluster = simulate('p', { workers: ['w1', 'w2'] })
  const worker = (name: string) => cluster.scheduler.state.workers[cluster.idOf(name)]!
  const { worker: mine } = cluster.attempt('p')
  const other = mine === 'w1' ? 'w2' : 'w1'
  cluster.play(waits('p', other), waits('p', mine), waits('p', mine))
  assert.deepEqual([worker(mine).aside, worker(other).aside], [1, 0])
  cluster.play(finished('p', mine), waits('p', mine))
  assert.equal(worker(mine).aside, 0)
})

test('a waiting run is not asked back, and can be cancelled and lost', () => {
  const cluster = simulate('p', { workers: ['w1'] })
  cluster.play(waits('p', 'w1'), joined('w2'), tick(1000))
  assert.ok(!cluster.instructions.some((line) => line.startsWith('recall')))
  cluster.take()
  cluster.play(lost('w1'))
  assert.deepEqual(cluster.take(), ['execute p@w2'])
  cluster.play(waits('p', 'w2'), cancelled('p'))
  assert.ok(cluster.take().includes('cancel p@w2'))
  assert.equal(cluster.scheduler.state.present[0].aside, 0)
})

const gpu = (amount: number) => ({ resources: { gpu: amount } })

test('what a waiting run holds is lent to tasks of tasks, and to nobody else', () => {
  const cluster = simulate('p', {
    workers: [{ name: 'w1', threads: 4, resources: { gpu: 1 } }],
    options: { p: gpu(1) },
  })
  cluster.greet(1, taskClientName('w1'))
  cluster.play(submitted('stranger', { options: { stranger: gpu(1) } }))
  cluster.play(submitted('child', { options: { child: gpu(0.5) } }, 1))
  assert.deepEqual(cluster.take(), ['execute p@w1'])
  cluster.play(waits('p', 'w1'))
  assert.deepEqual(cluster.take(), ['execute child@w1'])
  assert.match(
    cluster.scheduler.explain(`stranger-${hexOf(digestOf('stranger'))}`).join(' '),
    /waits for 1 gpu to be free there\. Tasks on w1 hold some of it while they wait for tasks of their own/,
  )
  cluster.play(finished('child', 'w1'), waits('p', 'w1', false))
  assert.deepEqual(cluster.take(), ['finished child for 1'])
  cluster.play(finished('p', 'w1'))
  assert.deepEqual(cluster.take(), ['execute stranger@w1', 'finished p'])
})

test('a task that a program submitted borrows too once a task asks for it', () => {
  const cluster = simulate('p; q', {
    workers: [{ name: 'w1', threads: 4, resources: { gpu: 1 } }],
    options: { p: gpu(1), q: gpu(1) },
  })
  cluster.greet(1, taskClientName('w1'))
  cluster.play(waits('p', 'w1'))
  assert.deepEqual(cluster.take(), ['execute p@w1'])
  cluster.play(submitted('q', { options: { q: gpu(1) } }, 1))
  assert.deepEqual(cluster.take(), ['execute q@w1'])
})

test('a task that runs alone goes beside a run that waits, which may wait for it', () => {
  const cluster = simulate('q', { workers: ['w1'], saturation: 1 })
  cluster.play(lost('w1'), joined('w2'), submitted('p'), joined('w3'), lost('w2'))
  assert.deepEqual(cluster.take(), ['execute q@w1', 'execute q@w2', 'execute p@w3'])
  cluster.play(waits('p', 'w3'))
  assert.deepEqual(cluster.take(), ['execute q@w3'])
})

test('a task that runs alone goes to a worker that is empty, not to the reserved one where a run waits', () => {
  const cluster = simulate('q', { workers: ['w1'], saturation: 1 })
  cluster.play(lost('w1'), joined('w2'), submitted('p'), joined('w3'), lost('w2'))
  cluster.take()
  cluster.play(joined('w4'))
  assert.deepEqual(cluster.take(), ['execute q@w4'])
  cluster.play(submitted('r'), finished('p', 'w3'))
  assert.deepEqual(cluster.take(), ['execute r@w3', 'finished p'], 'the reserved one takes part again')
})
