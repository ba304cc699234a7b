// What columns records have, by looking at them.

import { literalType } from '../../kernels/table/alike.ts'
import { commonType, type DataType, isList, isStruct, typeText } from '../../kernels/table/dataType.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import { TableArgumentError } from './build.ts'
import type { Types } from './types.ts'

/** So many records are looked at to guess types. */
const LOOKED_AT = 10_000

/**
 * The columns of records, in the order in which they first come.
 * @throws {TableArgumentError} when a column's values are of types that do not go together
 */
export function guessedSchema(records: readonly unknown[]): Schema {
  const types = new Map<string, DataType>()
  const every = Math.max(1, Math.floor(records.length / LOOKED_AT))
  for (let i = 0; i < records.length; i += i < LOOKED_AT ? 1 : every) {
    const record = records[i]
    if (typeof record !== 'object' || record === null)
      throw new TableArgumentError(`row ${i} is no record but ${String(record)}: each must be an object`)
    for (const [name, value] of Object.entries(record)) {
      types.set(name, joinedType(name, types.get(name) ?? 'null', value, i))
    }
  }
  return [...types].map(([name, type]) => ({ name, type }))
}

/**
 * The type of a column's values.
 * @throws {TableArgumentError} when they are of types that do not go together
 */
export function guessedColumn(name: string, values: ArrayLike<unknown>): DataType {
  let known: DataType = 'null'
  const every = Math.max(1, Math.floor(values.length / LOOKED_AT))
  for (let i = 0; i < values.length; i += i < LOOKED_AT ? 1 : every)
    known = joinedType(name, known, values[i], i)
  return known
}

/** @throws {TableArgumentError} when a value is of another type than those before */
function joinedType(name: string, known: DataType, value: unknown, row: number): DataType {
  const type = guessedType(value)
  const common = together(known, type)
  if (!common)
    throw new TableArgumentError(
      `column ${JSON.stringify(name)} holds ${typeText(known)} and, in row ${row}, ${typeText(type)}: say its type in schema, or make it one`,
    )
  return common
}

/** What records hold, by column; a column without any value is one of strings. */
export function guessedTypes(records: readonly unknown[]): Types {
  return Object.fromEntries(
    guessedSchema(records).map(({ name, type }) => [name, type === 'null' ? 'string' : type]),
  )
}

function guessedType(value: unknown): DataType {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) {
    const type = value
      .map(guessedType)
      .reduce<DataType | undefined>((common, each) => common && together(common, each), 'null')
    if (type) return { list: type }
  }
  if (value instanceof Date) return { datetime: 'ms' }
  if (value instanceof Uint8Array) return 'binary'
  if (typeof value === 'object' && !Array.isArray(value))
    return {
      struct: Object.fromEntries(Object.entries(value).map(([name, part]) => [name, guessedType(part)])),
    }
  if (typeof value === 'function' || typeof value === 'symbol' || Array.isArray(value))
    throw new TableArgumentError(
      `a table cannot hold ${Array.isArray(value) ? 'a list of mixed types' : `a ${typeof value}`}`,
    )
  return literalType(value as number)
}

/** The type of two values of one column: of records within records the fields of both, which are absent in the other. */
function together(a: DataType, b: DataType): DataType | undefined {
  if (isStruct(a) && isStruct(b)) {
    const fields: Record<string, DataType> = { ...a.struct }
    for (const [name, type] of Object.entries(b.struct)) {
      const common = together(fields[name] ?? 'null', type)
      if (!common) return undefined
      fields[name] = common
    }
    return { struct: fields }
  }
  if (isList(a) && isList(b)) {
    const inner = together(a.list, b.list)
    return inner && { list: inner }
  }
  return commonType(a, b)
}
