// What there is to do, for whoever decides on the number of workers.

import { GROUP_STRIDE } from './groups.ts'
import { READY, RUNNING } from './phases.ts'
import type { State } from './state.ts'
import type { Worker } from './worker.ts'

/** What there is to do, and what is kept: for whoever chooses how many workers there should be. */
export interface Demand {
  /** Tasks that run or could run now. */
  tasks: number
  /** What they are expected to take, each on one thread. */
  expectedMs: number
  /** Results that somebody still wants, copies included. */
  heldBytes: number
}

export function demandOf({ groups, counts, present }: State): Demand {
  let expectedMs = 0
  for (let group = 0; group < groups.infos.length; group++) {
    const tasks = groups.counts[group * GROUP_STRIDE + READY] + groups.counts[group * GROUP_STRIDE + RUNNING]
    if (tasks > 0) expectedMs += tasks * groups.expectedMs(group)
  }
  let heldBytes = 0
  for (const worker of present) heldBytes += worker.heldBytes
  return { tasks: counts[READY] + counts[RUNNING], expectedMs, heldBytes }
}

/** A network moves so many bytes in a millisecond, about. */
const BYTES_A_MS = 100_000

/** What it costs to do without a worker, in milliseconds: to run elsewhere what it has to do, and to move what it holds. */
export const burdenOf = ({ occupancyMs, heldBytes }: Worker): number => occupancyMs + heldBytes / BYTES_A_MS
