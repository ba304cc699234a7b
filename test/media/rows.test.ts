// What the workers, GPU and progress views say, from the model that they stand on.

import assert from 'node:assert/strict'
import test from 'node:test'
import { applyToCluster, type Cluster, noCluster } from '../../media/cluster/cluster.ts'
import { applyToGpus, type Gpus, noGpus } from '../../media/gpu/reducer.ts'
import {
  barParts,
  currentComputations,
  mostActive,
  progressRows,
  tallyText,
} from '../../media/progress/progressRows.ts'
import { type PrefixMemory, prefixRows } from '../../media/workers/prefixRows.ts'
import { workerRows } from '../../media/workers/workerRows.ts'
import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import { SyntheticFeed } from './kit/syntheticFeed.ts'

const GIB = 1024 ** 3

function readings(cpuPercent: number, runningGroup: number[], gpus?: boolean): FeedMessage {
  return {
    type: 'workers',
    joined: [],
    left: [],
    worker: Uint16Array.of(0),
    cpuPercent: Float64Array.of(cpuPercent),
    managedBytes: Float64Array.of(GIB),
    rssBytes: Float64Array.of(3 * GIB),
    spilledBytes: Float64Array.of(0),
    heldTasks: Uint32Array.of(5),
    waiting: Uint32Array.of(2),
    paused: Uint8Array.of(0),
    runningOffsets: Uint32Array.of(0, runningGroup.length),
    runningGroup: Int32Array.from(runningGroup),
    runningSince: Float64Array.from(runningGroup, () => 40),
    ...(gpus
      ? {
          gpus: [
            {
              worker: 0,
              readings: [
                {
                  index: 0,
                  name: 'A100',
                  utilisationPercent: 50,
                  memoryUsedBytes: GIB,
                  memoryTotalBytes: 40 * GIB,
                  temperatureCelsius: 61,
                },
              ],
            },
          ],
        }
      : {}),
  }
}

test('the memory of keys is summed by their names, for all workers or for one', () => {
  const memory: PrefixMemory = {
    type: 'memory',
    prefixes: ['load', 'sum'],
    worker: Uint16Array.of(0, 0, 3),
    prefix: Uint32Array.of(0, 1, 0),
    results: Uint32Array.of(2, 1, 5),
    managedBytes: Float64Array.of(10, 7, 1),
    spilledBytes: Float64Array.of(0, 0, 30),
    movingBytes: Float64Array.of(0, 4, 0),
  }
  const load = { prefix: 'load', results: 7, managedBytes: 11, spilledBytes: 30, movingBytes: 0 }
  const sum = { prefix: 'sum', results: 1, managedBytes: 7, spilledBytes: 0, movingBytes: 4 }
  assert.deepEqual(prefixRows(memory, 'managedBytes'), [load, sum])
  assert.deepEqual(prefixRows(memory, 'movingBytes'), [sum, load])
  assert.deepEqual(prefixRows(memory, 'prefix'), [load, sum])
  assert.deepEqual(prefixRows(memory, 'results', 3), [
    { prefix: 'load', results: 5, managedBytes: 1, spilledBytes: 30, movingBytes: 0 },
  ])
})

/** Two groups (10 `a`, 11 `b`) and one worker of three threads. */
function clusterAt100(): Cluster {
  const feed = new SyntheticFeed({
    workers: 1,
    threadsPerWorker: 3,
    startMs: 100,
    program: [
      { name: 'a', tasks: 4, after: [] },
      { name: 'b', tasks: 2, after: [0] },
    ],
  })
  const cluster = noCluster()
  applyToCluster(cluster, feed.snapshot())
  return cluster
}

