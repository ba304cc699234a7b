// What the terminal knows of a run: a reducer over its events. No clock: `nowMs` comes with each event.

import { basename } from 'node:path'
import type { ComputeSite, LineTime, RunEvent, RunFailure } from '../protocol/runs.ts'

/** One call of `compute`, `gather`, … */
export interface SiteState {
  site: ComputeSite
  beganMs: number
  total: number
  finished: number
  running: number
  erred: number
  /** Tasks a second, smoothed so that the time left does not jump. */
  rate: number
  /** Once it is over. */
  durationMs?: number
  /** It failed or was given up. */
  cutShort?: boolean
}

/** Changed in place. */
export interface RunState {
  sites: Map<number, SiteState>
  failure?: RunFailure
  /** Where its tasks spent their time, once it has said so. */
  times?: LineTime[]
  end?: Extract<RunEvent, { kind: 'ended' }>
}

export const newRunState = (): RunState => ({ sites: new Map() })

/** How much a new reading of the rate counts against those before. */
const RATE_SHARE = 0.3

export function applyEvent(state: RunState, event: RunEvent, nowMs: number): void {
  switch (event.kind) {
    case 'computing':
      state.sites.set(event.site.site, {
        site: event.site,
        beganMs: nowMs,
        total: event.total,
        finished: 0,
        running: 0,
        erred: 0,
        rate: 0,
      })
      return
    case 'progress': {
      const site = state.sites.get(event.site)
      if (!site) return
      const elapsedMs = nowMs - site.beganMs
      const mean = elapsedMs > 0 ? (1000 * event.finished) / elapsedMs : 0
      site.rate = site.rate === 0 ? mean || event.perSecond : mix(site.rate, event.perSecond || mean)
      site.total = event.total
      site.finished = event.finished
      site.running = event.running
      site.erred = event.erred
      return
    }
    case 'computed': {
      const site = state.sites.get(event.site)
      if (!site) return
      site.durationMs = event.durationMs
      site.total = Math.max(site.total, event.tasks)
      site.cutShort = event.finished !== undefined
      site.finished = event.finished ?? site.total - site.erred
      site.running = 0
      return
    }
    case 'failed':
      state.failure = event.failure
      return
    case 'ended':
      state.end = event
      return
    case 'lines':
      state.times = event.times
      return
    case 'started':
    case 'curve':
    case 'output':
    case 'result':
    case 'notice':
      return
    default:
      event satisfies never
  }
}

const mix = (before: number, now: number): number => before + RATE_SHARE * (now - before)

/** Calls that go on, in the order in which they began. */
export const openSites = (state: RunState): SiteState[] =>
  [...state.sites.values()].filter(({ durationMs }) => durationMs === undefined)

/** @example siteName({ site: 1, method: 'compute', place }) // 'compute flights.ts:12' */
export const siteName = ({ method, place }: ComputeSite): string =>
  place ? `${method} ${basename(place.file)}:${place.line}` : method
