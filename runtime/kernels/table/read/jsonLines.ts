// Lines of JSON as columns. Whole numbers of 64 bits are read from the text itself, so that none is rounded.

import { FileFormatError } from '../../files/fileErrors.ts'
import type { Cell, Column } from '../columns/column.ts'
import { CellTypeError, cellFromValue } from '../columns/values.ts'
import { type DataType, isList, isStruct, isWide } from '../dataType.ts'
import type { Schema } from '../schema.ts'

/** @throws {FileFormatError} when a line is no JSON object, or a value is not of its column's type */
export function jsonColumns(
  text: string,
  schema: Schema,
  columns: readonly string[],
  path: string,
): Column[] {
  const wanted = schema.filter(({ name }) => columns.includes(name))
  const cells: Cell[][] = wanted.map(() => [])
  const exact = wanted.some(({ type }) => holdsWide(type))
  let line = 0
  for (const part of text.split('\n')) {
    line++
    if (part.trim() === '') continue
    const record = parsed(part, exact, path, line)
    wanted.forEach(({ name, type }, i) => {
      cells[i].push(cellOf(record[name], name, type, path, line))
    })
  }
  return wanted.map(({ name, type }, i) => ({ name, type, cells: cells[i] }))
}

const holdsWide = (type: DataType): boolean =>
  isWide(type) ||
  (isList(type) ? holdsWide(type.list) : isStruct(type) && Object.values(type.struct).some(holdsWide))

const place = (path: string, line: number): string =>
  `${path}, line ${line.toLocaleString('en-US')} of its part`

function parsed(text: string, exact: boolean, path: string, line: number): Record<string, unknown> {
  let value: unknown
  try {
    value = exact ? JSON.parse(text, wideNumbers as Reviver) : JSON.parse(text)
  } catch (cause) {
    throw new FileFormatError(path, `${place(path, line)}: ${(cause as Error).message}`, cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FileFormatError(
      path,
      `${place(path, line)}: a row must be a JSON object, not ${text.slice(0, 40)}`,
    )
  return value as Record<string, unknown>
}

/**
 * The names of a record's values that are whole numbers which a float64 would round.
 * @param text one line, which is a JSON object
 */
export function roundedNames(text: string): string[] {
  if (!/\d{16}/.test(text)) return []
  const record: unknown = JSON.parse(text, wideNumbers as Reviver)
  return Object.entries(record as object).flatMap(([name, value]) =>
    typeof value === 'bigint' ? [name] : [],
  )
}

type Reviver = (key: string, value: unknown) => unknown

function wideNumbers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !context?.source) return value
  return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value
}

function cellOf(value: unknown, name: string, type: DataType, path: string, line: number): Cell {
  try {
    return cellFromValue(value, type)
  } catch (error) {
    if (!(error instanceof CellTypeError)) throw error
    throw new FileFormatError(path, `${place(path, line)}: column ${name}: ${error.message}`, error)
  }
}
