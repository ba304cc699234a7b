// What Slurm's states of a job mean: where in its life it is, how it ended, and what to tell a person. Pure.

import type { QueueRow } from './parseQueue.ts'
import { timeText } from './slurmTime.ts'

/** How a job ended, in Slurm's terms. */
export type JobEnd =
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'time-limit'
  | 'node-failure'
  | 'out-of-memory'
  | 'preempted'
  | 'deadline'
  /** Slurm has forgotten it. */
  | 'unknown'

export type JobPhase =
  /** Slurm has taken it and has not told of it yet. */
  | { kind: 'submitted' }
  | { kind: 'pending'; reason: string; startMs?: number }
  | { kind: 'running'; nodes: string; startMs?: number; endMs?: number }
  /** Slurm holds it where it is, and may let it go on. */
  | { kind: 'suspended'; nodes: string }
  /** Its processes are being ended; how it ended is told later. */
  | { kind: 'ending'; nodes: string }
  | { kind: 'ended'; how: JobEnd; reason: string; nodes: string; atMs?: number }

const ENDS: Readonly<Record<string, JobEnd>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  SPECIAL_EXIT: 'failed',
  CANCELLED: 'cancelled',
  REVOKED: 'cancelled',
  TIMEOUT: 'time-limit',
  NODE_FAIL: 'node-failure',
  BOOT_FAIL: 'node-failure',
  OUT_OF_MEMORY: 'out-of-memory',
  PREEMPTED: 'preempted',
  DEADLINE: 'deadline',
}

const PENDING = new Set(['PENDING', 'REQUEUED', 'REQUEUE_FED', 'REQUEUE_HOLD', 'RESV_DEL_HOLD'])
const SUSPENDED = new Set(['SUSPENDED', 'STOPPED'])
const ENDING = new Set(['COMPLETING', 'STAGE_OUT'])

/**
 * What a row of `squeue` says of a job. States that are not known here are taken for running: the job is there.
 * @example phaseOf(parseQueue('7|7|PENDING|Resources||10:00|N/A|N/A|x')[0]) // { kind: 'pending', reason: 'Resources' }
 */
export function phaseOf({ state, reason, nodes, startMs, endMs }: QueueRow): JobPhase {
  if (PENDING.has(state))
    return {
      kind: 'pending',
      reason: reason || (state === 'PENDING' ? '' : state),
      ...(startMs !== undefined && { startMs }),
    }
  if (ENDING.has(state)) return { kind: 'ending', nodes }
  if (SUSPENDED.has(state)) return { kind: 'suspended', nodes }
  const how = ENDS[state]
  if (how) return { kind: 'ended', how, reason, nodes, ...(endMs !== undefined && { atMs: endMs }) }
  return {
    ...{ kind: 'running', nodes },
    ...(startMs !== undefined && { startMs }),
    ...(endMs !== undefined && { endMs }),
  }
}

/** Reasons for which a job waits for ever unless somebody changes it or the cluster. */
const NEVER =
  /^(PartitionNodeLimit|PartitionTimeLimit|PartitionConfig|BadConstraints|DependencyNeverSatisfied|JobHeldUser|JobHeldAdmin|JobHoldMaxRequeue|InvalidAccount|InvalidQOS|AccountNotAllowed|QOSNotAllowed|ReservationDeleted|JobLaunchFailure|launch_failed_requeued_held)$|(PerJobLimit|WallDurationPerJobLimit)$/

/** Whether a job that waits for this reason cannot start as things are. @example neverStarts('PartitionNodeLimit') // true */
export const neverStarts = (reason: string): boolean => NEVER.test(wordOf(reason))

/**
 * Slurm's word of a reason, without what follows it; some versions write spaces where others write `_`.
 * @example wordOf('ReqNodeNotAvail, UnavailableNodes:node1') // 'ReqNodeNotAvail'
 */
const wordOf = (reason: string): string => reason.split(',')[0].replaceAll(' ', '_')

const WAY_OUT: Readonly<Record<string, string>> = {
  PartitionNodeLimit: 'it asks for more nodes than its partition has',
  PartitionTimeLimit: 'it asks for more time than its partition allows: shorten walltime',
  PartitionConfig: 'its partition cannot give what it asks for',
  BadConstraints: 'no node has what it asks for',
  DependencyNeverSatisfied: 'a job that it depends on did not end as it should',
  JobHeldUser: 'it is held: `scontrol release` lets it go',
  JobHeldAdmin: 'an administrator holds it',
  Resources: 'nodes are busy',
  Priority: 'others come first',
  BeginTime: 'it is not to start yet',
  ReqNodeNotAvail: 'a node that it asks for is down or reserved',
  PartitionDown: 'its partition takes no jobs now',
  JobHoldMaxRequeue: 'it was put back too often and is held: `scontrol release` lets it go',
  launch_failed_requeued_held: 'it could not be started and is held: `scontrol release` lets it go',
  Nodes_required_for_job_are_DOWN: 'its nodes are down or kept for others',
}

/** Limits of accounts, users and qualities of service have a word each: they end with what is limited. */
const LIMIT = /^(Assoc(Grp|Max)|QOS(Grp|Max|Min))/

/** A job's reason for waiting in words, Slurm's own first. @example reasonText('Resources') // 'Resources: nodes are busy' */
export function reasonText(reason: string): string {
  const word = wordOf(reason)
  const words =
    WAY_OUT[word] ?? (LIMIT.test(word) ? 'the limit of an account or quality of service' : undefined)
  return words ? `${reason}: ${words}` : reason || 'no reason told'
}

const END_TEXTS: Readonly<Record<JobEnd, string>> = {
  completed: 'has ended',
  failed: 'failed',
  cancelled: 'was cancelled',
  'time-limit': 'reached its time limit',
  'node-failure': 'was lost with its node',
  'out-of-memory': 'used more memory than it had asked for',
  preempted: 'was preempted for a job that goes before it',
  deadline: 'was not started before its deadline',
  unknown: 'is no longer known to Slurm',
}

/** @example endText('time-limit', '', 'node1') // 'reached its time limit on node1' */
export function endText(how: JobEnd, reason: string, nodes: string): string {
  const where = nodes === '' ? '' : ` on ${nodes}`
  // Slurm's reason says more than the state only where it is another word for what happened.
  const why = how === 'failed' && reason !== '' ? ` (${reason})` : ''
  return `${END_TEXTS[how]}${where}${why}`
}

/**
 * A job's state on one line, for lists.
 * @param nowMs epoch milliseconds
 * @param requeues how often Slurm has put it back into the queue
 */
export function phaseText(phase: JobPhase, nowMs: number, requeues = 0): string {
  switch (phase.kind) {
    case 'submitted':
      return 'submitted'
    case 'pending': {
      const start = phase.startMs !== undefined && phase.startMs > nowMs
      const again = requeues === 0 ? '' : 'put back into the queue by Slurm, '
      return `pending (${again}${reasonText(phase.reason)})${start ? `, starts about ${clock(phase.startMs!)}` : ''}`
    }
    case 'running':
      return `running on ${phase.nodes}${phase.endMs === undefined ? '' : `, ${timeText(phase.endMs - nowMs)} left`}`
    case 'suspended':
      return `suspended on ${phase.nodes}`
    case 'ending':
      return `ending on ${phase.nodes}`
    case 'ended':
      return endText(phase.how, phase.reason, phase.nodes)
    default:
      return phase satisfies never
  }
}

/** The time of day, with the date where it is another one than today's would be read as. */
function clock(ms: number): string {
  const date = new Date(ms)
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
