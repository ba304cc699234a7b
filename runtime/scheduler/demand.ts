// What there is to do, for whoever decides on the number of workers.

import { GROUP_STRIDE } from './groups.ts'
import { READY, RUNNING } from './phases.ts'
import type { State } from './state.ts'

/** Tasks that run or could run now, and the milliseconds that they are expected to take, each on one thread. */
export function demandOf({ groups, counts }: State): { tasks: number; expectedMs: number } {
  let expectedMs = 0
  for (let group = 0; group < groups.infos.length; group++) {
    const tasks = groups.counts[group * GROUP_STRIDE + READY] + groups.counts[group * GROUP_STRIDE + RUNNING]
    if (tasks > 0) expectedMs += tasks * groups.expectedMs(group)
  }
  return { tasks: counts[READY] + counts[RUNNING], expectedMs }
}
