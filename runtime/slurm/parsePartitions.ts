// Reads what `sinfo` prints of partitions: what a profile can choose from.

import { parseWalltime } from './slurmTime.ts'

export interface Partition {
  name: string
  isDefault: boolean
  isUp: boolean
  /** The longest that a job may ask for, in milliseconds; Infinity without a limit. */
  walltimeMsMax?: number
  /** What a job gets that asks for nothing. */
  walltimeMsDefault?: number
  nodes: number
  /** Of each node: the least where they differ. */
  cores: number
  memoryBytes: number
  /** `gpu:a100:4`, or nothing. */
  gres: string
  features: string[]
}

/** For `sinfo -h -o`. */
export const PARTITION_FORMAT = '%P|%a|%l|%D|%c|%m|%G|%f|%L'

const MIB = 2 ** 20

/** A partition whose nodes differ has a line for each kind. */
export function parsePartitions(text: string): Partition[] {
  const partitions: Partition[] = []
  for (const line of text.split('\n')) {
    const [name, up, max, nodes, cores, memory, gres, features, usual] = line.split('|')
    if (usual === undefined || !/^\d+\+?$/.test(cores)) continue
    const walltimeMsMax = parseWalltime(max)
    const walltimeMsDefault = parseWalltime(usual)
    partitions.push({
      name: name.replace(/\*$/, ''),
      isDefault: name.endsWith('*'),
      isUp: up === 'up',
      ...(walltimeMsMax !== undefined && { walltimeMsMax }),
      ...(walltimeMsDefault !== undefined && { walltimeMsDefault }),
      nodes: Number(nodes),
      cores: Number.parseInt(cores, 10),
      memoryBytes: Number.parseInt(memory, 10) * MIB,
      gres: gres === '(null)' ? '' : gres,
      features: features === '(null)' ? [] : features.split(','),
    })
  }
  return partitions
}
