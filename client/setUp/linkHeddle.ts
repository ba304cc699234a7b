// Links `heddle` into a folder so that imports of it resolve and type-check. No `vscode`.

import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises'
import path from 'node:path'

export type LinkOutcome = 'linked' | 'already there'

/** The folder has something of its own by that name, which is left alone. */
export class FolderOccupiedError extends Error {
  override name = 'FolderOccupiedError'
  readonly path: string
  constructor(file: string) {
    super(`${file} is there already and is no link of Heddle's: remove it, or keep using it`)
    this.path = file
  }
}

/**
 * Points `link` at `target`; a link that points elsewhere is turned, and is there all the while: another window may do the
 * same, and a run may look up its imports.
 * @throws {FolderOccupiedError} when something else stands there
 */
export async function pointLink(link: string, target: string): Promise<LinkOutcome> {
  await mkdir(path.dirname(link), { recursive: true })
  const there = await lstat(link).catch(() => undefined)
  if (there && !there.isSymbolicLink()) throw new FolderOccupiedError(link)
  if (there && (await leadsTo(link, target))) return 'already there'
  const made = `${link}.${randomUUID()}`
  // On Windows a junction needs no right that a plain user lacks.
  await symlink(target, made, 'junction')
  try {
    // There a junction cannot take another's place.
    if (there && process.platform === 'win32') await rm(link, { force: true })
    await rename(made, link)
  } catch (error) {
    await rm(made, { force: true })
    if (!(await leadsTo(link, target))) throw error
  }
  return 'linked'
}

/** Whether a link is there that points at `target`. */
async function leadsTo(link: string, target: string): Promise<boolean> {
  const to = await readlink(link).catch(() => undefined)
  return to !== undefined && path.resolve(path.dirname(link), to) === path.resolve(target)
}

/**
 * Makes `import 'heddle'` resolve in `folder`. The link goes through `stable`, a path that an update of the extension
 * does not change.
 */
export async function linkHeddle(folder: string, stable: string, runtime: string): Promise<LinkOutcome> {
  await pointLink(stable, runtime)
  return await pointLink(path.join(folder, 'node_modules', 'heddle'), stable)
}
