// The progress of a call that waits for futures: counted by the client itself, since they may be of many graphs.

import type { SourcePlace } from '../protocol/failure.ts'
import type { Handle } from '../protocol/ids.ts'
import { OpenSite, type SiteProgress, sitesAreObserved } from './computeSites.ts'
import type { Core } from './core.ts'
import { ERRED, LOST, PENDING } from './futureTable.ts'

const INTERVAL_MS = 100

/** Counts what of `handles` is done. `perSecond` is since `beganMs`, of what was not done then. */
export function countHandles(
  core: Core,
  handles: readonly Handle[],
  beganMs: number,
  doneAtStart: number,
): SiteProgress {
  let finished = 0
  let erred = 0
  for (const handle of handles) {
    const status = core.table.status(handle)
    if (status === PENDING || status === LOST) continue
    if (status >= ERRED) erred++
    else finished++
  }
  const seconds = (performance.now() - beganMs) / 1000
  const perSecond = seconds > 0 ? Math.max(0, finished + erred - doneAtStart) / seconds : 0
  return { total: handles.length, finished, running: 0, erred, perSecond }
}

/** Runs `work` as a call at `place` that whoever shows calls hears of. */
export async function asSite<R>(
  core: Core,
  method: string,
  place: SourcePlace | undefined,
  handles: readonly Handle[],
  work: () => Promise<R>,
): Promise<R> {
  if (!sitesAreObserved()) return work()
  const site = new OpenSite(method, place, handles.length)
  const beganMs = performance.now()
  const { finished, erred } = countHandles(core, handles, beganMs, 0)
  const count = (): void => site.progressed(countHandles(core, handles, beganMs, finished + erred))
  const timer = setInterval(count, INTERVAL_MS)
  timer.unref()
  let isOver = false
  try {
    const result = await work()
    isOver = true
    return result
  } finally {
    clearInterval(timer)
    count()
    if (isOver) site.ended()
    else site.cutShort()
  }
}
