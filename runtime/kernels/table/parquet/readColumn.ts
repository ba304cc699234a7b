// One column of several row groups as a flat column.

import type { ColumnMetaData } from 'hyparquet'
import { arrayOf } from '../flat/flatFile.ts'
import type { FlatArray, FlatColumn } from '../flat/flatFrame.ts'
import { type Scratch, withScratch } from '../flat/scratch.ts'
import type { CategoryDictionaries } from './categoryDictionaries.ts'
import type { ColumnKind } from './columnKind.ts'
import { type DataPage, type DictionaryPage, pagesOf, UnreadPageError } from './pages.ts'
import { readEntries, readNumbers, readViews, usesDictionary } from './pageValues.ts'
import { spreadTo } from './words.ts'

/** A column's part of a row group: what the footer says of it, and its bytes. */
export interface Chunk {
  /** Its name among all chunks of all files as they are now. */
  readonly id: string
  readonly meta: ColumnMetaData
  readonly rows: number
  read(scratch: Scratch): Uint8Array
}

/**
 * Reads a column.
 * @param rows of all chunks
 * @param scratch what the column's values stand in
 * @param categories numbers the texts of categories
 * @throws {Error} when pages are broken, or of a kind that is another reader's
 */
export function readColumn(
  kind: ColumnKind,
  chunks: readonly Chunk[],
  rows: number,
  scratch: Scratch,
  categories: CategoryDictionaries | undefined,
): FlatColumn {
  const words = scratch.words(kind.words * rows)
  // Taken before it is needed: scratch memory that is taken last goes back first.
  const room = kind.isOptional ? scratch.bytes(rows) : undefined
  const reader = new ColumnReader(kind, words, room, categories)
  for (const chunk of chunks) reader.add(chunk)
  return reader.column(scratch)
}

/** Whether the words that a column is read as are its values. */
export const isOfWords = ({ type, words }: ColumnKind): boolean =>
  type !== 'boolean' && words !== 4 && NARROW[String(type)] === undefined

/**
 * Reads a column of words that has a value in each row.
 * @param words get the values of all chunks
 * @throws {Error} as `readColumn` does, and when a row has no value
 */
export function readColumnTo(
  kind: ColumnKind,
  chunks: readonly Chunk[],
  words: Int32Array,
  categories: CategoryDictionaries | undefined,
): void {
  const reader = new ColumnReader(kind, words, undefined, categories)
  for (const chunk of chunks) reader.add(chunk)
}

const WORD_BYTES = 4

class ColumnReader {
  readonly #kind: ColumnKind
  readonly #rows: number
  readonly #words: Int32Array
  readonly #categories: CategoryDictionaries | undefined
  /** Rows that were read so far. */
  #row = 0
  /** For `#present`; nothing where all rows must have a value. */
  readonly #room: Uint8Array | undefined
  /** A byte for each row, 1 where it has a value; nothing while all have one. */
  #present: Uint8Array | undefined
  #nullCount = 0
  #entries: Int32Array = new Int32Array(0)
  #chunk = ''
  /** Pages with texts that are too long for their views. */
  readonly #buffers: Uint8Array[] = []

  constructor(
    kind: ColumnKind,
    words: Int32Array,
    room: Uint8Array | undefined,
    categories: CategoryDictionaries | undefined,
  ) {
    this.#kind = kind
    this.#rows = words.length / kind.words
    this.#words = words
    this.#room = room
    this.#categories = categories
  }

