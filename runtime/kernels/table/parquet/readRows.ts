// Rows of local parquet files as flat columns: only the chunks of the columns that are wanted are read, and no engine opens them.

import { closeSync, openSync, readSync } from 'node:fs'
import type { FileMetaData, RowGroup } from 'hyparquet'
import { FileError } from '../../files/fileErrors.ts'
import { schemeOf } from '../../files/fileSystem.ts'
import { localFooter } from '../../files/parquetFooter.ts'
import type { DataType } from '../dataType.ts'
import type { CategoryNumbers } from '../engine.ts'
import type { FlatColumn } from '../flat/flatFrame.ts'
import type { Scratch } from '../flat/scratch.ts'
import { requireUnchanged } from '../read/byteRange.ts'
import type { RowRange, TableSource } from '../steps.ts'
import { CategoryDictionaries } from './categoryDictionaries.ts'
import { type ColumnKind, columnKind } from './columnKind.ts'
import { UnreadPageError } from './pages.ts'
import { isKnown } from './pageValues.ts'
import { type Chunk, isOfWords, readColumn, readColumnTo } from './readColumn.ts'

export type ParquetSource = Extract<TableSource, { source: 'parquet' }>

/** Columns of the same length, in scratch memory. */
export interface ReadRows {
  readonly columns: readonly FlatColumn[]
  readonly rows: number
  /** 1 for each of this thread's codes that may come in a column of categories. */
  readonly known: Uint8Array
}

/** A column that can be read. */
export interface UnreadColumn {
  readonly name: string
  readonly type: DataType
  /** Whether it has a number of 32 or 64 bits in each row: it can be read to where it stays, which is known before. */
  readonly isWhole: boolean
  /** Reads it into scratch memory. */
  read(scratch: Scratch): FlatColumn
  /** Reads a whole one into memory that is as long. */
  readTo(words: Int32Array): void
}

/** Columns of the same length, while their files are open. */
export interface UnreadRows {
  readonly columns: readonly UnreadColumn[]
  readonly rows: number
  /** Of the columns that were read so far, as in `ReadRows`. */
  known(): Uint8Array
}

/** How many partitions were read here, for tests. */
export const parquetWork = { read: 0 }

/** Row groups of one file. */
interface Part {
  readonly file: string
  readonly descriptor: number
  readonly groups: readonly RowGroup[]
}

/**
 * Reads some columns of a partition.
 * @param names columns that the source has, in the order that they are wanted in
 * @returns nothing where a file, or one of its columns, is another reader's: then, too, when it is broken, since that one says what is wrong
 * @throws {FileError} when a file is not there or changed
 */
export const readRows = (
  source: ParquetSource,
  ranges: readonly RowRange[],
  names: readonly string[],
  scratch: Scratch,
  categories: CategoryNumbers | undefined,
): ReadRows | undefined =>
  withRows(source, ranges, names, categories, ({ columns, rows, known }) => ({
    columns: columns.map((column) => column.read(scratch)),
    rows,
    known: known(),
  }))

/**
 * The same for who reads each column by itself.
 * @param use whatever it throws but a `FileError` is taken for what broken files do: nothing is given then
 */
