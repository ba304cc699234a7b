// The columns of a table, and what is said when one is not there.

import { kernel } from '../kernel.ts'
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

/** The names that a mistyped one is nearest to, nearest first; at most three. */
export function nearest(name: string, names: readonly string[]): string[] {
  const wanted = name.toLowerCase()
  return names
    .map((each) => {
      const there = each.toLowerCase()
      const inside =
        wanted.length > 2 && (there.includes(wanted) || wanted.includes(there)) ? 1 : Number.POSITIVE_INFINITY
      return { each, distance: Math.min(editDistance(wanted, there), inside) }
    })
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ each }) => each)
}

/** How many letters must be put in, taken out, changed or swapped with a neighbour (Damerau's restricted distance). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, changed)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]
}

export const namesOf = (schema: Schema): string[] => schema.map(({ name }) => name)

/** @throws {MissingColumnError} when there is no such column */
export function fieldOf(schema: Schema, name: string, where?: string): Field {
  const field = schema.find((each) => each.name === name)
  if (!field) throw new MissingColumnError(name, namesOf(schema), where)
  return field
}

/** @throws {DuplicateColumnError} when a name comes twice */
export function requireDistinct(names: readonly string[], what: string): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name))
      throw new DuplicateColumnError(
        `${what} would have two columns named ${JSON.stringify(name)}: name one of them otherwise with .as(name)`,
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
