// Calls of `future.result()`, shown like other calls: those at one line of the user's that wait at the same time are one.

import type { SourcePlace } from '../protocol/failure.ts'
import { OpenSite } from './computeSites.ts'

interface Line {
  site: OpenSite
  total: number
  finished: number
  erred: number
  beganMs: number
}

const lines = new Map<string, Line>()

/** Joins `work` to what waits at `place`. */
export async function atLine<R>(place: SourcePlace | undefined, work: Promise<R>): Promise<R> {
  const id = place ? `${place.file}:${place.line}:${place.column}` : ''
  let line = lines.get(id)
  if (!line) {
    line = {
      site: new OpenSite('result', place, 1),
      total: 0,
      finished: 0,
      erred: 0,
      beganMs: performance.now(),
    }
    lines.set(id, line)
  }
  line.total++
  try {
    const result = await work
    line.finished++
    return result
  } catch (error) {
    line.erred++
    throw error
  } finally {
    tell(id, line)
  }
}

function tell(id: string, line: Line): void {
  const { site, total, finished, erred, beganMs } = line
  const seconds = (performance.now() - beganMs) / 1000
  const done = finished + erred
  site.progressed({ total, finished, running: 0, erred, perSecond: seconds > 0 ? done / seconds : 0 })
  if (done < total) return
  lines.delete(id)
  if (erred === 0) site.ended(total)
  else site.cutShort(total)
}
