// The last five minutes of the cluster's rates, a point a second, for the throughput charts.

import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import { totalsOf, type Workers } from './workers.ts'

/** Points kept: five minutes of one a second. */
export const RATE_POINTS = 300

/** Parallel lists, oldest first. Changed in place. */
export interface Rates {
  /** Epoch milliseconds. */
  atMs: number[]
  tasksPerSecond: number[]
  bytesPerSecond: number[]
  queued: number[]
  schedulerCpuPercent: number[]
  /** Of the workers together, as they stood at that second. */
  cpuPercent: number[]
  managedBytes: number[]
  rssBytes: number[]
}

export const noRates = (): Rates => ({
  atMs: [],
  tasksPerSecond: [],
  bytesPerSecond: [],
  queued: [],
  schedulerCpuPercent: [],
  cpuPercent: [],
  managedBytes: [],
  rssBytes: [],
})

/** Takes one message in; says whether it changed anything. */
export function applyToRates(rates: Rates, workers: Workers, message: FeedMessage): boolean {
  if (message.type !== 'rates') return false
  const { cpuPercent, managedBytes, rssBytes } = totalsOf(workers)
  const { atMs, tasksPerSecond, bytesPerSecond, queued, schedulerCpuPercent } = message
  const point = {
    atMs,
    tasksPerSecond,
    bytesPerSecond,
    queued,
    schedulerCpuPercent,
    cpuPercent,
    managedBytes,
    rssBytes,
  }
  for (const name of Object.keys(point) as (keyof typeof point)[]) {
    rates[name].push(point[name])
    if (rates[name].length > RATE_POINTS) rates[name].shift()
  }
  return true
}

/** The latest value of one rate, 0 before the first. */
export const latest = (points: readonly number[]): number => points.at(-1) ?? 0
