// The parquet library, loaded when the first parquet file is met: every lane and every client would pay for it at its start.

import { createRequire } from 'node:module'
import { brotliDecompressSync, unzipSync, zstdDecompressSync } from 'node:zlib'
import type { Compressors } from 'hyparquet'

/** `require`, since a footer is read while a graph is built, which waits for nothing. */
const require = createRequire(import.meta.url)

/** What reads metadata and columns. */
export function parquetLibrary(): typeof import('hyparquet') {
  return require('hyparquet')
}

/** What the library reads columns with, page by page. */
export function parquetPages(): typeof import('hyparquet/src/column.js') &
  typeof import('hyparquet/src/convert.js') &
  typeof import('hyparquet/src/datapage.js') &
  typeof import('hyparquet/src/encoding.js') &
  typeof import('hyparquet/src/plain.js') &
  typeof import('hyparquet/src/schema.js') {
  const parts = ['column', 'convert', 'datapage', 'encoding', 'plain', 'schema']
  return Object.assign({}, ...parts.map((part) => require(`hyparquet/src/${part}.js`)))
}

/** Every codec that parquet knows: Node's where it has one, since these are native; the others are loaded when a page needs them. */
export function parquetCodecs(): Compressors {
  return CODECS
}

const inJavaScript =
  (codec: 'SNAPPY' | 'LZ4' | 'LZ4_RAW') =>
  (bytes: Uint8Array, length: number): Uint8Array => {
    // Nothing, packed, is a byte that the library's LZ4 takes for a broken one.
    if (length === 0) return new Uint8Array(0)
    const library: typeof import('hyparquet-compressors') = require('hyparquet-compressors')
    return (library.compressors[codec] as NonNullable<Compressors['SNAPPY']>)(bytes, length)
  }

const CODECS: Compressors = {
  ZSTD: (bytes) => new Uint8Array(zstdDecompressSync(bytes)),
  GZIP: (bytes) => new Uint8Array(unzipSync(bytes)),
  BROTLI: (bytes) => new Uint8Array(brotliDecompressSync(bytes)),
  SNAPPY: inJavaScript('SNAPPY'),
  LZ4: inJavaScript('LZ4'),
  LZ4_RAW: inJavaScript('LZ4_RAW'),
}
