// The time of each part of a run in one line: the cluster's start, each call, all together. Pure.

import { doneText, plural, timeText } from './quantity.ts'
import { type SiteState, siteName } from './runState.ts'

/** Calls that are named one by one. */
const NAMED_MAX = 5

export interface RunTimes {
  /** Until the scheduler listened; absent where a running cluster was used. */
  clusterMs?: number
  sites: readonly SiteState[]
  totalMs: number
}

/** @example timesLine({ clusterMs: 110, sites, totalMs: 1900 }) // 'cluster 110 ms · compute flights.ts:12 1.20 s (412 tasks) · total 1.90 s' */
export function timesLine({ clusterMs, sites, totalMs }: RunTimes): string {
  const parts = clusterMs === undefined ? [] : [`cluster ${timeText(clusterMs)}`]
  const calls = callsOf(sites)
  const named = calls.length <= NAMED_MAX ? calls : calls.toSorted((a, b) => b.ms - a.ms).slice(0, NAMED_MAX)
  for (const call of calls)
    if (named.includes(call)) {
      const times = call.count > 1 ? ` ×${call.count}` : ''
      const tasks = doneText(call.finished, call.tasks, call.cutShort)
      parts.push(`${call.name}${times} ${timeText(call.ms)} (${tasks})`)
    }
  const others = calls.filter((call) => !named.includes(call))
  if (others.length > 0)
    parts.push(
      `${plural(others.length, 'other call')} ${timeText(others.reduce((sum, { ms }) => sum + ms, 0))}`,
    )
  parts.push(`total ${timeText(totalMs)}`)
  return parts.join(' · ')
}

interface CallTimes {
  name: string
  count: number
  ms: number
  tasks: number
  finished: number
  cutShort: boolean
}

/** Calls of one place, as in a loop, are one part. */
function callsOf(sites: readonly SiteState[]): CallTimes[] {
  const calls = new Map<string, CallTimes>()
  for (const { site, durationMs, total, finished, cutShort } of sites) {
    if (durationMs === undefined) continue
    const name = siteName(site)
    const call = calls.get(name) ?? { name, count: 0, ms: 0, tasks: 0, finished: 0, cutShort: false }
    call.count++
    call.ms += durationMs
    call.tasks += total
    call.finished += finished
    call.cutShort ||= cutShort ?? false
    calls.set(name, call)
  }
  return [...calls.values()]
}
