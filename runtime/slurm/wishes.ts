// How many jobs each pool of a cluster should have, by a person's word or by the load, and whether more may be submitted. Pure.

import { Adaptive, type AdaptOptions, type Demand } from '../cluster/adapt.ts'
import { memoryLimitBytes } from '../cluster/memoryLimit.ts'
import { MAIN_POOL, requestOf, threadsOf, workersOf } from './jobScript.ts'
import { Trust } from './scaling.ts'
import type { SlurmProfile } from './slurmProfile.ts'

const JOBS_MAX = 10_000

/** How much of a pool is wanted, in one of these measures; jobs are whole. */
export interface ScaleTarget {
  jobs?: number
  workers?: number
  /** Of all its jobs together. */
  cores?: number
  /** Of all its jobs together: `'256GB'` or bytes. */
  memory?: string | number
  /** The profile's own jobs when absent. */
  pool?: string
}

const MEASURES = ['jobs', 'workers', 'cores', 'memory'] as const

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
  scale(target: ScaleTarget): string | undefined {
    const { pool = MAIN_POOL } = target
    if (!this.pools.includes(pool))
      return `this cluster has no pool ${JSON.stringify(pool)}: ${this.pools.join(', ')}`
    const given = MEASURES.filter((measure) => target[measure] !== undefined)
    if (given.length !== 1) return `say how much in one measure: ${MEASURES.join(', ')}`
    const jobs = this.#jobsFor(target, pool)
    if (!Number.isInteger(jobs) || jobs < 0 || jobs > JOBS_MAX)
      return `${given[0]} is ${JSON.stringify(target[given[0]])}, and a pool has a whole number of jobs from 0 to ${JOBS_MAX}`
    if (pool === MAIN_POOL) this.#adaptive = undefined
    this.trust.forgive()
    this.#wanted.set(pool, jobs)
    return undefined
  }

  /** One job less, after a person has ended one. */
  fewer(pool: string): void {
    this.#wanted.set(pool, Math.max(0, this.wanted(pool) - 1))
  }

  #jobsFor({ jobs, workers, cores, memory }: ScaleTarget, pool: string): number {
    const request = requestOf(this.#profile, pool)
    const { nodes = 1 } = request
    if (jobs !== undefined) return jobs
    if (workers !== undefined) return Math.ceil(workers / workersOf(request))
    if (cores !== undefined) return Math.ceil(cores / (nodes * request.cores))
    return Math.ceil(bytesOf(memory) / (nodes * bytesOf(request.memory)))
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
    const { nodes = 1, memory } = this.#profile
    const threads = workersOf(this.#profile) * threadsOf(this.#profile)
    // Jobs that are wanted and not submitted yet count too.
    const wanted = this.#adaptive.look(demand, Math.max(live, before), {
      threads,
      memoryBytes: nodes * bytesOf(memory),
    })
    this.#wanted.set(MAIN_POOL, wanted)
    return wanted !== before
  }
}

/** NaN for what is no amount. */
function bytesOf(memory: string | number | undefined): number {
  try {
    return memory === 0 ? 0 : memoryLimitBytes(memory ?? '', Number.NaN, 0)
  } catch {
    return Number.NaN
  }
}
