// Where the workers of one owner write what memory cannot hold, in a folder that the user chose: left as it was found.

import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'

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

/** In a folder that was not there before: names the outermost that was made for it. The last to leave removes them. */
const MADE = '.heddle-made'

/**
 * The folder of this process inside `parent`, which is made if it is not there; folders of processes of this host that
 * are dead are removed.
 * @throws {ScratchFolderError}
 */
export function openScratch(parent: string): string {
  try {
    const made = mkdirSync(parent, { recursive: true })
    if (made !== undefined) writeFileSync(join(parent, MADE), made)
    accessSync(parent, constants.W_OK)
    clearDead(parent)
    const own = join(parent, nameOf(process.pid))
    mkdirSync(own, { recursive: true, mode: 0o700 })
    return own
  } catch (error) {
    throw new ScratchFolderError(parent, error as Error)
  }
}

/** Removes the folder that `openScratch` gave; and what was made around it, when nothing else is in there. */
export function closeScratch(own: string): void {
  rmSync(own, { recursive: true, force: true, maxRetries: 3 })
  try {
    removeMade(resolve(dirname(own)))
  } catch {
    // Another is at it, or has come meanwhile.
  }
}

function removeMade(parent: string): void {
  const names = readdirSync(parent)
  if (names.length !== 1 || names[0] !== MADE) return
  const outermost = resolve(readFileSync(join(parent, MADE), 'utf8'))
  rmSync(join(parent, MADE))
  for (let folder = parent; ; folder = dirname(folder)) {
    rmdirSync(folder)
    if (folder === outermost || folder === dirname(folder)) return
  }
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
