// Rows of the trees with long names and of many workers; what a screen reader hears of them, and what their menus offer the keyboard.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { applyFeed, enterPhase, noClusterModel } from '../../client/cluster/clusterModel.ts'
import { dataRows, spokenData } from '../../client/data/dataModel.ts'
import { lineLabel } from '../../client/history/entryText.ts'
import { rowLabel, rowTooltip } from '../../client/tree/rowLabel.ts'
import { spoken, type TreeNode, treeOf } from '../../client/tree/treeModel.ts'
import type { WorkerInfo } from '../../runtime/protocol/cluster.ts'

const LONG = 'räknaMedelvärdetAvAllaFörseningarFör各空港と航空会社ごとに_perAirportAndCarrier_2026_v2'

const worker = (number: number): WorkerInfo => ({
  ...{ worker: number, name: `w${number}`, host: 'node1', pid: 100 + number, threads: 2 },
  ...{ memoryLimitBytes: 4e9, dataAddress: 'unix:/x', resources: {} },
})

/** The row of a cluster of so many workers. */
function cluster(workers: number): TreeNode {
  const model = noClusterModel()
  enterPhase(model, {
    ...{ kind: 'running', id: 'c1', name: 'loom', from: 'local' },
    ...{ version: '0.1.0', dashboardUrl: 'http://127.0.0.1:1', startedMs: 0 },
  })
  applyFeed(model, {
    ...{ type: 'snapshot', groups: [], counts: new Uint32Array(6), edges: new Uint32Array(), atMs: 0 },
    cluster: {
      ...{ id: 'c1', version: '0.1.0', dashboardUrl: 'http://127.0.0.1:1', startedMs: 0 },
      workers: Array.from({ length: workers }, (_, i) => worker(i)),
    },
  })
  return treeOf(model, 0)[0]
}

test('a long name is cut in its middle, so that names that differ at their ends can be told apart', () => {
  const [one, two] = [rowLabel(`${LONG}-1`), rowLabel(`${LONG}-2`)]
  assert.equal(one, 'räknaMedelvärdetAvA…er_2026_v2-1')
  assert.equal(two, 'räknaMedelvärdetAvA…er_2026_v2-2')
  assert.equal(rowLabel('many.map(wait).count().compute()'), 'many.map(wait).count().compute()')
  const weavers = '👩🏽‍🔬'.repeat(40)
  assert.equal(rowLabel(weavers), `${'👩🏽‍🔬'.repeat(19)}…${'👩🏽‍🔬'.repeat(12)}`, 'no sign is cut apart')
})

test('a name that is cut is whole in the tooltip, and stands there once', () => {
  assert.equal(rowTooltip(LONG, 'click to switch'), `${LONG}\nclick to switch`)
  assert.equal(rowTooltip(LONG, `${LONG} on node1`), `${LONG} on node1`)
  assert.equal(rowTooltip('w0', 'process 7'), 'process 7')
})

test('few workers show what they run, of many it is folded away', () => {
  assert.ok(cluster(8).children.every(({ unfolded }) => unfolded))
  const many = cluster(40)
  assert.equal(many.children.length, 40)
  assert.ok(
    many.unfolded && many.children.every(({ unfolded, children }) => !unfolded && children.length === 1),
  )
})

test('a job is told with its state, which is seen by its icon alone', () => {
  const job: TreeNode = {
    ...{ id: 'c/job/4', label: 'job 4', description: 'node1 · 30 min left', icon: 'server', context: 'job' },
    ...{ tooltip: 'Job 4 of workers: running on node1, 30 min left\n1 core\n2 workers', unfolded: true },
    children: [],
  }
  assert.equal(spoken(job), 'Job 4 of workers: running on node1, 30 min left, 1 core, 2 workers')
})

test('data is told by its name, which no tooltip has', () => {
  const place = { file: '/f/data.ts', line: 6, column: 1 }
  const held = { client: 1, clientName: '', group: 1, name: 'range', place, results: 4, bytes: 1.4e6 }
  const [row] = dataRows([held], () => `const [${LONG}] = await persist(rows)`)
  assert.equal(spokenData(row), `${LONG}, 1.4 MB, data.ts:6, 4 parts`)
})

test('a line of another file than the run’s is called by its file', () => {
  assert.equal(lineLabel({ file: '/f/a.ts', line: 6 }, '/f/a.ts'), 'line 6')
  assert.equal(lineLabel({ file: '/f/load.ts', line: 6 }, '/f/a.ts'), 'load.ts:6')
})

test('whatever a row offers under the mouse its menu offers too: the keyboard has the menu alone', () => {
  interface Item {
    command: string
    when: string
    group: string
  }
  const file = join(import.meta.dirname, '..', '..', 'package.json')
  const { contributes } = JSON.parse(readFileSync(file, 'utf8'))
  const items: Item[] = contributes.menus['view/item/context']
  const ofGroup = (inline: boolean): string[] =>
    items
      .filter(({ group }) => group.startsWith('inline') === inline)
      .map(({ command, when }) => `${command} where ${when}`)
  const inMenu = new Set(ofGroup(false))
  assert.ok(ofGroup(true).length > 10)
  assert.deepEqual(
    ofGroup(true).filter((each) => !inMenu.has(each)),
    [],
  )
})
