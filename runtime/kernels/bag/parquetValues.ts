// What becomes of parquet's values: numbers, whole numbers of 64 bits, absent ones.

import type { SchemaElement } from 'hyparquet'
import { FileError } from '../files/fileErrors.ts'
import type { SourceFile } from '../files/sourceFile.ts'
import type { CodedColumn } from './parquetColumn.ts'
import type { ParquetSource } from './plan.ts'

type Column = ArrayLike<unknown>

/** A column as the user gets it: see `readParquet` for what becomes of whole numbers of 64 bits and of absent values. */
export function asUserGets(
  { values, codes }: CodedColumn,
  element: SchemaElement | undefined,
  spec: ParquetSource,
  name: string,
  file: SourceFile,
): CodedColumn {
  const finished = finishedValues(values, element, spec, name, file)
  return codes ? { values: finished, codes } : { values: finished }
}

/** A column's rows, one after another: float64 where the values are. */
export function decoded({ values, codes }: CodedColumn): Column {
  if (!codes) return values
  const out =
    values instanceof Float64Array ? new Float64Array(codes.length) : new Array<unknown>(codes.length)
  for (let row = 0; row < codes.length; row++) out[row] = values[codes[row]]
  return out
}

function finishedValues(
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
