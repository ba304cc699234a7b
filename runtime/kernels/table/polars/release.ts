// Memory of native frames: V8 does not see it, so frames are let go of by a collection once enough have been made.

let collect: (() => void) | undefined
let madeBytes = 0

/** A full collection costs some milliseconds; so many bytes of frames may wait for one. */
const COLLECT_BYTES = 256 * 2 ** 20

/** Says how this thread collects garbage. */
export function provideCollection(provided: () => void): void {
  collect = provided
}

/** Counts a frame that was made; now and then those that nobody holds are freed. */
export function madeFrame(bytes: number): void {
  madeBytes += bytes
  if (madeBytes < COLLECT_BYTES) return
  madeBytes = 0
  collect?.()
}
