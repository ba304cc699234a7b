// Writes a file under a temporary name first, so that nobody ever sees half of it.

import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip, zstdCompress } from 'node:zlib'
import { FileError, fileErrorOf } from '../files/fileErrors.ts'

const COMPRESSORS: Readonly<Record<string, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  gzip: promisify(gzip),
  zstd: promisify(zstdCompress),
  brotli: promisify(brotliCompress),
}

/** @throws {FileError} when it cannot be written; nothing is left of it then */
export async function writeBytes(
  path: string,
  pieces: readonly Uint8Array[],
  compression: string,
): Promise<void> {
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
