// Keeps the jobs of one cluster, inside its scheduler's process: submits, watches, follows the load, and tells what happened.

import type { WorkerInfo } from '../protocol/cluster.ts'
import type { JobsNews, JobsReport, SchedulerJob } from '../protocol/jobs.ts'
import type { AdaptOptions, Demand } from './adapt.ts'
import { type Fate, FateQuestions } from './fateQuestions.ts'
import { eventText, type Job, JobBooks, type JobEvent } from './jobBooks.ts'
import { jobNameOf, logFileOf, MAIN_POOL, workerScript } from './jobScript.ts'
import { JobsNewsBook } from './jobsNews.ts'
import { expectedLines, jobReport } from './jobsReport.ts'
import { lastLines } from './lastLines.ts'
import { planPool } from './scaling.ts'
import { SchedulerTime } from './schedulerTime.ts'
import { type RunCommand, SlurmCommands, SlurmError } from './slurmCommands.ts'
import type { SlurmSetup } from './slurmSetup.ts'
import { type ScaleTarget, Wishes } from './wishes.ts'

/** The scheduler, as far as its jobs need it. */
export interface KeeperScheduler {
  /** Workers that are here. */
  workers(): readonly WorkerInfo[]
  demand(): Demand
  /** What it costs to do without a worker. */
  burden(worker: number): number
  /** Empties a worker and has it closed. */
  retire(worker: number): void
  /** When a worker will be ended. */
  ends(worker: number, time: { retireMs: number; endsMs: number }): void
  /** Why tasks wait for workers. */
  expect(lines: readonly string[]): void
  log(level: string, text: string): void
  /** What has changed of the jobs, for who watches. */
  news(news: JobsNews): void
}

/** Between two looks at the queue: often while something is about to change. */
const LOOK_MS = 1000
const LOOK_MS_CALM = 10_000
const LOOK_MS_MAX = 60_000
const ELEMENTS_MAX = 500
/** Of a job's output, for who asks. */
const LOG_LINES = 200
/** How long Slurm may take to answer when the cluster ends. */
const STOP_MS_MAX = 8000

