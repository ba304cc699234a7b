// Jobs in the tree: those that wait, run and have ended, workers whose job says what became of them, and a Slurm that is away.

import assert from 'node:assert/strict'
import test from 'node:test'
import { applyFeed, enterPhase, noClusterModel } from '../../client/cluster/clusterModel.ts'
import { type TreeNode, treeOf } from '../../client/tree/treeModel.ts'
import type { WorkerInfo } from '../../runtime/protocol/cluster.ts'
import type { JobReport, JobsNews } from '../../runtime/protocol/jobs.ts'

const MINUTE = 60_000

const worker = (number: number, name: string): WorkerInfo => ({
  ...{ worker: number, name, host: 'node1', pid: 100 + number, threads: 1 },
  ...{ memoryLimitBytes: 4e8, dataAddress: 'tls://node1:1', resources: {} },
})
const job = (
  id: string,
  state: JobReport['state'],
  text: string,
  more: Partial<JobReport> = {},
): JobReport => ({
  ...{ id, pool: 'workers', state, text, workers: [], resources: '1 core · 400MB', logFile: `/l/${id}` },
  ...more,
})

/** The tree's rows after these news; the workers with these names have left, each for that reason. */
function rows(
  news: Partial<JobsNews>,
  gone: Record<string, string> = {},
): { lines: string[]; top: TreeNode } {
  const model = noClusterModel()
  enterPhase(model, {
    ...{ kind: 'running', id: 'c1', name: 'loom', from: 'slurm' },
    ...{ version: '0.1.0', dashboardUrl: 'http://127.0.0.1:1', startedMs: 0 },
  })
  const names = Object.keys(gone)
  applyFeed(model, {
    ...{ type: 'snapshot', groups: [], counts: new Uint32Array(6), edges: new Uint32Array(), atMs: 0 },
    cluster: {
      ...{ id: 'c1', version: '0.1.0', dashboardUrl: 'http://127.0.0.1:1', startedMs: 0 },
      workers: names.map((name, i) => worker(i, name)),
    },
  })
  applyFeed(model, {
    ...{ type: 'workers', joined: [], left: names.map((name, i) => ({ worker: i, reason: gone[name] })) },
    ...{ worker: new Uint16Array(), cpuPercent: new Float64Array(), managedBytes: new Float64Array() },
    ...{ rssBytes: new Float64Array(), spilledBytes: new Float64Array(), heldTasks: new Uint32Array() },
    ...{ waiting: new Uint32Array(), paused: new Uint8Array(), runningOffsets: new Uint32Array(1) },
    ...{ runningGroup: new Int32Array(), runningSince: new Float64Array() },
  })
  applyFeed(model, {
    type: 'jobs',
    news: { jobs: [], wanted: { workers: 2 }, adapting: false, gone: [], ...news },
  })
  const [top] = treeOf(model, 0)
  return { lines: top.children.map(({ label, description }) => `${label} · ${description}`), top }
}

test('each job by what it waits for, where it runs or how it ended; the scheduler’s own first', () => {
  const { lines, top } = rows({
    scheduler: { id: '3', nodes: 'node1', endMs: 30 * MINUTE },
    jobs: [
      job('4', 'running', 'running on node2', { nodes: 'node2', endMs: 20 * MINUTE }),
      job('5', 'ended', 'was lost with its node on node3', { nodes: 'node3' }),
      job('6', 'pending', 'pending (put back into the queue by Slurm, BeginTime: it is not to start yet)'),
    ],
  })
  assert.equal(top.description, '0 workers · 2 jobs · 30 min left')
  assert.deepEqual(lines, [
    'scheduler · job 3 · node1 · 30 min left',
    'job 4 · node2 · 20 min left',
    'job 6 · pending (put back into the queue by Slurm, BeginTime: it is not to start yet)',
    'job 5 · was lost with its node on node3',
  ])
})

test('a worker that is gone with its job has no row of its own; one whose job goes on has, without its name twice', () => {
  const reason = (name: string, pid: number): string =>
    `worker ${name} (process ${pid}) is gone: its connection broke`
  const { lines } = rows(
    {
      jobs: [
        job('4', 'running', 'running on node2', { nodes: 'node2' }),
        job('5', 'ended', 'was cancelled on node3'),
      ],
    },
    { 'job4-0': reason('job4-0', 100), 'job5-0': reason('job5-0', 101) },
  )
  assert.deepEqual(lines, [
    'job 4 · node2',
    'job 5 · was cancelled on node3',
    'job4-0 · gone: its connection broke',
  ])
})

test('a Slurm that does not answer, and one that gets no more jobs, stand first, and whole in the tooltip', () => {
  const unanswered = 'Slurm does not answer, and is asked again: squeue: Socket timed out'
  const stopped = 'no more jobs are submitted, since 3 in a row came to nothing'
  assert.equal(rows({}).top.icon, 'server-environment')
  const { top } = rows({ unanswered, stopped })
  assert.equal(top.description, 'Slurm does not answer · no more jobs are submitted · 0 workers · 0 jobs')
  assert.equal(top.icon, 'warning')
  assert.deepEqual(top.tooltip.split('\n').slice(1), [stopped, unanswered])
})
