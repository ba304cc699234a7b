// Where the partitions of a bag are written to: a file each, on a disk, in a store, or in the program's memory.

import { extname, resolve, sep } from 'node:path'
import {
  COMPRESSIONS,
  type Compression,
  ENCODINGS,
  type Sink,
  type TextEncoding,
} from '../../kernels/bag/plan.ts'
import { compressionOf } from '../../kernels/files/decompress.ts'
import {
  isKnownScheme,
  requireStorage,
  type StorageOptions,
  schemeOf,
  unknownScheme,
} from '../../kernels/files/fileSystem.ts'
import { placeOf, WRITE_MODES, type WriteMode } from '../../kernels/files/writtenPlace.ts'
import { requireOneOf } from '../../kernels/optionNames.ts'
import { BagArgumentError, requireFunction, requireText } from './arguments.ts'
import { FolderWrite } from './writeFolder.ts'

export interface WriteOptions {
  /** By the path's ending (`.gz`, `.zst`, `.br`) when absent. */
  compression?: Compression
  encoding?: TextEncoding
  /** How a store such as S3 is reached. */
  storage?: StorageOptions
  /** What comes in place of the `*`; by default the partition's number, with zeros in front so that names sort. */
  name?: (partition: number) => string
  /**
   * What becomes of files that an earlier write left there: `error` (the default) refuses, `overwrite` puts these in their place,
   * `append` adds to them, numbered on. One file without `*` is replaced by default.
   */
  mode?: WriteMode
}

/** How partitions are written: by which sink, and to which paths once their number is known. */
export interface WritePlan {
  sink(slots: readonly number[], staging: string | undefined): Sink
  /** @throws {BagArgumentError} when two partitions would have the same path */
  paths(partitions: number): string[]
  folder?: FolderWrite
}

/** @throws {FileError} for a path that nothing can be written to */
export function writePlan(
  method: string,
  format: 'text' | 'jsonLines',
  path: string,
  options: WriteOptions,
): WritePlan {
  requireText(method, path, 'the path of a folder, or one with a * for the number of each partition')
  requireWriteOptions(method, options)
  if (!isKnownScheme(path)) throw unknownScheme(path)
  const isFolder = !path.includes('*') && looksLikeFolder(path)
  const named = isFolder ? `${path.replace(/[\\/]$/, '')}/*.${format === 'text' ? 'txt' : 'jsonl'}` : path
  const pattern = schemeOf(path) === 'file' ? resolve(named) : named
  const { compression = compressionOf(pattern), encoding = 'utf-8', storage } = options
  const folder = folderWrite(pattern, isFolder, options)
  return {
    ...(folder && { folder }),
    sink: ([slot], staging) => ({
      sink: 'write',
      format,
      compression,
      encoding,
      ...(storage && { storage }),
      ...(staging && { staging }),
      slot,
    }),
    paths(partitions) {
      const { first, digits } = folder?.numbering ?? { first: 0, digits: 0 }
      const width = Math.max(digits, String(first + partitions - 1).length)
      const name = options.name ?? ((partition: number) => String(first + partition).padStart(width, '0'))
      const paths = Array.from({ length: partitions }, (_, i) => pattern.replaceAll('*', () => name(i)))
      if (new Set(paths).size < partitions)
        throw new BagArgumentError(
          `${partitions} partitions cannot be written to ${named}: put a * where each one's number should be`,
        )
      return paths
    },
  }
}

/** @throws {OptionError} when an option has a value that it cannot have */
function requireWriteOptions(
  method: string,
  { compression, encoding, storage, name, mode }: WriteOptions,
): void {
  if (compression !== undefined) requireOneOf(`${method}: compression`, compression, COMPRESSIONS)
  if (encoding !== undefined) requireOneOf(`${method}: encoding`, encoding, ENCODINGS)
  if (name !== undefined) requireFunction(`${method}: name`, name)
  if (mode !== undefined) requireOneOf(`${method}: mode`, mode, WRITE_MODES)
  requireStorage(method, storage)
}

/** How a write to a pattern treats what is there; nothing for one file, which is replaced. */
export function folderWrite(
  pattern: string,
  whole: boolean,
  { mode, storage }: { mode?: WriteMode; storage?: StorageOptions },
): FolderWrite | undefined {
  if (mode !== undefined) requireOneOf('mode', mode, WRITE_MODES)
  // One file is a place of one name: nothing of an earlier write can be left beside it.
  if (!pattern.includes('*')) {
    if (mode === undefined || mode === 'overwrite') return undefined
    if (mode === 'append')
      throw new BagArgumentError(
        `nothing can be added to ${pattern}, which is one file: name a folder, or put a * where numbers should be`,
      )
  }
  return new FolderWrite(placeOf(pattern, { mode: mode ?? 'error', whole, storage }), pattern)
}

/** Whether a path without `*` is a folder, in which each partition gets a name. */
export const looksLikeFolder = (path: string): boolean =>
  path.endsWith('/') || path.endsWith(sep) || extname(path) === ''
