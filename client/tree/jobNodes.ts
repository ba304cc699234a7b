// Jobs in the tree: those that wait with Slurm's reason, those that run with their node, time and workers, those that ended lately.

import type { JobReport, JobsReport } from '../../runtime/protocol/jobs.ts'
import { left, plural } from '../cluster/quantity.ts'
import type { TreeNode } from './treeModel.ts'

const ENDED_SHOWN_MAX = 3

const ICONS: Record<JobReport['state'], string> = {
  submitted: 'clock',
  pending: 'clock',
  running: 'server',
  suspended: 'debug-pause',
  ending: 'sync',
  ended: 'circle-slash',
}

/** @param workersOf rows of the workers with these names */
export function jobNodes(
  cluster: string,
  report: JobsReport | undefined,
  nowMs: number,
  workersOf: (names: readonly string[]) => TreeNode[],
): TreeNode[] {
  if (!report) return []
  const live = report.jobs.filter(({ state }) => state !== 'ended')
  const ended = report.jobs.filter(({ state }) => state === 'ended').slice(-ENDED_SHOWN_MAX)
  return [
    ...(report.scheduler ? [schedulerNode(cluster, report.scheduler, nowMs)] : []),
    ...live.map((job) => jobNode(cluster, job, nowMs, workersOf(job.workers))),
    ...ended.reverse().map((job) => jobNode(cluster, job, nowMs, [])),
  ]
}

/** What stands beside the cluster's name. */
export function jobsTexts(report: JobsReport | undefined, nowMs: number): string[] {
  if (!report) return []
  const live = report.jobs.filter(({ state }) => state !== 'ended')
  const endMs = report.scheduler?.endMs
  return [
    plural(live.length, 'job'),
    ...(report.adapting ? ['follows the load'] : []),
    ...(endMs === undefined ? [] : [`${left(endMs - nowMs)} left`]),
  ]
}

/** Whether the row of a worker's job says what became of it: the job has ended, or waits again. */
export const isToldByJob = (report: JobsReport | undefined, worker: string): boolean =>
  report?.jobs.some(({ id, state }) => state !== 'running' && worker.startsWith(`job${id}-`)) ?? false

/** What stands first beside the cluster's name. */
export const troubleTexts = (report: JobsReport | undefined): string[] => [
  ...(report?.unanswered === undefined ? [] : ['Slurm does not answer']),
  ...(report?.stopped === undefined ? [] : ['no more jobs are submitted']),
]

/** Why no jobs come, as a person is told of it. */
export const jobsTroubles = (report: JobsReport | undefined): string[] =>
  [report?.stopped, report?.unanswered].filter((text) => text !== undefined)

function jobNode(cluster: string, job: JobReport, nowMs: number, workers: TreeNode[]): TreeNode {
  const { id, pool, state, text, resources, workers: names } = job
  return {
    id: `${cluster}/job/${id}`,
    label: `job ${id}`,
    description: `${pool === 'workers' ? '' : `${pool} · `}${shortText(job, nowMs)}`,
    tooltip: [`Job ${id} of ${pool}: ${text}`, resources, plural(names.length, 'worker')].join('\n'),
    icon: ICONS[state],
    context: state === 'ended' ? 'endedJob' : 'job',
    job: id,
    unfolded: true,
    children: workers,
  }
}

function shortText(job: JobReport, nowMs: number): string {
  if (job.state !== 'running') return job.text
  const time = job.endMs === undefined ? '' : ` · ${left(job.endMs - nowMs)} left`
  return `${job.nodes ?? ''}${time}`
}

const schedulerNode = (
  cluster: string,
  { id, nodes, endMs }: NonNullable<JobsReport['scheduler']>,
  nowMs: number,
): TreeNode => ({
  id: `${cluster}/scheduler`,
  label: 'scheduler',
  description: `job ${id} · ${nodes}${endMs === undefined ? '' : ` · ${left(endMs - nowMs)} left`}`,
  tooltip: `The scheduler runs in job ${id} on ${nodes}: when its time is over, the cluster ends.`,
  icon: 'organization',
  context: 'idle',
  unfolded: false,
  children: [],
})
