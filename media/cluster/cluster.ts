// What every panel knows of the cluster: who it is, its groups, workers, rates and latest log lines.

import type { ClusterInfo } from '../../runtime/protocol/cluster.ts'
import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import { applyToGroups, type Groups, noGroups } from './groups.ts'
import { applyToRates, noRates, type Rates } from './rates.ts'
import { applyToWorkers, noWorkers, type Workers } from './workers.ts'

export interface LogLine {
  level: string
  text: string
  worker?: string
}

/** Changed in place, since a hundred thousand counts should not be copied five times a second. */
export interface Cluster {
  info?: ClusterInfo
  groups: Groups
  workers: Workers
  rates: Rates
  /** The latest last. */
  log: LogLine[]
  /** Why the cluster has closed, once it has. */
  closed?: string
  /** The latest moment that the feed spoke of, in the scheduler's clock (epoch milliseconds). */
  nowMs: number
}

const LOG_LINES_MAX = 200

export const noCluster = (): Cluster => ({
  groups: noGroups(),
  workers: noWorkers(),
  rates: noRates(),
  log: [],
  nowMs: 0,
})

/** Takes one message in; says whether it changed anything. */
export function applyToCluster(cluster: Cluster, message: FeedMessage): boolean {
  const groups = applyToGroups(cluster.groups, message)
  const workers = applyToWorkers(cluster.workers, message)
  const rates = applyToRates(cluster.rates, cluster.workers, message)
  return takeRest(cluster, message) || groups || workers || rates
}

function takeRest(cluster: Cluster, message: FeedMessage): boolean {
  switch (message.type) {
    case 'snapshot': {
      if (cluster.info?.id !== message.cluster.id) {
        cluster.rates = noRates()
        cluster.log = []
      }
      cluster.info = message.cluster
      cluster.closed = undefined
      cluster.nowMs = message.atMs
      return true
    }
    case 'rates':
      cluster.nowMs = Math.max(cluster.nowMs, message.atMs)
      return true
    case 'log': {
      const { level, text, worker } = message
      cluster.log = [...cluster.log, { level, text, ...(worker === undefined ? {} : { worker }) }].slice(
        -LOG_LINES_MAX,
      )
      return true
    }
    case 'closing':
      cluster.closed = message.reason
      return true
    default:
      return false
  }
}