  add(chunk: Chunk): void {
    const end = this.#row + chunk.rows
    if (end > this.#rows) throw new UnreadPageError('a row group has more rows than it should')
    this.#chunk = chunk.id
    withScratch((scratch) => {
      this.#entries = new Int32Array(0)
      const packed = chunk.read(scratch)
      for (const page of pagesOf(packed, chunk.meta, this.#kind, scratch, (before, rows) =>
        this.#placeOf(before, rows, end),
      )) {
        if (page.page === 'dictionary') this.#readDictionary(page)
        else {
          if (this.#row + page.rows > end) throw new UnreadPageError('a page has more rows than it should')
          withScratch((own) => this.#readPage(page, own))
        }
        if (this.#row === end) break
      }
    })
    if (this.#row < end) throw new UnreadPageError(`column ${this.#kind.name} ends before its row group does`)
  }

  /** Where values of the next rows stay, and what lies before them. */
  #placeOf(before: number, rows: number, end: number): Uint8Array | undefined {
    const { buffer, byteOffset } = this.#words
    const at = byteOffset + WORD_BYTES * this.#kind.words * this.#row - before
    const isFree = at >= 0 && this.#row + rows <= end
    return isFree ? new Uint8Array(buffer, at, before + WORD_BYTES * this.#kind.words * rows) : undefined
  }

  #readDictionary({ unpacked, count }: DictionaryPage): void {
    const { words, physical, type } = this.#kind
    const known = type === 'category' ? this.#categories?.known(this.#chunk) : undefined
    if (known) {
      this.#entries = known
      return
    }
    const bytes = unpacked()
    this.#entries = new Int32Array(words * count)
    if (physical === 'BYTE_ARRAY') this.#entries = this.#texts(bytes, 'PLAIN', count, this.#chunk)
    else readNumbers(bytes, 'PLAIN', count, this.#kind, this.#entries, 0)
  }

  #readPage({ bytes, encoding, rows, present, count, isPlaced }: DataPage, scratch: Scratch): void {
    if (isPlaced) {
      this.#row += rows
      return
    }
    const { words: width, physical } = this.#kind
    const at = width * this.#row
    // Values go where they stay, unless they are moved to their rows behind.
    const to = present ? scratch.words(width * count) : this.#words
    const from = present ? 0 : at
    if (usesDictionary(encoding)) readEntries(bytes, count, this.#entries, width, to, from, scratch)
    else if (physical === 'BYTE_ARRAY') to.set(this.#texts(bytes, encoding, count), from)
    else readNumbers(bytes, encoding, count, this.#kind, to, from)
    if (present) {
      spreadTo(present, rows, to, width, this.#words, at)
      this.#markAbsent(present, rows - count)
    }
    this.#row += rows
  }

  #markAbsent(present: Int32Array, absent: number): void {
    if (!this.#room)
      throw new UnreadPageError('a row without a value, where the footer says that all have one')
    this.#present ??= this.#room.fill(1)
    this.#present.set(present, this.#row)
    this.#nullCount += absent
  }

  /**
   * Texts as what rows have of them: views, or codes of categories.
   * @param id of the chunk, when they are its dictionary
   */
  #texts(bytes: Uint8Array, encoding: string, count: number, id?: string): Int32Array {
    const views = new Int32Array(4 * count)
    if (this.#kind.type !== 'category') {
      // A page's bytes stand in memory that goes back.
      if (readViews(bytes, encoding, count, this.#kind, views, this.#buffers.length))
        this.#buffers.push(bytes.slice())
      return views
    }
    if (!this.#categories) throw new UnreadPageError('nothing here numbers categories')
    readViews(bytes, encoding, count, this.#kind, views, 0)
    return this.#categories.numbered({ views: new Uint32Array(views.buffer), buffers: [bytes] }, count, id)
  }

  column(scratch: Scratch): FlatColumn {
    const { name, type, words: width } = this.#kind
    const words = this.#words
    const validity = this.#present && bitsOf(this.#present, scratch)
    const field = { name, type, nullCount: this.#nullCount, ...(validity && { validity }) }
    if (type === 'boolean') return { ...field, form: 'bits', bits: bitsOf(words, scratch) }
    if (width === 4) {
      const views = new Uint32Array(words.buffer, words.byteOffset, words.length)
      return { ...field, form: 'texts', views, buffers: this.#buffers }
    }
    const Values = arrayOf(type)
    const values = NARROW[String(type)]?.(words) ?? new Values(words.buffer, words.byteOffset, this.#rows)
    return { ...field, form: 'values', values }
  }
}

/** Numbers of fewer bits stand in files as such of 32. */
const NARROW: Readonly<Partial<Record<string, (words: Int32Array) => FlatArray>>> = {
  int8: (words) => new Int8Array(words),
  int16: (words) => new Int16Array(words),
  uint8: (words) => new Uint8Array(words),
  uint16: (words) => new Uint16Array(words),
}

function bitsOf(numbers: Uint8Array | Int32Array, scratch: Scratch): Uint8Array {
  const bits = scratch.bytes((numbers.length + 7) >> 3).fill(0)
  for (let row = 0; row < numbers.length; row++) bits[row >> 3] |= numbers[row] << (row & 7)
  return bits
}
