// Clusters that others started: they come, tell of their workers, and go; whoever does not look holds nothing of them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClustersElsewhere } from '../../client/cluster/clustersElsewhere.ts'
import type { OtherCluster } from '../../client/cluster/otherClusters.ts'
import type { FeedEvents } from '../../client/connection/feedConnection.ts'
import { otherNodes } from '../../client/tree/treeModel.ts'
import { FEED_MESSAGES } from '../../runtime/protocol/feed.ts'
import { encodeFrame } from '../../runtime/protocol/frame.ts'
import { runFolderPlace } from '../../runtime/protocol/runFolderPlace.ts'

const cluster = (id: string): OtherCluster => ({
  ...{ id, control: `unix:/r/${id}/control.sock`, token: 't', pid: 7, protocol: 1, version: '0.1.0' },
  dashboardUrl: `http://127.0.0.1:1/${id}`,
  file: `/r/${id}/cluster.json`,
})

/** What stands on this machine, and the feeds that are open. */
class Machine {
  clusters: OtherCluster[] = []
  changes = 0
  readonly feeds = new Map<string, FeedEvents>()
  readonly elsewhere = new ClustersElsewhere({
    find: () => this.clusters,
    open: ({ id }, events) => {
      this.feeds.set(id, events)
      return { close: () => this.feeds.delete(id) }
    },
    changed: () => {
      this.changes++
    },
  })

  tells(id: string, workers: number): void {
    const { dashboardUrl, version } = cluster(id)
    this.feeds.get(id)?.frame(
      encodeFrame(FEED_MESSAGES, {
        type: 'snapshot',
        cluster: {
          ...{ id, version, dashboardUrl, startedMs: 0 },
          workers: Array.from({ length: workers }, (_, worker) => ({
            ...{ worker, name: `w${worker}`, host: 'loom', pid: 100, threads: 2, memoryLimitBytes: 4e9 },
            ...{ dataAddress: 'unix:/x', resources: {} },
          })),
        },
        groups: [],
        counts: new Uint32Array(),
        edges: new Uint32Array(),
        atMs: 0,
      }),
    )
  }

  rows(): string[] {
    return otherNodes(this.elsewhere.all, 0).flatMap(({ label, description, children }) => [
      `${label}: ${description}`,
      ...children.map((child) => `  ${child.label}`),
    ])
  }
}

test('a cluster that begins has a row, workers when it tells of them, and none when it has ended', () => {
  const machine = new Machine()
  machine.elsewhere.look()
  assert.deepEqual([machine.rows(), machine.changes], [[], 0])
  machine.clusters = [cluster('a1'), cluster('b2')]
  machine.elsewhere.look()
  assert.deepEqual(machine.rows(), ['Cluster a1: started elsewhere', 'Cluster b2: started elsewhere'])
  machine.tells('b2', 2)
  assert.deepEqual(machine.rows(), [
    'Cluster a1: started elsewhere',
    'Cluster b2: started elsewhere · 2 workers',
    ...['  w0', '  w1'],
  ])
  assert.equal(machine.changes, 2)
  machine.elsewhere.look()
  assert.equal(machine.changes, 2, 'nothing has changed')
  machine.clusters = [cluster('a1')]
  machine.feeds.get('b2')?.closed()
  assert.deepEqual(machine.rows(), ['Cluster a1: started elsewhere'])
  assert.deepEqual([...machine.feeds.keys()], ['a1'])
})

test('a row says how to attach and where the dashboard is, which takes a click on its own buttons', () => {
  const machine = new Machine()
  machine.clusters = [cluster('a1')]
  machine.elsewhere.look()
  const [row] = otherNodes(machine.elsewhere.all, 0)
  assert.deepEqual(
    [row.file, row.url, row.context],
    ['/r/a1/cluster.json', 'http://127.0.0.1:1/a1', 'otherCluster'],
  )
})

test('where nobody looks no feed is open; many clusters have rows, and eight of them their workers', () => {
  const machine = new Machine()
  machine.clusters = Array.from({ length: 12 }, (_, i) => cluster(`c${i}`))
  machine.elsewhere.watch(true)
  assert.deepEqual([machine.rows().length, machine.feeds.size], [12, 8])
  machine.elsewhere.watch(false)
  assert.deepEqual([machine.rows().length, machine.feeds.size], [0, 0])
})

test('where run folders stand: the first place that is short enough for a socket', () => {
  const long = `/${'x'.repeat(80)}`
  const cases: [(string | undefined)[], string][] = [
    [['/run/user/7', '/tmp'], '/run/user/7/heddle-7'],
    [[undefined, '/tmp/'], '/tmp/heddle-7'],
    [[long, '/scratch'], '/scratch/heddle-7'],
    [[long, long], '/tmp/heddle-7'],
    [['/'], '/heddle-7'],
  ]
  for (const [candidates, expected] of cases) assert.equal(runFolderPlace(candidates, 7), expected)
})
