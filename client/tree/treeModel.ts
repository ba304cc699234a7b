// The tree of the activity bar as plain data: cluster → workers → what each runs.

import { leftOnDemand } from '../../runtime/protocol/cluster.ts'
import type { ClusterModel, GoneWorker, WorkerModel } from '../cluster/clusterModel.ts'
import type { ClusterElsewhere } from '../cluster/clustersElsewhere.ts'
import type { ClusterKind } from '../cluster/foundCluster.ts'
import { bytesText, plural } from '../cluster/quantity.ts'
import { bar, seconds } from '../runs/runText.ts'
import { isToldByJob, jobNodes, jobsTexts, jobsTroubles, troubleTexts } from './jobNodes.ts'

/** One row. `id` is the same for the same thing at every change, so that the tree keeps what is unfolded. */
export interface TreeNode {
  id: string
  label: string
  description: string
  tooltip: string
  /** The name of a codicon. */
  icon: string
  /** What `when` clauses of menus ask for. */
  context:
    | 'cluster'
    | 'slurmCluster'
    | 'attachedCluster'
    | 'job'
    | 'endedJob'
    | 'worker'
    | 'thread'
    | 'idle'
    | 'gone'
    | 'left'
    | 'otherCluster'
    | 'sshHost'
  /** The id of the job that it is. */
  job?: string
  /** The id of a cluster of this window: a click switches to it. */
  switchTo?: string
  /** The name of a host: a click connects to it. */
  host?: string
  /** The page in the browser that shows it. */
  url?: string
  /** The file by which a window can attach to it. */
  file?: string
  unfolded: boolean
  children: TreeNode[]
}

/**
 * A row as a screen reader tells it: the bars and icons of workers and jobs have no words of their own, their tooltips have.
 * @example spoken(idleNode) // 'idle'
 */
export const spoken = ({ context, label, description, tooltip }: TreeNode): string =>
  context === 'worker' || context === 'job' || context === 'endedJob'
    ? tooltip.replaceAll('\n', ', ')
    : [label, ...description.split(' · ')].filter((part) => part !== '').join(', ')

const clusterLabel = (kind: ClusterKind, name: string): string =>
  kind === 'local' ? 'Local cluster' : kind === 'address' ? `Cluster ${name}` : name

/** A row each for clusters that this window is attached to beside the one that it shows. */
export const attachedNodes = (
  others: readonly { id: string; name: string; kind: ClusterKind }[],
): TreeNode[] =>
  others.map(({ id, name, kind }) => ({
    id: `attached/${id}`,
    label: clusterLabel(kind, name),
    description: 'connected',
    tooltip: `Cluster ${id}: click to switch this window to it.`,
    icon: 'arrow-swap',
    context: 'attachedCluster',
    switchTo: id,
    unfolded: false,
    children: [],
  }))

/** A row each for hosts that ssh reaches and that the window is not connected to. */
export const hostNodes = (hosts: readonly string[]): TreeNode[] =>
  hosts.map((host) => ({
    id: `host/${host}`,
    label: host,
    description: 'over ssh',
    tooltip: `${host}: click to connect to a cluster there, or to start one.`,
    icon: 'remote',
    context: 'sshHost',
    host,
    unfolded: false,
    children: [],
  }))

/** A row each for clusters that were started elsewhere, by code or in a terminal, with their workers. */
export const otherNodes = (others: readonly ClusterElsewhere[], nowMs: number): TreeNode[] =>
  others.map(({ found, model }) => {
    const id = `other/${found.id}`
    const told = model.phase.kind === 'running' ? ` · ${plural(model.workers.size, 'worker')}` : ''
    return {
      id,
      label: `Cluster ${found.id}`,
      description: `started elsewhere${told}`,
      tooltip: `heddle ${found.version}, process ${found.pid}: started by code, in a terminal or in another window.`,
      icon: 'server',
      context: 'otherCluster',
      unfolded: true,
      children: workersOf(model).map((worker, _, all) => workerNode(id, worker, nowMs, isUnfolded(all))),
      url: found.dashboardUrl,
      file: found.file,
    }
  })

