// Clusters of this user that others started, by code or in a terminal: found by the files that they leave while they run. No `vscode`.

import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import { runFolderPlace } from '../../runtime/protocol/runFolderPlace.ts'
import { isAlive } from './clusterFile.ts'

/** A cluster, and the file that says how to reach it. */
export type OtherCluster = ClusterAddress & { file: string }

/** Every cluster of this user that runs on this machine, but the one with the id `own`. */
export function otherClusters(own: string | undefined): OtherCluster[] {
  const folder = runFolderPlace([process.env.XDG_RUNTIME_DIR, tmpdir()], process.getuid?.() ?? 0)
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names.flatMap((name) => {
    if (name === own) return []
    try {
      const file = path.join(folder, name, 'cluster.json')
      const address = JSON.parse(readFileSync(file, 'utf8')) as ClusterAddress
      return address.id !== own && isAlive(address.pid) ? [{ ...address, file }] : []
    } catch {
      return []
    }
  })
}
