// The folder of a running cluster: its sockets, its address and its workers' files. It ends with the cluster.

import { randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import type { ClusterAddress } from '../protocol/cluster.ts'
import { runFolderPlace } from '../protocol/runFolderPlace.ts'

/** The folder that run folders stand in is not safely this user's own. */
export class RunFolderError extends Error {
  override name = 'RunFolderError'
  readonly folder: string
  constructor(folder: string, why: string) {
    super(`${folder} cannot hold clusters: ${why}. Remove it, or set XDG_RUNTIME_DIR to a folder of yours.`)
    this.folder = folder
  }
}

/** Where this user's run folders stand: the same for everybody who looks, whether a cluster runs or not. */
export function runFolderParent(environment: NodeJS.ProcessEnv = process.env): string {
  return runFolderPlace([environment.XDG_RUNTIME_DIR, tmpdir()], userInfo().uid)
}

export const newClusterId = (): string => randomBytes(4).toString('hex')

export const clusterFileOf = (folder: string): string => join(folder, 'cluster.json')

/**
 * Makes the run folder of a new cluster, readable by this user alone.
 * @throws {RunFolderError} when the folder above it belongs to somebody else
 */
export function createRunFolder(id: string): string {
  const parent = runFolderParent()
  // The end of another cluster may take the parent away between two steps.
  for (let tries = 1; ; tries++) {
    try {
      makePrivate(parent)
      const folder = join(parent, id)
      mkdirSync(folder, { mode: 0o700 })
      return folder
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === TRIES_MAX) throw error
    }
  }
}

const TRIES_MAX = 5

/**
 * Makes a folder that this user alone may enter, or checks that it is one.
 * @throws {RunFolderError} when it belongs to somebody else
 */
export function makePrivate(parent: string): void {
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  const found = lstatSync(parent)
  // Anybody may make a folder of this name in a shared /tmp before we do.
  if (!found.isDirectory()) throw new RunFolderError(parent, 'it is no folder')
  if (process.getuid && found.uid !== process.getuid())
    throw new RunFolderError(parent, 'it belongs to another user')
  if ((found.mode & 0o077) !== 0) chmodSync(parent, 0o700)
}

/**
 * Where workers write what memory cannot hold. A runtime folder is often memory itself, so it is no place for that.
 * @returns nothing where the run folder will do
 */
export function spillFolderOf(id: string): string | undefined {
  const own = runFolderParent()
  const onDisk = join(tmpdir(), `heddle-${userInfo().uid}`)
  return own === onDisk ? undefined : join(onDisk, `${id}-spill`)
}

/** Writes the address so that a reader sees all of it or nothing. */
export function writeClusterFile(folder: string, address: ClusterAddress): string {
  const file = clusterFileOf(folder)
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(address, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, file)
  return file
}

/** Removes everything of a cluster that has ended, and the folder above it when no other is there. */
export function removeRunFolder(id: string): void {
  removeWithParent(join(runFolderParent(), id))
  const spill = spillFolderOf(id)
  if (spill) removeWithParent(spill)
}

function removeWithParent(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  try {
    rmdirSync(dirname(folder))
  } catch {
    // Another cluster has its folder there.
  }
}
