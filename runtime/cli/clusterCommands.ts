// `heddle clusters` and `heddle stop`: the clusters of this user that run on this machine.

import { askCluster, type FoundCluster, findClusters } from '../cluster/findClusters.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitCodes.ts'
import { plural } from './quantity.ts'
import { UsageError } from './usageError.ts'

export async function clustersCommand(args: readonly string[]): Promise<number> {
  parseCommandLine(args, {}, false)
  const found = findClusters()
  if (found.length === 0) process.stdout.write('No cluster of yours runs here.\n')
  for (const { file, address } of found) {
    const what = await askCluster(address).then(
      ({ workers }) =>
        `${plural(workers.length, 'worker')}, ${plural(
          workers.reduce((sum, { threads }) => sum + threads, 0),
          'thread',
        )}`,
      () => 'does not answer',
    )
    process.stdout.write(
      `${address.id}  ${what}, process ${address.pid}\n  ${address.dashboardUrl}\n  ${file}\n`,
    )
  }
  return EXIT.ok
}

/** How long a cluster may take to end in order, before it is ended by force. */
const STOP_MS_MAX = 8000
const LOOK_MS = 50

export async function stopCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, { all: { type: 'boolean' } }, true)
  const found = findClusters()
  if (!values.all && positionals.length === 0) throw new UsageError('say which cluster to stop, or --all')
  const chosen = values.all ? found : positionals.map((id) => byId(found, id))
  for (const { address } of chosen) {
    process.kill(address.pid, 'SIGTERM')
    const stopped = await isGone(address.pid)
    if (!stopped) process.kill(address.pid, 'SIGKILL')
    process.stdout.write(`${address.id} ${stopped ? 'has stopped' : 'did not stop in time and was killed'}\n`)
  }
  // Clears away what a killed one left.
  findClusters()
  return EXIT.ok
}

function byId(found: readonly FoundCluster[], id: string): FoundCluster {
  const cluster = found.find(({ address }) => address.id === id)
  if (cluster) return cluster
  const known = found.map(({ address }) => address.id)
  throw new UsageError(
    `no cluster ${JSON.stringify(id)} of yours runs here${known.length > 0 ? `: there are ${known.join(', ')}` : ''}`,
  )
}

async function isGone(pid: number): Promise<boolean> {
  const deadline = Date.now() + STOP_MS_MAX
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return false
}
