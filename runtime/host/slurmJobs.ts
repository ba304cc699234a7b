// The jobs that a scheduler's workers run in: joins their keeper to the scheduler, and answers clients about them.

import { rmdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ClusterAddress } from '../protocol/cluster.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'
import type { AdaptOptions } from '../slurm/adapt.ts'
import { JobKeeper } from '../slurm/jobKeeper.ts'
import type { JobsReport } from '../slurm/jobsReport.ts'
import { runHere } from '../slurm/localCommand.ts'
import { readSetup, type SlurmSetup } from '../slurm/slurmSetup.ts'
import type { ScaleTarget } from '../slurm/wishes.ts'
import { epochMs } from './clock.ts'
import type { ControlPlane } from './controlPlane.ts'
import { clusterFileOf, writeClusterFile } from './runFolder.ts'

export interface JobsGround {
  core: Scheduler
  plane: ControlPlane
  log(level: string, text: string): void
  /** Ends the scheduler. */
  end(reason: string): void
}

/** How long the program that owns a cluster may be gone, unless the profile says. */
const OWNER_MS_MAX = 60_000
const LOOK_MS = 500

/** What a client may ask of jobs; nothing in it asks how they are. */
export interface JobsQuestion {
  scale?: ScaleTarget
  adapt?: AdaptOptions
}

export class SlurmJobs {
  readonly keeper: JobKeeper
  readonly #folder: string
  readonly #setup: SlurmSetup
  readonly #ground: JobsGround
  #looking: NodeJS.Timeout | undefined
  #orphaned = false

  /** @throws {ProfileError} when the folder's setup is none */
  constructor(folder: string, ground: JobsGround) {
    const { core, plane, log } = ground
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
        ends: (worker, time) => core.workerEnds(worker, time, epochMs()),
        expect: (lines) => core.expectWorkers(lines),
        log,
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

  answer(question: unknown): JobsReport | { refused: string } {
    const { scale, adapt } = (question ?? {}) as JobsQuestion
    try {
      if (adapt) this.keeper.adapt(adapt)
      const refused = scale && this.keeper.scale(scale)
      return refused ? { refused } : this.keeper.report()
    } catch (error) {
      if ((error as Error).name !== 'AdaptError') throw error
      return { refused: (error as Error).message }
    }
  }
}
