// Which running cluster a command means: what `--connect` names, else the only one that runs here.

import { askCluster, findClusters } from '../cluster/findClusters.ts'
import type { ClusterAddress, ClusterInfo } from '../protocol/cluster.ts'
import { resolveAddress, type SchedulerAddress } from '../session/address.ts'
import { UsageError } from './usageError.ts'

export interface ChosenCluster {
  address: SchedulerAddress
  info: ClusterInfo
}

/**
 * @param connect an address with its token, or the path of a `cluster.json`
 * @throws {ConnectError} {@link AskError} when it is none, does not answer, or refuses the token
 */
export async function chosenCluster(connect: string | ClusterAddress | undefined): Promise<ChosenCluster> {
  const address = await resolveAddress(connect ?? onlyCluster())
  return { address, info: await askCluster(address, withoutToken(address.source)) }
}

function onlyCluster(): string {
  const found = findClusters()
  if (found.length === 1) return found[0].file
  throw new UsageError(
    found.length === 0
      ? 'no cluster of yours runs here: start one with `heddle scheduler`, or name one with --connect'
      : `${found.length} clusters of yours run here: name one with --connect (\`heddle clusters\` shows their files)`,
  )
}

/** Messages end up in logs. */
const withoutToken = (source: string): string => source.replace(/([?&]token=)[^&]*/, '$1…')
