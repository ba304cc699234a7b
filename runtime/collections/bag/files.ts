// Which files a reader means: globs, lists, names that only look like globs. Those of this machine are known at once,
// those on servers once they have been asked.

import { existsSync, globSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileError, fileErrorOf } from '../../kernels/files/fileErrors.ts'
import {
  type FileFacts,
  fileSystemOf,
  isInMemory,
  isKnownScheme,
  isRemote,
  type StorageOptions,
  schemeOf,
  unknownScheme,
  versionNow,
} from '../../kernels/files/fileSystem.ts'
import { memoryFiles } from '../../kernels/files/memoryFile.ts'
import { givenText } from '../../kernels/givenText.ts'
import { BagArgumentError } from './arguments.ts'

/** A path, a glob, an address, or a list of them. */
export type Paths = string | URL | readonly (string | URL)[]

/** A file as it is now. Size and version are part of the keys, so that a changed file is read again. */
export interface FoundFile extends FileFacts {
  /** The contents, of a file in this program's memory. */
  contents?: Uint8Array
}

/** A glob that no file matches. */
export class NoFilesError extends FileError {
  override name = 'NoFilesError'
}

/**
 * The files that paths name: globs in the order of their names, numbers in them by size (`part-2` before `part-10`).
 * @throws {FileError} when one of this machine is not there or may not be read, and when a glob matches nothing
 */
export class FileSet {
  readonly #storage: StorageOptions | undefined
  /** What is known, and the paths that only a server can tell of. */
  readonly #entries: (readonly FoundFile[] | string)[]
  #files: readonly FoundFile[] | undefined

  /** @param call what reads them, as errors call it */
  constructor(paths: Paths, storage?: StorageOptions, call?: string) {
    const list = typeof paths === 'string' || paths instanceof URL ? [paths] : paths
    const where = call === undefined ? '' : `${call}: `
    const wrong = (given: unknown): Error =>
      new BagArgumentError(
        `${where}files are read from a path, a glob, an address or a list of them, not from ${givenText(given)}`,
      )
    if (!Array.isArray(list)) throw wrong(paths)
    if (list.length === 0)
      throw new NoFilesError('', `${where}the list of files to read is empty: name at least one file`)
    for (const path of list)
      if (!(typeof path === 'string' && path !== '') && !(path instanceof URL)) throw wrong(path)
    this.#storage = storage
    this.#entries = list.map(found)
    if (this.#entries.every((entry) => typeof entry !== 'string')) this.#files = this.#entries.flat()
  }

  /** The files; nothing as long as a server must be asked first. */
  get files(): readonly FoundFile[] | undefined {
    return this.#files
  }

  /**
   * Asks servers for what this machine cannot know.
   * @throws {FileError} when a store cannot be reached, or a glob matches nothing in it
   */
  async ask(): Promise<readonly FoundFile[]> {
    this.#files ??= (
      await Promise.all(
        this.#entries.map((entry) => (typeof entry === 'string' ? asked(entry, this.#storage) : entry)),
      )
    ).flat()
    return this.#files
  }
}

function found(path: string | URL): readonly FoundFile[] | string {
  const text = String(path)
  if (/^file:/i.test(text)) return expanded(fileURLToPath(text)).map(statOf)
  if (!isKnownScheme(text)) throw unknownScheme(text)
  if (isRemote(text)) return text
  return isInMemory(text) ? inMemory(text) : expanded(text).map(statOf)
}

async function asked(path: string, storage: StorageOptions | undefined): Promise<FoundFile[]> {
  const system = await fileSystemOf(path, storage)
  // On the web a question mark or a bracket is a part of the address.
  const isGlob = schemeOf(path) === 's3' && GLOB.test(path)
  const facts = isGlob ? await system.list(path) : [await system.facts(path)]
  if (facts.length === 0)
    throw new NoFilesError(path, `no file matches ${path}: check the bucket and the pattern`)
  return facts
    .sort((a, b) => byName(a.path, b.path))
    .map((file) => (file.version === '' ? { ...file, version: versionNow() } : file))
}

function inMemory(pattern: string): FoundFile[] {
  const paths = memoryFiles.list()
  const named = paths.includes(pattern) || !GLOB.test(pattern) ? [pattern] : memoryFiles.list(pattern)
  if (named.length === 0)
    throw new NoFilesError(pattern, `no file matches ${pattern}: this program's memory has ${listed(paths)}`)
  return named.sort(byName).map((path) => {
    const contents = memoryFiles.read(path)
    return { path, size: contents.length, version: '', ranges: true, contents }
  })
}

const FEW_PATHS = 5
const listed = (paths: readonly string[]): string => {
  const rest = paths.length > FEW_PATHS ? ` and ${paths.length - FEW_PATHS} more` : ''
  return paths.length === 0 ? 'no files' : `${paths.slice(0, FEW_PATHS).join(', ')}${rest}`
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
    return { path, size: stat.size, version: String(stat.mtimeMs), ranges: true }
  } catch (cause) {
    throw fileErrorOf(path, cause)
  }
}
