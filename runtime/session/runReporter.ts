// Reports the events of a run: to the parent by IPC where it listens, else to the scheduler, which keeps them for watchers.

import { inspect } from 'node:util'
import { userFrames } from '../functions/failureOf.ts'
import type { CurveObserver } from '../graph/curve.ts'
import type { TaskFailure } from '../protocol/failure.ts'
import type { Curve, CurvePoint, RunEvent, RunFailure } from '../protocol/runs.ts'
import type { SiteObserver } from './computeSites.ts'
import { errorReasons } from './errorReasons.ts'
import { connectCore, type OpenCluster } from './openCluster.ts'

/** At most so often is the progress of one call, or of what learns, reported. */
const PROGRESS_MS = 100

export class RunReporter implements SiteObserver, CurveObserver {
  readonly #runId: string | undefined
  readonly #cluster: string | undefined
  #opened: Promise<OpenCluster> | undefined
  #sent: Promise<unknown> = Promise.resolve()
  readonly #lastProgress = new Map<number, number>()
  #hasEnded = false
  /** Points that are not reported yet. */
  readonly #points = new Map<number, { curve: Curve; points: CurvePoint[]; timer: NodeJS.Timeout }>()

  /**
   * @param runId what the scheduler calls the run, needed only without IPC
   * @param cluster the path of the cluster's `cluster.json`
   */
  constructor(runId: string | undefined, cluster: string | undefined) {
    this.#runId = runId
    this.#cluster = cluster
  }

  /** Whether anybody hears events at all. */
  get isHeard(): boolean {
    return process.send !== undefined || (this.#runId !== undefined && this.#cluster !== undefined)
  }

  /** Reports an event. The end is the last one: what still goes on in this process while it leaves is not told. */
  report(event: RunEvent): void {
    if (this.#hasEnded) return
    if (event.kind === 'ended') {
      this.#reportCurves()
      this.#hasEnded = true
    }
    if (process.send) {
      this.#sent = new Promise((resolve) => {
        // The parent may be gone: then nobody is there to be told.
        process.send!(event, undefined, undefined, () => resolve(undefined))
      })
      return
    }
    const run = this.#runId
    if (run === undefined || this.#cluster === undefined) return
    this.#opened ??= connectCore(this.#cluster, { name: `run-${run}` })
    this.#sent = this.#opened.then(
      ({ core }) => core.connection.send({ type: 'report-run', run, event }),
      () => {}, // The cluster is gone, and with it whoever watched.
    )
  }

  /** Resolves when everything reported has left this process. */
  async flushed(): Promise<void> {
    await this.#sent
    const open = await this.#opened?.catch(() => undefined)
    await open?.close()
    this.#opened = undefined
  }

  told(curve: Curve, point: CurvePoint): void {
    const waiting = this.#points.get(curve.curve)
    if (waiting) {
      waiting.points.push(point)
      return
    }
    const timer = setTimeout(() => this.#reportCurve(curve, false), PROGRESS_MS)
    timer.unref()
    this.#points.set(curve.curve, { curve, points: [point], timer })
  }

  learnt(curve: Curve): void {
    this.#reportCurve(curve, true)
  }

  #reportCurves(): void {
    for (const { curve } of this.#points.values()) this.#reportCurve(curve, false)
  }

  #reportCurve(curve: Curve, ended: boolean): void {
    const waiting = this.#points.get(curve.curve)
    clearTimeout(waiting?.timer)
    this.#points.delete(curve.curve)
    if (waiting || ended) this.report({ kind: 'curve', curve, points: waiting?.points ?? [], ended })
  }

  began(site: Parameters<SiteObserver['began']>[0], total: number): void {
    this.report({ kind: 'computing', site, total })
  }

  progressed(
    { site }: Parameters<SiteObserver['progressed']>[0],
    progress: Parameters<SiteObserver['progressed']>[1],
  ): void {
    const now = performance.now()
    const { total, finished, running, erred, perSecond } = progress
    const isLast = finished + erred >= total
    if (!isLast && now - (this.#lastProgress.get(site) ?? 0) < PROGRESS_MS) return
    this.#lastProgress.set(site, now)
    this.report({ kind: 'progress', site, total, finished, running, erred, perSecond })
  }

  ended(
    { site }: Parameters<SiteObserver['ended']>[0],
    durationMs: number,
    tasks: number,
    finished?: number,
  ): void {
    this.#lastProgress.delete(site)
    this.report({ kind: 'computed', site, durationMs, tasks, ...(finished !== undefined && { finished }) })
  }
}

/** What the user is told of an error that ended a run: its places in the user's own files, the throwing one first. */
export function runFailureOf(error: unknown): RunFailure {
  const thrown = error instanceof Error ? error : undefined
  const shown = thrown ? '' : inspect(error, { depth: 2, breakLength: Number.POSITIVE_INFINITY })
  const stack = thrown?.stack ?? shown
  const frames = userFrames(stack)
  const task = (thrown as { failure?: TaskFailure } | undefined)?.failure
  const own = placeOf(thrown)
  const reasons = errorReasons(thrown)
  const place = task?.place ?? own ?? frames[0]
  return {
    name: thrown?.name ?? 'thrown value',
    message: thrown?.message ?? shown,
    stack,
    ...(place && { place }),
    frames:
      place && !frames.some((frame) => frame.file === place.file && frame.line === place.line)
        ? [place, ...frames]
        : frames,
    ...(reasons.length > 0 && { reasons }),
    ...(task && { task }),
  }
}

/** Errors of ours that know their place in the user's source say it themselves. */
function placeOf(error: Error | undefined): RunFailure['place'] {
  const own = (error as { place?: unknown } | undefined)?.place ?? error
  if (typeof own !== 'object' || own === null) return undefined
  const { file, line, column } = own as Record<string, unknown>
  return typeof file === 'string' && typeof line === 'number' && typeof column === 'number'
    ? { file, line, column }
    : undefined
}
