// How many jobs to submit and which to end, so that there are as many as are wanted; and when to stop trying. Pure.

import type { Job } from './jobBooks.ts'

/** What to do so that a pool has as many jobs as are wanted. */
export interface PoolPlan {
  submit: number
  /** Jobs that have no workers yet: they are cancelled. */
  cancel: Job[]
  /** Jobs whose workers hand over what they hold, and end. */
  retire: Job[]
}

/**
 * @param live jobs of the pool that have not ended
 * @param busy how much a job's workers have to do and hold, for choosing which to end: the least goes first
 * @example planPool([], 2, () => 0).submit // 2
 */
export function planPool(live: readonly Job[], wanted: number, busy: (job: Job) => number): PoolPlan {
  // Those that were asked to end, and those that are ending, will be gone.
  const counted = live.filter((job) => !job.asked && job.phase.kind !== 'ending')
  const plan: PoolPlan = { submit: Math.max(0, wanted - counted.length), cancel: [], retire: [] }
  const surplus = counted.length - wanted
  if (surplus <= 0) return plan
  const waiting = counted.filter(({ workers }) => workers.size === 0)
  const working = counted.filter(({ workers }) => workers.size > 0)
  // The last to have been submitted are the last to start.
  plan.cancel = waiting.reverse().slice(0, surplus)
  plan.retire = working.sort((one, other) => busy(one) - busy(other)).slice(0, surplus - plan.cancel.length)
  return plan
}

/** Whether more jobs may be submitted, and if not, why. */
export class Trust {
  readonly #failuresMax: number
  #failures = 0
  #stopped: string | undefined

  /** @param failuresMax so many jobs in a row that came to nothing, and no more are submitted */
  constructor(failuresMax: number) {
    this.#failuresMax = failuresMax
  }

  /** Why no jobs are submitted any more; a new wish of the person's ends that. */
  get stopped(): string | undefined {
    return this.#stopped
  }

  /** A job came to nothing. @returns true when that was the last straw */
  failed(why: string): boolean {
    this.#failures++
    if (this.#stopped !== undefined || this.#failures < this.#failuresMax) return false
    this.#stopped =
      this.#failures === 1
        ? `no more jobs are submitted, since ${why}`
        : `no more jobs are submitted, since ${this.#failures} in a row came to nothing: ${why}`
    return true
  }

  /** Slurm would refuse it again: there is no use in trying. */
  refused(why: string): void {
    this.#stopped = `no more jobs are submitted, since Slurm refuses them: ${why}`
  }

  succeeded(): void {
    this.#failures = 0
  }

  /** The person asks anew. */
  forgive(): void {
    this.#failures = 0
    this.#stopped = undefined
  }
}
