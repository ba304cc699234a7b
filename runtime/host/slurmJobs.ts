// The jobs that a scheduler's workers run in: joins their keeper to the scheduler, and answers clients about them.

import { rmdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ClusterAddress } from '../protocol/cluster.ts'
import type { JobsNews, JobsQuestion, JobsReport } from '../protocol/jobs.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'
import { JobKeeper } from '../slurm/jobKeeper.ts'
import { runHere } from '../slurm/localCommand.ts'
import { readSetup, type SlurmSetup } from '../slurm/slurmSetup.ts'
import { epochMs } from './clock.ts'
import type { ControlPlane } from './controlPlane.ts'
import { clusterFileOf, writeClusterFile } from './runFolder.ts'

export interface JobsGround {
  core: Scheduler
  plane: ControlPlane
  log(level: string, text: string): void
  /** What has changed of the jobs, for who watches. */
  news(news: JobsNews): void
  /** Ends the scheduler. */
  end(reason: string): void
}

/** How long the program that owns a cluster may be gone, unless the profile says. */
const OWNER_MS_MAX = 60_000
const LOOK_MS = 500

export class SlurmJobs {
  readonly keeper: JobKeeper
  readonly #folder: string
  readonly #setup: SlurmSetup
  readonly #ground: JobsGround
  #looking: NodeJS.Timeout | undefined
  #orphaned = false

  /** @throws {ProfileError} when the folder's setup is none */
  constructor(folder: string, ground: JobsGround) {
    const { core, plane, log, news } = ground
    this.#folder = folder
    this.#ground = ground
    this.#setup = readSetup(folder)
    this.keeper = new JobKeeper(
      this.#setup,
      {
        workers: () => plane.workers(),
        demand: () => core.demand,
        burden: (worker) => core.burden(worker),
        retire: (worker) => {
          core.retireWorker(worker, epochMs())
          plane.drainSoon()
        },
        cutOff: (worker) => plane.cutOff(worker),
        ends: (worker, time) => core.workerEnds(worker, time, epochMs()),
        expect: (lines) => core.expectWorkers(lines),
        ...{ log, news },
      },
      runHere,
    )
    plane.askAfterWorkers(this.keeper)
  }

  /** Workers find the address in the cluster's folder, which their machines see too. */
  start(address: ClusterAddress): void {
    writeClusterFile(this.#folder, address)
    this.keeper.start()
    if (this.#setup.owned) this.#watchOwner()
  }

  async stop(): Promise<void> {
    clearInterval(this.#looking)
    rmSync(clusterFileOf(this.#folder), { force: true })
    await this.keeper.stop()
    // Nobody else will clear it away.
    if (this.#orphaned) this.#removeFolder()
  }

  #removeFolder(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 })
    try {
      rmdirSync(dirname(this.#folder))
    } catch {
      // Other clusters have theirs in it.
    }
  }

  #watchOwner(): void {
    const { deathTimeoutSeconds } = this.#setup.profile
    const msMax = deathTimeoutSeconds === undefined ? OWNER_MS_MAX : 1000 * deathTimeoutSeconds
    let seenMs = performance.now()
    this.#looking = setInterval(() => {
      const nowMs = performance.now()
      if (this.#ground.plane.clientCount > 0) seenMs = nowMs
      if (nowMs - seenMs <= msMax || this.#orphaned) return
      this.#orphaned = true
      this.#ground.end('the program that started it is gone')
    }, LOOK_MS)
  }

  async answer(question: unknown): Promise<JobsReport | string[] | { refused: string }> {
    const { scale, adapt, cancel, log } = (question ?? {}) as JobsQuestion
    try {
      if (log !== undefined)
        return (await this.keeper.log(log)) ?? { refused: `job ${log} is none of this cluster's` }
      if (adapt) this.keeper.adapt(adapt)
      const refused =
        (scale && this.keeper.scale(scale)) ??
        (cancel === undefined ? undefined : await this.keeper.cancel(cancel))
      return refused ? { refused } : this.keeper.report()
    } catch (error) {
      if ((error as Error).name !== 'AdaptError') throw error
      return { refused: (error as Error).message }
    }
  }
}
