// The columns of a table, and what is said when one is not there.

import { kernel } from '../kernel.ts'
import { nearest } from '../nearestNames.ts'
import { type DataType, fullType, sameType, typeText } from './dataType.ts'

/** Names and types of a table's columns, in order. */
export type Schema = readonly Field[]

export interface Field {
  readonly name: string
  readonly type: DataType
}

/** A column is asked for that the table does not have. */
export class MissingColumnError extends Error {
  override name = 'MissingColumnError'
  readonly column: string
  readonly columns: readonly string[]
  constructor(column: string, columns: readonly string[], where = '') {
    super(missingText(column, columns, where))
    this.column = column
    this.columns = columns
  }
}
kernel('error.MissingColumnError', MissingColumnError)

/** Two columns would have the same name. */
export class DuplicateColumnError extends Error {
  override name = 'DuplicateColumnError'
}
kernel('error.DuplicateColumnError', DuplicateColumnError)

const MANY = 12

function missingText(column: string, columns: readonly string[], where: string): string {
  const near = nearest(column, columns)
  const meant =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : columns.length === 0
        ? 'It has none.'
        : `It has ${columns.slice(0, MANY).join(', ')}${columns.length > MANY ? ` and ${columns.length - MANY} more` : ''}.`
  return `the table has no column ${JSON.stringify(column)}${where && ` (${where})`}. ${meant}`
}

export const namesOf = (schema: Schema): string[] => schema.map(({ name }) => name)

/** Schemas do not change: each is gone through once, however many of its columns are asked for. */
const fields = new WeakMap<Schema, ReadonlyMap<string, Field>>()

/** @throws {MissingColumnError} when there is no such column */
export function fieldOf(schema: Schema, name: string, where?: string): Field {
  let known = fields.get(schema)
  if (!known) {
    known = new Map(schema.map((field) => [field.name, field]))
    fields.set(schema, known)
  }
  const field = known.get(name)
  if (!field) throw new MissingColumnError(name, namesOf(schema), where)
  return field
}

/**
 * @param wayOut what the user may do then
 * @throws {DuplicateColumnError} when a name comes twice
 */
export function requireDistinct(
  names: readonly string[],
  what: string,
  wayOut = 'name one of them otherwise with .as(name)',
): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name))
      throw new DuplicateColumnError(
        `${what} would have two columns named ${JSON.stringify(name)}: ${wayOut}`,
      )
    seen.add(name)
  }
}

/** A schema from names and types. */
export const schemaOf = (types: Readonly<Record<string, DataType>>): Schema =>
  Object.entries(types).map(([name, type]) => ({ name, type: fullType(type) }))

export const schemaText = (schema: Schema): string =>
  schema.map(({ name, type }) => `${name}: ${typeText(type)}`).join(', ')

export const sameSchema = (a: Schema, b: Schema): boolean =>
  a.length === b.length && a.every((field, i) => field.name === b[i].name && sameType(field.type, b[i].type))
