// Keeps the jobs of one cluster, inside its scheduler's process: submits, watches, follows the load, and tells what happened.

import type { AdaptOptions } from '../cluster/adapt.ts'
import type { WorkerInfo } from '../protocol/cluster.ts'
import type { JobsNews, JobsReport, SchedulerJob } from '../protocol/jobs.ts'
import { type Fate, FateQuestions } from './fateQuestions.ts'
import { type Job, JobBooks, type JobEvent, jobIdOf } from './jobBooks.ts'
import { eventText } from './jobEventText.ts'
import { JobNumbers } from './jobNumbers.ts'
import { jobNameOf, logFileOf, MAIN_POOL } from './jobScript.ts'
import { JobsNewsBook } from './jobsNews.ts'
import { expectedLines, jobReport } from './jobsReport.ts'
import { clockText, workerTime } from './jobTime.ts'
import type { KeeperScheduler } from './keeperScheduler.ts'
import { lastLines } from './lastLines.ts'
import { Looks } from './looks.ts'
import { failureOf } from './parseJob.ts'
import { SchedulerTime } from './schedulerTime.ts'
import { siteTrouble } from './siteTrouble.ts'
import { type RunCommand, SlurmCommands } from './slurmCommands.ts'
import type { SlurmSetup } from './slurmSetup.ts'
import { type ScaleTarget, Wishes } from './wishes.ts'

