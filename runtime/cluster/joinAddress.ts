// The cluster that a worker was started for by somebody else: handed over in the environment, since tokens must not stand in argv.

import { readFileSync } from 'node:fs'
import type { ClusterAddress } from '../protocol/cluster.ts'

export const JOIN_ENV = 'HEDDLE_JOIN'

/** Takes the address out of the environment, so that no task finds the token there. */
export function takeJoinAddress(): ClusterAddress | undefined {
  const text = process.env[JOIN_ENV]
  delete process.env[JOIN_ENV]
  return text === undefined ? undefined : (JSON.parse(text) as ClusterAddress)
}

/** A cluster's file does not say where it is: names the file and the way out. */
export class JoinFileError extends Error {
  override name = 'JoinFileError'
}

/**
 * Reads the address from a file that the cluster keeps for its workers, readable by its owner alone.
 * @throws {JoinFileError}
 */
export function readJoinAddress(file: string): ClusterAddress {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ClusterAddress
  } catch (cause) {
    throw new JoinFileError(
      `${file} does not say where the cluster is (${(cause as Error).message}): it has ended, or this machine does not see that folder`,
      { cause },
    )
  }
}
