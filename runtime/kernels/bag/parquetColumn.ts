// A flat column of a row group without an object a row: the values that its dictionary has once, and each row's number in them.
// Source: Apache Parquet, "Encodings" and "Data Pages" (https://parquet.apache.org/docs/file-format/).

import type { DataReader, DecodedArray, FileMetaData, PageHeader } from 'hyparquet'
import { parquetCodecs, parquetLibrary, parquetPages } from '../files/parquetLibrary.ts'

type Pages = ReturnType<typeof parquetPages>
type Decoder = Parameters<Pages['convert']>[1]

/** Row `i` is `values[codes[i]]`, or `values[i]` where there are no codes. Absent values are `null`. */
export interface CodedColumn {
  values: ArrayLike<unknown>
  codes?: Int32Array
}

/** Reads bytes of the file, from one position up to another. */
export type ReadBytes = (from: number, to: number) => Promise<Uint8Array>

/** `RLE` is what levels are in. */
const KNOWN: ReadonlySet<string> = new Set(['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY', 'RLE'])

let loaded: Pages | undefined

/**
 * Reads a column at the top of the schema with at most one value a row, in pages that are plain or use a dictionary.
 * @returns nothing where the column is of another kind: the library reads those, an object a row
 * @throws {Error} when pages do not hold what the footer says
 */
export async function readCodedColumn(
  metadata: FileMetaData,
  group: number,
  name: string,
  read: ReadBytes,
): Promise<CodedColumn | undefined> {
  const { columns, num_rows } = metadata.row_groups[group]
  const meta = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data
  if (!meta || meta.path_in_schema.length > 1 || meta.type === 'BOOLEAN') return undefined
  if (!meta.encodings.every((encoding) => KNOWN.has(encoding))) return undefined
  loaded ??= parquetPages()
  const schemaPath = loaded.getTreePath(parquetLibrary().parquetSchema(metadata), meta.path_in_schema)
  const { element } = schemaPath[1]
  if (element.repetition_type === 'REPEATED') return undefined
  const decoder: Decoder = {
    ...meta,
    pathInSchema: meta.path_in_schema,
    element,
    schemaPath,
    parsers: loaded.DEFAULT_PARSERS,
    compressors: parquetCodecs(),
  }
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
  const bytes = await read(start, start + Number(meta.total_compressed_size))
  return new ColumnReader(loaded, decoder, bytes, Number(num_rows)).read()
}

/** A data page, opened: which rows have a value, and the reader before these values. */
interface OpenPage {
  rows: number
  encoding: string
  /** 1 for each row that has a value, 0 for the others; nothing where all have one. */
  present: Uint8Array | undefined
  values: number
  reader: DataReader
}

class ColumnReader {
  readonly #pages: Pages
  readonly #decoder: Decoder
  readonly #rows: number
  readonly #reader: DataReader
  readonly #codes: Int32Array
  #row = 0
  #dictionary: DecodedArray = []
  /** All rows as values, once a page came without a dictionary. */
  #list: unknown[] | undefined

  constructor(pages: Pages, decoder: Decoder, bytes: Uint8Array, rows: number) {
    this.#pages = pages
    this.#decoder = decoder
    this.#rows = rows
    this.#reader = readerOf(bytes)
    this.#codes = new Int32Array(rows)
  }

