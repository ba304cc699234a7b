// The clusters of this user that run on this machine: found by their files, those of the dead are cleared away.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { clusterFileOf, removeRunFolder, runFolderParent } from '../host/runFolder.ts'
import type { ClusterAddress, ClusterInfo } from '../protocol/cluster.ts'

export interface FoundCluster {
  file: string
  address: ClusterAddress
}

/** A folder without an address is a cluster that starts; older than this, one that never did. */
const STARTING_MS_MAX = 60_000

/** Clusters whose scheduler is alive, the youngest last. */
export function findClusters(): FoundCluster[] {
  const parent = runFolderParent()
  let names: string[]
  try {
    names = readdirSync(parent)
  } catch {
    return []
  }
  const found: (FoundCluster & { madeMs: number })[] = []
  for (const name of names) {
    const folder = join(parent, name)
    const owner = /^[wd]-(\d+)$/.exec(name)
    if (owner) {
      // The folder of a worker that was started by hand is named by its process.
      if (!isAlive(Number(owner[1]))) removeRunFolder(name)
      continue
    }
    const state = statSync(folder, { throwIfNoEntry: false })
    if (!state?.isDirectory() || !/^[\w-]{1,8}$/.test(name)) continue
    const file = clusterFileOf(folder)
    const address = readAddress(file)
    if (address && isAlive(address.pid)) found.push({ file, address, madeMs: state.birthtimeMs })
    else if (address || Date.now() - state.mtimeMs > STARTING_MS_MAX) removeRunFolder(name)
  }
  return found.sort((a, b) => a.madeMs - b.madeMs).map(({ file, address }) => ({ file, address }))
}

function readAddress(file: string): ClusterAddress | undefined {
  try {
    const address = JSON.parse(readFileSync(file, 'utf8')) as ClusterAddress
    return typeof address.pid === 'number' && typeof address.control === 'string' ? address : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A scheduler that cannot be asked: names it and says what to do. */
export class AskError extends Error {
  override name = 'AskError'
  readonly control: string
  constructor(control: string, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.control = control
  }
}

const ASK_MS_MAX = 5000

/**
 * Asks a scheduler what it is: also the quickest way to see that it lives and that the token is right.
 * @param source how the user named it, for messages
 * @throws {AskError}
 */
export function askCluster(
  { control, token }: { control: string; token: string },
  source: string = control,
): Promise<ClusterInfo> {
  return new Promise((resolve, reject) => {
    const where = control.startsWith('unix:')
      ? { socketPath: control.slice('unix:'.length) }
      : { host: new URL(control).hostname, port: new URL(control).port || 80 }
    const asked = request(
      {
        ...where,
        path: '/info',
        headers: { authorization: `Bearer ${token}`, host: 'localhost' },
        timeout: ASK_MS_MAX,
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text
        })
        response.on('end', () => {
          if (response.statusCode === 401)
            reject(
              new AskError(
                control,
                `the scheduler at ${source} refused the token: take the one in its cluster's cluster.json (\`heddle clusters\` shows where)`,
              ),
            )
          else if (response.statusCode !== 200)
            reject(
              new AskError(
                control,
                `what answers at ${source} is no heddle scheduler (HTTP ${response.statusCode})`,
              ),
            )
          else resolve(JSON.parse(body) as ClusterInfo)
        })
      },
    )
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${ASK_MS_MAX / 1000} s`)))
    asked.on('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new AskError(
          control,
          `no scheduler answers at ${source} (${cause.code ?? cause.message}): is it still running? \`heddle clusters\` shows those that are.`,
          cause,
        ),
      ),
    )
    asked.end()
  })
}
