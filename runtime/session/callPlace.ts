// Where in the user's code the present call of this API stands.

import { userPlace } from '../functions/failureOf.ts'
import { liftHook } from '../functions/liftHook.ts'
import { placeOverThere } from '../functions/stackPlaces.ts'
import { providePlaces } from '../graph/callPlace.ts'
import type { SourcePlace } from '../protocol/failure.ts'

/** Deep enough to leave this package behind. */
const FRAMES = 24
/** Places are kept by script and position as V8 says them: mapping these to the user's source is the expensive part. */
const places = new Map<string, Map<number, SourcePlace | undefined>>()
const PLACES_OF_SCRIPT_MAX = 10_000
const SCRIPTS_MAX = 1_000

// biome-ignore lint/complexity/noBannedTypes: any function may be the one that was called.
type CalledFunction = Function

/**
 * The place of the user's line that called `called`, a function of this API; nothing when it cannot be told.
 * @example class Client { submit() { const place = callPlace(Client.prototype.submit); … } }
 */
export function callPlace(called: CalledFunction): SourcePlace | undefined {
  const site = firstSite(called)
  const script = site?.getScriptNameOrSourceURL()
  if (!site || !script) return undefined
  let ofScript = places.get(script)
  if (!ofScript) {
    if (places.size >= SCRIPTS_MAX) places.clear()
    ofScript = new Map()
    places.set(script, ofScript)
  }
  const position = site.getPosition()
  const known = ofScript.get(position)
  if (known !== undefined || ofScript.has(position)) return known
  const place = placeAbove(called)
  if (ofScript.size >= PLACES_OF_SCRIPT_MAX) ofScript.clear()
  ofScript.set(position, place)
  return place
}

/**
 * The same for a call whose arguments are at hand: code that the loader saw has noted where it stands, any other is found by
 * the stack.
 * @example class Client { submit(f, ...args) { const place = notedPlace(Client.prototype.submit, f, args); … } }
 */
export function notedPlace(
  called: CalledFunction,
  first: unknown,
  rest: readonly unknown[],
): SourcePlace | undefined {
  const noted = liftHook.calls.take(first, rest)
  return noted ? placeOverThere(noted) : callPlace(called)
}

/** The one frame above `called`, without a text being made of the stack. */
function firstSite(called: CalledFunction): NodeJS.CallSite | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error
  Error.prepareStackTrace = takeFirst
  Error.stackTraceLimit = 1
  const holder: { stack?: unknown } = {}
  Error.captureStackTrace(holder, called)
  const site = holder.stack as NodeJS.CallSite | undefined
  Error.prepareStackTrace = prepareStackTrace
  Error.stackTraceLimit = stackTraceLimit
  return site
}

const takeFirst = (_error: unknown, sites: NodeJS.CallSite[]): NodeJS.CallSite | undefined => sites[0]

/** The place of the first frame above `called` that is in the user's files. */
function placeAbove(called: CalledFunction): SourcePlace | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = FRAMES
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, called)
  const { stack } = holder
  Error.stackTraceLimit = stackTraceLimit
  return stack === undefined ? undefined : userPlace(stack)
}

// Collections ask for the places of their calls without knowing how they are found.
providePlaces(function place() {
  return placeAbove(place)
})
