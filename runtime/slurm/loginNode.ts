// The machine on which Slurm's commands are run: this one, or one that ssh reaches.

import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { calls } from '../agent/calls.ts'
import type { CallName, Calls } from '../agent/requests.ts'
import { socketOptions } from '../host/address.ts'
import { packageFolder } from '../host/entries.ts'
import type { FilesOfRun } from '../protocol/deskLines.ts'
import { linkText } from '../remote/linkText.ts'
import type { LinkState } from '../remote/remoteLink.ts'
import { mirrorOn, readyHost, type SshClusterOptions } from '../remote/sshCluster.ts'
import type { RunCommand } from './slurmCommands.ts'
import type { SlurmProfile } from './slurmProfile.ts'

export interface LoginNode {
  /** As a person knows it. */
  name: string
  /** Whether it is this machine. */
  isHere: boolean
  home: string
  /** Node's program there. */
  node: string
  /** The runtime's folder there. */
  runtime: string
  call<M extends CallName>(method: M, params: Calls[M]['params']): Promise<Calls[M]['answer']>
  run: RunCommand
  /** A connection to an address as it is reached from there. */
  dial(address: string): Duplex
  /** Brings the files of a run there; nothing where it finds them at their own paths, as here. */
  mirror(run: FilesOfRun): Promise<string | undefined>
  close(): void
}

/** How to come to a login node that is elsewhere. */
export type ReachOptions = Pick<
  SshClusterOptions,
  'ask' | 'interactive' | 'notice' | 'progress' | 'supply' | 'sshEnv'
> & {
  /** How the link is; told as a notice when absent. */
  onLink?: (host: string, state: LinkState) => void
}

/** @throws {HostError} when ssh does not reach it */
export async function openLoginNode(profile: SlurmProfile, options: ReachOptions = {}): Promise<LoginNode> {
  return profile.host === undefined ? hereAsLoginNode(profile) : farLoginNode(profile.host, profile, options)
}

async function hereAsLoginNode({ nodePath }: SlurmProfile): Promise<LoginNode> {
  const context = { owns: () => {} }
  const { home, host } = await calls.describe({}, context)
  return {
    ...{ name: host, isHere: true, home },
    node: nodePath ?? process.execPath,
    runtime: packageFolder(),
    call: (method, params) => calls[method](params as never, context) as never,
    run: (execution) => calls.execute(execution, context),
    dial: (address) => connect(socketOptions(address)),
    mirror: async () => undefined,
    close: () => {},
  }
}

async function farLoginNode(host: string, profile: SlurmProfile, options: ReachOptions): Promise<LoginNode> {
  const { nodePath, folder, configFile } = profile
  const {
    link,
    runtime,
    folder: store,
  } = await readyHost(host, {
    onLink: (name, state) => {
      const text = linkText(name, state)
      if (text !== undefined) options.notice?.(text)
    },
    ...options,
    ...(nodePath !== undefined && { nodePath }),
    ...(folder !== undefined && { folder }),
    ...(configFile !== undefined && { configFile }),
  })
  const { agent } = link
  const { home, nodePath: found } = await agent.call('describe', {})
  return {
    ...{ name: host, isHere: false, home, runtime },
    node: nodePath ?? found,
    call: (method, params) => agent.call(method, params),
    run: (execution) => agent.call('execute', execution),
    dial: (address) => agent.connect(address),
    mirror: mirrorOn(agent, store, options.notice),
    close: () => link.close(),
  }
}
