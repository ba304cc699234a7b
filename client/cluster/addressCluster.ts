// A cluster that was started by code or in a terminal, reached by the file that it leaves while it runs. No `vscode`.

import { readClusterFile } from './clusterFile.ts'
import type { FoundCluster } from './foundCluster.ts'

/** Nothing when its scheduler has ended, or the file is none of a scheduler's. */
export async function findByFile(file: string): Promise<FoundCluster | undefined> {
  const address = await readClusterFile(file)
  return (
    address && {
      ...{ kind: 'address', name: address.id, address, leave: () => {} },
      note: { kind: 'address', file },
    }
  )
}
