// The jobs that a scheduler's workers run in: joins their keeper to the scheduler, and answers clients about them.

import { rmSync } from 'node:fs'
import type { ClusterAddress } from '../protocol/cluster.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'
import type { AdaptOptions } from '../slurm/adapt.ts'
import { JobKeeper } from '../slurm/jobKeeper.ts'
import type { JobsReport } from '../slurm/jobsReport.ts'
import { runHere } from '../slurm/localCommand.ts'
import { readSetup } from '../slurm/slurmSetup.ts'
import type { ScaleTarget } from '../slurm/wishes.ts'
import { epochMs } from './clock.ts'
import type { ControlPlane } from './controlPlane.ts'
import { clusterFileOf, writeClusterFile } from './runFolder.ts'

export interface JobsGround {
  core: Scheduler
  plane: ControlPlane
  log(level: string, text: string): void
}

/** What a client may ask of jobs; nothing in it asks how they are. */
export interface JobsQuestion {
  scale?: ScaleTarget
  adapt?: AdaptOptions
}

export class SlurmJobs {
  readonly keeper: JobKeeper
  readonly #folder: string

  /** @throws {ProfileError} when the folder's setup is none */
  constructor(folder: string, { core, plane, log }: JobsGround) {
    this.#folder = folder
    this.keeper = new JobKeeper(
      readSetup(folder),
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
  }

  async stop(): Promise<void> {
    rmSync(clusterFileOf(this.#folder), { force: true })
    await this.keeper.stop()
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
