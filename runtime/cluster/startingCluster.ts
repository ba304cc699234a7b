// A session that was started beside its cluster, not after it: it loads the user's file while the scheduler starts.

import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** Set for a session whose cluster's file may not be there yet; its starter ends it when the cluster does not start. */
export const STARTING_ENV = 'HEDDLE_CLUSTER_STARTING'

const LOOK_MS = 5
const LOOK_MS_MAX = 10_000

/** Waits until the cluster's file is there, where it is known to come. */
export async function clusterFileThere(where: string): Promise<void> {
  if (process.env[STARTING_ENV] !== '1') return
  const deadline = performance.now() + LOOK_MS_MAX
  while (!existsSync(where) && performance.now() < deadline) await setTimeout(LOOK_MS)
  delete process.env[STARTING_ENV]
}
