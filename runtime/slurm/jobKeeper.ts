// Keeps the jobs of one cluster, inside its scheduler's process: submits, watches, follows the load, and tells what happened.

import { readFileSync } from 'node:fs'
import type { WorkerInfo } from '../protocol/cluster.ts'
import { Adaptive, type AdaptOptions, type Demand } from './adapt.ts'
import { checkProfile } from './checkProfile.ts'
import { eventText, type Job, JobBooks, type JobEvent } from './jobBooks.ts'
import {
  type ClusterPlace,
  jobNameOf,
  logFileOf,
  MAIN_POOL,
  requestOf,
  threadsOf,
  workerScript,
  workersOf,
} from './jobScript.ts'
import { endText, phaseText } from './jobStates.ts'
import type { JobReport, JobsReport } from './jobsReport.ts'
import { lastLines } from './lastLines.ts'
import { planPool, Trust } from './scaling.ts'
import { type RunCommand, SlurmCommands, SlurmError } from './slurmCommands.ts'
import type { SlurmProfile } from './slurmProfile.ts'

/** What the cluster's own folder tells of it: written by who starts the cluster, read by its scheduler. */
export interface SlurmSetup {
  profile: SlurmProfile
  place: ClusterPlace
  /** When the cluster was begun, in epoch milliseconds. */
  sinceMs: number
  /** Jobs to begin with. */
  jobs: number
  adapt?: AdaptOptions
}

export const setupFileOf = (folder: string): string => `${folder}/setup.json`

/** The scheduler, as far as its jobs need it. */
export interface KeeperScheduler {
  /** Workers that are here. */
  workers(): readonly WorkerInfo[]
  demand(): Demand
  /** Empties a worker and has it closed. */
  retire(worker: number): void
  /** When a worker will be ended. */
  ends(worker: number, time: { retireMs: number; endsMs: number }): void
  /** Why tasks wait for workers. */
  expect(lines: readonly string[]): void
  log(level: string, text: string): void
}

/** Between two looks at the queue: often while something is about to change. */
const LOOK_MS = 1000
const LOOK_MS_CALM = 10_000
const LOOK_MS_MAX = 60_000
/** How long a worker's fate is asked after: a node that fails is found to have failed later than that. */
const FATE_MS_MAX = 10_000
const ELEMENTS_MAX = 500
/** How long jobs may take to be gone when the cluster ends. */
const GONE_MS_MAX = 8000

export class JobKeeper {
  readonly #setup: SlurmSetup
  readonly #scheduler: KeeperScheduler
  readonly #slurm: SlurmCommands
  readonly #books = new JobBooks()
  readonly #trust: Trust
  readonly #wanted = new Map<string, number>()
  readonly #waiting = new Map<string, (fate: { ended: boolean; reason: string }) => void>()
  #adaptive: Adaptive | undefined
  #adaptTimer: NodeJS.Timeout | undefined
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #lookAgain = false
  #failedLooks = 0
  #stopped = false

  constructor(setup: SlurmSetup, scheduler: KeeperScheduler, run: RunCommand) {
    this.#setup = setup
    this.#scheduler = scheduler
    this.#slurm = new SlurmCommands(run)
    this.#trust = new Trust(setup.profile.failuresMax ?? 3)
    this.#wanted.set(MAIN_POOL, setup.jobs)
  }

  /** Reads what a cluster's folder says of it. @throws {ProfileError} */
  static setupIn(folder: string): SlurmSetup {
    const setup = JSON.parse(readFileSync(setupFileOf(folder), 'utf8')) as SlurmSetup
    checkProfile(setup.profile)
    return setup
  }

  start(): void {
    const { adapt } = this.#setup
    if (adapt) this.adapt(adapt)
    this.lookSoon()
  }

  /** @returns why it cannot be, or nothing */
  scale(jobs: number, pool = MAIN_POOL): string | undefined {
    const pools = this.#pools()
    if (!pools.includes(pool)) return `this cluster has no pool ${JSON.stringify(pool)}: ${pools.join(', ')}`
    if (!Number.isInteger(jobs) || jobs < 0 || jobs > 10_000)
      return `the number of jobs must be a whole number ≥ 0, not ${jobs}`
    if (pool === MAIN_POOL) this.#stopAdapting()
    this.#trust.forgive()
    this.#wanted.set(pool, jobs)
    this.lookSoon()
    return undefined
  }

