// `heddle worker`: a worker for a running scheduler, with its supervisor in this process.

import { hostname } from 'node:os'
import { readJoinAddress, takeJoinAddress } from '../cluster/joinAddress.ts'
import { reachNetwork } from '../cluster/reachNetwork.ts'
import { workerCounts } from '../cluster/workerCounts.ts'
import { WORKER_MEMORY_OPTIONS, workerMemoryOptions } from '../cluster/workerMemory.ts'
import { createRunFolder, removeRunFolder } from '../host/runFolder.ts'
import { closeScratch, openScratch } from '../host/scratchFolder.ts'
import { Supervisor } from '../host/supervisor.ts'
import { memoryConfig, type WorkerConfig, workerConfig } from '../host/workerConfig.ts'
import type { ClusterAddress, ClusterNetwork } from '../protocol/cluster.ts'
import { deviceVariables, jobWorker } from '../slurm/jobWorker.ts'
import { chosenCluster } from './clusterChoice.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitCodes.ts'
import { plural } from './quantity.ts'
import { UsageError } from './usageError.ts'

const OPTIONS = {
  connect: { type: 'string' },
  name: { type: 'string' },
  threads: { type: 'string' },
  'memory-limit': { type: 'string' },
  ...WORKER_MEMORY_OPTIONS,
  resources: { type: 'string' },
  'no-shared-files': { type: 'boolean' },
  join: { type: 'string' },
  reconnect: { type: 'string' },
  slurm: { type: 'boolean' },
} as const

export async function workerCommand(args: readonly string[]): Promise<number> {
  const { values } = parseCommandLine(args, OPTIONS, false)
  const {
    threads,
    memoryLimitBytes,
    memory = {},
  } = workerCounts(
    { threads: values.threads, memoryLimit: values['memory-limit'], ...workerMemoryOptions(values) },
    { workers: '--workers', threads: '--threads' },
  )
  const job = values.slurm ? jobWorker(process.env) : undefined
  // Programs of this worker see its own devices alone.
  if (job?.gpus) Object.assign(process.env, deviceVariables(job.gpus))
  const name = values.name ?? job?.name ?? `${hostname()}-${process.pid}`
  if (!/^[\w.-]{1,64}$/.test(name))
    throw new UsageError(
      `--name may have letters, digits, '.', '-' and '_', at most 64: not ${JSON.stringify(name)}`,
    )
  const joined =
    values.join !== undefined
      ? readJoinAddress(values.join)
      : values.connect === undefined
        ? takeJoinAddress()
        : undefined
  const { id, ...place } = joined?.network
    ? await networkPlace(joined, joined.network)
    : await nearPlace(values.connect ?? joined, name)
  const scratch = memory.spillFolder === undefined ? undefined : openScratch(memory.spillFolder)
  const folderName = `w-${process.pid}`
  const runFolder = createRunFolder(folderName)
  const config = workerConfig({
    // The name of its socket is short, whatever the worker is called.
    ...{ dataAddress: `unix:${runFolder}/data.sock`, folder: `${runFolder}/files` },
    name,
    ...place,
    runFolder,
    threads,
    memoryLimitBytes,
    ...memoryConfig(memory, scratch),
    resources: { ...(job?.gpus && { gpu: job.gpus.length }), ...resourcesOf(values.resources) },
    ...(values.reconnect !== undefined && { reconnectMs: 1000 * secondsOf(values.reconnect) }),
    sharedFiles: !values['no-shared-files'],
  })
  const { promise: ended, resolve } = Promise.withResolvers<{ code: number; reason: string }>()
  const supervisor = new Supervisor(config, (code, reason) => resolve({ code, reason }))
  let asked = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (asked++ === 0) supervisor.leave()
      else supervisor.abandon()
    })
  supervisor.start()
  process.stderr.write(`heddle worker ${name}: ${plural(threads, 'thread')}, for cluster ${id}\n`)
  const { code, reason } = await ended
  removeRunFolder(folderName)
  if (scratch !== undefined) closeScratch(scratch)
  process.stderr.write(`heddle worker ${name} has ended: ${reason}\n`)
  return code === 0 ? EXIT.ok : EXIT.cluster
}

/** A cluster of this machine, or one that an address leads to. */
async function nearPlace(connect: string | ClusterAddress | undefined, name: string): Promise<Place> {
  const { address, info } = await chosenCluster(connect)
  // Two workers of one name could not be told apart in the panels.
  if (info.workers.some((worker) => worker.name === name))
    throw new UsageError(`cluster ${info.id} has a worker ${name} already: choose another --name`)
  return { id: info.id, control: address.control, token: address.token }
}

/** A cluster on several machines: reached by what answers, and reachable where it was reached from. */
async function networkPlace({ id, token }: ClusterAddress, network: ClusterNetwork): Promise<Place> {
  const { control, localAddress } = await reachNetwork(network)
  const host = localAddress.includes(':') ? `[${localAddress}]` : localAddress
  const { certificate, key = '' } = network
  return { id, control, token, dataAddress: `tls://${host}:0`, tls: { certificate, key } }
}

function secondsOf(given: string): number {
  if (!/^\d{1,6}(\.\d+)?$/.test(given))
    throw new UsageError(`--reconnect must be seconds, not ${JSON.stringify(given)}`)
  return Number(given)
}

interface Place
  extends Pick<WorkerConfig, 'control' | 'token'>,
    Partial<Pick<WorkerConfig, 'dataAddress' | 'tls'>> {
  /** The cluster's. */
  id: string
}

/** @example resourcesOf('gpu=2,licence=1') // { gpu: 2, licence: 1 } */
export function resourcesOf(given: string | undefined): Record<string, number> {
  const resources: Record<string, number> = {}
  for (const part of (given ?? '').split(',').filter((text) => text.trim() !== '')) {
    const match = /^\s*([A-Za-z_][\w-]*)\s*=\s*(\d+(?:\.\d+)?)\s*$/.exec(part)
    if (!match)
      throw new UsageError(`--resources is a list like gpu=2,licence=1: ${JSON.stringify(part)} does not fit`)
    resources[match[1]] = Number(match[2])
  }
  return resources
}
