// Columns of a parquet file's rows, read in JavaScript; and what its footer says of their types.

import type { FileMetaData, SchemaElement } from 'hyparquet'
import { FileError, FileFormatError } from '../../files/fileErrors.ts'
import { footerOf } from '../../files/parquetFooter.ts'
import { readParquetPieces } from '../../files/parquetPieces.ts'
import { openFile } from '../../files/sourceFile.ts'
import type { Cell, Column } from '../columns/column.ts'
import { MS_A_DAY } from '../columns/dates.ts'
import { type DataType, isDatetime, isInteger, isList, isStruct, isText, TICKS } from '../dataType.ts'
import type { Schema } from '../schema.ts'
import { fileOf, type RowRange } from '../steps.ts'
import { namesOfDictionaries } from './arrowSchemaNames.ts'

/** The columns of a parquet file with their types. Texts that were categories when they were written are categories. */
export function parquetSchema(metadata: FileMetaData): Schema {
  const fields: { name: string; type: DataType }[] = []
  const categories = writtenCategories(metadata)
  for (let i = 1; i < metadata.schema.length; i += width(metadata.schema, i)) {
    const { name } = metadata.schema[i]
    const type = typeAt(metadata.schema, i)
    fields.push({ name, type: type === 'string' && categories.has(name) ? 'category' : type })
  }
  return fields
}

/** The columns at the top of the flat schema, without their children. */
export function topElements(schema: readonly SchemaElement[]): SchemaElement[] {
  const elements: SchemaElement[] = []
  for (let i = 1; i < schema.length; i += width(schema, i)) elements.push(schema[i])
  return elements
}

/** Of footers that are kept it is looked at once. */
const categoriesOf = new WeakMap<FileMetaData, ReadonlySet<string>>()

function writtenCategories(metadata: FileMetaData): ReadonlySet<string> {
  const known = categoriesOf.get(metadata) ?? categoriesIn(metadata)
  categoriesOf.set(metadata, known)
  return known
}

/** Columns that Arrow had with a dictionary: pandas, polars and heddle write beside the data what types they had. */
function categoriesIn({ key_value_metadata = [] }: FileMetaData): ReadonlySet<string> {
  const written = key_value_metadata.find(({ key }) => key === 'ARROW:schema')?.value
  if (written === undefined) return new Set()
  try {
    return new Set(namesOfDictionaries(new Uint8Array(Buffer.from(written, 'base64'))))
  } catch {
    return new Set() // A damaged one: the file's own types are enough.
  }
}

/** How many entries of the flat schema a column takes, its children included. */
function width(schema: readonly SchemaElement[], at: number): number {
  let count = 1
  for (let child = 0; child < (schema[at].num_children ?? 0); child++) count += width(schema, at + count)
  return count
}

function typeAt(schema: readonly SchemaElement[], at: number): DataType {
  const element = schema[at]
  const isListed = element.logical_type?.type === 'LIST' || element.converted_type === 'LIST'
  if (isListed) {
    // Three levels: the list, a repeated group, the item.
    const repeated = schema[at + 1]
    return { list: typeAt(schema, repeated.num_children ? at + 2 : at + 1) }
  }
  if (element.num_children) {
    const struct: Record<string, DataType> = {}
    let child = at + 1
    for (let i = 0; i < element.num_children; i++) {
      struct[schema[child].name] = typeAt(schema, child)
      child += width(schema, child)
    }
    return { struct }
  }
  return leafType(element)
}

export function leafType(element: SchemaElement): DataType {
  const logical = element.logical_type
  switch (logical?.type) {
    case 'STRING':
    case 'ENUM':
    case 'JSON':
      return 'string'
    case 'DATE':
      return 'date'
    case 'TIME':
      return 'time'
    case 'TIMESTAMP': {
      const unit = logical.unit === 'MILLIS' ? 'ms' : logical.unit === 'MICROS' ? 'us' : 'ns'
      return logical.isAdjustedToUTC ? { datetime: unit, zone: 'UTC' } : { datetime: unit }
    }
    case 'INTEGER':
      return `${logical.isSigned ? '' : 'u'}int${logical.bitWidth}` as DataType
    case 'DECIMAL':
      return 'float64'
  }
  const converted: Partial<Record<string, DataType>> = {
    UTF8: 'string',
    ENUM: 'string',
    JSON: 'string',
    DATE: 'date',
    TIMESTAMP_MILLIS: { datetime: 'ms', zone: 'UTC' },
    TIMESTAMP_MICROS: { datetime: 'us', zone: 'UTC' },
    INT_8: 'int8',
    INT_16: 'int16',
    INT_32: 'int32',
    INT_64: 'int64',
    UINT_8: 'uint8',
    UINT_16: 'uint16',
    UINT_32: 'uint32',
    UINT_64: 'uint64',
    DECIMAL: 'float64',
  }
  const known = element.converted_type && converted[element.converted_type]
  if (known) return known
  switch (element.type) {
    case 'BOOLEAN':
      return 'boolean'
    case 'INT32':
      return 'int32'
    case 'INT64':
      return 'int64'
    case 'INT96':
      return { datetime: 'ns' }
    case 'FLOAT':
      return 'float32'
    case 'DOUBLE':
      return 'float64'
    default:
      return 'binary'
  }
}

/** @throws {FileError} when the file cannot be read */
export async function parquetColumns(
  range: RowRange,
  names: readonly string[],
  schema: Schema,
): Promise<Column[]> {
  if (names.length === 0) return []
  const [path, size, version, rowStart, rowEnd] = range
  const file = await openFile(fileOf(range))
  try {
    const metadata = await footerOf(file, size, version)
    const range = { size, rowStart, rowEnd, utf8: false }
    const pieces = await readParquetPieces(file, metadata, names, range)
    return names.map((name) => {
      const type = schema.find((field) => field.name === name)?.type ?? 'null'
      const cells: Cell[] = []
      for (const piece of (pieces.get(name) ?? []).sort((a, b) => a.rowStart - b.rowStart)) {
        const from = Math.max(0, rowStart - piece.rowStart)
        const to = Math.min(piece.data.length, rowEnd - piece.rowStart)
        for (let i = from; i < to; i++) cells.push(cellOf(piece.data[i], type))
      }
      return { name, type, cells }
    })
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

/** What hyparquet gives as one of our cells. */
function cellOf(value: unknown, type: DataType): Cell {
  if (value === null || value === undefined) return null
  if (value instanceof Date) {
    if (type === 'date') return Math.floor(value.getTime() / MS_A_DAY)
    return BigInt(value.getTime()) * BigInt((isDatetime(type) ? TICKS[type.datetime] : 1000) / 1000)
  }
  if (isList(type)) return Array.from(value as ArrayLike<unknown>, (item) => cellOf(item, type.list))
  if (isStruct(type))
    return Object.fromEntries(
      Object.entries(type.struct).map(([name, each]) => [
        name,
        cellOf((value as Record<string, unknown>)[name], each),
      ]),
    )
  if (isInteger(type)) return type === 'int64' || type === 'uint64' ? BigInt(value as number) : Number(value)
  if (type === 'time') return BigInt(value as bigint)
  if (isText(type) && value instanceof Uint8Array) return new TextDecoder().decode(value)
  return value as Cell
}
