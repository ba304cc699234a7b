// The model that every panel stands on: feed messages in, the whole model out.

import assert from 'node:assert/strict'
import test from 'node:test'
import { applyToCluster, type Cluster, noCluster } from '../../media/cluster/cluster.ts'
import { GroupColours } from '../../media/cluster/groupColours.ts'
import { type Groups, STATES, tallyOf, tallyOfAll } from '../../media/cluster/groups.ts'
import { bytes, count, duration, percent, plural, short } from '../../media/cluster/quantity.ts'
import { RATE_POINTS } from '../../media/cluster/rates.ts'
import { totalsOf } from '../../media/cluster/workers.ts'
import type { WorkerInfo } from '../../runtime/protocol/cluster.ts'
import { FEED_MESSAGES, type FeedGroup, type FeedMessage } from '../../runtime/protocol/feed.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'

const worker = (number: number, name = `w${number}`): WorkerInfo => ({
  worker: number,
  name,
  host: 'h1',
  pid: 100 + number,
  threads: 2,
  memoryLimitBytes: 1000,
  dataAddress: '',
  resources: {},
})

const group = (number: number, name: string, computation = 1): FeedGroup => ({
  group: number,
  name,
  computation,
})

function snapshot(
  groups: FeedGroup[],
  counts: number[],
  edges: number[],
  workers: WorkerInfo[],
): FeedMessage {
  return {
    type: 'snapshot',
    cluster: { id: 'c1', version: '0.1.0', dashboardUrl: '', startedMs: 5, workers },
    groups,
    counts: Uint32Array.from(counts),
    edges: Uint32Array.from(edges),
    atMs: 1000,
  }
}

const readings = (over: Partial<Extract<FeedMessage, { type: 'workers' }>> = {}): FeedMessage => ({
  type: 'workers',
  joined: [],
  left: [],
  worker: new Uint16Array(0),
  cpuPercent: new Float64Array(0),
  managedBytes: new Float64Array(0),
  rssBytes: new Float64Array(0),
  spilledBytes: new Float64Array(0),
  heldTasks: new Uint32Array(0),
  waiting: new Uint32Array(0),
  paused: new Uint8Array(0),
  runningOffsets: Uint32Array.of(0),
  runningGroup: new Int32Array(0),
  runningSince: new Float64Array(0),
  ...over,
})

/** Plays messages as they arrive: through real frames. */
function played(...messages: FeedMessage[]): Cluster {
  const cluster = noCluster()
  for (const message of messages)
    applyToCluster(cluster, decodeFrame(FEED_MESSAGES, encodeFrame(FEED_MESSAGES, message)))
  return cluster
}

const countsOf = ({ list, counts }: Groups): number[][] =>
  list.map((_, place) => [...counts.subarray(place * STATES, (place + 1) * STATES)])

test('a snapshot, then new groups and changed counts', () => {
  const cluster = played(
    snapshot([group(7, 'load'), group(9, 'sum')], [1, 0, 0, 2, 0, 0, 3, 0, 0, 0, 0, 0], [7, 9], [worker(1)]),
    {
      type: 'groups',
      added: [group(12, 'merge')],
      edges: Uint32Array.of(9, 12, 7, 9),
      changed: Uint32Array.of(12, 7, 99),
      counts: Uint32Array.of(0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 8, 8, 8, 8, 8, 8),
    },
  )
  const { groups } = cluster
  assert.deepEqual(
    groups.list.map(({ name }) => name),
    ['load', 'sum', 'merge'],
  )
  assert.deepEqual(
    [...groups.placeOf],
    [
      [7, 0],
      [9, 1],
      [12, 2],
    ],
  )
  assert.deepEqual(countsOf(groups), [
    [0, 0, 1, 1, 1, 0],
    [3, 0, 0, 0, 0, 0],
    [0, 1, 0, 0, 0, 0],
  ])
  assert.deepEqual(groups.edges, [0, 1, 1, 2])
  assert.deepEqual(tallyOf(groups, 0), { total: 3, done: 1, running: 1, erred: 1, ready: 0, waiting: 0 })
  assert.deepEqual(tallyOfAll(groups), { total: 7, done: 1, running: 1, erred: 1, ready: 1, waiting: 3 })
})

test('a second snapshot replaces groups but keeps what workers of the same cluster last said', () => {
  const cluster = played(
    snapshot([group(1, 'old')], [0, 0, 0, 5, 0, 0], [], [worker(1), worker(2)]),
    readings({
      worker: Uint16Array.of(1),
      cpuPercent: Float64Array.of(150),
      managedBytes: Float64Array.of(300),
      rssBytes: Float64Array.of(500),
      spilledBytes: Float64Array.of(20),
      heldTasks: Uint32Array.of(4),
      waiting: Uint32Array.of(6),
      paused: Uint8Array.of(1),
      runningOffsets: Uint32Array.of(0, 2),
      runningGroup: Int32Array.of(1, -1),
      runningSince: Float64Array.of(900, 0),
    }),
    snapshot([group(3, 'new')], [1, 0, 0, 0, 0, 0], [], [worker(1)]),
  )
  assert.deepEqual(
    cluster.groups.list.map(({ name }) => name),
    ['new'],
  )
  assert.deepEqual(
    [...cluster.workers.byNumber.values()],
    [
      {
        info: worker(1),
        reading: {
          cpuPercent: 150,
          managedBytes: 300,
          rssBytes: 500,
          spilledBytes: 20,
          heldTasks: 4,
          waiting: 6,
          paused: true,
          movingBytes: 0,
          holdsSources: false,
          runningGroup: [1, -1],
          runningSince: [900, 0],
        },
      },
    ],
  )
  assert.deepEqual(totalsOf(cluster.workers), {
    workers: 1,
    threads: 2,
    busyThreads: 1,
    paused: 1,
    cpuPercent: 150,
    managedBytes: 300,
    rssBytes: 500,
    spilledBytes: 20,
    memoryLimitBytes: 1000,
  })
})