test('a row of the workers table, whole', () => {
  const cluster = clusterAt100()
  applyToCluster(cluster, readings(150, [11, 10, 11]))
  const busy = (group: number, name: string) => ({ group, name, forMs: 60 })
  assert.deepEqual(workerRows(cluster), [
    {
      worker: 0,
      name: 'loom-01',
      host: 'node1',
      pid: 4000,
      threads: [busy(11, 'b'), busy(10, 'a'), busy(11, 'b')],
      busy: 3,
      cpuShare: 0.5,
      cpuPercent: 150,
      managedBytes: GIB,
      unmanagedBytes: 2 * GIB,
      spilledBytes: 0,
      limitBytes: 4 * GIB,
      heldTasks: 5,
      waiting: 2,
      paused: false,
      movingBytes: 0,
      holdsSources: false,
      known: true,
      doing: 'b × 2, a',
    },
  ])
})

test('a worker that has not reported is there, idle and unknown', () => {
  const [{ known, busy, doing, threads }] = workerRows(clusterAt100())
  assert.deepEqual([known, busy, doing, threads.length], [false, 0, '', 3])
})

test('names sort as people count', () => {
  const cluster = noCluster()
  const feed = new SyntheticFeed({ workers: 12 })
  for (const info of feed.workers) info.name = `w${info.worker}`
  applyToCluster(cluster, feed.snapshot())
  assert.deepEqual(
    workerRows(cluster, 'name').map(({ name }) => name),
    ['w0', 'w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8', 'w9', 'w10', 'w11'],
  )
})

test('devices are kept with their history; machines without any are known too', () => {
  const cluster = clusterAt100()
  const gpus: Gpus = noGpus()
  assert.equal(applyToGpus(gpus, readings(0, []), cluster), true)
  assert.deepEqual([[...gpus.hosts], gpus.devices.size], [['node1'], 0])
  for (const nowMs of [100, 200, 1200]) {
    cluster.nowMs = nowMs
    applyToGpus(gpus, readings(0, [], true), cluster)
  }
  const device = gpus.devices.get('node1 0')!
  assert.deepEqual(
    [device.reading.temperatureCelsius, device.atMs, device.utilisationPercent, device.memoryUsedBytes],
    [61, [100, 1200], [50, 50], [GIB, GIB]],
  )
})

test('devices go with the last worker of their host', () => {
  const cluster = clusterAt100()
  const gpus = noGpus()
  applyToGpus(gpus, readings(0, [], true), cluster)
  const left = { ...readings(0, []), left: [{ worker: 0, reason: 'gone' }] } as FeedMessage
  applyToCluster(cluster, left)
  applyToGpus(gpus, left, cluster)
  assert.deepEqual([gpus.devices.size, gpus.hosts.size], [0, 0])
})

test('progress: rows of what runs, bars in the order of states, words for who cannot see them', () => {
  const { groups } = clusterAt100()
  groups.counts.set([1, 0, 1, 1, 1, 0, 2, 0, 0, 0, 0, 0])
  assert.deepEqual([...currentComputations(groups)], [1])
  const rows = progressRows(groups, new Set([1]))
  assert.deepEqual(
    rows.map(({ name, tally }) => [name, tallyText(tally)]),
    [
      ['a', '1 done, 1 erred, 1 running, 1 waiting'],
      ['b', '2 waiting'],
    ],
  )
  assert.deepEqual(barParts(rows[0].tally), [
    { state: 'stored', tasks: 1, share: 0.25 },
    { state: 'erred', tasks: 1, share: 0.25 },
    { state: 'running', tasks: 1, share: 0.25 },
    { state: 'waiting', tasks: 1, share: 0.25 },
  ])
  assert.deepEqual(
    mostActive(rows, 1).map(({ name }) => name),
    ['a'],
  )
  assert.deepEqual(progressRows(groups, new Set([7])), [])
})

test('what runs are the computations with tasks left, else the latest', () => {
  const { groups } = clusterAt100()
  groups.list[1].computation = 2
  const current = (counts: number[]): number[] => {
    groups.counts.set(counts)
    return [...currentComputations(groups)]
  }
  assert.deepEqual(current([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]), [1, 2])
  assert.deepEqual(current([0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 1]), [1])
  assert.deepEqual(current([0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1]), [2])
  groups.list.length = 0
  assert.deepEqual([...currentComputations(groups)], [])
})
