// How many jobs, or workers of this machine, a cluster should have, from what there is to do: up at once, down after a while,
// so that it does not thrash. Pure.
//
// As Dask's adaptive deployments: https://distributed.dask.org/en/stable/_modules/distributed/deploy/adaptive_core.html

/** What a person may say of a cluster that follows its load. */
export interface AdaptOptions {
  /** The fewest jobs, or workers where those are no jobs; 0 by default. */
  minimum?: number
  /** The most of them. */
  maximum: number
  /** What there is to do should be done within so long, in milliseconds; 5000 by default. */
  targetDurationMs?: number
  /** So many looks in a row must find fewer enough before any goes; 3 by default. */
  waitCount?: number
  /** Between two looks, in milliseconds; 1000 by default. */
  intervalMs?: number
}

/** What there is to do. */
export interface Demand {
  /** Tasks that run or could run now. */
  tasks: number
  /** What they are expected to take on one thread, in milliseconds. */
  expectedMs: number
  /** Results that somebody still wants: they need memory, and are lost with the last job. */
  heldBytes: number
}

/** What one job, or one worker that is none, brings. */
export interface JobSize {
  /** Of all its workers together. */
  threads: number
  memoryBytes: number
}

/** So much of its memory a worker fills with results before it writes them to the disk. */
const HELD_SHARE = 0.6

/** An option that cannot be: says which. */
export class AdaptError extends Error {
  override name = 'AdaptError'
}

export class Adaptive {
  readonly #minimum: number
  readonly #maximum: number
  readonly #targetDurationMs: number
  readonly #waitCount: number
  readonly intervalMs: number
  /** What the last looks that found fewer enough found. */
  #fewer: number[] = []

  /** @throws {AdaptError} */
  constructor({
    minimum = 0,
    maximum,
    targetDurationMs = 5000,
    waitCount = 3,
    intervalMs = 1000,
  }: AdaptOptions) {
    const whole = (name: string, value: number, least: number): void => {
      if (!Number.isInteger(value) || value < least)
        throw new AdaptError(`${name} must be a whole number ≥ ${least}, not ${JSON.stringify(value)}`)
    }
    whole('minimum', minimum, 0)
    whole('maximum', maximum, 1)
    whole('waitCount', waitCount, 1)
    if (maximum < minimum)
      throw new AdaptError(`maximum is ${maximum}, which is less than minimum, ${minimum}`)
    for (const [name, value] of Object.entries({ targetDurationMs, intervalMs }))
      if (!(value > 0 && value < Infinity))
        throw new AdaptError(`${name} must be milliseconds above 0, not ${JSON.stringify(value)}`)
    this.#minimum = minimum
    this.#maximum = maximum
    this.#targetDurationMs = targetDurationMs
    this.#waitCount = waitCount
    this.intervalMs = intervalMs
  }

  /**
   * One look.
   * @param jobs that there are or that have been asked for: those that wait in the queue count, or each look would ask again
   * @returns how many jobs there should be
   * @example new Adaptive({ maximum: 10 }).look({ tasks: 100, expectedMs: 60_000, heldBytes: 0 }, 0, { threads: 4, memoryBytes: 1e9 }) // 3: 12 threads for 5 s
   */
  look({ tasks, expectedMs, heldBytes }: Demand, jobs: number, job: JobSize): number {
    // More threads than tasks would find nothing to do.
    const threads = Math.min(tasks, Math.ceil(expectedMs / this.#targetDurationMs))
    const forTasks = tasks === 0 ? 0 : Math.max(1, Math.ceil(threads / job.threads))
    // Without this the last job would take the results with it, and they would be computed again.
    const forResults = Math.ceil(heldBytes / (HELD_SHARE * job.memoryBytes))
    const wanted = Math.min(this.#maximum, Math.max(this.#minimum, forTasks, forResults))
    if (wanted >= jobs) {
      this.#fewer = []
      return wanted
    }
    this.#fewer.push(wanted)
    if (this.#fewer.length < this.#waitCount) return jobs
    // The most of what was found enough: a moment's lull is no reason to let all go.
    const enough = Math.max(...this.#fewer)
    this.#fewer.shift()
    return Math.min(jobs, enough)
  }
}
