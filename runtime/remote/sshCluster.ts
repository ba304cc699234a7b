// A cluster on machines that ssh reaches: the scheduler on the first, workers on all; its near end is here.

import { join } from 'node:path'
import { packageFolder } from '../host/entries.ts'
import type { ClusterAddress } from '../protocol/cluster.ts'
import type { FilesOfRun } from '../protocol/deskLines.ts'
import type { HostPlatform } from '../protocol/nodePackages.ts'
import type { AgentClient } from './agentClient.ts'
import type { Ask } from './askpass.ts'
import type { BroughtNode } from './connectHost.ts'
import { Gateway } from './gateway.ts'
import { HostError } from './hostErrors.ts'
import type { Mirror } from './mirror.ts'
import { type LinkState, RemoteLink } from './remoteLink.ts'
import { makeBundle, runtimeParts } from './runtimeBundle.ts'
import type { SshOptions } from './sshArguments.ts'

/** What a person may ask of a cluster on machines that ssh reaches. */
export interface SshClusterOptions extends SshOptions {
  /** The machines, as ssh knows them: the scheduler starts on the first, workers on all. A name may stand twice. */
  hosts: string | readonly string[]
  /** Worker processes on each; 1 by default, since threads of one process share memory. */
  workers?: number
  /** Threads of each worker; by default the machine's cores, shared out. */
  threadsPerWorker?: number
  /** Of each worker: `'4GB'`, a fraction of its machine's memory, or bytes. */
  memoryLimit?: string | number
  /** Where files of heddle go on the hosts; by default the user's cache folder there. */
  folder?: string
  /** A Node on the hosts; by default the first that is new enough. */
  nodePath?: string
  /** Variables for the cluster's processes. */
  env?: Record<string, string>
  /** The cluster ends with this program; true by default. */
  owned?: boolean
  /** Answers ssh's questions (passphrase, password, one-time code, host key); nothing when the person will not. */
  ask?: Ask
  /** Somebody can answer ssh's questions on the terminal. */
  interactive?: boolean
  /** Variables for ssh, e.g. those of an askpass. */
  sshEnv?: NodeJS.ProcessEnv
  /** Brings Node and native packages for a platform; absent: what is not on a machine cannot be had. */
  supply?: Supply
  /** What a person should know. */
  notice?: (text: string) => void
  /** How far something has come that takes a while, a few times. */
  progress?: (text: string) => void
  /** How each host's link is. */
  onLink?: (host: string, state: LinkState) => void
}

/** Where Node and native packages come from that are not on this machine. */
export interface Supply {
  /** @param host who needs it, for questions */
  node(platform: HostPlatform, host?: string): Promise<BroughtNode>
  /** The folder of an npm package. */
  package(name: string, version: string, host?: string): Promise<string>
}

export interface SshCluster {
  /** For programs of this machine. */
  address: ClusterAddress
  /** As it stands on the first host. */
  remote: ClusterAddress
  /** The path of the near `cluster.json`. */
  file: string
  hosts: readonly string[]
  /** Bytes of the runtime that went over. */
  sentBytes: number
  /** Leaves the cluster: one that is owned ends, one that is not goes on. */
  close(): Promise<void>
  /** Ends the cluster. */
  stop(): Promise<void>
}

/** A host that is ready to start processes of ours. */
export interface ReadyHost {
  link: RemoteLink
  /** The runtime's folder there. */
  runtime: string
  folder: string
  sentBytes: number
}

/**
 * @throws {HostError} naming the host that cannot be reached or used, and the way out
 * @throws {AgentError} when a process does not start there
 * @param opened a link to the first host
 */
export async function startSshCluster(options: SshClusterOptions, opened?: RemoteLink): Promise<SshCluster> {
  const hosts = typeof options.hosts === 'string' ? [options.hosts] : options.hosts
  if (hosts.length === 0)
    throw new HostError('', "an ssh cluster needs at least one host: { hosts: ['me@server'] }")
  const links: RemoteLink[] = []
  try {
    const first = await readyHost(hosts[0], options, opened)
    links.push(first.link)
    const env = options.env ?? {}
    const remote = await first.link.agent.call('startScheduler', {
      runtime: first.runtime,
      // Workers of one machine share its memory and need no network.
      args:
        hosts.length === 1
          ? ['--local-workers', String(options.workers ?? 1), ...workerArgs(options)]
          : ['--network'],
      env,
      owned: options.owned ?? true,
      logFolder: join(first.folder, 'logs'),
    })
    let sentBytes = first.sentBytes
    if (hosts.length > 1)
      for (const [number, host] of hosts.entries()) {
        const ready = number === 0 ? first : await readyHost(host, options)
        if (number > 0) {
          links.push(ready.link)
          sentBytes += ready.sentBytes
        }
        for (let worker = 0; worker < (options.workers ?? 1); worker++)
          await ready.link.agent.call('startWorker', {
            runtime: ready.runtime,
            address: remote,
            args: ['--name', workerName(host, number, worker), ...workerArgs(options)],
            env,
            logFolder: join(ready.folder, 'logs'),
          })
      }
    return await nearEnd(hosts, links, remote, sentBytes)
  } catch (error) {
    for (const link of links) link.close()
    throw error
  }
}