  read(): CodedColumn | undefined {
    while (this.#row < this.#rows) {
      if (this.#reader.offset >= this.#reader.view.byteLength)
        throw new Error(`column ${this.#name} ends after ${this.#row} of ${this.#rows} rows`)
      const header = this.#pages.parquetHeader(this.#reader)
      const page = this.#take(header.compressed_page_size)
      if (header.type === 'DICTIONARY_PAGE') this.#readDictionary(header, page)
      else {
        const open = this.#open(header, page)
        if (!open) return undefined
        if (open.encoding.endsWith('_DICTIONARY')) this.#readCodes(open)
        else {
          const whole = this.#readValues(open)
          if (whole) return { values: whole }
        }
        this.#row += open.rows
      }
    }
    if (this.#list) return { values: this.#list }
    return { values: [...Array.from(this.#dictionary as ArrayLike<unknown>), null], codes: this.#codes }
  }

  get #name(): string {
    return this.#decoder.pathInSchema.join('.')
  }

  #take(length: number): Uint8Array {
    const { view, offset } = this.#reader
    if (offset + length > view.byteLength) throw new Error(`a page of column ${this.#name} is cut short`)
    this.#reader.offset += length
    return new Uint8Array(view.buffer, view.byteOffset + offset, length)
  }

  #unpacked(page: Uint8Array, size: number): Uint8Array {
    return this.#pages.decompressPage(page, size, this.#decoder.codec, this.#decoder.compressors)
  }

  #readDictionary(header: PageHeader, page: Uint8Array): void {
    const count = header.dictionary_page_header?.num_values ?? 0
    const reader = readerOf(this.#unpacked(page, header.uncompressed_page_size))
    this.#dictionary = this.#converted(reader, count)
  }

  #converted(reader: DataReader, count: number): DecodedArray {
    const { type, element } = this.#decoder
    return this.#pages.convert(this.#pages.readPlain(reader, type, count, element.type_length), this.#decoder)
  }

  /** Reads which rows of a page have a value; nothing of a page of the second version, whose layout differs. */
  #open(header: PageHeader, page: Uint8Array): OpenPage | undefined {
    const data = header.data_page_header
    if (!data) return undefined
    const reader = readerOf(this.#unpacked(page, header.uncompressed_page_size))
    return openPage(data.num_values, data.encoding, this.#present(reader, data.num_values), reader)
  }

  #present(reader: DataReader, rows: number): Uint8Array | undefined {
    if (this.#decoder.element.repetition_type === 'REQUIRED') return undefined
    const present = new Uint8Array(rows)
    this.#pages.readRleBitPackedHybrid(reader, 1, present)
    return present
  }

  #readCodes({ rows, present, values, reader }: OpenPage): void {
    const width = reader.view.byteLength > reader.offset ? reader.view.getUint8(reader.offset++) : 0
    const codes = this.#codes.subarray(this.#row, this.#row + rows).subarray(0, values)
    if (width > 0)
      this.#pages.readRleBitPackedHybrid(reader, width, codes, reader.view.byteLength - reader.offset)
    else codes.fill(0)
    this.#requireKnown(codes)
    if (present) spread(this.#codes.subarray(this.#row, this.#row + rows), present, values, this.#none)
    if (this.#list) this.#decode(this.#list, this.#row, this.#row + rows)
  }

  #requireKnown(codes: Int32Array): void {
    const count = this.#none
    for (let i = 0; i < codes.length; i++)
      if (codes[i] >= count || codes[i] < 0)
        throw new Error(`column ${this.#name} names entry ${codes[i]} of a dictionary of ${count}`)
  }

  /** The number of `null`, which stands behind the dictionary's last entry. */
  get #none(): number {
    return this.#dictionary.length
  }

  /** @returns the values as they came, where this page has all rows and each has one */
  #readValues({ rows, present, values, reader }: OpenPage): DecodedArray | undefined {
    const read = this.#converted(reader, values)
    if (rows === this.#rows && values === rows) return read
    if (!this.#list) {
      this.#list = []
      this.#decode(this.#list, 0, this.#row)
    }
    const list = this.#list
    let at = 0
    for (let i = 0; i < rows; i++) list.push(!present || present[i] === 1 ? read[at++] : null)
    return undefined
  }

  #decode(list: unknown[], from: number, to: number): void {
    const none = this.#none
    for (let i = from; i < to; i++) {
      const code = this.#codes[i]
      list.push(code === none ? null : this.#dictionary[code])
    }
  }
}

function openPage(
  rows: number,
  encoding: string,
  present: Uint8Array | undefined,
  reader: DataReader,
): OpenPage {
  let values = rows
  if (present) {
    values = 0
    for (let i = 0; i < rows; i++) values += present[i]
  }
  return { rows, encoding, present: values < rows ? present : undefined, values, reader }
}

/** Moves the first `count` codes to the rows that have a value; the others become `none`. */
function spread(codes: Int32Array, present: Uint8Array, count: number, none: number): void {
  let from = count
  for (let row = codes.length - 1; row >= 0; row--) codes[row] = present[row] === 1 ? codes[--from] : none
}

const readerOf = (bytes: Uint8Array): DataReader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
})
