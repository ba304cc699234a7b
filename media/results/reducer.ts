// The results panel's model: the latest runs, each with what it printed, computed, returned or failed with.

import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import type {
  ComputeSite,
  Curve,
  CurvePoint,
  Display,
  RunEvent,
  RunFailure,
  RunSummary,
} from '../../runtime/protocol/runs.ts'

export type RunState = 'running' | 'finished' | 'failed' | 'cancelled' | 'crashed'

/** One call of `compute`, `gather`, … and how far it is. */
export interface SiteProgress {
  site: ComputeSite
  total: number
  finished: number
  running: number
  erred: number
  perSecond: number
  /** Once it is computed. */
  durationMs?: number
}

/** What learns, and how its rounds went. */
export interface ShownCurve {
  curve: Curve
  /** The latest; at most `POINTS_MAX`. */
  points: CurvePoint[]
  ended: boolean
}

export interface ShownRun {
  run: string
  label: string
  file: string
  startedMs: number
  state: RunState
  sites: SiteProgress[]
  curves: ShownCurve[]
  /** What it printed, in order; pieces of one stream that follow each other are one. */
  output: { stream: 'stdout' | 'stderr'; text: string }[]
  /** Characters of output that were dropped from the front. */
  outputCut: number
  notices: string[]
  result?: { line: string; display: Display; durationMs: number }
  failure?: RunFailure
  durationMs?: number
  /** The last event taken in: events told twice, e.g. after a reconnect, are taken once. */
  sequence: number
}

/** Changed in place; the latest run first. */
export interface Results {
  runs: ShownRun[]
  clusterId: string
}

const RUNS_MAX = 50
const OUTPUT_MAX = 200_000
export const POINTS_MAX = 4_000
/** The latest curves of a run: a loop may fit any number of models. */
const CURVES_MAX = 20

export const noResults = (): Results => ({ runs: [], clusterId: '' })

/** Takes one message in; says whether it changed anything. */
export function applyToResults(results: Results, message: FeedMessage): boolean {
  if (message.type === 'snapshot') {
    if (results.clusterId === message.cluster.id) return false
    results.clusterId = message.cluster.id
    results.runs = []
    return true
  }
  if (message.type !== 'run-event') return false
  const { run, sequence, event, summary } = message
  let shown = results.runs.find((each) => each.run === run)
  if (!shown) {
    shown = newRun(run, event, summary)
    results.runs = [shown, ...results.runs].sort((a, b) => b.startedMs - a.startedMs).slice(0, RUNS_MAX)
  }
  if (sequence <= shown.sequence) return false
  shown.sequence = sequence
  applyEvent(shown, event)
  return true
}

function newRun(run: string, event: RunEvent, summary: RunSummary | undefined): ShownRun {
  return {
    run,
    label: summary?.spec.expression?.label ?? run,
    file: summary?.spec.file ?? '',
    startedMs: summary?.startedMs ?? (event.kind === 'started' ? event.atMs : 0),
    state: 'running',
    sites: [],
    curves: [],
    output: [],
    outputCut: 0,
    notices: [],
    sequence: Number.NEGATIVE_INFINITY,
  }
}

function applyEvent(run: ShownRun, event: RunEvent): void {
  switch (event.kind) {
    case 'started':
      run.label = event.label
      run.file = event.file
      run.startedMs = event.atMs
      return
    case 'output':
      addOutput(run, event.stream, event.text)
      return
    case 'computing': {
      const { site, total } = event
      run.sites = run.sites.filter((each) => each.site.site !== site.site)
      run.sites.push({ site, total, finished: 0, running: 0, erred: 0, perSecond: 0 })
      return
    }
    case 'progress': {
      const { total, finished, running, erred, perSecond } = event
      const site = run.sites.find((each) => each.site.site === event.site)
      if (site) Object.assign(site, { total, finished, running, erred, perSecond })
      return
    }
    case 'computed': {
      const site = run.sites.find((each) => each.site.site === event.site)
      if (site)
        Object.assign(site, {
          durationMs: event.durationMs,
          total: event.tasks,
          finished: event.finished ?? event.tasks,
          running: 0,
        })
      return
    }
    case 'curve': {
      let shown = run.curves.find((each) => each.curve.curve === event.curve.curve)
      if (!shown) {
        shown = { curve: event.curve, points: [], ended: false }
        run.curves = [...run.curves, shown].slice(-CURVES_MAX)
      }
      shown.points = [...shown.points, ...event.points].slice(-POINTS_MAX)
      shown.ended = event.ended
      return
    }
    case 'result':
      run.result = { line: event.line, display: event.display, durationMs: event.durationMs }
      return
    case 'failed':
      run.failure = event.failure
      return
    case 'lines':
      return
    case 'notice':
      run.notices.push(event.text)
      return
    case 'ended':
      run.state = event.reason
      run.durationMs = event.durationMs
      return
    default:
      event satisfies never
  }
}

function addOutput(run: ShownRun, stream: 'stdout' | 'stderr', text: string): void {
  const last = run.output.at(-1)
  if (last?.stream === stream) last.text += text
  else run.output.push({ stream, text })
  let over = run.output.reduce((sum, piece) => sum + piece.text.length, 0) - OUTPUT_MAX
  while (over > 0) {
    const first = run.output[0]
    const cut = Math.min(over, first.text.length)
    first.text = first.text.slice(cut)
    if (first.text === '') run.output.shift()
    run.outputCut += cut
    over -= cut
  }
}
