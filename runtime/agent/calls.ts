// What an agent answers: about its machine, about bundles, and about the clusters that it starts and finds.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { availableParallelism, homedir, hostname, userInfo } from 'node:os'
import { findClusters } from '../cluster/findClusters.ts'
import { memoryHere } from '../cluster/memoryLimit.ts'
import { HEDDLE_VERSION } from '../protocol/version.ts'
import { agentBuild } from './agentPlace.ts'
import { BundleStore } from './bundleStore.ts'
import { startScheduler, startWorker, stopProcess } from './clusterProcesses.ts'
import type { Calls, Executed, Execution } from './requests.ts'
import { sweepBundles } from './sweepBundles.ts'

/** What a call may do beyond its answer. */
export interface CallContext {
  /** Something that ends with the session. */
  owns(end: () => void): void
}

export const calls: {
  [K in keyof Calls]: (params: Calls[K]['params'], context: CallContext) => Promise<Calls[K]['answer']>
} = {
  describe: async () => ({
    version: HEDDLE_VERSION,
    build: agentBuild(),
    pid: process.pid,
    host: hostname(),
    user: userInfo().username,
    home: homedir(),
    cores: availableParallelism(),
    memoryBytes: memoryHere(),
    node: process.versions.node,
    nodePath: process.execPath,
  }),
  missing: async ({ root, manifest }) => new BundleStore(root).missing(manifest),
  hasFiles: async ({ files }) => ({ has: files.every(({ path, sha256 }) => digestOf(path) === sha256) }),
  commit: async ({ root, manifest }) => {
    const folder = new BundleStore(root).commit(manifest)
    // What mirrors a person's files changes with every edit.
    sweepBundles(root, Date.now(), undefined, manifest.readOnly ? MIRROR_UNUSED_MS : undefined)
    // As Node names the modules in it.
    return { folder: manifest.readOnly ? realpathSync(folder) : folder }
  },
  startScheduler: async (request, context) => {
    const address = await startScheduler(request)
    if (request.owned) context.owns(() => void stopProcess(address.pid))
    return address
  },
  startWorker: async (request) => ({ pid: startWorker(request) }),
  clusters: async () => findClusters().map(({ address }) => address),
  stopCluster: async ({ id }) => {
    const found = findClusters().find(({ address }) => address.id === id)
    if (found) await stopProcess(found.address.pid)
    findClusters() // Clears away what a killed one left.
    return { stopped: found !== undefined }
  },
  execute,
}

const MIRROR_UNUSED_MS = 7 * 24 * 3600_000

/** Of a file's content; nothing where there is no file that can be read. */
function digestOf(file: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch {
    return undefined
  }
}

const EXECUTE_MS_MAX = 60_000
const OUTPUT_BYTES_MAX = 16 << 20

function execute({ command, args, input, env, timeoutMs }: Execution): Promise<Executed> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      {
        encoding: 'utf8',
        timeout: timeoutMs ?? EXECUTE_MS_MAX,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_BYTES_MAX,
        env: { ...process.env, ...env },
      },
      (error, stdout, stderr) => {
        if (error && typeof error.code === 'string')
          reject(new Error(`${command} cannot be run: ${error.message}`))
        else resolve({ exitCode: child.exitCode, signal: child.signalCode, stdout, stderr })
      },
    )
    child.stdin?.on('error', () => {}) // It did not care to read.
    child.stdin?.end(input)
  })
}
