// What is known of every run: a reducer over the events that the scheduler sends. No `vscode`, no clock.

import type { SourcePlace } from '../../runtime/protocol/failure.ts'
import type {
  Curve,
  CurvePoint,
  Display,
  LineFigures,
  LineTime,
  RunEvent,
  RunFailure,
  RunSpec,
  RunSummary,
} from '../../runtime/protocol/runs.ts'

/** One `run-event` message of the scheduler. */
export interface RunEventMessage {
  run: string
  sequence: number
  event: RunEvent
  summary?: RunSummary
}

/** One call of `compute`, `gather`, … and how far it is. */
export interface SiteProgress {
  site: number
  method: string
  place?: SourcePlace
  total: number
  finished: number
  running: number
  erred: number
  perSecond: number
  /** Once it is computed. */
  durationMs?: number
}

/** What learns by rounds, as far as it has come. */
export interface CurveProgress {
  curve: Curve
  /** The last round. */
  last?: CurvePoint
}

export type RunEnd = Extract<RunEvent, { kind: 'ended' }>

/** A run, as far as its events have told. */
export interface Run {
  run: string
  file: string
  label: string
  /** Offsets into the text that was run; absent when the whole file ran. */
  expression?: { start: number; end: number }
  /** The same of a run of a cell. */
  cell?: { start: number; end: number }
  startedMs: number
  /** Of its session's process, once that has begun. */
  pid?: number
  sites: SiteProgress[]
  /** What learns now. */
  curves: CurveProgress[]
  result?: { line: string; display: Display; durationMs: number }
  failure?: RunFailure
  /** What its lines cost, once it has said so. */
  lines: LineFigures[]
  /** Where its tasks spent their time, where threads were sampled. */
  times: LineTime[]
  end?: RunEnd
  /** The last event taken in: events told twice, e.g. after a reconnect, are taken once. */
  sequence: number
}

/** Every run by its id. Changed in place. */
export type Runs = Map<string, Run>

/**
 * Takes one event in.
 * @returns the run that changed, or nothing when the event was known already
 */
export function applyRunEvent(runs: Runs, message: RunEventMessage): Run | undefined {
  const run = runs.get(message.run) ?? newRun(message)
  if (message.sequence <= run.sequence) return undefined
  runs.set(run.run, run)
  run.sequence = message.sequence
  applyEvent(run, message.event)
  return run
}

/** Puts a run in that was just asked for, so that it shows before its first event comes. */
export function expectRun(runs: Runs, run: string, spec: RunSpec, nowMs: number): Run {
  const known = runs.get(run)
  if (known) return known
  const { file, expression, cell } = spec
  const expected: Run = {
    run,
    file,
    label:
      expression?.label ??
      cell?.label ??
      file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1),
    ...partsOf(spec),
    startedMs: nowMs,
    sites: [],
    curves: [],
    lines: [],
    times: [],
    sequence: -1,
  }
  runs.set(run, expected)
  return expected
}

/** Which part of its file a run is of; nothing of a whole one. */
function partsOf({ expression, cell }: RunSpec): Pick<Run, 'expression' | 'cell'> {
  return {
    ...(expression && { expression: { start: expression.start, end: expression.end } }),
    ...(cell && { cell: { start: cell.start, end: cell.end } }),
  }
}

function newRun({ run, event, summary }: RunEventMessage): Run {
  const spec = summary?.spec
  return {
    run,
    file: spec?.file ?? (event.kind === 'started' ? event.file : ''),
    label: spec?.expression?.label ?? spec?.cell?.label ?? (event.kind === 'started' ? event.label : run),
    ...(spec && partsOf(spec)),
    startedMs: summary?.startedMs ?? (event.kind === 'started' ? event.atMs : 0),
    sites: [],
    curves: [],
    lines: [],
    times: [],
    sequence: -1,
  }
}

function applyEvent(run: Run, event: RunEvent): void {
  switch (event.kind) {
    case 'started':
      run.startedMs = event.atMs
      run.pid = event.pid
      run.label ||= event.label
      run.file ||= event.file
      return
    case 'computing':
      run.sites.push({
        site: event.site.site,
        method: event.site.method,
        place: event.site.place,
        total: event.total,
        finished: 0,
        running: 0,
        erred: 0,
        perSecond: 0,
      })
      return
    case 'progress': {
      const site = run.sites.find((each) => each.site === event.site)
      if (!site) return
      const { total, finished, running, erred, perSecond } = event
      Object.assign(site, { total, finished, running, erred, perSecond })
      return
    }
    case 'computed': {
      const site = run.sites.find((each) => each.site === event.site)
      if (!site) return
      site.durationMs = event.durationMs
      site.total = Math.max(site.total, event.tasks)
      site.finished = event.finished ?? site.total
      site.running = 0
      return
    }
    case 'curve': {
      const others = run.curves.filter(({ curve }) => curve.curve !== event.curve.curve)
      const before = run.curves.find(({ curve }) => curve.curve === event.curve.curve)
      const last = event.points.at(-1) ?? before?.last
      run.curves = event.ended ? others : [...others, { curve: event.curve, ...(last && { last }) }]
      return
    }
    case 'result':
      run.result = { line: event.line, display: event.display, durationMs: event.durationMs }
      return
    case 'failed':
      run.failure = event.failure
      return
    case 'lines':
      run.lines = event.lines
      run.times = event.times ?? []
      return
    case 'ended':
      run.end = event
      return
    case 'output':
    case 'notice':
      return
    default:
      event satisfies never
  }
}

/** Ends every run that still goes on, when the cluster that ran them is gone. Returns those that changed. */
export function endAll(
  runs: Runs,
  reason: string,
  nowMs: number,
  owns: (run: string) => boolean = () => true,
): Run[] {
  const ended: Run[] = []
  for (const run of runs.values()) {
    if (run.end || !owns(run.run)) continue
    run.failure ??= { name: 'ClusterLost', message: reason, stack: '', frames: [] }
    run.end = {
      kind: 'ended',
      exitCode: 1,
      reason: 'crashed',
      durationMs: Math.max(0, nowMs - run.startedMs),
    }
    ended.push(run)
  }
  return ended
}

/** The call that a run is at: the last one that is not computed, else the last one. */
export function currentSite(run: Run): SiteProgress | undefined {
  return run.sites.findLast((site) => site.durationMs === undefined) ?? run.sites.at(-1)
}
