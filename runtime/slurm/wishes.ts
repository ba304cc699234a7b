// How many jobs each pool of a cluster should have, by a person's word or by the load, and whether more may be submitted. Pure.

import { Adaptive, type AdaptOptions, type Demand } from './adapt.ts'
import { MAIN_POOL, requestOf, threadsOf, workersOf } from './jobScript.ts'
import { Trust } from './scaling.ts'
import type { SlurmProfile } from './slurmProfile.ts'

const JOBS_MAX = 10_000

export class Wishes {
  readonly #profile: SlurmProfile
  readonly #wanted = new Map<string, number>()
  readonly pools: readonly string[]
  readonly trust: Trust
  #adaptive: Adaptive | undefined

  /** @param jobs of the main pool, to begin with */
  constructor(profile: SlurmProfile, jobs: number) {
    this.#profile = profile
    this.pools = [MAIN_POOL, ...Object.keys(profile.pools ?? {})]
    this.trust = new Trust(profile.failuresMax ?? 3)
    this.#wanted.set(MAIN_POOL, jobs)
  }

  wanted(pool: string): number {
    return this.#wanted.get(pool) ?? 0
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#wanted)
  }

  get isAdapting(): boolean {
    return this.#adaptive !== undefined
  }

  /** @returns why it cannot be, or nothing */
  scale(jobs: number, pool = MAIN_POOL): string | undefined {
    if (!this.pools.includes(pool))
      return `this cluster has no pool ${JSON.stringify(pool)}: ${this.pools.join(', ')}`
    if (!Number.isInteger(jobs) || jobs < 0 || jobs > JOBS_MAX)
      return `the number of jobs must be a whole number from 0 to ${JOBS_MAX}, not ${jobs}`
    if (pool === MAIN_POOL) this.#adaptive = undefined
    this.trust.forgive()
    this.#wanted.set(pool, jobs)
    return undefined
  }

  /** In workers of the main pool: jobs with several are counted whole. */
  scaleWorkers(workers: number): string | undefined {
    return this.scale(Math.ceil(workers / workersOf(this.#profile)))
  }

  /**
   * The main pool follows the load from now on.
   * @returns how often to look, in milliseconds
   * @throws {AdaptError}
   */
  adapt(options: AdaptOptions): number {
    this.#adaptive = new Adaptive(options)
    this.trust.forgive()
    return this.#adaptive.intervalMs
  }

  /**
   * One look at the load, where it is followed.
   * @param live jobs of the main pool that have not ended and were not asked to, those that wait included
   * @returns whether another number is wanted than before
   */
  follow(demand: Demand, live: number): boolean {
    if (!this.#adaptive) return false
    const before = this.wanted(MAIN_POOL)
    const threads = workersOf(this.#profile) * threadsOf(requestOf(this.#profile, MAIN_POOL))
    // Jobs that are wanted and not submitted yet count too.
    const wanted = this.#adaptive.look(demand, Math.max(live, before), threads)
    this.#wanted.set(MAIN_POOL, wanted)
    return wanted !== before
  }
}