  /** In workers of the main pool: jobs with several are counted whole. */
  scaleWorkers(workers: number): string | undefined {
    return this.scale(Math.ceil(workers / workersOf(this.#setup.profile)))
  }

  /** Follows the load from now on. @throws {AdaptError} */
  adapt(options: AdaptOptions): void {
    this.#stopAdapting()
    const adaptive = new Adaptive(options)
    this.#adaptive = adaptive
    this.#trust.forgive()
    this.#adaptTimer = setInterval(() => this.#follow(adaptive), adaptive.intervalMs)
    this.#follow(adaptive)
  }

  report(nowMs = Date.now()): JobsReport {
    const jobs = [...this.#books.jobs.values()].map((job): JobReport => {
      const { id, pool, phase, workers } = job
      return {
        ...{ id, pool, state: phase.kind, text: phaseText(phase, nowMs), workers: [...workers] },
        logFile: logFileOf(this.#setup.place.logFolder, id),
        ...('nodes' in phase && phase.nodes !== '' && { nodes: phase.nodes }),
        ...(phase.kind === 'pending' && phase.startMs !== undefined && { startMs: phase.startMs }),
        ...(phase.kind === 'running' && phase.endMs !== undefined && { endMs: phase.endMs }),
      }
    })
    return {
      jobs,
      wanted: Object.fromEntries(this.#wanted),
      adapting: this.#adaptive !== undefined,
      ...(this.#trust.stopped !== undefined && { stopped: this.#trust.stopped }),
    }
  }

  // What the control plane asks after workers.

  joined(info: WorkerInfo): void {
    // The worker of this name was started again: its job goes on, so what it ran may have been the reason.
    this.#waiting.get(info.name)?.({ ended: false, reason: 'it was started again' })
    const job = this.#books.workerJoined(info.name)
    if (!job) return
    this.#tellTime(job)
    this.lookSoon()
  }

  left(name: string): void {
    // One of the same name may be here already.
    if (!this.#scheduler.workers().some((worker) => worker.name === name)) this.#books.workerLeft(name)
    this.lookSoon()
  }

  ask(info: WorkerInfo): Promise<{ ended: boolean; reason: string }> | undefined {
    const job = this.#books.jobOf(info.name)
    if (!job) return undefined
    return new Promise((resolve) => {
      const settle = (fate: { ended: boolean; reason: string }): void => {
        clearTimeout(patience)
        this.#waiting.delete(info.name)
        resolve(fate)
      }
      const patience = setTimeout(
        () => settle({ ended: true, reason: 'its node does not answer' }),
        FATE_MS_MAX,
      )
      this.#waiting.set(info.name, settle)
      this.lookSoon()
    })
  }

  lookSoon(): void {
    if (this.#stopped) return
    if (this.#looking) {
      this.#lookAgain = true
      return
    }
    clearTimeout(this.#timer)
    this.#looking = this.#look().finally(() => {
      this.#looking = undefined
      if (this.#lookAgain) {
        this.#lookAgain = false
        // A burst of news, such as a hundred workers that join, is one look.
        this.#again(LOOK_MS / 4)
      } else this.#again(this.#nextLookMs())
    })
  }

  /** Cancels every job; resolves when Slurm knows of none that runs, or patience is over. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#stopAdapting()
    await this.#looking
    const deadline = performance.now() + GONE_MS_MAX
    const names = this.#pools().map((pool) => this.#nameOf(pool))
    for (let first = true; performance.now() < deadline; first = false) {
      try {
        const rows = first ? undefined : await this.#slurm.jobs(names)
        if (rows) this.#books.observed(rows, Date.now())
        const live = this.#books.live()
        if (live.length === 0) return
        if (first) await this.#slurm.cancel(live.map(({ id }) => id))
      } catch (error) {
        this.#scheduler.log('warning', `jobs cannot be cancelled: ${(error as Error).message}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  #again(afterMs: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => this.lookSoon(), afterMs)
  }

  #nextLookMs(): number {
    if (this.#failedLooks > 0) return Math.min(LOOK_MS_MAX, LOOK_MS * 2 ** this.#failedLooks)
    const isCalm = this.#books.live().every((job) => job.phase.kind === 'running' && job.workers.size > 0)
    return isCalm && this.#waiting.size === 0 ? LOOK_MS_CALM : LOOK_MS
  }

  async #look(): Promise<void> {
    try {
      if (this.#books.jobs.size > 0) {
        const rows = await this.#slurm.jobs(this.#pools().map((pool) => this.#nameOf(pool)))
        for (const event of this.#books.observed(rows, Date.now())) await this.#happened(event)
      }
      for (const job of this.#books.live()) this.#tellTime(job)
      for (const pool of this.#pools()) await this.#keepNumber(pool)
      if (this.#failedLooks > 1) this.#scheduler.log('info', 'Slurm answers again')
      this.#failedLooks = 0
    } catch (error) {
      // What is not known has not changed.
      if (this.#failedLooks++ === 1)
        this.#scheduler.log(
          'warning',
          `Slurm does not answer, and is asked again: ${(error as Error).message}`,
        )
    }
    this.#settleFates()
    this.#tellExpected()
  }

  async #happened(event: JobEvent): Promise<void> {
    const { level, text } = eventText(event)
    const { job } = event
    const isTrouble = event.kind === 'ended' && level !== 'info'
    const tail = isTrouble ? await lastLines(logFileOf(this.#setup.place.logFolder, job.id)) : []
    this.#scheduler.log(level, [text, ...tail.map((line) => `  ${line}`)].join('\n'))
    if (event.kind !== 'ended') return
    if (!event.failed) this.#trust.succeeded()
    else if (this.#trust.failed([text, ...tail.slice(-1)].join(': ')))
      this.#scheduler.log('error', this.#trust.stopped!)
  }

  async #keepNumber(pool: string): Promise<void> {
    if (this.#stopped) return
    const workers = this.#scheduler.workers()
    const plan = planPool(this.#books.live(pool), this.#wanted.get(pool) ?? 0, (job) => job.workers.size)
    for (const job of plan.cancel) job.asked = true
    if (plan.cancel.length > 0) await this.#slurm.cancel(plan.cancel.map(({ id }) => id))
    for (const job of plan.retire) {
      job.asked = true
      for (const { name, worker } of workers) if (job.workers.has(name)) this.#scheduler.retire(worker)
    }
    if (this.#trust.stopped !== undefined) return
    for (let left = plan.submit; left > 0; ) left -= await this.#submit(pool, left)
  }

  /** @returns how many were submitted, or all when there is no use in going on */
  async #submit(pool: string, wanted: number): Promise<number> {
    const { profile, place } = this.#setup
    const count = profile.arrays === false ? 1 : Math.min(wanted, ELEMENTS_MAX)
    try {
      const ids = await this.#slurm.submit(workerScript(profile, pool, place, count), count)
      this.#books.submitted(ids, pool, Date.now())
      this.#lookAgain = true
      return count
    } catch (error) {
      if (!(error instanceof SlurmError) || error.again) throw error
      this.#trust.refused(error.message)
      this.#scheduler.log('error', this.#trust.stopped!)
      return wanted
    }
  }

  /** A worker's time is its job's. */
  #tellTime({ phase, workers }: Job): void {
    if (phase.kind !== 'running' || phase.endMs === undefined || workers.size === 0) return
    const { endMs: endsMs, startMs = Date.now() } = phase
    const handoverMs =
      1000 * (this.#setup.profile.handoverSeconds ?? Math.min(300, Math.max(30, (endsMs - startMs) / 10_000)))
    for (const { name, worker } of this.#scheduler.workers())
      if (workers.has(name)) this.#scheduler.ends(worker, { retireMs: endsMs - handoverMs, endsMs })
  }

  #settleFates(): void {
    for (const [name, settle] of [...this.#waiting]) {
      const job = this.#books.jobOf(name)
      if (!job) settle({ ended: true, reason: 'its job is gone' })
      else if (job.phase.kind === 'ended')
        settle({ ended: true, reason: `its job ${job.id} ${endText(job.phase.how, job.phase.reason, '')}` })
      else if (job.phase.kind === 'pending')
        settle({ ended: true, reason: `its job ${job.id} was put back into the queue` })
    }
  }

  #tellExpected(): void {
    const nowMs = Date.now()
    const coming = this.#books.live().filter(({ workers, asked }) => workers.size === 0 && !asked)
    const lines = coming.slice(0, 3).map(({ id, phase }) => `job ${id} ${phaseText(phase, nowMs)}`)
    if (coming.length > 3) lines.push(`and ${coming.length - 3} more jobs`)
    if (this.#trust.stopped !== undefined) lines.push(this.#trust.stopped)
    this.#scheduler.expect(lines)
  }

  #follow(adaptive: Adaptive): void {
    const { profile } = this.#setup
    const live = this.#books.live(MAIN_POOL).filter(({ asked }) => !asked).length
    const threads = workersOf(profile) * threadsOf(requestOf(profile, MAIN_POOL))
    const before = this.#wanted.get(MAIN_POOL) ?? 0
    // Jobs that were asked for and not submitted yet count too.
    const wanted = adaptive.look(this.#scheduler.demand(), Math.max(live, before), threads)
    this.#wanted.set(MAIN_POOL, wanted)
    if (wanted !== before) this.lookSoon()
  }

  #stopAdapting(): void {
    clearInterval(this.#adaptTimer)
    this.#adaptive = undefined
  }

  #pools(): string[] {
    return [MAIN_POOL, ...Object.keys(this.#setup.profile.pools ?? {})]
  }

  #nameOf(pool: string): string {
    return jobNameOf(this.#setup.profile, this.#setup.place.id, pool)
  }
}
