// Reads the file in which a cluster says how to reach it. No `vscode`.

import { readFile } from 'node:fs/promises'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'

/** The cluster's address; nothing when the file is gone, is no such file, or its scheduler has ended. */
export async function readClusterFile(file: string): Promise<ClusterAddress | undefined> {
  let address: ClusterAddress
  try {
    address = JSON.parse(await readFile(file, 'utf8')) as ClusterAddress
  } catch {
    return undefined
  }
  if (typeof address?.control !== 'string' || typeof address.token !== 'string') return undefined
  return isAlive(address.pid) ? address : undefined
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
