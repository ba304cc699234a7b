// The scheduler, as far as those who keep its jobs need it.

import type { Demand } from '../cluster/adapt.ts'
import type { WorkerInfo } from '../protocol/cluster.ts'
import type { JobsNews } from '../protocol/jobs.ts'

export interface KeeperScheduler {
  /** Workers that are here. */
  workers(): readonly WorkerInfo[]
  demand(): Demand
  /** What it costs to do without a worker. */
  burden(worker: number): number
  /** Empties a worker and has it closed. */
  retire(worker: number): void
  /** Slurm has taken a worker away, whatever its connection looks like. */
  cutOff(worker: number): void
  /** When a worker will be ended. */
  ends(worker: number, time: { retireMs: number; endsMs: number }): void
  /** Why tasks wait for workers. */
  expect(lines: readonly string[]): void
  log(level: string, text: string): void
  /** What has changed of the jobs, for who watches. */
  news(news: JobsNews): void
}
