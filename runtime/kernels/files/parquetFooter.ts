// The footer of a parquet file: what columns and row groups it has. Read when a graph is built, and again by each worker.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { FileMetaData } from 'hyparquet'
import { FileFormatError, fileErrorOf } from './fileErrors.ts'
import { faultIn } from './footerFault.ts'
import { FILE_META_DATA } from './footerTypes.ts'
import { parquetLibrary } from './parquetLibrary.ts'
import type { SourceFile } from './sourceFile.ts'
import { requireWholeStruct } from './thriftBounds.ts'

/** `PAR1` at both ends, the footer's length before the last. */
const TAIL_BYTES = 8
const MAGIC = 'PAR1'

/**
 * Reads the footer of a local file, or of a file's contents, at once.
 * @throws {FileError} when it cannot be read, is cut short or is no parquet
 */
export function readFooter(path: string, contents?: Uint8Array): FileMetaData {
  if (contents) {
    const end = contents.length
    const length = footerLength(path, end, contents.subarray(Math.max(0, end - TAIL_BYTES)))
    return parsedFooter(path, contents.subarray(end - length), end)
  }
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (cause) {
    throw fileErrorOf(path, cause)
  }
  try {
    const { size } = fstatSync(descriptor)
    const read = (start: number, end: number): Uint8Array => {
      const bytes = new Uint8Array(end - start)
      const got = readSync(descriptor, bytes, 0, bytes.length, start)
      return bytes.subarray(0, got)
    }
    const footerBytes = footerLength(path, size, read(Math.max(0, size - TAIL_BYTES), size))
    return parsedFooter(path, read(size - footerBytes, size), size)
  } catch (cause) {
    throw fileErrorOf(path, cause)
  } finally {
    closeSync(descriptor)
  }
}

const MAX_KEPT = 16
const kept = new Map<string, Promise<FileMetaData>>()
const MAX_LOCAL = 64
const local = new Map<string, FileMetaData>()

/** The footer of a local file that has not changed since; kept for what this thread reads of it next. */
export function localFooter(path: string, size: number, version: string): FileMetaData {
  const key = `${size} ${version} ${path}`
  const known = local.get(key)
  if (known) return known
  const footer = readFooter(path)
  local.set(key, footer)
  if (local.size > MAX_LOCAL) local.delete(local.keys().next().value as string)
  return footer
}

/** The same from an open file; kept for the next row group of it that this thread reads. */
export function footerOf(file: SourceFile, size: number, version: string): Promise<FileMetaData> {
  const key = `${size} ${version} ${file.path}`
  const known = kept.get(key)
  if (known) return known
  const reading = footerBytes(file, size).then((bytes) => parsedFooter(file.path, bytes, size))
  reading.catch(() => kept.delete(key))
  kept.set(key, reading)
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as string)
  return reading
}

/** The bytes of an open file's footer, its tail included. */
export async function footerBytes(file: SourceFile, size: number): Promise<Uint8Array> {
  const tail = await file.read(Math.max(0, size - TAIL_BYTES), size)
  return file.read(size - footerLength(file.path, size, tail), size)
}

/** How many bytes the footer has, its tail included. */
function footerLength(path: string, size: number, tail: Uint8Array): number {
  const magic = String.fromCharCode(...tail.subarray(-4))
  if (tail.length < TAIL_BYTES || magic !== MAGIC)
    throw new FileFormatError(
      path,
      `${path} is no whole parquet file: it should end in ${MAGIC}, but has ${size} bytes and ends in ${JSON.stringify(magic)}. ` +
        'It was cut short, or is something else: copy it again.',
    )
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true) + TAIL_BYTES
  if (length > size) throw broken(path, `its footer should have ${length} bytes and the file has ${size}`)
  return length
}

/**
 * What a footer's bytes say.
 * @param footer its tail included
 * @param size of the whole file in bytes: nothing in it may stand outside
 * @throws {FileFormatError} when it is damaged
 */
export function parsedFooter(path: string, footer: Uint8Array, size?: number): FileMetaData {
  let metadata: FileMetaData
  try {
    requireWholeStruct(footer.subarray(0, -TAIL_BYTES), FILE_META_DATA)
    metadata = parquetLibrary().parquetMetadata(new Uint8Array(footer).buffer)
  } catch (cause) {
    throw broken(path, `its footer is damaged (${(cause as Error).message})`, cause)
  }
  const fault = faultIn(metadata, size)
  if (fault !== undefined) throw broken(path, `its footer is damaged (${fault})`)
  return metadata
}

const broken = (path: string, why: string, cause?: unknown): FileFormatError =>
  new FileFormatError(path, `${path} is no readable parquet file: ${why}. Copy or write it again.`, cause)
