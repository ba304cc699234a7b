// The values of a page as words of 32 bits, in the encodings that are read here.

import type { ColumnMetaData, DataReader } from 'hyparquet'
import { parquetPages } from '../../files/parquetLibrary.ts'
import type { Scratch } from '../flat/scratch.ts'
import type { ColumnKind } from './columnKind.ts'
import { lookUpHybrid, readHybrid } from './hybrid.ts'
import { ONE_WORD_BITS } from './packedBits.ts'
import { UnreadPageError } from './pages.ts'
import { readTexts, readTextsBehind } from './texts.ts'
import { lookUp } from './words.ts'

const DICTIONARY: ReadonlySet<string> = new Set(['PLAIN_DICTIONARY', 'RLE_DICTIONARY'])
const NUMBERS = ['PLAIN', 'BYTE_STREAM_SPLIT']

/** Encodings by what values are; `RLE` is what levels are in. Deltas of 64 bits are an engine's: it adds them faster. */
const KNOWN: Readonly<Record<ColumnKind['physical'], readonly string[]>> = {
  BOOLEAN: ['PLAIN'],
  INT32: [...NUMBERS, 'DELTA_BINARY_PACKED'],
  INT64: NUMBERS,
  FLOAT: NUMBERS,
  DOUBLE: NUMBERS,
  BYTE_ARRAY: ['PLAIN', 'DELTA_LENGTH_BYTE_ARRAY'],
}

export const usesDictionary = (encoding: string): boolean => DICTIONARY.has(encoding)

/** Whether all pages of a chunk are in encodings that are read here. */
export const isKnown = ({ encodings }: ColumnMetaData, { physical }: ColumnKind): boolean =>
  encodings.every(
    (encoding) => encoding === 'RLE' || usesDictionary(encoding) || KNOWN[physical].includes(encoding),
  )

/**
 * Reads numbers and booleans, one or two words each.
 * @param to gets them from word `at` on
 * @throws {UnreadPageError} when there are fewer
 */
export function readNumbers(
  bytes: Uint8Array,
  encoding: string,
  count: number,
  { physical, words: width }: ColumnKind,
  to: Int32Array,
  at: number,
): void {
  if (count === 0) return
  const length = 4 * width * count
  const target = new Uint8Array(to.buffer, to.byteOffset + 4 * at, length)
  if (physical === 'BOOLEAN') {
    readBooleans(bytes, encoding, count, to.subarray(at, at + count))
    return
  }
  switch (encoding) {
    case 'PLAIN':
      if (bytes.length < length) throw new UnreadPageError('numbers are cut short')
      target.set(bytes.subarray(0, length))
      return
    case 'BYTE_STREAM_SPLIT': {
      if (bytes.length < length) throw new UnreadPageError('numbers are cut short')
      const bytesEach = 4 * width
      for (let byte = 0; byte < bytesEach; byte++)
        for (let i = 0; i < count; i++) target[bytesEach * i + byte] = bytes[count * byte + i]
      return
    }
    case 'DELTA_BINARY_PACKED':
      parquetPages().deltaBinaryUnpack(readerOf(bytes), count, to.subarray(at, at + count))
      return
    default:
      throw new UnreadPageError(`numbers in ${encoding}`)
  }
}

/** Plain ones stand as packed bits; the others are runs behind their length. */
function readBooleans(bytes: Uint8Array, encoding: string, count: number, to: Int32Array): void {
  if (encoding === 'PLAIN') {
    if (bytes.length < (count + 7) >> 3) throw new UnreadPageError('booleans are cut short')
    for (let i = 0; i < count; i++) to[i] = (bytes[i >> 3] >> (i & 7)) & 1
    return
  }
  if (encoding !== 'RLE' || bytes.length < 4) throw new UnreadPageError(`booleans in ${encoding}`)
  readHybrid(bytes.subarray(4), 1, count, to)
}

/**
 * Reads texts or bytes as views, four words each.
 * @returns whether any of them is too long for its view
 */
export function readViews(
  bytes: Uint8Array,
  encoding: string,
  count: number,
  { type }: ColumnKind,
  views: Int32Array,
  buffer: number,
): boolean {
  const isText = type !== 'binary'
  if (encoding === 'PLAIN' || usesDictionary(encoding)) return readTexts(bytes, count, views, buffer, isText)
  if (encoding !== 'DELTA_LENGTH_BYTE_ARRAY') throw new UnreadPageError(`texts in ${encoding}`)
  if (count === 0) return false
  const lengths = new Int32Array(count)
  const reader = readerOf(bytes)
  parquetPages().deltaBinaryUnpack(reader, count, lengths)
  return readTextsBehind(bytes, reader.offset, lengths, views, buffer, isText)
}

/**
 * Reads entries of a dictionary that rows name by number: behind one byte that says how many bits a number has.
 * @param width words of an entry
 * @param to gets them from word `at` on
 * @throws {UnreadPageError} when there are fewer, or rows name others than there are
 */
export function readEntries(
  bytes: Uint8Array,
  count: number,
  entries: Int32Array,
  width: number,
  to: Int32Array,
  at: number,
  scratch: Scratch,
): void {
  if (count === 0) return
  if (bytes.length === 0 || bytes[0] > 32) throw new UnreadPageError('entries of a dictionary are cut short')
  const [bits] = bytes
  const numbers = bytes.subarray(1)
  if (width === 1 && bits <= ONE_WORD_BITS) {
    if (lookUpHybrid(numbers, bits, count, entries, to, at)) return
  } else {
    const codes = scratch.words(count)
    readHybrid(numbers, bits, count, codes)
    if (lookUp(codes, count, entries, width, to, at)) return
  }
  throw new UnreadPageError('a row names no entry of its dictionary')
}

const readerOf = (bytes: Uint8Array): DataReader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
  offset: 0,
})
