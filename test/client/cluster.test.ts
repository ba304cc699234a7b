// The cluster model: messages of the feed in, the tree and the status bar out.

import assert from 'node:assert/strict'
import test from 'node:test'
import {
  applyFeed,
  type ClusterModel,
  enterPhase,
  noClusterModel,
} from '../../client/cluster/clusterModel.ts'
import { bytesText, plural } from '../../client/cluster/quantity.ts'
import { workerDeath } from '../../client/reports/workerDeath.ts'
import { statusText } from '../../client/status/statusText.ts'
import { spoken, type TreeNode, treeOf } from '../../client/tree/treeModel.ts'
import { notWanted, RESTARTED_BY_USER, type WorkerInfo } from '../../runtime/protocol/cluster.ts'
import { FEED_MESSAGES, type FeedMessage } from '../../runtime/protocol/feed.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'

const worker = (number: number): WorkerInfo => ({
  worker: number,
  name: `w${number}`,
  host: 'loom',
  pid: 100 + number,
  threads: 2,
  memoryLimitBytes: 4e9,
  dataAddress: `unix:/run/worker-w${number}.sock`,
  resources: {},
})

const SNAPSHOT: FeedMessage = {
  type: 'snapshot',
  cluster: {
    id: 'c1',
    version: '0.1.0',
    dashboardUrl: 'http://127.0.0.1:8787',
    startedMs: 0,
    workers: [worker(0)],
  },
  groups: [{ group: 4, computation: 1, name: 'bag.map(slow)' }],
  counts: new Uint32Array(6),
  edges: new Uint32Array(),
  atMs: 0,
}

const readings = (more: Partial<Extract<FeedMessage, { type: 'workers' }>> = {}): FeedMessage => ({
  type: 'workers',
  joined: [],
  left: [],
  worker: Uint16Array.of(0),
  cpuPercent: Float64Array.of(150),
  managedBytes: Float64Array.of(1e6),
  rssBytes: Float64Array.of(1.24e9),
  spilledBytes: Float64Array.of(0),
  heldTasks: Uint32Array.of(3),
  waiting: Uint32Array.of(0),
  paused: Uint8Array.of(0),
  runningOffsets: Uint32Array.of(0, 2),
  runningGroup: Int32Array.of(-1, 4),
  runningSince: Float64Array.of(0, 5000),
  ...more,
})

function modelOf(...messages: FeedMessage[]): ClusterModel {
  const model = noClusterModel()
  for (const message of messages)
    applyFeed(model, decodeFrame(FEED_MESSAGES, encodeFrame(FEED_MESSAGES, message)))
  return model
}

const outline = (nodes: TreeNode[], depth = 0): string[] =>
  nodes.flatMap((node) => [
    `${'  '.repeat(depth)}${node.label} · ${node.description}`,
    ...outline(node.children, depth + 1),
  ])

test('the tree shows cluster, workers, and what each thread runs', () => {
  assert.deepEqual(outline(treeOf(modelOf(SNAPSHOT, readings()), 7500)), [
    'Local cluster · 1 worker',
    '  w0 · 1/2 · CPU ▇▇▇▁ · 1.2 GB ▇▄▁▁',
    '    bag.map(slow) · 2.50 s · thread 1',
  ])
})

test('a screen reader hears words in place of bars and icons', () => {
  const all = (nodes: TreeNode[]): string[] => nodes.flatMap((node) => [spoken(node), ...all(node.children)])
  const told = all(treeOf(modelOf(SNAPSHOT, readings()), 7500))
  assert.deepEqual([told[0], told[2]], ['Local cluster, 1 worker', 'bag.map(slow), 2.50 s, thread 1'])
  assert.match(told[1], /^w0 on .*, process \d+, 1 of 2 threads busy, CPU \d+ %, memory 1\.2 GB of 4\.0 GB, /)
  assert.ok(told.every((each) => !/[▁-█\n]/.test(each)))
  const paused = treeOf(modelOf(SNAPSHOT, readings({ paused: Uint8Array.of(1) })), 0)
  assert.match(spoken(paused[0].children[0]), /, paused, \d of 2 threads busy/)
})

test('a worker that runs nothing is idle; one that left is gone; one that joins is there', () => {
  const quiet = readings({
    runningGroup: Int32Array.of(-1, -1),
    joined: [worker(1)],
    paused: Uint8Array.of(1),
  })
  const model = modelOf(SNAPSHOT, quiet)
  assert.deepEqual(outline(treeOf(model, 0)), [
    'Local cluster · 2 workers',
    '  w0 · paused · 0/2 · CPU ▇▇▇▁ · 1.2 GB ▇▄▁▁',
    '    idle · ',
    '  w1 · 0/2 · CPU ▁▁▁▁ · 0 B ▁▁▁▁',
    '    idle · ',
  ])
  applyFeed(model, readings({ left: [{ worker: 1, reason: 'killed' }] }))
  assert.equal(model.workers.size, 1)
  assert.equal(outline(treeOf(model, 0)).at(-1), '  w1 · gone: killed')
})

