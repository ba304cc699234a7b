// The files that a table's reader means, and what is looked at in them when the table is built: on a disk, on servers,
// in the program's memory.

import { closeSync, openSync, readSync } from 'node:fs'
import type { FileMetaData } from 'hyparquet'
import type { Reached } from '../../kernels/bag/plan.ts'
import { FileError, fileErrorOf } from '../../kernels/files/fileErrors.ts'
import { isRemote, type StorageOptions } from '../../kernels/files/fileSystem.ts'
import { localFooter, parsedFooter, readFooter } from '../../kernels/files/parquetFooter.ts'
import { askFiles } from '../askFiles.ts'
import { FileSet, type FoundFile, type Paths } from '../bag/files.ts'

/** @throws {FileError} when one is not there or may not be read, or its server cannot be reached */
export function tableFiles(paths: Paths, storage: StorageOptions | undefined): readonly FoundFile[] {
  const { files } = new FileSet(paths, storage)
  if (files) return files
  const list = (typeof paths === 'string' || paths instanceof URL ? [paths] : paths).map(String)
  const [found] = askFiles([{ ask: 'files', paths: list, storage }]) as [readonly FoundFile[]]
  return found
}

/** How a worker reaches a file; nothing for one of a disk. */
export function reachedBy(file: FoundFile, storage: StorageOptions | undefined): Reached | undefined {
  if (file.contents) return { contents: file.contents }
  return storage ? { storage } : undefined
}

/** What files begin with: so many bytes, or all where there are fewer. */
export function beginningsOf(
  files: readonly FoundFile[],
  bytes: number,
  storage: StorageOptions | undefined,
): Uint8Array[] {
  return lookedAt(
    files,
    (file) => ({ ask: 'beginning', file, bytes, storage }),
    (file) => file.contents?.subarray(0, bytes) ?? localBeginning(file.path, Math.min(file.size, bytes)),
  )
}

/** The footers of parquet files. */
export function footersOf(files: readonly FoundFile[], storage: StorageOptions | undefined): FileMetaData[] {
  for (const { path, size, ranges } of files)
    if (size < 0 || !ranges)
      throw new FileError(
        path,
        `${path} cannot be read in parts, as a parquet file is: its server ${size < 0 ? 'tells no size' : 'ignores ranges'}. Download it first.`,
      )
  const footers = lookedAt<Uint8Array | FileMetaData>(
    files,
    (file) => ({ ask: 'footer', file, storage }),
    ({ path, size, version, contents }) =>
      contents ? readFooter(path, contents) : localFooter(path, size, version),
  )
  return footers.map((footer, i) =>
    footer instanceof Uint8Array ? parsedFooter(files[i].path, footer, files[i].size) : footer,
  )
}

/** Looks at files that are here at once, and asks servers for all others at the same time. */
function lookedAt<R>(
  files: readonly FoundFile[],
  question: (file: FoundFile) => Parameters<typeof askFiles>[0][number],
  here: (file: FoundFile) => R,
): R[] {
  const remote = files.filter(({ path }) => isRemote(path))
  const answers = remote.length > 0 ? askFiles(remote.map(question)) : []
  return files.map((file) => {
    const at = remote.indexOf(file)
    return at < 0 ? here(file) : (answers[at] as R)
  })
}

function localBeginning(path: string, bytes: number): Uint8Array {
  try {
    const descriptor = openSync(path, 'r')
    try {
      const buffer = new Uint8Array(bytes)
      return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    throw fileErrorOf(path, cause)
  }
}
