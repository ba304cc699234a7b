// The jobs of one cluster: what was submitted, what Slurm says of each, which workers came of it, and what has changed. Pure.

import { ClockOffset } from './clockOffset.ts'
import { type JobEnd, type JobPhase, neverStarts, phaseOf } from './jobStates.ts'
import type { QueueRow } from './parseQueue.ts'

export interface Job {
  /** As Slurm shows it: `'12'`, `'11_2'`. */
  readonly id: string
  readonly pool: string
  /** When it was begun to be submitted. */
  readonly submittedMs: number
  /** When it was last known not to run. */
  waitedMs: number
  phase: JobPhase
  /** It was asked to end by us: that it ends says nothing about it. */
  asked: boolean
  /** Names of its workers that are here now. */
  readonly workers: Set<string>
  /** Whether any worker of it ever joined. */
  joined: boolean
  /** Since when it runs, as far as was seen. */
  runningMs?: number
  /** Whether it has served long enough to speak for others like it. */
  proven: boolean
  /** How often it was started again by Slurm. */
  requeues: number
}

/** What happened to a job, for a person and for whoever keeps their number. */
export type JobEvent =
  | { kind: 'found'; job: Job }
  | { kind: 'started'; job: Job }
  | { kind: 'proven'; job: Job }
  | { kind: 'stuck'; job: Job; reason: string }
  | { kind: 'requeued'; job: Job; reason: string }
  | { kind: 'suspended'; job: Job }
  | { kind: 'resumed'; job: Job }
  | { kind: 'ended'; job: Job; how: JobEnd; failed: boolean }

/** A job that Slurm took and that its lists do not show for so long is not coming. */
const UNSEEN_MS_MAX = 30_000
/** A job whose workers are here for so long is as it should be. */
const PROVEN_MS = 60_000
/** Ended jobs that are still told of. */
const ENDED_MAX = 100

export class JobBooks {
  readonly jobs = new Map<string, Job>()
  /** Between Slurm's clock and this machine's. */
  readonly clock = new ClockOffset()

  submitted(ids: readonly string[], pool: string, nowMs: number): void {
    for (const id of ids)
      this.jobs.set(id, {
        ...{ id, pool, submittedMs: nowMs, waitedMs: nowMs, phase: { kind: 'submitted' } },
        ...{ asked: false, workers: new Set(), joined: false, proven: false, requeues: 0 },
      })
  }

  /**
   * Takes jobs into the books that are this cluster's and that nobody here knows: Slurm took them, and its answer was lost.
   * @param poolOf of a job's name
   * @param workers names of those that are here
   */
  adopt(
    rows: readonly QueueRow[],
    poolOf: (name: string) => string | undefined,
    workers: readonly string[],
    nowMs: number,
  ): JobEvent[] {
    return rows.flatMap((row): JobEvent[] => {
      const pool = poolOf(row.name)
      if (pool === undefined || this.jobs.has(row.id) || phaseOf(row).kind === 'ended') return []
      this.submitted([row.id], pool, nowMs)
      for (const name of workers) if (jobIdOf(name) === row.id) this.workerJoined(name)
      return [{ kind: 'found', job: this.jobs.get(row.id)! }]
    })
  }

  /** Jobs that have not ended. */
  live(pool?: string): Job[] {
    return [...this.jobs.values()].filter(
      (job) => job.phase.kind !== 'ended' && (pool === undefined || job.pool === pool),
    )
  }

  /**
   * Takes in what `squeue` shows, all of it.
   * @param rows jobs of this cluster, those that have ended included as long as Slurm knows them; moments are Slurm's
   * @param askedMs when it was asked
   */
  observed(rows: readonly QueueRow[], nowMs: number, askedMs = nowMs): JobEvent[] {
    const events: JobEvent[] = []
    const byId = new Map(rows.map((row) => [row.id, row]))
    for (const job of this.jobs.values()) this.#compareClocks(job, byId.get(job.id), nowMs, askedMs)
    const { offsetMs } = this.clock
    for (const job of this.jobs.values()) {
      if (job.phase.kind === 'ended') continue
      const row = byId.get(job.id)
      if (row) {
        this.#became(job, phaseOf(inOurTime(row, offsetMs)), events)
        prove(job, nowMs, events)
      } else if (job.phase.kind !== 'submitted' || nowMs - job.submittedMs > UNSEEN_MS_MAX)
        this.#became(job, { kind: 'ended', how: 'unknown', reason: '', nodes: nodesOf(job.phase) }, events)
    }
    this.#forget()
    return events
  }

