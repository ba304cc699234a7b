// Ends a write of many files: they get their names once all of them are there, and those of an earlier write go.

import { kernel } from '../kernel.ts'
import { FileError } from './fileErrors.ts'
import { fileSystemOf } from './fileSystem.ts'
import { isAt, isStaged, stagedPath, unstagedPath, type WrittenPlace } from './writtenPlace.ts'

/** A write goes to where there are files already, and nothing said what becomes of them. */
export class FilesThereError extends FileError {
  override name = 'FilesThereError'
}
kernel('error.FilesThereError', FilesThereError)

/** The files of a place. */
export async function filesAt(place: WrittenPlace): Promise<string[]> {
  const { folder, depth, storage } = place
  const all = await (await fileSystemOf(folder, storage)).below(folder, depth)
  return all.filter((path) => isAt(place, path))
}

export function filesThere({ folder }: WrittenPlace, files: readonly string[]): FilesThereError {
  const named = files
    .slice(0, 2)
    .map((path) => path.slice(folder.length))
    .join(', ')
  return new FilesThereError(
    folder,
    `${folder} has ${files.length === 1 ? 'a file' : `${files.length} files`} already (${named}${files.length > 2 ? ', …' : ''}), ` +
      "which would be read together with what is written: say mode: 'overwrite' to put these in their place, " +
      "mode: 'append' to add to them, or name another folder",
  )
}

/**
 * Gives files their names, and removes those of the place that are none of them when it is overwritten. Running it again
 * changes nothing.
 * @param lists the paths that each partition wrote, under the staged names that `token` makes
 * @returns the same lists
 * @throws {FilesThereError} when somebody else wrote there meanwhile
 */
export const settleWritten = kernel(
  'files.settleWritten',
  async (place: WrittenPlace, token: string, lists: readonly string[][]): Promise<readonly string[][]> => {
    const { folder, depth, storage, mode } = place
    const files = await fileSystemOf(folder, storage)
    const there = await files.below(folder, depth)
    const ours = new Set(lists.flat())
    const others = there.filter((path) => isAt(place, path) && !ours.has(path))
    const staged = new Set(there.filter((path) => isStaged(path, token)))
    const settled = new Set(there)
    const taken =
      mode === 'error'
        ? others
        : mode === 'append'
          ? [...ours].filter((path) => settled.has(path) && staged.has(stagedPath(path, token)))
          : []
    if (taken.length > 0) throw filesThere(place, taken)
    for (const path of ours) {
      if (staged.has(stagedPath(path, token))) await files.move(stagedPath(path, token), path)
      else if (!settled.has(path))
        throw new FileError(path, `${path} was removed before all files of its write were there: write again`)
    }
    if (mode === 'overwrite') {
      // What writes left that did not end goes too.
      const left = there.filter(
        (path) => isStaged(path) && !staged.has(path) && isAt(place, unstagedPath(path)),
      )
      for (const path of [...others, ...left]) await files.remove(path, folder)
    }
    return lists
  },
)

/** Removes what a write left that will not end. */
export async function abandonWritten({ folder, depth, storage }: WrittenPlace, token: string): Promise<void> {
  const files = await fileSystemOf(folder, storage)
  for (const path of await files.below(folder, depth))
    if (isStaged(path, token)) await files.remove(path, folder)
}

/** The paths of one partition. */
export const settledPart = kernel(
  'files.settledPart',
  (lists: readonly string[][], i: number): string[] => lists[i],
)
