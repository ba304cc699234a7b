// What a profile can choose from: partitions as `sinfo` tells of them, accounts and qualities of service where accounting answers.

import type { SlurmChoices } from '../protocol/slurmDesk.ts'
import type { Partition } from './parsePartitions.ts'
import { type SlurmCommands, SlurmError } from './slurmCommands.ts'
import { timeText } from './slurmTime.ts'

/** @throws {SlurmError} when not even `sinfo` answers */
export async function choicesOf(
  slurm: Pick<SlurmCommands, 'partitions' | 'associations'>,
): Promise<SlurmChoices> {
  const [partitions, { accounts, qos }] = await Promise.all([
    slurm.partitions(),
    slurm.associations().catch((error: unknown) => {
      if (error instanceof SlurmError) return { accounts: [], qos: [] }
      throw error
    }),
  ])
  return { partitions: partitions.map(choiceOf), accounts, qos }
}

function choiceOf(partition: Partition): SlurmChoices['partitions'][number] {
  const { name, isDefault, isUp, walltimeMsMax, nodes, cores, memoryBytes, gres, features } = partition
  const limit = walltimeMsMax === undefined || walltimeMsMax === Infinity ? undefined : walltimeMsMax
  const parts = [
    `${nodes} node${nodes === 1 ? '' : 's'}`,
    `${cores} cores`,
    `${(memoryBytes / 1e9).toFixed(memoryBytes < 1e10 ? 1 : 0)} GB`,
    ...(gres === '' ? [] : [gres]),
    ...(limit === undefined ? [] : [`at most ${timeText(limit)}`]),
    ...(isDefault ? ['default'] : []),
    ...(isUp ? [] : ['down']),
  ]
  return {
    ...{ name, isDefault, isUp, text: parts.join(' · '), cores, memoryBytes, gres, features },
    ...(limit !== undefined && { walltime: walltimeOf(limit) }),
  }
}

/** As Slurm takes it. @example walltimeOf(90_000_000) // '1-01:00:00' */
export function walltimeOf(ms: number): string {
  const s = Math.floor(ms / 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  const days = Math.floor(s / 86_400)
  const clock = [Math.floor((s % 86_400) / 3600), Math.floor((s % 3600) / 60), s % 60].map(two).join(':')
  return days === 0 ? clock : `${days}-${clock}`
}
