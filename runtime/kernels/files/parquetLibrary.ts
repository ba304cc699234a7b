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
  typeof import('hyparquet/src/delta.js') &
  typeof import('hyparquet/src/encoding.js') &
  typeof import('hyparquet/src/plain.js') &
  typeof import('hyparquet/src/schema.js') {
  pages ??= Object.assign({}, ...PARTS.map((part) => require(`hyparquet/src/${part}.js`)))
  return pages as ReturnType<typeof parquetPages>
}

const PARTS = ['column', 'convert', 'datapage', 'delta', 'encoding', 'plain', 'schema']
let pages: ReturnType<typeof parquetPages> | undefined

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
  // In one piece: pieces of the usual 16 kB take twice the time.
  ZSTD: (bytes, length) => plainBytes(zstdDecompressSync(bytes, { chunkSize: length + SPARE_BYTES })),
  GZIP: (bytes) => new Uint8Array(unzipSync(bytes)),
  BROTLI: (bytes) => new Uint8Array(brotliDecompressSync(bytes)),
  SNAPPY: inJavaScript('SNAPPY'),
  LZ4: inJavaScript('LZ4'),
  LZ4_RAW: inJavaScript('LZ4_RAW'),
}

/** So much room is behind a page's bytes: words are read where they lie, and Node takes no smaller pieces than 64 bytes. */
const SPARE_BYTES = 64

const plainBytes = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length)