export class JobKeeper {
  readonly #setup: SlurmSetup
  readonly #scheduler: KeeperScheduler
  readonly #slurm: SlurmCommands
  readonly #books = new JobBooks()
  readonly #wishes: Wishes
  readonly #fates = new FateQuestions()
  readonly #news = new JobsNewsBook()
  readonly #time: SchedulerTime
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
    this.#wishes = new Wishes(setup.profile, setup.jobs)
    this.#time = new SchedulerTime(setup, this.#slurm)
  }

  start(): void {
    const { adapt } = this.#setup
    if (adapt) this.adapt(adapt)
    this.lookSoon()
  }

  /** @returns why it cannot be, or nothing */
  scale(target: ScaleTarget): string | undefined {
    const refused = this.#wishes.scale(target)
    if (refused !== undefined) return refused
    if (!this.#wishes.isAdapting) clearInterval(this.#adaptTimer)
    this.lookSoon()
    return undefined
  }

  /** Follows the load from now on. @throws {AdaptError} */
  adapt(options: AdaptOptions): void {
    const intervalMs = this.#wishes.adapt(options)
    clearInterval(this.#adaptTimer)
    this.#adaptTimer = setInterval(() => this.#follow(), intervalMs)
    this.#follow()
  }

  /**
   * Ends one job, which is not replaced unless the load asks for it.
   * @returns why it cannot be, or nothing
   */
  async cancel(id: string): Promise<string | undefined> {
    const job = this.#books.jobs.get(id)
    if (!job || job.phase.kind === 'ended') return `job ${id} is none of this cluster's that runs or waits`
    try {
      await this.#slurm.cancel([id])
    } catch (error) {
      return (error as Error).message
    }
    if (!job.asked) this.#wishes.fewer(job.pool)
    job.asked = true
    this.lookSoon()
    return undefined
  }

  /** The end of what a job printed. @returns nothing for a job that is none of this cluster's */
  log(id: string): Promise<string[]> | undefined {
    if (!this.#books.jobs.has(id)) return undefined
    return lastLines(logFileOf(this.#setup.place.logFolder, id), LOG_LINES)
  }

  /** All that is known of the jobs, for who begins to watch. */
  get news(): JobsNews | undefined {
    return this.#news.all
  }

  report(nowMs = Date.now()): JobsReport {
    const { isAdapting, trust } = this.#wishes
    const scheduler: SchedulerJob | undefined = this.#time.job
    return {
      jobs: [...this.#books.jobs.values()].map((job) => jobReport(job, this.#setup, nowMs)),
      ...(scheduler && { scheduler }),
      wanted: this.#wishes.all(),
      adapting: isAdapting,
      ...(trust.stopped !== undefined && { stopped: trust.stopped }),
    }
  }

  // What the control plane asks after workers.

  joined(info: WorkerInfo): void {
    this.#fates.cameAgain(info.name)
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

  ask({ name }: WorkerInfo): Promise<Fate> | undefined {
    if (!this.#books.jobOf(name)) return undefined
    const fate = this.#fates.ask(name)
    this.lookSoon()
    return fate
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

  /**
   * Cancels every job; resolves when Slurm has been told. That they are gone is waited for by who ends the cluster: in a job
   * of its own this process has but seconds.
   */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearInterval(this.#adaptTimer)
    this.#fates.stop()
    await this.#looking
    const deadline = performance.now() + STOP_MS_MAX
    for (;;) {
      const live = this.#books.live().map(({ id }) => id)
      try {
        if (live.length > 0) await this.#slurm.cancel(live)
        return
      } catch (error) {
        if (performance.now() > deadline) {
          this.#scheduler.log('warning', `jobs cannot be cancelled: ${(error as Error).message}`)
          return
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }

  #again(afterMs: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => this.lookSoon(), afterMs)
  }

  #nextLookMs(): number {
    if (this.#failedLooks > 0) return Math.min(LOOK_MS_MAX, LOOK_MS * 2 ** this.#failedLooks)
    const isCalm = this.#books.live().every((job) => job.phase.kind === 'running' && job.workers.size > 0)
    return isCalm && !this.#fates.areAsked ? LOOK_MS_CALM : LOOK_MS
  }

  async #look(): Promise<void> {
    try {
      if (this.#books.jobs.size > 0) {
        const rows = await this.#slurm.jobs(this.#names())
        for (const event of this.#books.observed(rows, Date.now())) await this.#happened(event)
      }
      const warning = await this.#time.look(Date.now())
      if (warning !== undefined) this.#scheduler.log('warning', warning)
      for (const job of this.#books.live()) this.#tellTime(job)
      for (const pool of this.#wishes.pools) await this.#keepNumber(pool)
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
    this.#fates.settle(this.#books)
    this.#tellExpected()
    this.#tellNews()
  }

  async #happened(event: JobEvent): Promise<void> {
    if (event.kind === 'proven') {
      this.#wishes.trust.succeeded()
      return
    }
    const { level, text } = eventText(event)
    const { job } = event
    const isTrouble = event.kind === 'ended' && level !== 'info'
    const tail = isTrouble ? await lastLines(logFileOf(this.#setup.place.logFolder, job.id)) : []
    this.#scheduler.log(level, [text, ...tail.map((line) => `  ${line}`)].join('\n'))
    if (event.kind !== 'ended') return
    if (!event.failed) this.#wishes.trust.succeeded()
    else if (this.#wishes.trust.failed([text, ...tail.slice(-1)].join(': ')))
      this.#scheduler.log('error', this.#wishes.trust.stopped!)
  }

  async #keepNumber(pool: string): Promise<void> {
    if (this.#stopped) return
    const workers = this.#scheduler.workers()
    const burden = ({ workers: names }: Job): number =>
      workers.reduce(
        (sum, { name, worker }) => sum + (names.has(name) ? this.#scheduler.burden(worker) : 0),
        0,
      )
    const plan = planPool(this.#books.live(pool), this.#wishes.wanted(pool), burden)
    for (const job of plan.cancel) job.asked = true
    if (plan.cancel.length > 0) await this.#slurm.cancel(plan.cancel.map(({ id }) => id))
    for (const job of plan.retire) {
      job.asked = true
      for (const { name, worker } of workers) if (job.workers.has(name)) this.#scheduler.retire(worker)
    }
    if (this.#wishes.trust.stopped !== undefined) return
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
      this.#wishes.trust.refused(error.message)
      this.#scheduler.log('error', this.#wishes.trust.stopped!)
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

  #tellNews(): void {
    const news = this.#news.next(this.report())
    if (news) this.#scheduler.news(news)
  }

  #tellExpected(): void {
    const coming = this.#books.live().filter(({ workers, asked }) => workers.size === 0 && !asked)
    this.#scheduler.expect(expectedLines(coming, this.#wishes.trust.stopped, Date.now()))
  }

  #follow(): void {
    const live = this.#books.live(MAIN_POOL).filter(({ asked }) => !asked).length
    if (this.#wishes.follow(this.#scheduler.demand(), live)) this.lookSoon()
  }

  #names(): string[] {
    const { profile, place } = this.#setup
    return this.#wishes.pools.map((pool) => jobNameOf(profile, place.id, pool))
  }
}
