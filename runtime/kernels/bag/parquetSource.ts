// Row groups of parquet files: as rows, made a batch at a time, or as whole columns.

import type { FileMetaData, SchemaElement } from 'hyparquet'
import { FileError, FileFormatError } from '../files/fileErrors.ts'
import { footerOf } from '../files/parquetFooter.ts'
import { parquetCodecs, parquetLibrary } from '../files/parquetLibrary.ts'
import { openFile, type SourceFile } from '../files/sourceFile.ts'
import { BATCH_ITEMS, type Batch, renewable } from './batch.ts'
import { type ParquetSource, plannedFile, type RowGroup } from './plan.ts'
import { columnRowFactory } from './rows.ts'

type Column = ArrayLike<unknown>

/** The items of one partition's row groups. */
export async function* parquetBatches(
  spec: ParquetSource,
  groups: readonly RowGroup[],
): AsyncGenerator<Batch> {
  for (const group of groups) {
    const { names, columns } = await readColumns(spec, group)
    const [path, , , rowStart, rowEnd] = group
    if (spec.shape === 'columns') {
      const item = {
        rows: rowEnd - rowStart,
        ...Object.fromEntries(names.map((name, i) => [name, columns[i]])),
      }
      yield { items: [item], origin: { place: () => `${path}, rows ${rowStart} to ${rowEnd}` } }
    } else yield* rowBatches(names, columns, group)
  }
}

function* rowBatches(
  names: readonly string[],
  columns: readonly Column[],
  [path, , , rowStart, rowEnd]: RowGroup,
): Generator<Batch> {
  const make = columnRowFactory(names, columns)
  const count = rowEnd - rowStart
  for (let at = 0; at < count; at += BATCH_ITEMS) {
    const stop = Math.min(count, at + BATCH_ITEMS)
    const rows = (): unknown[] => {
      const items: unknown[] = []
      for (let row = at; row < stop; row++) items.push(make(row))
      return items
    }
    const place = (row: number): string => `${path}, row ${(rowStart + at + row).toLocaleString('en-US')}`
    yield renewable(rows, { origin: { place } })
  }
}

async function readColumns(
  spec: ParquetSource,
  group: RowGroup,
): Promise<{ names: readonly string[]; columns: Column[] }> {
  const [path, size, version, rowStart, rowEnd] = group
  const file = await openFile(plannedFile(group))
  try {
    const metadata = await footerOf(file, size, version)
    const names = spec.columns ?? columnNames(metadata)
    const pieces = new Map<string, { rowStart: number; data: Column }[]>(names.map((name) => [name, []]))
    await parquetLibrary().parquetRead({
      file: { byteLength: size, slice: async (from, to) => (await file.read(from, to ?? size)).buffer },
      metadata,
      columns: [...names],
      rowStart,
      rowEnd,
      compressors: parquetCodecs(),
      onChunk: ({ columnName, columnData, rowStart }) => {
        pieces.get(columnName)?.push({ rowStart, data: columnData })
      },
    })
    const columns = names.map((name) => {
      const joined = joinPieces(pieces.get(name) ?? [], rowStart, rowEnd)
      return finished(joined, elementOf(metadata, name), spec, name, file)
    })
    return { names, columns }
  } catch (cause) {
    if (cause instanceof FileError) throw cause
    throw new FileFormatError(
      path,
      `${path} cannot be read from row ${rowStart} on: ${(cause as Error).message}. Copy or write the file again.`,
      cause,
    )
  } finally {
    await file.close()
  }
}

/** The columns at the top of a file's schema. */
export function columnNames(metadata: FileMetaData): string[] {
  const names: string[] = []
  for (let i = 1; i < metadata.schema.length; i += subtree(metadata.schema, i))
    names.push(metadata.schema[i].name)
  return names
}

/** How many entries of the flat schema a column takes, its children included. */
function subtree(schema: readonly SchemaElement[], at: number): number {
  let count = 1
  for (let child = 0; child < (schema[at].num_children ?? 0); child++) count += subtree(schema, at + count)
  return count
}

function elementOf(metadata: FileMetaData, name: string): SchemaElement | undefined {
  for (let i = 1; i < metadata.schema.length; i += subtree(metadata.schema, i))
    if (metadata.schema[i].name === name) return metadata.schema[i]
  return undefined
}

/** Pieces may begin before the rows that were asked for, and end after. */
function joinPieces(pieces: { rowStart: number; data: Column }[], rowStart: number, rowEnd: number): Column {
  if (pieces.length === 1 && pieces[0].rowStart === rowStart && pieces[0].data.length === rowEnd - rowStart)
    return pieces[0].data
  const joined: unknown[] = []
  for (const piece of pieces.sort((a, b) => a.rowStart - b.rowStart)) {
    const from = Math.max(0, rowStart - piece.rowStart)
    const to = Math.min(piece.data.length, rowEnd - piece.rowStart)
    for (let i = from; i < to; i++) joined.push(piece.data[i])
  }
  return joined
}

/** A column as the user gets it: see `readParquet` for what becomes of whole numbers of 64 bits and of absent values. */
function finished(
  column: Column,
  element: SchemaElement | undefined,
  spec: ParquetSource,
  name: string,
  file: SourceFile,
): Column {
  if (!element?.type || element.num_children || element.repetition_type === 'REPEATED')
    return withoutUndefined(column)
  const plain = !element.logical_type || element.logical_type.type === 'INTEGER'
  const isInt64 = element.type === 'INT64' && plain && holdsBigints(column)
  const isNumber = ['INT32', 'FLOAT', 'DOUBLE'].includes(element.type) && plain && !element.converted_type
  if (spec.shape === 'columns') {
    if (isNumber || (isInt64 && spec.int64 === 'number')) return floats(column, isInt64, name, file)
    return withoutUndefined(column)
  }
  if (isInt64 && spec.int64 === 'number') return numbers(column, name, file)
  return withoutUndefined(column)
}

const holdsBigints = (column: Column): boolean => {
  for (let i = 0; i < column.length; i++)
    if (column[i] !== null && column[i] !== undefined) return typeof column[i] === 'bigint'
  return true
}

/** Absent values as NaN, everything else as float64. */
function floats(column: Column, bigints: boolean, name: string, file: SourceFile): Float64Array {
  if (column instanceof Float64Array) return column
  const out = new Float64Array(column.length)
  for (let i = 0; i < out.length; i++) {
    const value = column[i]
    if (value === null || value === undefined) out[i] = Number.NaN
    else out[i] = bigints ? safeNumber(value as bigint, name, file) : (value as number)
  }
  return out
}

function numbers(column: Column, name: string, file: SourceFile): Column {
  const out: (number | null)[] = new Array(column.length)
  for (let i = 0; i < out.length; i++) {
    const value = column[i]
    out[i] = value === null || value === undefined ? null : safeNumber(value as bigint, name, file)
  }
  return out
}

function safeNumber(value: bigint, name: string, file: SourceFile): number {
  const asNumber = Number(value)
  if (Number.isSafeInteger(asNumber)) return asNumber
  throw new FileError(
    file.path,
    `column ${name} of ${file.path} holds ${value}, which a JavaScript number cannot hold exactly: read it with int64: 'bigint'`,
  )
}

function withoutUndefined(column: Column): Column {
  if (!Array.isArray(column)) return column
  for (let i = 0; i < column.length; i++) if (column[i] === undefined) column[i] = null
  return column
}
