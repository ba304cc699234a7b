// What has changed in a cluster's jobs since it was told last. Pure.

import type { JobReport, JobsNews, JobsReport } from '../protocol/jobs.ts'

/** Remembers what was told. */
export class JobsNewsBook {
  #told = new Map<string, string>()
  #toldRest = ''
  #latest: JobsReport | undefined

  /** All of it, for who knows nothing yet; nothing before the first report. */
  get all(): JobsNews | undefined {
    return this.#latest && { ...this.#latest, gone: [] }
  }

  /** @returns nothing when all is as it was told */
  next(report: JobsReport): JobsNews | undefined {
    this.#latest = report
    const { jobs, ...others } = report
    const now = new Map(jobs.map((job) => [job.id, fingerprint(job)]))
    const changed = jobs.filter(({ id }) => this.#told.get(id) !== now.get(id))
    const gone = [...this.#told.keys()].filter((id) => !now.has(id))
    const rest = JSON.stringify(others)
    if (changed.length === 0 && gone.length === 0 && rest === this.#toldRest) return undefined
    this.#told = now
    this.#toldRest = rest
    return { ...others, jobs: changed, gone }
  }
}

/** The time left passes by itself: who is told of the end reckons it. */
const fingerprint = (job: JobReport): string =>
  JSON.stringify(job.state === 'running' ? { ...job, text: '' } : job)
