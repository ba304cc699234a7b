// The task stream's model: the latest runs, and the threads that they ran on.

import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type SeenThreads, seeThread, seeWorkers } from './rows.ts'
import { addRuns, clearRuns, noRuns, type Runs, TRANSFERRED } from './runs.ts'

/** Changed in place. */
export interface TaskStream {
  runs: Runs
  seen: SeenThreads
  /** Raised when a row is added. */
  shape: number
  clusterId: string
}

export const noTaskStream = (capacity?: number): TaskStream => ({
  runs: noRuns(capacity),
  seen: { threads: new Map() },
  shape: 0,
  clusterId: '',
})

/** Takes one message in, after the cluster did; says whether it changed anything. */
export function applyToTaskStream(stream: TaskStream, message: FeedMessage, cluster: Cluster): boolean {
  switch (message.type) {
    case 'snapshot':
      if (stream.clusterId !== message.cluster.id) {
        clearRuns(stream.runs)
        stream.seen.threads.clear()
        stream.clusterId = message.cluster.id
      }
      seeWorkers(stream.seen, cluster.workers)
      stream.shape++
      return true
    case 'workers':
      if (message.joined.length === 0) return false
      seeWorkers(stream.seen, cluster.workers)
      stream.shape++
      return true
    case 'stream': {
      addRuns(stream.runs, message)
      const { worker, thread, what } = message
      for (let i = 0; i < worker.length; i++)
        if (seeThread(stream.seen, worker[i], thread[i], what[i] === TRANSFERRED)) stream.shape++
      return worker.length > 0 || message.total > 0
    }
    default:
      return false
  }
}