/** The rows for a running cluster; none without one, so that the view's welcome text shows. */
export function treeOf(model: ClusterModel, nowMs: number): TreeNode[] {
  const { phase } = model
  if (phase.kind !== 'running') return []
  const workers = workersOf(model)
  const rowOf = (worker: WorkerModel): TreeNode => workerNode(phase.id, worker, nowMs, isUnfolded(workers))
  const ofJobs = new Set(model.jobs?.jobs.flatMap((job) => job.workers))
  return [
    {
      id: phase.id,
      label: clusterLabel(phase.from, phase.name),
      description: [
        ...troubleTexts(model.jobs),
        plural(workers.length, 'worker'),
        ...jobsTexts(model.jobs, nowMs),
        ...(model.follows ? [`follows the load, ${model.follows.minimum} to ${model.follows.maximum}`] : []),
      ].join(' · '),
      tooltip: [`${phase.id}, heddle ${phase.version}`, ...jobsTroubles(model.jobs)].join('\n'),
      icon: jobsTroubles(model.jobs).length > 0 ? 'warning' : 'server-environment',
      context: phase.from === 'slurm' ? 'slurmCluster' : 'cluster',
      unfolded: true,
      children: [
        ...jobNodes(phase.id, model.jobs, nowMs, (names) =>
          workers.filter(({ info }) => names.includes(info.name)).map(rowOf),
        ),
        ...workers.filter(({ info }) => !ofJobs.has(info.name)).map(rowOf),
        ...model.gone
          .filter(({ info }) => !isToldByJob(model.jobs, info.name))
          .map((worker) => goneNode(phase.id, worker)),
      ],
    },
  ]
}

const workersOf = (model: ClusterModel): WorkerModel[] =>
  [...model.workers.values()].sort((a, b) => a.info.worker - b.info.worker)

/** With more workers than this what each runs is told when somebody unfolds it: their own rows would be pages apart. */
const UNFOLDED_MAX = 8

const isUnfolded = ({ length }: readonly WorkerModel[]): boolean => length <= UNFOLDED_MAX

function workerNode(cluster: string, worker: WorkerModel, nowMs: number, unfolded: boolean): TreeNode {
  const { info } = worker
  const id = `${cluster}/${info.worker}`
  const busy = worker.threads.length
  const cpu = share(worker.cpuPercent / (100 * Math.max(1, info.threads)))
  const memory = share(worker.rssBytes / Math.max(1, info.memoryLimitBytes))
  return {
    id,
    label: info.name,
    // As much of it as a narrow side bar has room for.
    description: `${worker.paused ? 'paused · ' : ''}${busy}/${info.threads} · CPU ${cpu} · ${bytesText(worker.rssBytes)} ${memory}`,
    tooltip: [
      `${info.name} on ${info.host}, process ${info.pid}`,
      `${worker.paused ? 'paused, ' : ''}${busy} of ${plural(info.threads, 'thread')} busy`,
      `CPU ${Math.round(worker.cpuPercent)} %, memory ${bytesText(worker.rssBytes)} of ${bytesText(info.memoryLimitBytes)}`,
      `${plural(worker.heldTasks, 'result')} held, ${bytesText(worker.managedBytes)}`,
    ].join('\n'),
    icon: worker.paused ? 'debug-pause' : 'server-process',
    context: 'worker',
    unfolded,
    children: worker.threads.length > 0 ? threadNodes(id, worker, nowMs) : [idleNode(id)],
  }
}

/** A part of a whole as a bar of four cells. */
const share = (part: number): string => bar(part).replace(/(.)./g, '$1')

function goneNode(cluster: string, { info, reason }: GoneWorker): TreeNode {
  // Its name stands before it.
  const how = reason.replace(`worker ${info.name} (process ${info.pid}) `, '').replace(/^is gone: /, '')
  const wanted = leftOnDemand(reason)
  return {
    id: `${cluster}/gone/${info.worker}`,
    label: info.name,
    description: wanted ? how : `gone: ${how}`,
    tooltip: `${info.name} on ${info.host}, process ${info.pid}, is gone: ${how}`,
    icon: wanted ? 'circle-slash' : 'error',
    context: wanted ? 'left' : 'gone',
    unfolded: false,
    children: [],
  }
}

function threadNodes(id: string, worker: WorkerModel, nowMs: number): TreeNode[] {
  return worker.threads.map(({ thread, group, sinceMs }) => ({
    id: `${id}/${thread}`,
    label: group,
    description: `${seconds(Math.max(0, nowMs - sinceMs))} · thread ${thread}`,
    tooltip: `${group} runs on thread ${thread} of ${worker.info.name}`,
    icon: 'gear',
    context: 'thread',
    unfolded: false,
    children: [],
  }))
}

const idleNode = (id: string): TreeNode => ({
  id: `${id}/idle`,
  label: 'idle',
  description: '',
  tooltip: 'No thread of this worker runs a task.',
  icon: 'circle-outline',
  context: 'idle',
  unfolded: false,
  children: [],
})
