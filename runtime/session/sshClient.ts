// `Client.ssh`: a cluster on machines that ssh reaches, for as long as the program lives.

import { kindOf } from '../graph/taskOptionChecks.ts'
import type { SshClusterOptions } from '../remote/sshCluster.ts'
import { UsageError } from './errors.ts'
import { notice } from './notice.ts'
import { connectCore, type OpenCluster } from './openCluster.ts'

/** What `Client.ssh` takes. */
export interface SshClientOptions
  extends Omit<SshClusterOptions, 'owned' | 'sshEnv' | 'supply' | 'interactive' | 'onLink' | 'progress'> {
  /** Lets Node and native packages be fetched from npm's registry where a host has none; false by default. */
  fetchNode?: boolean
  /** What the scheduler calls this client. */
  name?: string
}

const OPTIONS: Record<keyof SshClientOptions, true> = {
  hosts: true,
  workers: true,
  threadsPerWorker: true,
  memoryLimit: true,
  folder: true,
  nodePath: true,
  env: true,
  notice: true,
  ask: true,
  ssh: true,
  configFile: true,
  sshArguments: true,
  fetchNode: true,
  name: true,
}

export async function sshCore(options: SshClientOptions): Promise<OpenCluster> {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new UsageError(
      `Client.ssh takes its options as an object, e.g. { hosts: ['me@big.example.org'] }, not ${kindOf(options)}`,
    )
  const unknown = Object.keys(options).find((option) => !Object.hasOwn(OPTIONS, option))
  if (unknown !== undefined)
    throw new UsageError(
      `Client.ssh has no option ${JSON.stringify(unknown)}: ${Object.keys(OPTIONS).join(', ')}`,
    )
  const { hosts } = options
  if (typeof hosts !== 'string' && !(Array.isArray(hosts) && hosts.every((host) => typeof host === 'string')))
    throw new UsageError(
      `Client.ssh takes hosts as a list of names, e.g. ['me@big.example.org'], not ${kindOf(hosts)}`,
    )
  const { name, fetchNode, ...cluster } = options
  // Whoever never goes to another machine needs nothing of this.
  const { startSshCluster } = await import('../remote/sshCluster.ts')
  const { supplyFromNpm } = await import('../remote/npmSupply.ts')
  const told = options.notice ?? notice
  const remote = await startSshCluster({
    ...cluster,
    owned: true,
    interactive: process.stdin.isTTY === true,
    notice: told,
    ...(fetchNode && { supply: supplyFromNpm(told) }),
    onLink: (host, state) => {
      if (state.kind === 'lost') told(`the link to ${host} is lost (${state.reason}): trying again`)
      else if (state.kind === 'connected' && state.again) told(`the link to ${host} is back`)
      else if (state.kind === 'over') told(`the link to ${host} is over: ${state.reason}`)
    },
  })
  try {
    const { core } = await connectCore(remote.file, { name })
    return {
      core,
      close: async () => {
        await core.close('close() was called')
        await remote.stop()
      },
    }
  } catch (error) {
    await remote.close()
    throw error
  }
}
