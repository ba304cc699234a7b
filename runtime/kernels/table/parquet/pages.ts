// The pages of a column chunk: unpacked, and which of their rows have a value.
// Source: Apache Parquet, "Data Pages" (https://parquet.apache.org/docs/file-format/data-pages/).

import type { ColumnMetaData, DataReader, PageHeader } from 'hyparquet'
import { parquetCodecs, parquetPages } from '../../files/parquetLibrary.ts'
import { unpackZstdInto } from '../../files/zstdInto.ts'
import type { Scratch } from '../flat/scratch.ts'
import type { ColumnKind } from './columnKind.ts'
import { areAllOnes, readHybrid } from './hybrid.ts'

/** The entries that rows name by number. */
export interface DictionaryPage {
  readonly page: 'dictionary'
  readonly count: number
  /** Its bytes, until the next page: who knows the entries already needs none. */
  unpacked(): Uint8Array
}

export interface DataPage {
  readonly page: 'data'
  readonly encoding: string
  readonly rows: number
  /** 1 for each row that has a value, 0 for the others; nothing where all have one. */
  readonly present: Int32Array | undefined
  /** How many rows have a value. */
  readonly count: number
  /** The values, without levels, until the next page. */
  readonly bytes: Uint8Array
  /** Whether they stand where the column's values stay. */
  readonly isPlaced?: boolean
}

/**
 * Where the next page's values stay, if nothing but values is there.
 * @param before bytes that are unpacked before them, which come back to what they were
 * @returns memory for these and the values; nothing where there is none
 */
export type PlaceOf = (before: number, rows: number) => Uint8Array | undefined

/** Bytes are not the pages that they should be, or are of a kind that is another reader's. */
export class UnreadPageError extends Error {
  override name = 'UnreadPageError'
}

/**
 * The pages of a chunk, in order.
 * @param chunk all of its bytes
 * @param scratch for a page's bytes, and for what says which rows have a value
 * @param placeOf plain numbers that fill all rows are unpacked there at once
 * @throws {UnreadPageError} when they are cut short or of another kind
 */
export function* pagesOf(
  chunk: Uint8Array,
  meta: ColumnMetaData,
  kind: ColumnKind,
  scratch: Scratch,
  placeOf: PlaceOf,
): Generator<DictionaryPage | DataPage> {
  const { parquetHeader } = parquetPages()
  const unpack = unpackerOf(meta, scratch)
  const reader: DataReader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.length), offset: 0 }
  while (reader.offset < chunk.length) {
    const header = parquetHeader(reader)
    const end = reader.offset + header.compressed_page_size
    if (!(end <= chunk.length) || header.compressed_page_size < 0)
      throw new UnreadPageError(`a page of column ${kind.name} is cut short`)
    const packed = chunk.subarray(reader.offset, end)
    reader.offset = end
    switch (header.type) {
      case 'DICTIONARY_PAGE':
        yield {
          page: 'dictionary',
          // Every entry takes a byte at least.
          count: countAtMost(header.dictionary_page_header?.num_values, header.uncompressed_page_size),
          unpacked: () => unpack(packed, header.uncompressed_page_size),
        }
        break
      case 'DATA_PAGE':
        countAtMost(header.data_page_header?.num_values, meta.num_values)
        yield placedPage(header, packed, meta, kind, placeOf) ??
          firstVersion(header, unpack(packed, header.uncompressed_page_size), kind, scratch)
        break
      case 'DATA_PAGE_V2':
        countAtMost(header.data_page_header_v2?.num_values, meta.num_values)
        yield secondVersion(header, packed, unpack, kind, scratch)
    }
  }
}

/** Levels that say of all rows that they have a value are one run, behind its length. */
const LEVEL_BYTES_MAX = 64

/** A page of numbers, unpacked to where they stay; nothing where they are no such, or some rows have none. */
function placedPage(
  { data_page_header: header, uncompressed_page_size: length }: PageHeader,
  packed: Uint8Array,
  { codec, total_uncompressed_size }: ColumnMetaData,
  { physical, words, isOptional }: ColumnKind,
  placeOf: PlaceOf,
): DataPage | undefined {
  if (codec !== 'ZSTD' || header?.encoding !== 'PLAIN' || !(length <= total_uncompressed_size))
    return undefined
  if (physical === 'BOOLEAN' || physical === 'BYTE_ARRAY') return undefined
  const { num_values: rows, encoding } = header
  const before = length - 4 * words * rows
  if (isOptional ? before <= 4 || before > LEVEL_BYTES_MAX : before !== 0) return undefined
  const to = rows > 0 ? placeOf(before, rows) : undefined
  if (!to) return undefined
  const levels = to.subarray(0, before)
  const stood = levels.slice()
  try {
    unpackZstdInto(packed, to)
    if (isOptional && !areAllThere(header.definition_level_encoding, levels, rows)) return undefined
  } finally {
    levels.set(stood)
  }
  return {
    page: 'data',
    encoding,
    rows,
    present: undefined,
    count: rows,
    bytes: to.subarray(before),
    isPlaced: true,
  }
}

