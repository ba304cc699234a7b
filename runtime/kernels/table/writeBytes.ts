// Writes a file so that nobody ever sees half of it: under a temporary name first, in a store at once, or for the program's memory.

import { promisify } from 'node:util'
import { brotliCompress, gzip, zstdCompress } from 'node:zlib'
import type { WrittenInMemory } from '../bag/write.ts'
import { fileErrorOf } from '../files/fileErrors.ts'
import { fileSystemOf, isInMemory } from '../files/fileSystem.ts'
import type { WriteChoices } from './steps.ts'

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
  { compression, storage, staging }: Pick<WriteChoices, 'compression' | 'storage' | 'staging'>,
): Promise<string | WrittenInMemory> {
  const compressor = COMPRESSORS[compression]
  const bytes = compressor ? [await compressor(Buffer.concat(pieces))] : pieces
  // A copy: bytes of a pool would take all of it along.
  if (isInMemory(path)) return { path, contents: new Uint8Array(Buffer.concat(bytes)) }
  const file = await (await fileSystemOf(path, storage)).create(path, staging)
  try {
    for (const piece of bytes) if (piece.length > 0) await file.write(piece)
    await file.commit()
  } catch (cause) {
    await file.abandon()
    throw fileErrorOf(path, cause)
  }
  return path
}