test('workers join and leave with their reasons; readings of strangers are passed over', () => {
  const cluster = played(
    snapshot([], [], [], [worker(1)]),
    readings({
      joined: [worker(2, 'late')],
      left: [
        { worker: 1, reason: 'its process ended' },
        { worker: 8, reason: 'never known' },
      ],
      worker: Uint16Array.of(77),
      cpuPercent: Float64Array.of(1),
      managedBytes: Float64Array.of(1),
      rssBytes: Float64Array.of(1),
      spilledBytes: Float64Array.of(1),
      heldTasks: Uint32Array.of(1),
      waiting: Uint32Array.of(1),
      paused: Uint8Array.of(0),
      runningOffsets: Uint32Array.of(0, 0),
    }),
  )
  assert.deepEqual([...cluster.workers.byNumber.values()], [{ info: worker(2, 'late') }])
  assert.deepEqual(cluster.workers.left, [
    { name: 'worker 8', reason: 'never known' },
    { name: 'w1', reason: 'its process ended' },
  ])
})

test('a worker that is started again says how the one before it ended', () => {
  const cluster = played(
    snapshot([], [], [], [worker(1)]),
    readings({ left: [{ worker: 1, reason: 'worker w1 (process 7) is gone: its connection broke' }] }),
    readings({ joined: [{ ...worker(2, 'w1'), startedAgain: 'it was ended by SIGKILL' }] }),
  )
  assert.deepEqual(cluster.workers.left, [
    { name: 'w1', reason: 'worker w1 (process 7) is gone: it was ended by SIGKILL' },
  ])
})

test('rates keep five minutes, a closed cluster says why, log lines are kept', () => {
  const rates = (second: number): FeedMessage => ({
    type: 'rates',
    atMs: second * 1000,
    tasksPerSecond: second,
    bytesPerSecond: 2 * second,
    queued: 3,
    schedulerCpuPercent: 4,
  })
  const cluster = played(
    snapshot([], [], [], []),
    ...Array.from({ length: RATE_POINTS + 5 }, (_, i) => rates(i + 1)),
    { type: 'log', level: 'warn', text: 'slow disk' },
    { type: 'log', level: 'info', text: 'hello', worker: 'w1' },
    { type: 'closing', reason: 'npm start was interrupted' },
  )
  assert.equal(cluster.rates.tasksPerSecond.length, RATE_POINTS)
  assert.deepEqual([cluster.rates.tasksPerSecond[0], cluster.rates.bytesPerSecond.at(-1)], [6, 610])
  assert.equal(cluster.nowMs, 305_000)
  assert.equal(cluster.closed, 'npm start was interrupted')
  assert.deepEqual(cluster.log, [
    { level: 'warn', text: 'slow disk' },
    { level: 'info', text: 'hello', worker: 'w1' },
  ])
})

test('groups of one name share a colour, colours repeat after the last', () => {
  const { groups } = played(
    snapshot(
      [group(1, 'a'), group(2, 'b'), group(3, 'a', 2), group(4, 'c', 2)],
      new Array(24).fill(0),
      [],
      [],
    ),
  )
  const colours = new GroupColours(2)
  assert.deepEqual(
    [1, 2, 3, 4, 99].map((number) => colours.of(number, groups)),
    [0, 1, 0, 0, 0],
  )
})

test('quantities as people read them', () => {
  assert.deepEqual([0, 999, 1234567].map(count), ['0', '999', '1,234,567'])
  assert.deepEqual([0, 0.25, 7, 999, 1000, 20_400, 999_960, 3e9].map(short), [
    '0',
    '0.3',
    '7',
    '999',
    '1.00k',
    '20.4k',
    '1.00M',
    '3.00G',
  ])
  assert.deepEqual([0, 999, 1000, 999_900, 3 * 1024 ** 3].map(bytes), [
    '0 B',
    '999 B',
    '1.00 kB',
    '1.00 MB',
    '3.22 GB',
  ])
  assert.deepEqual([Number.NaN, 0.0123, 1, 999.6, 59_999, 75_000, 3_600_000, 90_000_000].map(duration), [
    '–',
    '12.3 µs',
    '1.00 ms',
    '1.00 s',
    '1 min 0 s',
    '1 min 15 s',
    '1 h 0 min',
    '1 d 1 h',
  ])
  assert.deepEqual(
    [percent(0, 0), percent(0, 5), percent(1, 500), percent(999, 1000), percent(1000, 1000)],
    ['0%', '0%', '<1%', '99%', '100%'],
  )
  assert.deepEqual([plural(1, 'worker'), plural(1200, 'task')], ['1 worker', '1,200 tasks'])
})
