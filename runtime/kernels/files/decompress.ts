// Decompression of a file's bytes as they are read.

import { Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { Compression } from '../bag/plan.ts'
import { FileError, FileFormatError } from './fileErrors.ts'

const ENDINGS: Readonly<Record<string, Compression>> = {
  '.gz': 'gzip',
  '.gzip': 'gzip',
  '.zst': 'zstd',
  '.zstd': 'zstd',
  '.br': 'brotli',
  '.zz': 'deflate',
}

/** What a file's name says about its compression. */
export function compressionOf(path: string): Compression {
  const name = path.replace(/[?#].*$/, '').toLowerCase()
  const ending = Object.keys(ENDINGS).find((each) => name.endsWith(each))
  return ending ? ENDINGS[ending] : 'none'
}

const OUT_BYTES = { chunkSize: 256 * 1024 }

function decompressorOf(compression: Exclude<Compression, 'none'>): Transform {
  switch (compression) {
    case 'gzip':
      return createGunzip(OUT_BYTES)
    case 'zstd':
      return createZstdDecompress(OUT_BYTES)
    case 'brotli':
      return createBrotliDecompress(OUT_BYTES)
    case 'deflate':
      return createInflate(OUT_BYTES)
  }
}

/**
 * The bytes that a compressed file stands for, piece by piece.
 * @throws {FileFormatError} when they are not of that compression, are broken, or end too early
 */
export async function* decompressed(
  path: string,
  bytes: AsyncIterable<Uint8Array<ArrayBuffer>>,
  compression: Compression,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (compression === 'none') {
    yield* bytes
    return
  }
  const source = Readable.from(bytes)
  const out = decompressorOf(compression)
  // `pipe` alone would leave the reader waiting for ever when the file cannot be read.
  source.on('error', (error) => out.destroy(error))
  let given = 0
  try {
    for await (const piece of source.pipe(out)) {
      given += (piece as Buffer).length
      yield piece as Uint8Array<ArrayBuffer>
    }
  } catch (cause) {
    if (cause instanceof FileError) throw cause
    throw new FileFormatError(
      path,
      `${path} is not whole ${compression} data: ${(cause as Error).message} after ${given} bytes of its contents. ` +
        "Copy the file again, or say what it is with the option compression: 'none'.",
      cause,
    )
  } finally {
    source.destroy()
    out.destroy()
  }
}