test('of a worker that was started again it is told how the one before it ended', () => {
  const model = modelOf(SNAPSHOT, readings({ joined: [worker(1)] }))
  const { name, pid } = worker(1)
  const reason = `worker ${name} (process ${pid}) is gone: its connection broke`
  applyFeed(model, readings({ left: [{ worker: 1, reason }] }))
  assert.equal(outline(treeOf(model, 0)).at(-1), '  w1 · gone: its connection broke')
  const next = { ...worker(2), name, startedAgain: 'it was ended by SIGKILL' }
  applyFeed(model, readings({ joined: [next] }))
  assert.equal(outline(treeOf(model, 0)).at(-1), '  w1 · gone: it was ended by SIGKILL')
  assert.match(workerDeath(model.gone[0]).join('\n'), /SIGKILL comes from outside/)
})

test('workers that left because somebody wanted it are told from those that died', () => {
  const model = modelOf(SNAPSHOT, readings({ joined: [worker(1), worker(2)] }))
  applyFeed(
    model,
    readings({
      left: [
        { worker: 1, reason: RESTARTED_BY_USER },
        { worker: 2, reason: notWanted(1) },
      ],
    }),
  )
  const [cluster] = treeOf(model, 0)
  assert.deepEqual(
    cluster.children
      .slice(1)
      .map(({ label, description, icon, context }) => [label, description, icon, context]),
    [
      ['w2', 'no longer wanted: 1 worker was asked for', 'circle-slash', 'left'],
      ['w1', 'restarted by the user', 'circle-slash', 'left'],
    ],
  )
})

test('there is no tree without a cluster, so that the view welcomes', () => {
  const model = modelOf(SNAPSHOT, readings())
  enterPhase(model, { kind: 'lost', reason: 'killed' })
  assert.deepEqual(treeOf(model, 0), [])
  assert.equal(model.workers.size, 0)
})

test('the status bar tells workers, busy threads and memory', () => {
  const rates: FeedMessage = {
    type: 'rates',
    atMs: 0,
    tasksPerSecond: 8200,
    bytesPerSecond: 0,
    queued: 12_345,
    schedulerCpuPercent: 3,
  }
  assert.deepEqual(statusText(modelOf(SNAPSHOT, readings(), rates), 0), {
    text: '$(pulse) 1 worker · 1/2 busy · 1.2 GB',
    tooltip: [
      'Local cluster: 1 worker, 2 threads, 1 busy',
      'Memory: 1.2 GB of 4.0 GB',
      '12,345 tasks wait',
      '8.2k tasks a second',
      'Click for the overview.',
    ],
    command: 'heddle.showOverview',
    tone: 'plain',
  })
})

test('the status bar warns of paused workers and of a cluster without any', () => {
  assert.equal(statusText(modelOf(SNAPSHOT, readings({ paused: Uint8Array.of(1) })), 0).tone, 'warning')
  const left = readings({ left: [{ worker: 0, reason: 'killed' }], worker: new Uint16Array() })
  assert.equal(statusText(modelOf(SNAPSHOT, left), 0).tone, 'warning')
})

test('every phase of a cluster has its text and its click', () => {
  const model = noClusterModel()
  const seen = (['none', 'starting', 'stopping'] as const).map((kind) => {
    enterPhase(model, kind === 'starting' ? { kind, name: 'local' } : { kind })
    return [statusText(model, 0).text, statusText(model, 0).command]
  })
  enterPhase(model, { kind: 'lost', reason: 'the scheduler was killed' })
  seen.push([statusText(model, 0).text, statusText(model, 0).tooltip[0]])
  assert.deepEqual(seen, [
    ['$(pulse) Heddle', 'heddle.startLocalCluster'],
    ['$(loading~spin) Heddle: starting', 'heddle.showOutput'],
    ['$(loading~spin) Heddle: stopping', 'heddle.showOutput'],
    ['$(error) Heddle: cluster lost', 'the scheduler was killed'],
  ])
})

test('bytes and counts are written for people', () => {
  assert.deepEqual([0, 999, 1000, 1.24e9, 9.96e9, 2e13].map(bytesText), [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 GB',
    '10 GB',
    '20 TB',
  ])
  assert.deepEqual([plural(1, 'worker'), plural(0, 'worker')], ['1 worker', '0 workers'])
})

test('a cluster that follows its load says so, until it does not or is another', () => {
  const model = modelOf(SNAPSHOT)
  const says = (): boolean => treeOf(model, 0)[0].description.includes('follows the load, 1 to 4')
  assert.ok(applyFeed(model, { type: 'follows', limits: { minimum: 1, maximum: 4 } }))
  assert.ok(says())
  applyFeed(model, { type: 'follows', limits: undefined })
  assert.ok(!says())
  applyFeed(model, { type: 'follows', limits: { minimum: 1, maximum: 4 } })
  applyFeed(model, SNAPSHOT)
  assert.ok(!says(), 'where it still does, that comes behind the snapshot')
})
