// Where files lie, by the scheme of their path: this machine's disk, the web, S3, or the program's own memory.

import { givenText } from '../givenText.ts'
import { OptionError, type OptionNames, requireOptions } from '../optionNames.ts'
import { FileError } from './fileErrors.ts'
import type { SourceFile } from './sourceFile.ts'

/** What is known of a file before it is read. */
export interface FileFacts {
  path: string
  /** Bytes, −1 where nobody knows. */
  size: number
  /** Changes when the file does: a modification time or an entity tag; empty where nobody knows. */
  version: string
  /** Whether parts of it can be read. */
  ranges: boolean
}

/** The version of a file whose server tells none: it may have changed since the last run, so it is read again. */
export const versionNow = (): string => `${ASKED}${Date.now()}`
const ASKED = 'asked at '

/** Whether two versions are surely of different contents. */
export function versionsDiffer(a: string, b: string): boolean {
  const isKnown = (version: string): boolean => version !== '' && !version.startsWith(ASKED)
  // A weak entity tag is the same file in another encoding.
  const strong = (version: string): string => version.replace(/^W\//, '')
  return isKnown(a) && isKnown(b) && strong(a) !== strong(b)
}

/** A file that is being written: it appears whole when it is committed, or not at all. */
export interface FileWriter {
  write(bytes: Uint8Array): Promise<void>
  /** Makes the file appear under its name. */
  commit(): Promise<void>
  /** Takes back what was written; may be called after a failure of any other call. */
  abandon(): Promise<void>
}

/** How a store other than the local disk is reached. Secrets are no part of it: they come from the environment. */
export interface StorageOptions {
  /** The address of a server that speaks S3; by default `AWS_ENDPOINT_URL`, else Amazon's. */
  endpoint?: string
  /** By default `AWS_REGION`, the profile's, else `us-east-1`. */
  region?: string
  /** Reads public buckets without credentials. */
  anonymous?: boolean
}

const STORAGE: OptionNames<StorageOptions> = { endpoint: true, region: true, anonymous: true }

/**
 * Holds what says how a store is reached to what can be said.
 * @throws {OptionError} for another name, or a value of another type
 */
export function requireStorage(call: string, storage: StorageOptions | undefined): void {
  if (storage === undefined) return
  requireOptions(`${call}: storage`, storage, STORAGE)
  for (const [name, value] of Object.entries(storage)) {
    const type = name === 'anonymous' ? 'boolean' : 'string'
    if (value !== undefined && typeof value !== type)
      throw new OptionError(
        `${call}: storage.${name} is ${type === 'boolean' ? 'true or false' : 'a text'}, not ${givenText(value)}`,
      )
  }
}

/** What can be done with the files of one scheme. */
export interface FileSystem {
  /** @throws {FileError} when there is no such file, or nobody answers */
  facts(path: string): Promise<FileFacts>
  /** The files that a glob matches, in any order. */
  list(pattern: string): Promise<FileFacts[]>
  /**
   * @param plannedSize its bytes when the work was planned, −1 where that was not known
   * @param version what `facts` said then, empty where that does not matter
   * @throws {FileError} when it is not there, may not be read, or is another than planned
   */
  open(path: string, plannedSize: number, version: string): Promise<SourceFile>
  /**
   * @param staging when given, the file appears under the name of `stagedPath` instead
   * @throws {FileError} when nothing can be written there
   */
  create(path: string, staging?: string): Promise<FileWriter>
  /** The paths of all files in a folder, in so many levels of folders below it, and in folders `name=value` below those. */
  below(folder: string, depth: number): Promise<string[]>
  /** Gives a file another name, in place of one that has it. */
  move(from: string, to: string): Promise<void>
  /** Removes a file that may be gone already, and the folders up to `folder` that have nothing else. */
  remove(path: string, folder: string): Promise<void>
}

/** The scheme of a path in lower case; `file` for a path without one, a drive's letter included. */
export function schemeOf(path: string): string {
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1].toLowerCase() ?? 'file'
}

/** Whether a path names something that only a server can tell of. */
export const isRemote = (path: string): boolean => ['http', 'https', 's3'].includes(schemeOf(path))

/** Whether a path names something in the memory of this program. */
export const isInMemory = (path: string): boolean => schemeOf(path) === 'memory'

/**
 * The file system of a path, loaded when it is first needed.
 * @throws {FileError} for a scheme that there is not
 */
export async function fileSystemOf(path: string, storage: StorageOptions = {}): Promise<FileSystem> {
  const scheme = schemeOf(path)
  switch (scheme) {
    case 'file':
      return (await import('./localFile.ts')).localFiles
    case 'http':
    case 'https':
      return (await import('./httpFile.ts')).httpFiles
    case 's3':
      return (await import('./s3File.ts')).s3Files(storage)
    case 'memory':
      return (await import('./memoryFile.ts')).memoryFileSystem
    default:
      throw unknownScheme(path)
  }
}

/** The error for a path of a scheme that nobody here can read. */
export function unknownScheme(path: string): FileError {
  return new FileError(
    path,
    `${path} cannot be reached: there is nothing here for ${schemeOf(path)}://. ` +
      'Files may lie on this machine, or at http://, https://, s3:// or memory://.',
  )
}

/** The schemes that `fileSystemOf` knows. */
export const isKnownScheme = (path: string): boolean =>
  ['file', 'http', 'https', 's3', 'memory'].includes(schemeOf(path))