/** A host that was reached: what can be done there without asking the person again. */
export interface SshHost {
  /** Clusters of this user that run there, the youngest last. */
  clusters(): Promise<ClusterAddress[]>
  /** Joins one, the youngest unless another is meant: nothing when it is not there. */
  join(id?: string): Promise<SshCluster | undefined>
  /**
   * Starts another.
   * @param moreHosts with workers too
   * @throws {AgentError} {@link HostError}
   */
  start(moreHosts?: readonly string[]): Promise<SshCluster>
  /** Brings the files of a run there: see `Mirror`. */
  mirror(run: FilesOfRun): Promise<string | undefined>
  close(): void
}

/** @throws {HostError} when ssh does not reach it */
export async function openSshHost(host: string, options: Omit<SshClusterOptions, 'hosts'>): Promise<SshHost> {
  const link = await openLink(host, options)
  const clusters = (): Promise<ClusterAddress[]> => link.agent.call('clusters', {})
  const mirror = mirrorOn(link.agent, link.found.plan.folder, options.notice)
  return {
    clusters,
    join: async (id) => {
      const found = await clusters()
      const remote = id === undefined ? found.at(-1) : found.find((one) => one.id === id)
      return remote && (await nearEnd([host], [link], remote, 0))
    },
    start: (moreHosts = []) => startSshCluster({ ...options, hosts: [host, ...moreHosts] }, link),
    mirror,
    close: () => link.close(),
  }
}

/** What is loaded for it is large, and few need it. */
export function mirrorOn(
  agent: AgentClient,
  folder: string,
  notice: (text: string) => void = () => {},
): (run: FilesOfRun) => Promise<string | undefined> {
  let opened: Promise<Mirror> | undefined
  const open = async (): Promise<Mirror> => {
    const { Mirror } = await import('./mirror.ts')
    return new Mirror({
      call: (method, params) => agent.call(method, params),
      putBundle: (root, bundle) => agent.putBundle(root, bundle),
      ...{ folder, notice },
    })
  }
  return async (run) => {
    opened ??= open()
    return (await opened).put(run, Date.now())
  }
}

/** Finds the clusters that run on a host. */
export async function clustersOn(
  host: string,
  options: Omit<SshClusterOptions, 'hosts'>,
): Promise<ClusterAddress[]> {
  const opened = await openSshHost(host, options)
  try {
    return await opened.clusters()
  } finally {
    opened.close()
  }
}

/** Joins a cluster that runs on a host already: nothing when there is none of that id. */
export async function joinSshCluster(
  host: string,
  id: string | undefined,
  options: Omit<SshClusterOptions, 'hosts'>,
): Promise<SshCluster | undefined> {
  const opened = await openSshHost(host, options)
  const cluster = await opened.join(id)
  if (!cluster) opened.close()
  return cluster
}

async function nearEnd(
  hosts: readonly string[],
  links: readonly RemoteLink[],
  remote: ClusterAddress,
  sentBytes: number,
): Promise<SshCluster> {
  const { agent } = links[0]
  const gateway = new Gateway((address) => agent.connect(address))
  const { address, file } = await gateway.open(remote)
  const close = async (): Promise<void> => {
    gateway.close()
    for (const link of links) link.close()
  }
  return {
    address,
    remote,
    file,
    hosts,
    sentBytes,
    close,
    stop: async () => {
      await agent.call('stopCluster', { id: remote.id })
      await close()
    },
  }
}

function openLink(host: string, options: Omit<SshClusterOptions, 'hosts'>): Promise<RemoteLink> {
  const { supply, sshEnv, onLink, ...rest } = options
  return RemoteLink.open(host, {
    ...rest,
    env: sshEnv,
    agentFile: join(packageFolder(), 'dist', 'agent.js'),
    ...(supply && { bringNode: (platform: HostPlatform) => supply.node(platform, host) }),
    onState: (state) => onLink?.(host, state),
  })
}

/** Connects to a host and brings the runtime there. @throws {HostError} */
export async function readyHost(
  host: string,
  options: Omit<SshClusterOptions, 'hosts'>,
  opened?: RemoteLink,
): Promise<ReadyHost> {
  const link = opened ?? (await openLink(host, options))
  try {
    const { platform, folder } = link.found.plan
    const { supply } = options
    const parts = await runtimeParts(
      packageFolder(),
      platform,
      supply && ((name, version) => supply.package(name, version, host)),
    )
    const put = await link.agent.putBundle(folder, makeBundle(parts))
    return { link, runtime: put.folder, folder, sentBytes: put.sentBytes }
  } catch (error) {
    link.close()
    throw error
  }
}

/** Unique in its cluster, and telling the host. @example workerName('me@big.example.org', 1, 0) // 'big.example.org-1-0' */
const workerName = (host: string, number: number, worker: number): string =>
  `${host
    .replace(/^.*@/, '')
    .replace(/[^\w.-]/g, '-')
    .slice(0, 48)}-${number}-${worker}`

function workerArgs({ threadsPerWorker, memoryLimit }: SshClusterOptions): string[] {
  const args: string[] = []
  if (threadsPerWorker !== undefined) args.push('--threads', String(threadsPerWorker))
  if (memoryLimit !== undefined)
    args.push('--memory-limit', typeof memoryLimit === 'number' ? `${memoryLimit}B` : memoryLimit)
  return args
}
