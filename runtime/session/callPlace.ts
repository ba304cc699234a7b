// Where in the user's code the present call of this API stands.

import { userPlace } from '../functions/failureOf.ts'
import { providePlaces } from '../graph/callPlace.ts'
import type { SourcePlace } from '../protocol/failure.ts'

/** Deep enough to leave this package behind. */
const FRAMES = 16

/** The place of the user's line that called; nothing when it cannot be told. */
export function callPlace(): SourcePlace | undefined {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = FRAMES
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, callPlace)
  Error.stackTraceLimit = limit
  return holder.stack === undefined ? undefined : userPlace(holder.stack)
}

// Collections ask for the places of their calls without knowing how they are found.
providePlaces(callPlace)
