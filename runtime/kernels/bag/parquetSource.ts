// Row groups of parquet files: as rows, made a batch at a time, or as whole columns.

import type { FileMetaData, SchemaElement } from 'hyparquet'
import { FileError, FileFormatError } from '../files/fileErrors.ts'
import { footerOf } from '../files/parquetFooter.ts'
import { type ParquetPiece, readParquetPieces } from '../files/parquetPieces.ts'
import { openFile, type SourceFile } from '../files/sourceFile.ts'
import { BATCH_ITEMS, type Batch, renewable } from './batch.ts'
import { type CodedColumn, readCodedColumn } from './parquetColumn.ts'
import { asUserGets, decoded } from './parquetValues.ts'
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
        ...Object.fromEntries(names.map((name, i) => [name, decoded(columns[i])])),
      }
      yield { items: [item], origin: { place: () => `${path}, rows ${rowStart} to ${rowEnd}` } }
    } else yield* rowBatches(names, columns, group)
  }
}

function* rowBatches(
  names: readonly string[],
  columns: readonly CodedColumn[],
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
): Promise<{ names: readonly string[]; columns: CodedColumn[] }> {
  const [path, size, version, rowStart] = group
  const file = await openFile(plannedFile(group))
  try {
    const metadata = await footerOf(file, size, version)
    const names = spec.columns ?? columnNames(metadata)
    const index = groupIndex(metadata, rowStart)
    const read = (from: number, to: number): Promise<Uint8Array> => file.read(from, to)
    const coded = new Map<string, CodedColumn>()
    for (const name of names) {
      const column = await readCodedColumn(metadata, index, name, read)
      if (column) coded.set(name, column)
    }
    const others = names.filter((name) => !coded.has(name))
    if (others.length > 0) await readByLibrary(file, metadata, others, group, coded)
    const columns = names.map((name) =>
      asUserGets(coded.get(name) as CodedColumn, elementOf(metadata, name), spec, name, file),
    )
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

/** Nested columns, and those of encodings that few writers use. */
async function readByLibrary(
  file: SourceFile,
  metadata: FileMetaData,
  names: readonly string[],
  [, size, , rowStart, rowEnd]: RowGroup,
  columns: Map<string, CodedColumn>,
): Promise<void> {
  const pieces = await readParquetPieces(file, metadata, names, { size, rowStart, rowEnd })
  for (const [name, data] of pieces) columns.set(name, { values: joinPieces(data, rowStart, rowEnd) })
}

/** Which row group begins at a row. */
function groupIndex({ row_groups }: FileMetaData, rowStart: number): number {
  let start = 0
  // A group without rows begins where the next one does.
  return row_groups.findIndex(({ num_rows }) => {
    const begins = start === rowStart && num_rows > 0n
    start += Number(num_rows)
    return begins
  })
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
function joinPieces(pieces: ParquetPiece[], rowStart: number, rowEnd: number): Column {
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
