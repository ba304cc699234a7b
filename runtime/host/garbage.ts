// Collects a thread's garbage when asked: V8 does not count shared memory, and would let it pile up for ever.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/** A full collection of this thread's heap: some milliseconds for a heap of some tens of megabytes. */
export function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}
