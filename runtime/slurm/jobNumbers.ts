// Sees to it that each pool has as many jobs as are wanted: submits, cancels what waits, retires what works.

import type { Job, JobBooks } from './jobBooks.ts'
import { workerScript } from './jobScript.ts'
import type { KeeperScheduler } from './keeperScheduler.ts'
import { planPool } from './scaling.ts'
import { type SlurmCommands, SlurmError } from './slurmCommands.ts'
import type { SlurmSetup } from './slurmSetup.ts'
import type { Wishes } from './wishes.ts'

const ELEMENTS_MAX = 500

export interface JobsGround {
  setup: SlurmSetup
  scheduler: KeeperScheduler
  slurm: SlurmCommands
  books: JobBooks
  wishes: Wishes
}

export class JobNumbers {
  readonly #setup: SlurmSetup
  readonly #scheduler: KeeperScheduler
  readonly #slurm: SlurmCommands
  readonly #books: JobBooks
  readonly #wishes: Wishes
  /** Whether jobs were submitted since somebody last set this to false. */
  submitted = false
  /** Whether Slurm may have jobs of this cluster that the books do not: its answer was lost. */
  unsure = false

  constructor({ setup, scheduler, slurm, books, wishes }: JobsGround) {
    this.#setup = setup
    this.#scheduler = scheduler
    this.#slurm = slurm
    this.#books = books
    this.#wishes = wishes
  }

  /** @throws {SlurmError} when Slurm does not answer */
  async keep(pool: string): Promise<void> {
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
      const beganMs = Date.now()
      const ids = await this.#slurm.submit(workerScript(profile, pool, place, count), count)
      this.#books.submitted(ids, pool, beganMs)
      this.submitted = true
      return count
    } catch (error) {
      if (!(error instanceof SlurmError) || error.again) {
        this.unsure = true
        throw error
      }
      this.#wishes.trust.refused(error.message)
      this.#scheduler.log('error', this.#wishes.trust.stopped!)
      return wanted
    }
  }
}