export function withRows<T>(
  source: ParquetSource,
  ranges: readonly RowRange[],
  names: readonly string[],
  categories: CategoryNumbers | undefined,
  use: (rows: UnreadRows) => T | undefined,
): T | undefined {
  if (!isReadHere(source, ranges, names)) return undefined
  const opened: number[] = []
  try {
    const parts: Part[] = []
    let kinds: readonly ColumnKind[] | undefined
    for (const [path, size, version, start, end] of ranges) {
      requireUnchanged(path, size, version)
      const footer = localFooter(path, size, version)
      const groups = groupsBetween(footer, start, end)
      const own = groups && kindsOf(source, footer, groups, names)
      if (!groups || !own) return undefined
      kinds ??= own
      // Rows of one column may have no value in one file, and always one in another.
      if (!own.every((kind, i) => kind.isOptional === kinds?.[i].isOptional)) return undefined
      const descriptor = openSync(path, 'r')
      opened.push(descriptor)
      parts.push({ file: `${size} ${version} ${path}`, descriptor, groups })
    }
    const rows = parts.reduce((sum, { groups }) => sum + rowsOf(groups), 0)
    if (!kinds || rows === 0) return undefined
    const dictionaries = categories && new CategoryDictionaries(categories)
    const columns = kinds.map((kind) => unreadColumn(kind, chunksOf(parts, kind), rows, dictionaries))
    const made = use({ columns, rows, known: () => dictionaries?.has ?? new Uint8Array(0) })
    if (made !== undefined) parquetWork.read++
    return made
  } catch (error) {
    if (error instanceof FileError) throw error
    return undefined
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}

function unreadColumn(
  kind: ColumnKind,
  chunks: readonly Chunk[],
  rows: number,
  categories: CategoryDictionaries | undefined,
): UnreadColumn {
  const hasAll = !kind.isOptional || chunks.every(({ meta }) => meta.statistics?.null_count === 0n)
  return {
    name: kind.name,
    type: kind.type,
    isWhole: hasAll && isOfWords(kind),
    read: (scratch) => readColumn(kind, chunks, rows, scratch, categories),
    readTo: (words) => readColumnTo(kind, chunks, words, categories),
  }
}

const isReadHere = (source: ParquetSource, ranges: readonly RowRange[], names: readonly string[]): boolean =>
  source.predicate === undefined &&
  ranges.length > 0 &&
  names.length > 0 &&
  !source.hive.some(({ name }) => names.includes(name)) &&
  ranges.every(([path]) => schemeOf(path) === 'file')

const rowsOf = (groups: readonly RowGroup[]): number =>
  groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0)

/** The row groups that are exactly these rows. */
function groupsBetween({ row_groups }: FileMetaData, start: number, end: number): RowGroup[] | undefined {
  const groups: RowGroup[] = []
  let at = 0
  for (const group of row_groups) {
    if (at >= start && at < end) groups.push(group)
    else if (at + Number(group.num_rows) > start && at < start) return undefined
    at += Number(group.num_rows)
  }
  return rowsOf(groups) === end - start ? groups : undefined
}

function kindsOf(
  { schema }: ParquetSource,
  footer: FileMetaData,
  groups: readonly RowGroup[],
  names: readonly string[],
): ColumnKind[] | undefined {
  const kinds: ColumnKind[] = []
  for (const name of names) {
    const type = schema.find((field) => field.name === name)?.type
    const kind = type === undefined ? undefined : columnKind(footer, name, type)
    const isReadable = (group: RowGroup): boolean => {
      const meta = kind && chunkIn(group, kind)?.meta_data
      return meta !== undefined && isKnown(meta, kind as ColumnKind)
    }
    if (!kind || !groups.every(isReadable)) return undefined
    kinds.push(kind)
  }
  return kinds
}

/** A column's chunk, unless it stands in another file. */
const chunkIn = (group: RowGroup, { name }: ColumnKind): RowGroup['columns'][number] | undefined =>
  group.columns.find(
    ({ meta_data: meta, file_path }) =>
      file_path === undefined && meta?.path_in_schema.length === 1 && meta.path_in_schema[0] === name,
  )

function chunksOf(parts: readonly Part[], kind: ColumnKind): Chunk[] {
  return parts.flatMap(({ file, descriptor, groups }) =>
    groups.flatMap((group) => {
      const meta = chunkIn(group, kind)?.meta_data
      if (!meta) return []
      const length = Number(meta.total_compressed_size)
      const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
      const read = (scratch: Scratch): Uint8Array => {
        const bytes = scratch.bytes(length)
        for (let done = 0; done < length; ) {
          const got = readSync(descriptor, bytes, done, length - done, start + done)
          if (got === 0) throw new UnreadPageError('the file is cut short')
          done += got
        }
        return bytes
      }
      return [{ id: `${start} ${file}`, meta, rows: Number(group.num_rows), read }]
    }),
  )
}
