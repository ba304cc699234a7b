// The pages of a column chunk: unpacked, and which of their rows have a value.
// Source: Apache Parquet, "Data Pages" (https://parquet.apache.org/docs/file-format/data-pages/).

import type { ColumnMetaData, DataReader, PageHeader } from 'hyparquet'
import { parquetCodecs, parquetPages } from '../../files/parquetLibrary.ts'
import type { Scratch } from '../flat/scratch.ts'
import type { ColumnKind } from './columnKind.ts'
import { areAllOnes, readHybrid } from './hybrid.ts'

/** The entries that rows name by number. */
export interface DictionaryPage {
  readonly page: 'dictionary'
  readonly count: number
  /** Its bytes: who knows the entries already needs none. */
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
  /** The values, without levels. */
  readonly bytes: Uint8Array
}

/** Bytes are not the pages that they should be, or are of a kind that is another reader's. */
export class UnreadPageError extends Error {
  override name = 'UnreadPageError'
}

/**
 * The pages of a chunk, in order.
 * @param chunk all of its bytes
 * @param scratch for what says which rows have a value
 * @throws {UnreadPageError} when they are cut short or of another kind
 */
export function* pagesOf(
  chunk: Uint8Array,
  meta: ColumnMetaData,
  kind: ColumnKind,
  scratch: Scratch,
): Generator<DictionaryPage | DataPage> {
  const { parquetHeader } = parquetPages()
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
          count: header.dictionary_page_header?.num_values ?? 0,
          unpacked: () => unpacked(packed, header.uncompressed_page_size, meta),
        }
        break
      case 'DATA_PAGE':
        yield firstVersion(header, unpacked(packed, header.uncompressed_page_size, meta), kind, scratch)
        break
      case 'DATA_PAGE_V2':
        yield secondVersion(header, packed, meta, kind, scratch)
    }
  }
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
  meta: ColumnMetaData,
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
  const bytes = header.is_compressed === false ? values : unpacked(values, length, meta)
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

function unpacked(packed: Uint8Array, length: number, { codec }: ColumnMetaData): Uint8Array {
  if (codec === 'UNCOMPRESSED') return packed
  // What is empty may have no packed form at all.
  if (length === 0) return new Uint8Array(0)
  const unpack = parquetCodecs()[codec]
  if (!unpack) throw new UnreadPageError(`nothing here unpacks ${codec}`)
  const bytes = unpack(packed, length)
  if (bytes.length !== length)
    throw new UnreadPageError(`a page has ${bytes.length} bytes and should have ${length}`)
  return bytes
}
