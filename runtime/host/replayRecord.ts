// Plays a recorded scheduler again and compares what it decides with what it decided then.

import { playEvent } from '../scheduler/eventLog.ts'
import { InvariantError } from '../scheduler/invariants.ts'
import { Scheduler } from '../scheduler/scheduler.ts'
import { PostHash, readEventFile } from './eventFile.ts'

export interface ReplayRequest {
  /** Stop after so many events; all of them when absent. */
  until?: number
  checkInvariants?: boolean
}

export interface Replayed {
  scheduler: Scheduler
  events: number
  messages: number
  /** The number of the first event after which something else was decided, or a rule broken; and which. */
  fault?: { event: number; text: string }
}

/** @throws {EventFileError} */
export function replayRecord(path: string, { until = Infinity, checkInvariants }: ReplayRequest): Replayed {
  const { header, records } = readEventFile(path)
  const scheduler = new Scheduler({
    cluster: header.cluster,
    ...(header.saturation !== undefined && { saturation: Number(header.saturation) }),
    ...(checkInvariants !== undefined && { checkInvariants }),
  })
  const played: Replayed = { scheduler, events: 0, messages: 0 }
  let hash = new PostHash()
  for (const record of records) {
    if (record.kind === 'posted') {
      const { digest, messages } = hash.digest()
      hash = new PostHash()
      if (digest === record.digest) continue
      const text = `${messages} messages went out, others than the ${record.messages} of then`
      return { ...played, fault: { event: played.events, text } }
    }
    if (played.events >= until) break
    if (record.kind === 'drain') hash = new PostHash()
    played.events++
    try {
      playEvent(scheduler, record, hash.tapped())
    } catch (error) {
      // A message that failed then fails now; a broken rule is what is looked for.
      if (error instanceof InvariantError)
        return { ...played, fault: { event: played.events, text: `${record.kind}: ${error.message}` } }
    }
    if (record.kind === 'drain') played.messages += hash.messages
  }
  return played
}
