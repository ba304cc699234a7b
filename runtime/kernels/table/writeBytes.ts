// Writes a file so that nobody ever sees half of it: under a temporary name first, in a store at once, or for the program's memory.

import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip, zstdCompress } from 'node:zlib'
import type { WrittenInMemory } from '../bag/write.ts'
import { FileError, fileErrorOf } from '../files/fileErrors.ts'
import { fileSystemOf, isInMemory, type StorageOptions, schemeOf } from '../files/fileSystem.ts'

const COMPRESSORS: Readonly<Record<string, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  gzip: promisify(gzip),
  zstd: promisify(zstdCompress),
  brotli: promisify(brotliCompress),
}

/**
 * Gives the path, or for a file of the program's memory what the program puts there.
 * @throws {FileError} when it cannot be written; nothing is left of it then
 */
export async function writeBytes(
  path: string,
  pieces: readonly Uint8Array[],
  compression: string,
  storage?: StorageOptions,
): Promise<string | WrittenInMemory> {
  if (schemeOf(path) === 'file') {
    await writeLocal(path, pieces, compression)
    return path
  }
  const compressor = COMPRESSORS[compression]
  const bytes = compressor ? [await compressor(Buffer.concat(pieces))] : pieces
  // A copy: bytes of a pool would take all of it along.
  if (isInMemory(path)) return { path, contents: new Uint8Array(Buffer.concat(bytes)) }
  const file = await (await fileSystemOf(path, storage)).create(path)
  try {
    for (const piece of bytes) await file.write(piece)
    await file.commit()
  } catch (cause) {
    await file.abandon()
    throw fileErrorOf(path, cause)
  }
  return path
}

async function writeLocal(path: string, pieces: readonly Uint8Array[], compression: string): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
  const compressor = COMPRESSORS[compression]
  try {
    await mkdir(dirname(path), { recursive: true })
    const handle = await open(temporary, 'wx')
    try {
      if (compressor) await handle.write(await compressor(Buffer.concat(pieces)))
      else for (const piece of pieces) if (piece.length > 0) await handle.write(piece)
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw writeError(path, cause)
  }
}

function writeError(path: string, cause: unknown): FileError {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
      return new FileError(path, `${path} cannot be written: the disk is full`, cause)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new FileError(path, `${path} may not be written by this user: choose another folder`, cause)
    case 'EISDIR':
      return new FileError(path, `${path} cannot be written: there is a folder of that name`, cause)
    case 'ENOTDIR':
    case 'EEXIST':
      return new FileError(
        path,
        `${path} cannot be written: a part of its path is a file, not a folder`,
        cause,
      )
    default:
      return fileErrorOf(path, cause)
  }
}
