// Links `heddle` into a folder so that imports of it resolve and type-check. No `vscode`.

import { lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises'
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
 * Points `link` at `target`; a link that points elsewhere is turned.
 * @throws {FolderOccupiedError} when something else stands there
 */
export async function pointLink(link: string, target: string): Promise<LinkOutcome> {
  await mkdir(path.dirname(link), { recursive: true })
  const there = await lstat(link).catch(() => undefined)
  if (there && !there.isSymbolicLink()) throw new FolderOccupiedError(link)
  if (there) {
    if (path.resolve(path.dirname(link), await readlink(link)) === path.resolve(target))
      return 'already there'
    await rm(link)
  }
  // On Windows a junction needs no right that a plain user lacks.
  await symlink(target, link, 'junction')
  return 'linked'
}

/**
 * Makes `import 'heddle'` resolve in `folder`. The link goes through `stable`, a path that an update of the extension
 * does not change.
 */
export async function linkHeddle(folder: string, stable: string, runtime: string): Promise<LinkOutcome> {
  await pointLink(stable, runtime)
  return await pointLink(path.join(folder, 'node_modules', 'heddle'), stable)
}
