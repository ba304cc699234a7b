// The time of the job that a scheduler runs in: with it the cluster ends, so that its end is told before it comes.

import type { SchedulerJob } from '../protocol/jobs.ts'
import { jobNameOf } from './jobScript.ts'
import { phaseOf } from './jobStates.ts'
import type { SlurmCommands } from './slurmCommands.ts'
import type { SlurmSetup } from './slurmSetup.ts'
import { timeText } from './slurmTime.ts'

/** Time limits may be changed while a job runs. */
const ASK_MS = 60_000
/** Warned of so long before, and then again. */
const WARN_MS = [3_600_000, 600_000, 120_000]

export class SchedulerTime {
  readonly #setup: SlurmSetup
  readonly #slurm: Pick<SlurmCommands, 'jobs'>
  #job: SchedulerJob | undefined
  #askedMs = -Infinity
  #warnedMs = Infinity

  constructor(setup: SlurmSetup, slurm: Pick<SlurmCommands, 'jobs'>) {
    this.#setup = setup
    this.#slurm = slurm
  }

  /** Nothing where the scheduler is no job, or is not known to be one yet. */
  get job(): SchedulerJob | undefined {
    return this.#job
  }

  /**
   * Asks anew when that is due.
   * @param offsetMs how far Slurm's clock is ahead of this one
   * @returns a warning, when there is one that was not given yet
   */
  async look(nowMs: number, offsetMs = 0): Promise<string | undefined> {
    const { profile, place } = this.#setup
    const { scheduler = 'job' } = profile
    if ((typeof scheduler === 'string' ? scheduler : scheduler.kind) !== 'job') return undefined
    if (Math.abs(nowMs - this.#askedMs) >= ASK_MS) {
      const [row] = await this.#slurm.jobs([jobNameOf(profile, place.id, 'scheduler')])
      const phase = row && phaseOf(row)
      this.#askedMs = nowMs
      if (phase?.kind === 'running')
        this.#job = {
          ...{ id: row.id, nodes: phase.nodes },
          ...(phase.endMs !== undefined && { endMs: phase.endMs - offsetMs }),
        }
    }
    return this.#job?.endMs === undefined ? undefined : this.#warning(this.#job.endMs - nowMs)
  }

  #warning(leftMs: number): string | undefined {
    const passed = WARN_MS.filter((ms) => leftMs <= ms).at(-1)
    // More time was given: what is warned of begins anew.
    if (passed === undefined) this.#warnedMs = Infinity
    if (passed === undefined || passed >= this.#warnedMs) return undefined
    this.#warnedMs = passed
    return `the scheduler's own job ends in ${timeText(leftMs)}, and the cluster with it: save what is needed, or give the scheduler more time with "scheduler": { "kind": "job", "walltime": … } in the profile`
  }
}
