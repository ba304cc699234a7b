// Says that the connection broke or that the cluster has closed, above what was last known.

import type { JSX } from 'preact'
import type { Cluster } from '../cluster/cluster.ts'
import type { Connection, Surroundings } from '../feed/surroundings.ts'

interface ConnectionNoticeProps {
  cluster: Cluster
  connection: Connection
  surroundings: Surroundings
}

export function ConnectionNotice({
  cluster,
  connection,
  surroundings,
}: ConnectionNoticeProps): JSX.Element | null {
  if (cluster.closed !== undefined || connection.kind === 'no-cluster')
    return (
      <div class="notice" role="alert">
        The cluster has closed{cluster.closed ? `: ${cluster.closed}` : ''}. What you see is how it ended.{' '}
        {surroundings.place === 'editor' && (
          <button type="button" class="link" onClick={() => surroundings.command('startLocalCluster')}>
            Start another
          </button>
        )}
      </div>
    )
  if (connection.kind === 'lost')
    return (
      <div class="notice" role="alert">
        The connection broke. What you see is from before; trying again…
      </div>
    )
  return null
}
