// Where in the user's own source a collection was asked for; whoever knows how to tell provides it.

import type { SourcePlace } from '../protocol/failure.ts'

let provider: (() => SourcePlace | undefined) | undefined

/** Says how to find the user's line that is being run; called when the part that maps stacks is loaded. */
export function providePlaces(find: () => SourcePlace | undefined): void {
  provider = find
}

/** The line of the user's that called into heddle, where that is known. */
export function placeOfCall(): SourcePlace | undefined {
  return provider?.()
}
