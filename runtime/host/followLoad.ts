// The number of this machine's workers follows what there is to do, until somebody asks for a number.

import { AdaptError, Adaptive, type AdaptOptions, type Demand, type JobSize } from '../cluster/adapt.ts'
import { WORKERS_MAX } from '../cluster/workerCounts.ts'
import type { LoadLimits } from '../protocol/feed.ts'

/** The scheduler and its workers, as far as their number goes. */
export interface LoadGround {
  demand(): Demand
  /** Workers that are here or on their way, without those that are leaving. */
  count(): number
  /** Of one worker. */
  size: JobSize
  /** Has so many workers. */
  change(count: number): void
}

export class FollowLoad {
  readonly limits: LoadLimits
  readonly #adaptive: Adaptive
  readonly #ground: LoadGround
  readonly #timer: NodeJS.Timeout

  /** @throws {AdaptError} when the number cannot follow the load in that way */
  constructor(options: AdaptOptions, ground: LoadGround) {
    this.#adaptive = new Adaptive(options)
    if (options.maximum > WORKERS_MAX)
      throw new AdaptError(`maximum is ${options.maximum}, and a machine has ${WORKERS_MAX} workers at most`)
    this.limits = { minimum: options.minimum ?? 0, maximum: options.maximum }
    this.#ground = ground
    this.#timer = setInterval(() => this.look(), this.#adaptive.intervalMs)
    this.#timer.unref()
    this.look()
  }

  look(): void {
    const before = this.#ground.count()
    const wanted = this.#adaptive.look(this.#ground.demand(), before, this.#ground.size)
    if (wanted !== before) this.#ground.change(wanted)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
