// Which kinds of machines the jobs of a profile may come to: as `scontrol show node` tells of them. Pure.

import type { HostPlatform } from '../protocol/nodePackages.ts'
import { MAIN_POOL, requestOf, schedulerKind, schedulerRequest } from './jobScript.ts'
import { parseFields } from './parseJob.ts'
import type { SlurmProfile } from './slurmProfile.ts'

/** A compute node's kind, as `uname -m` says it there. */
export interface Machine {
  kind: string
  partitions: string[]
}

/**
 * Reads lines of `scontrol show node -o`. A node that never came up tells of no kind, and is passed over.
 * @example parseMachines('NodeName=n1 Arch=aarch64 CPUTot=4 Partitions=gh,all') // [{ kind: 'aarch64', partitions: ['gh', 'all'] }]
 */
export function parseMachines(text: string): Machine[] {
  const machines: Machine[] = []
  for (const line of text.split('\n')) {
    if (!line.startsWith('NodeName=')) continue
    const fields = parseFields(line)
    const kind = fields.get('Arch')
    if (!kind) continue
    const partitions = fields.get('Partitions')?.split(',').filter(Boolean) ?? []
    machines.push({ kind, partitions })
  }
  return machines
}

/** Partitions that jobs of a profile name whose Node is not the person's choice; `''` for the cluster's default. */
export function partitionsOf(profile: SlurmProfile): Set<string> {
  const pools = [MAIN_POOL, ...Object.keys(profile.pools ?? {})].map((pool) => requestOf(profile, pool))
  const requests = schedulerKind(profile) === 'job' ? [schedulerRequest(profile), ...pools] : pools
  return new Set(
    requests
      .filter(({ nodePath }) => nodePath === undefined)
      .flatMap(({ partition = '' }) => partition.split(',')),
  )
}

/** The kinds of machines in partitions, each once. */
export function kindsIn(machines: readonly Machine[], partitions: ReadonlySet<string>): string[] {
  const found = machines.filter((machine) => machine.partitions.some((name) => partitions.has(name)))
  return [...new Set(found.map(({ kind }) => kind))].sort()
}

const PLATFORMS: Readonly<Record<string, HostPlatform>> = { x86_64: 'linux-x64', aarch64: 'linux-arm64' }

/** The platform of a compute node, as npm names it; nothing where Node has no package for its kind. */
export const platformOfKind = (kind: string): HostPlatform | undefined => PLATFORMS[kind]
