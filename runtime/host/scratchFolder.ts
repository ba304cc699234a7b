// Where the workers of one owner write what memory cannot hold, in a folder that the user chose: found empty, left empty.

import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** The folder that was chosen cannot be written. */
export class ScratchFolderError extends Error {
  override name = 'ScratchFolderError'
  readonly folder: string
  constructor(folder: string, cause: Error) {
    super(
      `the spill folder ${folder} cannot be used: ${cause.message}. Choose another, or leave it out for a temporary one.`,
      { cause },
    )
    this.folder = folder
  }
}

/** Hosts may share a disk, and have processes of the same number. */
const nameOf = (pid: number): string => `heddle-${hostname()}-${pid}`

/**
 * The folder of this process inside `parent`, which is made if it is not there; folders of processes of this host that
 * are dead are removed.
 * @throws {ScratchFolderError}
 */
export function openScratch(parent: string): string {
  try {
    mkdirSync(parent, { recursive: true })
    accessSync(parent, constants.W_OK)
    clearDead(parent)
    const own = join(parent, nameOf(process.pid))
    mkdirSync(own, { recursive: true, mode: 0o700 })
    return own
  } catch (error) {
    throw new ScratchFolderError(parent, error as Error)
  }
}

/** Removes the folder that `openScratch` gave. */
export function closeScratch(own: string): void {
  rmSync(own, { recursive: true, force: true, maxRetries: 3 })
}

function clearDead(parent: string): void {
  const prefix = nameOf(0).slice(0, -1)
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN
    if (!Number.isInteger(pid) || isAlive(pid)) continue
    const folder = join(parent, name)
    // Somebody else's is theirs to remove.
    if (process.getuid && statSync(folder, { throwIfNoEntry: false })?.uid !== process.getuid()) continue
    rmSync(folder, { recursive: true, force: true })
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
