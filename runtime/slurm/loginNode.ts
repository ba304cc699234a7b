// The machine on which Slurm's commands are run: this one, or one that ssh reaches.

import { copyFile, mkdir, rename } from 'node:fs/promises'
import { connect } from 'node:net'
import { machine } from 'node:os'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { calls } from '../agent/calls.ts'
import type { CallName, Calls } from '../agent/requests.ts'
import { socketOptions } from '../host/address.ts'
import { packageFolder } from '../host/entries.ts'
import type { FilesOfRun } from '../protocol/deskLines.ts'
import { linkText } from '../remote/linkText.ts'
import type { LinkState } from '../remote/remoteLink.ts'
import { makeBundle } from '../remote/runtimeBundle.ts'
import { mirrorOn, readyHost, type SshClusterOptions } from '../remote/sshCluster.ts'
import { otherNodes } from './otherNodes.ts'
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
  /** Programs of Node for compute nodes of other kinds than it is, by kind; brought where they are not there. */
  otherNodes(profile: SlurmProfile): Promise<Record<string, string>>
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
  return profile.host === undefined
    ? hereAsLoginNode(profile, options)
    : farLoginNode(profile.host, profile, options)
}

async function hereAsLoginNode(
  { nodePath, folder = '~/.cache/heddle' }: SlurmProfile,
  { supply, notice = () => {} }: ReachOptions,
): Promise<LoginNode> {
  const context = { owns: () => {} }
  const { home, host } = await calls.describe({}, context)
  const run: RunCommand = (execution) => calls.execute(execution, context)
  const store = folder.replace(/^~(?=\/|$)/, home)
  return {
    ...{ name: host, isHere: true, home },
    node: nodePath ?? process.execPath,
    runtime: packageFolder(),
    call: (method, params) => calls[method](params as never, context) as never,
    run,
    otherNodes: (profile) =>
      otherNodes(profile, {
        ...{ name: host, kind: machine(), store, run, notice, put: copyNode },
        ...(supply && { supply }),
      }),
    dial: (address) => connect(socketOptions(address)),
    mirror: async () => undefined,
    close: () => {},
  }
}

/** Whole or not at all: another may bring the same. */
async function copyNode(packageFolder: string, folder: string): Promise<void> {
  const program = join(folder, 'bin', 'node')
  const draft = `${program}.${process.pid}`
  await mkdir(dirname(program), { recursive: true })
  await copyFile(join(packageFolder, 'bin', 'node'), draft)
  await rename(draft, program)
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
  const run: RunCommand = (execution) => agent.call('execute', execution)
  const bringNode = async (packageFolder: string, to: string): Promise<void> => {
    const keeps = (inside: string): boolean => /^\/(bin(\/node)?|LICENSE)$/.test(inside)
    const put = await agent.putBundle(store, makeBundle([{ folder: packageFolder, to: '', keeps }]))
    await run({
      command: 'sh',
      args: ['-c', 'mkdir -p "$(dirname "$2")" && ln -sfn "$1" "$2"', 'sh', put.folder, to],
    })
  }
  const { supply, notice = () => {} } = options
  const { home, nodePath: found } = await agent.call('describe', {})
  return {
    ...{ name: host, isHere: false, home, runtime },
    node: nodePath ?? found,
    call: (method, params) => agent.call(method, params),
    run,
    otherNodes: (wanted) =>
      otherNodes(wanted, {
        ...{ name: host, kind: link.found.facts.arch, store, run, notice, put: bringNode },
        ...(supply && { supply }),
      }),
    dial: (address) => agent.connect(address),
    mirror: mirrorOn(agent, store, options.notice),
    close: () => link.close(),
  }
}
