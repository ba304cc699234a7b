// Memory by the names of keys: told while somebody looks, and asked of workers only then.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeFrame } from '../../runtime/protocol/frame.ts'
import { WORKER_INSTRUCTIONS } from '../../runtime/protocol/messages.ts'
import { replay } from '../../runtime/scheduler/eventLog.ts'
import { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import { finished, heartbeat, type PaperCluster, simulate, stored } from './kit.ts'

function rowsOf(cluster: PaperCluster): string[] {
  const memory = cluster.scheduler.memoryByPrefix()
  assert.ok(memory.type === 'memory')
  return Array.from(
    memory.worker,
    (worker, i) =>
      `${cluster.scheduler.state.workerNames[worker]} ${memory.prefixes[memory.prefix[i]]}: ${memory.results[i]} results, ` +
      `${memory.managedBytes[i]} in memory, ${memory.spilledBytes[i]} on disk, ${memory.movingBytes[i]} moving`,
  )
}

const asked = (cluster: PaperCluster): string[] =>
  cluster.sent.flatMap(({ worker, message }) =>
    message.type === 'watch-memory' ? [`${worker} ${message.on ? 'on' : 'off'}`] : [],
  )

test('what is in memory, on disk and on its way, by worker and name', () => {
  const cluster = simulate('a1; a2; b1', { workers: ['w1*3'], recordEvents: true })
  cluster.play((c) => c.join('w2'))
  cluster.play(finished('a1 a2', 'w1', { bytes: 100 }), finished('b1', 'w1', { bytes: 7 }))
  assert.deepEqual(rowsOf(cluster), [
    'w1 a: 2 results, 200 in memory, 0 on disk, 0 moving',
    'w1 b: 1 results, 7 in memory, 0 on disk, 0 moving',
  ])
  const [a1, a2] = [cluster.attempt('a1'), cluster.attempt('a2')]
  const columns = { spilledTasks: Int32Array.of(a1.task), movingTasks: new Int32Array(0) }
  cluster.play(heartbeat('w1', columns))
  assert.match(rowsOf(cluster)[0], / 0 on disk/, 'nobody looked, so nothing of it was kept')

  cluster.play((c) => c.scheduler.watchMemory(true, c.nowMs))
  assert.deepEqual(asked(cluster), ['w1 on', 'w2 on'])
  cluster.play((c) => c.join('w3'))
  assert.deepEqual(asked(cluster).at(-1), 'w3 on', 'one that joins is told too')
  cluster.play(
    heartbeat('w1', { spilledTasks: Int32Array.of(a1.task, 9999), movingTasks: new Int32Array(0) }),
    heartbeat('w2', { spilledTasks: new Int32Array(0), movingTasks: Int32Array.of(a2.task) }),
  )
  assert.deepEqual(rowsOf(cluster), [
    'w1 a: 2 results, 100 in memory, 100 on disk, 0 moving',
    'w1 b: 1 results, 7 in memory, 0 on disk, 0 moving',
    'w2 a: 0 results, 0 in memory, 0 on disk, 100 moving',
  ])
  // It has come, which its heartbeat does not know yet.
  cluster.play(stored(a2.task, a2.run, 'w2', 100))
  assert.equal(rowsOf(cluster)[2], 'w2 a: 1 results, 100 in memory, 0 on disk, 0 moving')

  cluster.play((c) => c.scheduler.watchMemory(false, c.nowMs))
  assert.deepEqual(asked(cluster).slice(-3), ['w1 off', 'w2 off', 'w3 off'])
  assert.match(rowsOf(cluster)[0], /200 in memory, 0 on disk/)

  const said: string[] = []
  const { events } = cluster.scheduler.eventLog!.take()
  replay(new Scheduler({ cluster: 'paper' }), events, {
    toWorker: (worker, message) =>
      said.push(`${worker} ${Buffer.from(encodeFrame(WORKER_INSTRUCTIONS, message)).toString('hex')}`),
    toClient: () => {},
  })
  const first = cluster.sent.map(
    ({ worker, message }) =>
      `${cluster.idOf(worker)} ${Buffer.from(encodeFrame(WORKER_INSTRUCTIONS, message)).toString('hex')}`,
  )
  assert.deepEqual(said, first)
})
