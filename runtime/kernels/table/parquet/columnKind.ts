// Which columns of parquet files are read into typed arrays by ourselves: those at the top of the schema, with one plain value a row.

import type { FileMetaData, SchemaElement } from 'hyparquet'
import { type DataType, sameType } from '../dataType.ts'
import { leafType, topElements } from '../read/parquetColumns.ts'

export interface ColumnKind {
  readonly name: string
  readonly type: DataType
  readonly physical: 'BOOLEAN' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY'
  /** Whether rows may have no value. */
  readonly isOptional: boolean
  /** How many words of 32 bits a row takes while it is read: of texts their view, of categories and booleans a number. */
  readonly words: 1 | 2 | 4
}

const WORDS = { BOOLEAN: 1, INT32: 1, FLOAT: 1, INT64: 2, DOUBLE: 2, BYTE_ARRAY: 4 } as const

const LOGICAL: ReadonlySet<string> = new Set(['STRING', 'ENUM', 'JSON', 'DATE', 'TIMESTAMP', 'INTEGER'])
const CONVERTED = /^(UTF8|ENUM|JSON|DATE|TIMESTAMP_(MILLIS|MICROS)|U?INT_(8|16|32|64))$/

/**
 * How a column is read that the table has under a type.
 * @returns nothing where it is another reader's
 */
export function columnKind(metadata: FileMetaData, name: string, type: DataType): ColumnKind | undefined {
  const element = topElements(metadata.schema).find((each) => each.name === name)
  if (!element || !isPlain(element)) return undefined
  const own = leafType(element)
  const isSame = sameType(own, type) || (own === 'string' && type === 'category')
  const physical = element.type as ColumnKind['physical']
  if (!isSame || WORDS[physical] === undefined) return undefined
  const words = type === 'category' ? 1 : WORDS[physical]
  return { name, type, physical, isOptional: element.repetition_type === 'OPTIONAL', words }
}

function isPlain({ num_children, repetition_type, logical_type, converted_type }: SchemaElement): boolean {
  if (num_children || repetition_type === 'REPEATED') return false
  // Times are nanoseconds in tables, and of other units in some files.
  if (logical_type?.type === 'TIME') return logical_type.unit === 'NANOS'
  if (logical_type && !LOGICAL.has(logical_type.type)) return false
  return logical_type !== undefined || converted_type === undefined || CONVERTED.test(converted_type)
}
