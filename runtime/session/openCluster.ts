// How a client comes to a cluster: it starts one here, or finds one that runs.

import type { LocalClusterOptions } from '../cluster/localCluster.ts'
import { clusterFileThere } from '../cluster/startingCluster.ts'
import { kernelNames } from '../kernels/kernel.ts'
import type { ClusterAddress } from '../protocol/cluster.ts'
import { resolveAddress, type SchedulerAddress } from './address.ts'
import { Connection } from './connection.ts'
import { Core } from './core.ts'
import { notice } from './notice.ts'
import { processLifter } from './processLifter.ts'

/** What `Client.local` takes. */
export interface LocalOptions extends LocalClusterOptions {
  /** What the scheduler calls this client. */
  name?: string
}

/** A core, and how it ends. */
export interface OpenCluster {
  core: Core
  close(): Promise<void>
}

const CLOSED = 'close() was called'

/** Starts a local cluster, or connects to the run's own where there is one. */
export async function localCore(options: LocalOptions): Promise<OpenCluster> {
  const { name, ...cluster } = options
  const given = process.env.HEDDLE_CLUSTER
  if (given) {
    await clusterFileThere(given)
    const open = await connectCore(given, { name })
    const { workers } = open.core.connection.cluster
    const threads = workers.reduce((sum, worker) => sum + worker.threads, 0)
    notice(
      `Client.local() uses the cluster of this run: ${workers.length} ${workers.length === 1 ? 'worker' : 'workers'}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    )
    return open
  }
  // Whoever connects to a cluster that runs needs nothing of what starts one.
  const { startLocalCluster } = await import('../cluster/localCluster.ts')
  const local = await startLocalCluster(cluster)
  try {
    const { core } = await connectCore(local.file, { name })
    return {
      core,
      close: async () => {
        await core.close(CLOSED)
        await local.close()
      },
    }
  } catch (error) {
    await local.close()
    throw error
  }
}

/** Connects to a running scheduler. */
export async function connectCore(
  where: string | URL | ClusterAddress,
  options: { token?: string; name?: string },
): Promise<OpenCluster> {
  const address: SchedulerAddress = await resolveAddress(where, options.token)
  const connection = await Connection.open(address, options.name ?? `session-${process.pid}`)
  const core = new Core(connection, address, processLifter(), kernelNames)
  core.onLog = notice
  return { core, close: () => core.close(CLOSED) }
}
