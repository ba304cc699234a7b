// The parquet library, loaded when the first parquet file is met: every lane and every client would pay for it at its start.

import { createRequire } from 'node:module'
import { zstdDecompressSync } from 'node:zlib'
import type { Compressors } from 'hyparquet'

/** `require`, since a footer is read while a graph is built, which waits for nothing. */
const require = createRequire(import.meta.url)

/** What reads metadata and columns. */
export function parquetLibrary(): typeof import('hyparquet') {
  return require('hyparquet')
}

let codecs: Compressors | undefined

/** Every codec that parquet knows. Node's zstd is native: several times as fast as the one in JavaScript. */
export function parquetCodecs(): Compressors {
  codecs ??= {
    ...(require('hyparquet-compressors') as typeof import('hyparquet-compressors')).compressors,
    ZSTD: (bytes) => new Uint8Array(zstdDecompressSync(bytes)),
  }
  return codecs
}
