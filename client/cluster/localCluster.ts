// A local cluster of this window's: started through a keeper that outlives the window, found again by what was noted. No `vscode`.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ClusterAddress } from '../../runtime/protocol/cluster.ts'
import { type KeeperAnswer, type KeeperOrder, type KeeperWord, ORDER_ENV } from '../keeper/keeperOrder.ts'
import { programEnvironment } from '../node/programEnvironment.ts'
import { readClusterFile } from './clusterFile.ts'

/** How a window finds its cluster again. */
export interface ClusterNote {
  clusterFile: string
  keeperSocket: string
}

/** The cluster did not start: the text is its own. */
export class ClusterStartError extends Error {
  override name = 'ClusterStartError'
}

export interface LocalClusterRequest {
  node: string
  /** The keeper's program. */
  keeper: string
  runtime: string
  workers: number
  threadsPerWorker: number
  memoryLimit: string
  graceMs: number
  keep: boolean
  /** Where the cluster's processes write what they print. */
  logFile: string
}

/** A running cluster, and this window's presence at its keeper. */
export interface LocalCluster {
  address: ClusterAddress
  note: ClusterNote
  presence: Presence
}

/** @throws {ClusterStartError} */
export async function startLocalCluster(request: LocalClusterRequest): Promise<LocalCluster> {
  const keeperSocket = newSocketPath()
  const order: KeeperOrder = {
    runtime: request.runtime,
    args: schedulerArgs(request),
    socket: keeperSocket,
    graceMs: request.graceMs,
    keep: request.keep,
  }
  const clusterFile = await orderKeeper(request, order)
  const found = await findLocalCluster({ clusterFile, keeperSocket })
  if (!found) throw new ClusterStartError('the cluster ended as soon as it had started')
  return found
}

/** The cluster that a window noted, if it still runs. */
export async function findLocalCluster(note: ClusterNote): Promise<LocalCluster | undefined> {
  const address = await readClusterFile(note.clusterFile)
  if (!address) return undefined
  const presence = await Presence.at(note.keeperSocket)
  return presence && { address, note, presence }
}

/** This window's presence: as long as one window's lasts, the keeper keeps the cluster. */
export class Presence {
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    // The keeper ends with its cluster; the scheduler's own connection tells about that.
    socket.on('error', () => {})
    socket.resume()
  }

  /** Nothing when no keeper listens there. */
  static at(socketPath: string): Promise<Presence | undefined> {
    return new Promise((resolve) => {
      const socket = connect(socketPath)
      socket.once('connect', () => resolve(new Presence(socket)))
      socket.once('error', () => resolve(undefined))
    })
  }

  /** Tells whether the cluster should stay when no window is left. */
  say(keep: boolean): void {
    const word: KeeperWord = keep ? 'keep' : 'let-go'
    this.#socket.write(`${word}\n`)
  }

  leave(): void {
    this.#socket.end()
  }
}

function schedulerArgs({ workers, threadsPerWorker, memoryLimit }: LocalClusterRequest): string[] {
  const args = ['--local-workers', String(workers > 0 ? workers : 1)]
  if (threadsPerWorker > 0) args.push('--threads', String(threadsPerWorker))
  if (memoryLimit) args.push('--memory-limit', memoryLimit)
  return args
}

function orderKeeper({ node, keeper, logFile }: LocalClusterRequest, order: KeeperOrder): Promise<string> {
  mkdirSync(path.dirname(logFile), { recursive: true })
  const log = openSync(logFile, 'a', 0o600)
  // Its own session, so that neither a reload nor the end of the extension host takes it along.
  const child = spawn(node, [keeper], {
    detached: true,
    stdio: ['ignore', 'pipe', log],
    env: { ...programEnvironment(), [ORDER_ENV]: JSON.stringify(order) },
    cwd: path.dirname(keeper),
    windowsHide: true,
  })
  closeSync(log)
  const stdout = child.stdout!
  return new Promise((resolve, reject) => {
    let said = ''
    const finish = (answer: KeeperAnswer): void => {
      stdout.destroy()
      child.unref()
      if (answer.kind === 'ready') resolve(answer.clusterFile)
      else reject(new ClusterStartError(answer.reason))
    }
    child.once('error', (error) =>
      finish({ kind: 'failed', reason: `${node} does not start: ${error.message}` }),
    )
    stdout.setEncoding('utf8')
    stdout.on('data', (text: string) => {
      said += text
      const end = said.indexOf('\n')
      if (end >= 0) finish(JSON.parse(said.slice(0, end)) as KeeperAnswer)
    })
    stdout.once('end', () => finish({ kind: 'failed', reason: `the cluster did not start: see ${logFile}` }))
  })
}

/** Short, since a socket's path has to stay below 100 bytes, and in the folder of clusters that only this user may enter. */
function newSocketPath(): string {
  const name = `keeper-${randomBytes(6).toString('hex')}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\heddle-${name}`
  const folder = path.join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), `heddle-${process.getuid?.() ?? 0}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return path.join(folder, `${name}.sock`)
}
