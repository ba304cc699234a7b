// The calls of `compute`, `gather` and their siblings that are under way, for whoever shows them: the run's reporter,
// and a progress bar on a terminal.

import type { SourcePlace } from '../protocol/failure.ts'
import type { ComputeSite } from '../protocol/runs.ts'

/** Counts of a call's tasks. */
export interface SiteProgress {
  total: number
  finished: number
  running: number
  erred: number
  perSecond: number
}

/** Hears of every call. */
export interface SiteObserver {
  began(site: ComputeSite, total: number): void
  progressed(site: ComputeSite, progress: SiteProgress): void
  /** @param finished how many tasks were done, where not all were */
  ended(site: ComputeSite, durationMs: number, tasks: number, finished?: number): void
}

let observer: SiteObserver | undefined
let nextSite = 1

/** Says who hears of calls from now on; there is at most one. */
export function observeSites(next: SiteObserver | undefined): void {
  observer = next
}

/** Whether anybody hears: counting costs nothing otherwise. */
export const sitesAreObserved = (): boolean => observer !== undefined

/** One call under way. */
export class OpenSite {
  readonly #site: ComputeSite
  readonly #total: number
  readonly #beganMs = performance.now()
  #finished = 0

  constructor(method: string, place: SourcePlace | undefined, total: number) {
    this.#site = { site: nextSite++, method, ...(place && { place }) }
    this.#total = total
    observer?.began(this.#site, total)
  }

  progressed(progress: SiteProgress): void {
    this.#finished = progress.finished
    observer?.progressed(this.#site, progress)
  }

  /** @param tasks how many there were, where it was not known at the beginning */
  ended(tasks = this.#total): void {
    observer?.ended(this.#site, performance.now() - this.#beganMs, tasks)
  }

  /** It failed, or is given up: what was done by then is what counts. */
  cutShort(tasks = this.#total): void {
    observer?.ended(this.#site, performance.now() - this.#beganMs, tasks, this.#finished)
  }
}