/** Whether levels, behind their length, say of all rows that they have a value. */
const areAllThere = (encoding: string, levels: Uint8Array, rows: number): boolean =>
  encoding === 'RLE' &&
  new DataView(levels.buffer, levels.byteOffset).getUint32(0, true) === levels.length - 4 &&
  areAllOnes(levels.subarray(4), rows)

/** A broken header may say any number of values: memory is taken for no more than there can be. */
function countAtMost(count: number | undefined, most: number | bigint): number {
  if (count === undefined || !(count >= 0 && count <= most))
    throw new UnreadPageError(`a page of ${count} values where ${most} can be`)
  return count
}

/** Levels stand before the values, behind their length. */
function firstVersion(
  { data_page_header: header }: PageHeader,
  bytes: Uint8Array,
  { isOptional }: ColumnKind,
  scratch: Scratch,
): DataPage {
  if (!header) throw new UnreadPageError('a page says nothing of itself')
  const { num_values: rows, encoding } = header
  if (!isOptional) return { page: 'data', encoding, rows, present: undefined, count: rows, bytes }
  if (header.definition_level_encoding !== 'RLE' || bytes.length < 4)
    throw new UnreadPageError('levels of another kind')
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  if (end > bytes.length) throw new UnreadPageError('levels are cut short')
  const there = presence(bytes.subarray(4, end), rows, scratch)
  return { page: 'data', encoding, rows, ...there, bytes: bytes.subarray(end) }
}

/** Levels stand before the values, never packed; their length is in the header. */
function secondVersion(
  { data_page_header_v2: header, uncompressed_page_size }: PageHeader,
  packed: Uint8Array,
  unpack: Unpack,
  { isOptional }: ColumnKind,
  scratch: Scratch,
): DataPage {
  if (!header) throw new UnreadPageError('a page says nothing of itself')
  const { num_values: rows, encoding } = header
  const from = header.repetition_levels_byte_length
  const end = from + header.definition_levels_byte_length
  const length = uncompressed_page_size - end
  if (end > packed.length || length < 0) throw new UnreadPageError('levels are cut short')
  const values = packed.subarray(end)
  const bytes = header.is_compressed === false ? values : unpack(values, length)
  const all = { present: undefined, count: rows }
  const there = isOptional && header.num_nulls > 0 ? presence(packed.subarray(from, end), rows, scratch) : all
  return { page: 'data', encoding, rows, ...there, bytes }
}

function presence(levels: Uint8Array, rows: number, scratch: Scratch): Pick<DataPage, 'present' | 'count'> {
  if (areAllOnes(levels, rows)) return { present: undefined, count: rows }
  const present = scratch.words(rows)
  readHybrid(levels, 1, rows, present)
  let count = 0
  for (let row = 0; row < rows; row++) count += present[row]
  return { present, count }
}

/** Gives the bytes of a page, which stand until the next one is unpacked. */
type Unpack = (packed: Uint8Array, length: number) => Uint8Array

/** Unpacks the pages of a chunk one after another, into the same memory where the codec allows it. */
function unpackerOf({ codec, total_uncompressed_size }: ColumnMetaData, scratch: Scratch): Unpack {
  if (codec === 'UNCOMPRESSED') return (packed) => packed
  const unpack = codec === 'ZSTD' ? zstdUnpacker(scratch) : parquetCodecs()[codec]
  if (!unpack) throw new UnreadPageError(`nothing here unpacks ${codec}`)
  return (packed, length) => {
    // What is empty may have no packed form at all.
    if (length === 0) return new Uint8Array(0)
    // A broken header may ask for any amount of memory.
    if (!(length > 0 && length <= total_uncompressed_size))
      throw new UnreadPageError(`a page of ${length} bytes in ${total_uncompressed_size}`)
    const bytes = unpack(packed, length)
    if (bytes.length !== length)
      throw new UnreadPageError(`a page has ${bytes.length} bytes and should have ${length}`)
    return bytes
  }
}

function zstdUnpacker(scratch: Scratch): Unpack {
  let room: Uint8Array = new Uint8Array(0)
  return (packed, length) => {
    if (room.length < length) room = scratch.bytes(length)
    const bytes = room.subarray(0, length)
    unpackZstdInto(packed, bytes)
    return bytes
  }
}
