// Node for compute nodes of another kind than the login node: found beside heddle's own files there, or brought.

import { type HostPlatform, NODE_PACKAGES } from '../protocol/nodePackages.ts'
import type { Supply } from '../remote/sshCluster.ts'
import { kindsIn, partitionsOf, platformOfKind } from './machineKinds.ts'
import { type RunCommand, SlurmCommands } from './slurmCommands.ts'
import type { SlurmProfile } from './slurmProfile.ts'

/** A login node, as far as Node is brought to its folder. */
export interface NodesGround {
  name: string
  /** What `uname -m` says there. */
  kind: string
  /** Where heddle's files are there. */
  store: string
  run: RunCommand
  supply?: Supply
  /** Puts the program of a package of Node into a folder there. */
  put(packageFolder: string, folder: string): Promise<void>
  notice(text: string): void
}

/**
 * Programs of Node for the kinds of machines that jobs of a profile may come to, by kind. What cannot be had is told and left
 * out: a job that comes to such a machine says so.
 */
export async function otherNodes(
  profile: SlurmProfile,
  ground: NodesGround,
): Promise<Record<string, string>> {
  const nodes: Record<string, string> = {}
  for (const kind of await kindsOf(profile, ground)) {
    if (kind === ground.kind) continue
    const node = await nodeFor(kind, ground)
    if (node !== undefined) nodes[kind] = node
  }
  return nodes
}

/** What Slurm does not tell is found by the jobs. */
async function kindsOf(profile: SlurmProfile, { run, kind: own }: NodesGround): Promise<string[]> {
  const partitions = partitionsOf(profile)
  if (partitions.size === 0) return []
  const slurm = new SlurmCommands(run)
  try {
    const machines = await slurm.machines()
    if (machines.every(({ kind }) => kind === own)) return []
    if (partitions.has(''))
      for (const { name, isDefault } of await slurm.partitions()) if (isDefault) partitions.add(name)
    return kindsIn(machines, partitions)
  } catch {
    return []
  }
}

/** Where a platform's Node is, below heddle's folder. */
export function nodeFolderOf(store: string, platform: HostPlatform): string {
  const { name, version } = NODE_PACKAGES[platform]
  return `${store}/node/${name}-${version}`
}

/** As it is called without links: a cluster that names it so keeps it from being swept, and so does its being young. */
async function programIn(folder: string, run: RunCommand): Promise<string | undefined> {
  const script = 'cd -P "$1" && [ -x bin/node ] && { touch . || true; } && pwd -P'
  const { exitCode, stdout } = await run({ command: 'sh', args: ['-c', script, 'sh', folder] })
  return exitCode === 0 ? `${stdout.trim()}/bin/node` : undefined
}

async function nodeFor(kind: string, ground: NodesGround): Promise<string | undefined> {
  const { name: host, store, run, supply, put, notice } = ground
  const platform = platformOfKind(kind)
  const wayOut = 'name one with "nodePath" in the profile, in its pool or its scheduler'
  if (platform === undefined) {
    notice(`${host} has nodes of the kind ${kind}, for which there is no package of Node: ${wayOut}`)
    return undefined
  }
  const folder = nodeFolderOf(store, platform)
  const found = await programIn(folder, run)
  if (found !== undefined) return found
  if (!supply) {
    notice(
      `${host} has nodes of the kind ${kind}, and no Node for them: ${wayOut}, or connect from VS Code, which asks whether it may bring one`,
    )
    return undefined
  }
  try {
    const { name, version } = NODE_PACKAGES[platform]
    await put(await supply.package(name, version, `${host}, which has nodes of the kind ${kind},`), folder)
    return await programIn(folder, run)
  } catch (error) {
    notice(`nodes of the kind ${kind} have no Node on ${host} (${(error as Error).message}): ${wayOut}`)
    return undefined
  }
}
