// The cluster that a worker was started for by somebody else: handed over in the environment, since tokens must not stand in argv.

import type { ClusterAddress } from '../protocol/cluster.ts'

export const JOIN_ENV = 'HEDDLE_JOIN'

/** Takes the address out of the environment, so that no task finds the token there. */
export function takeJoinAddress(): ClusterAddress | undefined {
  const text = process.env[JOIN_ENV]
  delete process.env[JOIN_ENV]
  return text === undefined ? undefined : (JSON.parse(text) as ClusterAddress)
}
