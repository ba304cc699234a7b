// How a client comes to a cluster: it starts one here, or finds one that runs.

import type { LocalClusterOptions } from '../cluster/localCluster.ts'
import { clusterFileThere } from '../cluster/startingCluster.ts'
import { kindOf } from '../graph/taskOptionChecks.ts'
import { kernelNames } from '../kernels/kernel.ts'
import { requireOptions } from '../kernels/optionNames.ts'
import type { ClusterAddress, ClusterInfo } from '../protocol/cluster.ts'
import { resolveAddress, type SchedulerAddress } from './address.ts'
import { Connection } from './connection.ts'
import { Core } from './core.ts'
import { UsageError } from './errors.ts'
import { closeLines, openLines } from './lineFigures.ts'
import { notice } from './notice.ts'
import { requireKind } from './optionKinds.ts'
import { processLifter } from './processLifter.ts'
import { taskCore } from './taskClient.ts'

/** What `Client.local` takes. */
export interface LocalOptions extends LocalClusterOptions {
  /** What the scheduler calls this client. */
  name?: string
}

const LOCAL_OPTIONS: Record<keyof LocalOptions, true> = {
  workers: true,
  threadsPerWorker: true,
  memoryLimit: true,
  memoryShares: true,
  spillFolder: true,
  spillLimit: true,
  port: true,
  onOutput: true,
  saturation: true,
  record: true,
  checkInvariants: true,
  name: true,
}

/** A core, and how it ends. */
export interface OpenCluster {
  core: Core
  close(): Promise<void>
}

const CLOSED = 'close() was called'

/** Inside a task, the cluster that it runs on; else starts a local cluster, or connects to the run's own where there is one. */
export async function localCore(options: LocalOptions): Promise<OpenCluster> {
  if (typeof options !== 'object' || options === null)
    throw new UsageError(
      `Client.local takes its options as an object, e.g. { workers: 2 }, not ${kindOf(options)}`,
    )
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(LOCAL_OPTIONS, option))
  if (unknown !== undefined)
    throw new UsageError(
      `Client.local has no option ${JSON.stringify(unknown)}: ${Object.keys(LOCAL_OPTIONS).join(', ')}`,
    )
  const inTask = await sharedCore()
  if (inTask) return inTask
  const { name, ...cluster } = options
  const given = process.env.HEDDLE_CLUSTER
  if (given) {
    const open = await runCore(given, name)
    notice(`Client.local() uses the cluster of this run${sizeOf(open.core.connection.cluster)}`)
    return open
  }
  // Whoever connects to a cluster that runs needs nothing of what starts one.
  const { startLocalCluster } = await import('../cluster/localCluster.ts')
  const local = await startLocalCluster(cluster)
  try {
    const { core, close } = await connectCore(local.file, { name })
    return {
      core,
      close: async () => {
        await close()
        await local.close()
      },
    }
  } catch (error) {
    await local.close()
    throw error
  }
}

/** What collections compute on when no client was opened: the run's own cluster, else a new local one. */
export async function ambientCore(): Promise<OpenCluster> {
  const inTask = await sharedCore()
  if (inTask) return inTask
  const given = process.env.HEDDLE_CLUSTER
  return given ? runCore(given) : localCore({})
}

/** Inside a task: the connection of its thread, which other tasks use too and which therefore stays open. */
async function sharedCore(): Promise<OpenCluster | undefined> {
  const core = await taskCore()
  return core && { core, close: async () => {} }
}

/** Connects to the cluster of the run that this process is. */
async function runCore(cluster: string, name?: string): Promise<OpenCluster> {
  await clusterFileThere(cluster)
  return connectCore(cluster, { name })
}

/** How large a cluster is, where its workers have joined already. */
function sizeOf({ workers }: ClusterInfo): string {
  if (workers.length === 0) return ''
  const threads = workers.reduce((sum, worker) => sum + worker.threads, 0)
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
  return `: ${count(workers.length, 'worker')}, ${count(threads, 'thread')}`
}

/** Connects to a running scheduler. */
export async function connectCore(
  where: string | URL | ClusterAddress,
  options: { token?: string; name?: string },
): Promise<OpenCluster> {
  requireOptions('Client.connect', options, { token: true, name: true })
  requireKind('Client.connect: token', options.token, 'string', 'a text')
  requireKind('Client.connect: name', options.name, 'string', 'a text')
  const address: SchedulerAddress = await resolveAddress(where, options.token)
  const connection = await Connection.open(address, options.name ?? `session-${process.pid}`)
  const core = new Core(connection, address, processLifter(), kernelNames)
  core.onLog = notice
  openLines(core)
  const close = async (): Promise<void> => {
    await closeLines(core)
    await core.close(CLOSED)
  }
  return { core, close }
}
