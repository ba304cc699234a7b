// The files of this machine that a table's reader means.

import { type FoundFile, FileSet, type Paths } from '../bag/files.ts'
import { TableArgumentError } from './build.ts'

/**
 * @throws {FileError} when one is not there or may not be read
 * @throws {TableArgumentError} when one is on a server or in the program's memory
 */
export function localFiles(method: string, paths: Paths): readonly FoundFile[] {
  const { files } = new FileSet(paths)
  const elsewhere = files?.find(({ contents }) => contents !== undefined)
  if (!files || elsewhere)
    throw new TableArgumentError(
      `${elsewhere?.path ?? String(paths)}: ${method} reads local files; download it first, or read it with bag and dataframe.fromBag`,
    )
  return files
}