  /** @returns the worker's job, when it has one */
  workerJoined(name: string): Job | undefined {
    const job = this.jobOf(name)
    if (!job) return undefined
    job.workers.add(name)
    job.joined = true
    return job
  }

  workerLeft(name: string): void {
    this.jobOf(name)?.workers.delete(name)
  }

  jobOf(worker: string): Job | undefined {
    const id = jobIdOf(worker)
    return id === undefined ? undefined : this.jobs.get(id)
  }

  #compareClocks(job: Job, row: QueueRow | undefined, nowMs: number, askedMs: number): void {
    if (row?.state === 'PENDING') job.waitedMs = askedMs
    const { kind } = job.phase
    const hasStarted = row?.state === 'RUNNING' && (kind === 'pending' || kind === 'submitted')
    if (hasStarted && row.startMs !== undefined) this.clock.started(row.startMs, job.waitedMs, nowMs)
  }

  #became(job: Job, phase: JobPhase, events: JobEvent[]): void {
    const before = job.phase
    job.phase = phase
    if (phase.kind === 'suspended' && before.kind !== 'suspended') events.push({ kind: 'suspended', job })
    else if (phase.kind === 'running' && before.kind === 'suspended') events.push({ kind: 'resumed', job })
    else if (phase.kind === 'running' && before.kind !== 'running') events.push({ kind: 'started', job })
    else if (phase.kind === 'pending') {
      const { reason } = phase
      if (before.kind !== 'pending' && before.kind !== 'submitted') {
        job.requeues++
        job.workers.clear()
        events.push({ kind: 'requeued', job, reason })
      }
      const wasStuck = before.kind === 'pending' && before.reason === reason
      if (neverStarts(reason) && !wasStuck) events.push({ kind: 'stuck', job, reason })
    } else if (phase.kind === 'ended') {
      job.workers.clear()
      events.push({ kind: 'ended', job, how: phase.how, failed: isFailure(job, phase.how) })
    }
  }

  /** Old ends go, the oldest first. */
  #forget(): void {
    const ended = [...this.jobs.values()].filter(({ phase }) => phase.kind === 'ended')
    for (const { id } of ended.slice(0, Math.max(0, ended.length - ENDED_MAX))) this.jobs.delete(id)
  }
}

function prove(job: Job, nowMs: number, events: JobEvent[]): void {
  if (job.phase.kind !== 'running') {
    job.runningMs = undefined
    return
  }
  job.runningMs ??= nowMs
  if (job.proven || job.workers.size === 0 || nowMs - job.runningMs < PROVEN_MS) return
  job.proven = true
  events.push({ kind: 'proven', job })
}

/**
 * Whether a job's end speaks against submitting another like it: one that failed or ran out of memory, or that was over
 * before any worker came of it. What Slurm does to jobs for its own reasons does not.
 */
function isFailure(job: Job, how: JobEnd): boolean {
  if (job.asked) return false
  switch (how) {
    case 'failed':
    case 'out-of-memory':
    case 'deadline':
      return true
    case 'completed':
    case 'time-limit':
    case 'unknown':
    case 'cancelled':
      return !job.joined
    case 'node-failure':
    case 'preempted':
      return false
    default:
      return how satisfies never
  }
}

/** The name of a worker that runs in a job. @example workerName('11_2', 0) // 'job11_2-0' */
export const workerName = (job: string, process: number): string => `job${job}-${process}`

/** @example jobIdOf('job11_2-0') // '11_2' */
export const jobIdOf = (worker: string): string | undefined => /^job(\d+(?:_\d+)?)-\d+$/.exec(worker)?.[1]

const nodesOf = (phase: JobPhase): string => ('nodes' in phase ? phase.nodes : '')

const inOurTime = (row: QueueRow, offsetMs: number): QueueRow => ({
  ...row,
  ...(row.startMs !== undefined && { startMs: row.startMs - offsetMs }),
  ...(row.endMs !== undefined && { endMs: row.endMs - offsetMs }),
})