/** Between two looks at the queue: often while something is about to change. */
const LOOK_MS = 1000
const LOOK_MS_CALM = 10_000
const LOOK_MS_MAX = 60_000
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
  readonly #numbers: JobNumbers
  readonly #looks: Looks
  #failedLooks = 0
  /** Why Slurm was not heard at the last looks. */
  #unanswered: string | undefined
  #toldOffsetMs = 0

  constructor(setup: SlurmSetup, scheduler: KeeperScheduler, run: RunCommand) {
    this.#setup = setup
    this.#scheduler = scheduler
    this.#slurm = new SlurmCommands(run)
    this.#wishes = new Wishes(setup.profile, setup.jobs)
    this.#time = new SchedulerTime(setup, this.#slurm)
    this.#numbers = new JobNumbers({
      ...{ setup, scheduler, slurm: this.#slurm },
      ...{ books: this.#books, wishes: this.#wishes },
    })
    // A burst of news, such as a hundred workers that join, is one look.
    this.#looks = new Looks(
      () => this.#look(),
      () => this.#nextLookMs(),
      LOOK_MS / 4,
    )
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
      ...(this.#unanswered !== undefined && { unanswered: this.#unanswered }),
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
    this.#looks.soon()
  }

  /**
   * Cancels every job; resolves when Slurm has been told. That they are gone is waited for by who ends the cluster: in a job
   * of its own this process has but seconds.
   */
  async stop(): Promise<void> {
    clearInterval(this.#adaptTimer)
    this.#fates.stop()
    await this.#looks.stop()
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

  #nextLookMs(): number {
    if (this.#failedLooks > 0) return Math.min(LOOK_MS_MAX, LOOK_MS * 2 ** this.#failedLooks)
    const isCalm = this.#books.live().every((job) => job.phase.kind === 'running' && job.workers.size > 0)
    return isCalm && !this.#fates.areAsked ? LOOK_MS_CALM : LOOK_MS
  }

  async #look(): Promise<void> {
    try {
      if (this.#books.jobs.size > 0 || this.#numbers.unsure) await this.#askJobs()
      this.#tellClock()
      const warning = await this.#time.look(Date.now(), this.#books.clock.offsetMs)
      if (warning !== undefined) this.#scheduler.log('warning', warning)
      for (const job of this.#books.live()) this.#tellTime(job)
      for (const pool of this.#wishes.pools) if (!this.#looks.isStopped) await this.#numbers.keep(pool)
      if (this.#numbers.submitted) this.lookSoon()
      this.#numbers.submitted = false
      this.#answered()
    } catch (error) {
      // What is not known has not changed.
      this.#notAnswered((error as Error).message)
    }
    this.#fates.settle(this.#books)
    this.#tellExpected()
    this.#tellNews()
  }

  async #askJobs(): Promise<void> {
    const askedMs = Date.now()
    const pools = new Map(this.#wishes.pools.map((pool) => [this.#nameOf(pool), pool]))
    const rows = await this.#slurm.jobs([...pools.keys()])
    this.#numbers.unsure = false
    const workers = this.#scheduler.workers().map(({ name }) => name)
    const found = this.#books.adopt(rows, (name) => pools.get(name), workers, askedMs)
    for (const event of [...found, ...this.#books.observed(rows, Date.now(), askedMs)])
      await this.#happened(event)
  }

  #answered(): void {
    if (this.#unanswered !== undefined) this.#scheduler.log('info', 'Slurm answers again')
    this.#failedLooks = 0
    this.#unanswered = undefined
  }

  /** One look that fails is nothing to tell of: a controller that is busy, or started again. */
  #notAnswered(reason: string): void {
    if (++this.#failedLooks < 2 || this.#unanswered !== undefined) return
    this.#unanswered = `Slurm does not answer, and is asked again: ${reason}`
    this.#scheduler.log('warning', this.#unanswered)
  }

  async #happened(event: JobEvent): Promise<void> {
    if (event.kind === 'proven') {
      this.#wishes.trust.succeeded()
      return
    }
    const { job } = event
    if (event.kind === 'ended' && event.how === 'failed') await this.#explain(job)
    const { level, text } = eventText(event)
    const isTrouble = event.kind === 'ended' && level !== 'info'
    const tail = isTrouble ? await lastLines(logFileOf(this.#setup.place.logFolder, job.id)) : []
    this.#scheduler.log(level, [text, ...tail.map((line) => `  ${line}`)].join('\n'))
    // A node that hangs, or that Slurm alone has lost, leaves connections behind which nobody may answer.
    const isLost = event.kind === 'requeued' || (event.kind === 'ended' && event.how === 'node-failure')
    if (isLost)
      for (const { name, worker } of this.#scheduler.workers())
        if (jobIdOf(name) === job.id) this.#scheduler.cutOff(worker)
    if (event.kind !== 'ended') return
    if (!event.failed) this.#wishes.trust.succeeded()
    else if (this.#wishes.trust.failed([text, ...tail.slice(-1)].join(': ')))
      this.#scheduler.log('error', this.#wishes.trust.stopped!)
  }

  /** `squeue` tells that a job failed and not how. */
  async #explain(job: Job): Promise<void> {
    const details = await this.#slurm.job(job.id).catch(() => undefined)
    const reason = details && (siteTrouble(details, this.#setup.place) ?? failureOf(details))
    if (reason !== undefined && job.phase.kind === 'ended') job.phase = { ...job.phase, reason }
  }

  /** A worker's time is its job's. */
  #tellTime({ phase, workers }: Job): void {
    const time = workerTime(phase, this.#setup.profile, Date.now())
    if (!time || workers.size === 0) return
    for (const { name, worker } of this.#scheduler.workers())
      if (workers.has(name)) this.#scheduler.ends(worker, time)
  }

  #tellClock(): void {
    const { offsetMs } = this.#books.clock
    const text = clockText(offsetMs, this.#toldOffsetMs)
    if (text === undefined) return
    this.#toldOffsetMs = offsetMs
    this.#scheduler.log('warning', text)
  }

  #tellNews(): void {
    const news = this.#news.next(this.report())
    if (news) this.#scheduler.news(news)
  }

  #tellExpected(): void {
    const coming = this.#books.live().filter(({ workers, asked }) => workers.size === 0 && !asked)
    const troubles = [this.#wishes.trust.stopped, this.#unanswered].filter((text) => text !== undefined)
    this.#scheduler.expect(expectedLines(coming, troubles, Date.now()))
  }

  #follow(): void {
    const live = this.#books.live(MAIN_POOL).filter(({ asked }) => !asked).length
    if (this.#wishes.follow(this.#scheduler.demand(), live)) this.lookSoon()
  }

  #nameOf(pool: string): string {
    const { profile, place } = this.#setup
    return jobNameOf(profile, place.id, pool)
  }
}
