// Which files a reader means: globs, lists, names that only look like globs. Read at once, when the bag is built.

import { existsSync, globSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileError, fileErrorOf } from '../../kernels/files/fileErrors.ts'
import { httpFacts } from '../../kernels/files/httpFile.ts'
import { isRemote } from '../../kernels/files/sourceFile.ts'

/** A path, a glob, an address, or a list of them. */
export type Paths = string | URL | readonly (string | URL)[]

/** A file as it is now. Size and version are part of the keys, so that a changed file is read again. */
export interface FoundFile {
  path: string
  /** Bytes, −1 where nobody knows. */
  size: number
  /** Changes when the file does: its modification time, or what a server calls its entity tag. */
  version: string
}

/** A glob that no file matches. */
export class NoFilesError extends FileError {
  override name = 'NoFilesError'
}

/**
 * Finds files: globs in the order of their names, numbers in them by size (`part-2` before `part-10`).
 * @throws {FileError} when one is not there or may not be read, and when a glob matches nothing
 */
export function findFiles(paths: Paths): FoundFile[] {
  const list = typeof paths === 'string' || paths instanceof URL ? [paths] : paths
  if (list.length === 0)
    throw new NoFilesError('', 'the list of files to read is empty: name at least one file')
  return list.flatMap((each) => {
    const path = each instanceof URL && each.protocol === 'file:' ? fileURLToPath(each) : String(each)
    if (isRemote(path)) return [{ path, size: -1, version: '' }]
    return expanded(path.startsWith('file:') ? fileURLToPath(path) : path).map(statOf)
  })
}

/** Asks servers for what `findFiles` could not know: sizes and versions. */
export async function completeRemote(files: FoundFile[]): Promise<void> {
  const unknown = files.filter((file) => isRemote(file.path) && file.version === '' && file.size < 0)
  await Promise.all(
    unknown.map(async (file) => {
      const facts = await httpFacts(file.path)
      // What a server says nothing of may have changed since the last run, so it is read again.
      Object.assign(file, facts, facts.version === '' ? { version: `asked at ${Date.now()}` } : {})
    }),
  )
}

const GLOB = /[*?[{]|[!@+]\(/

function expanded(path: string): string[] {
  // A file may well be named `data[1].txt`: what is there is meant.
  if (!GLOB.test(path) || existsSync(path)) return [resolve(path)]
  const found = globSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => resolve(entry.parentPath, entry.name))
  if (found.length === 0)
    throw new NoFilesError(
      path,
      `no file matches ${path}: check the pattern; relative ones start at ${process.cwd()}`,
    )
  return found.sort(byName)
}

/** Orders names as people do: runs of digits by their number. */
function byName(a: string, b: string): number {
  const left = a.split(/(\d+)/)
  const right = b.split(/(\d+)/)
  for (let i = 0; i < left.length && i < right.length; i++) {
    if (left[i] === right[i]) continue
    const order = i % 2 === 1 ? Number(left[i]) - Number(right[i]) : 0
    return order || (left[i] < right[i] ? -1 : 1)
  }
  return left.length - right.length
}

function statOf(path: string): FoundFile {
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    return { path, size: stat.size, version: String(stat.mtimeMs) }
  } catch (cause) {
    throw fileErrorOf(path, cause)
  }
}
