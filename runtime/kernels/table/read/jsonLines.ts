// Lines of JSON as columns. Whole numbers of 64 bits are read from the text itself, so that none is rounded.

import { FileFormatError } from '../../files/fileErrors.ts'
import type { Cell, Column } from '../columns/column.ts'
import { CellTypeError, cellFromValue } from '../columns/values.ts'
import { type DataType, isList, isStruct, isWide } from '../dataType.ts'
import type { JsonSource } from '../steps.ts'

/**
 * The columns of lines with a JSON object each.
 * @param firstLine the number of the text's first line in the file, for errors
 * @throws {FileFormatError} when a line is no JSON object, a value is not of its column's type, or a whole number is one that
 *   the type which was guessed would round
 */
export function jsonColumns(text: string, source: JsonSource, path: string, firstLine = 1): Column[] {
  const { schema, columns, guessed = [] } = source
  const wanted = schema.filter(({ name }) => columns.includes(name))
  const cells: Cell[][] = wanted.map(() => [])
  const exact = wanted.some(({ type }) => holdsAny(type, isWide))
  const mayRound = wanted.map(({ name, type }) => guessed.includes(name) && holdsAny(type, isFloat))
  const looks = mayRound.includes(true)
  let line = firstLine - 1
  for (const part of text.split('\n')) {
    line++
    if (part.trim() === '') continue
    const isLong = looks && LONG.test(part)
    const record = parsed(part, exact || isLong, path, line)
    wanted.forEach(({ name, type }, i) => {
      if (isLong && mayRound[i]) requireUnrounded(record[name], name, type, path, line)
      cells[i].push(cellOf(record[name], name, type, path, line))
    })
  }
  return wanted.map(({ name, type }, i) => ({ name, type, cells: cells[i] }))
}

/** Fewer digits than these no float64 rounds. */
const LONG = /\d{16}/

const isFloat = (type: DataType): boolean => type === 'float64' || type === 'float32'

const holdsAny = (type: DataType, is: (type: DataType) => boolean): boolean =>
  is(type) ||
  (isList(type)
    ? holdsAny(type.list, is)
    : isStruct(type) && Object.values(type.struct).some((own) => holdsAny(own, is)))

/** A float that was written without its exponent comes back as it was; an id would be another one. */
function requireUnrounded(value: unknown, name: string, type: DataType, path: string, line: number): void {
  if (typeof value === 'bigint' && isFloat(type)) {
    const float = Number(value)
    if (BigInt(float) === value || String(float) === String(value)) return
    throw new FileFormatError(
      path,
      `${place(path, line)}: column ${name}: ${value} would be rounded to ${BigInt(float)}, since its type was guessed as float64 from the ` +
        `file's beginning: say its type in schema, int64 for whole numbers, or float64 where rounding is meant`,
    )
  }
  if (Array.isArray(value) && isList(type))
    for (const item of value) requireUnrounded(item, name, type.list, path, line)
  else if (typeof value === 'object' && value !== null && isStruct(type))
    for (const [field, own] of Object.entries(type.struct))
      requireUnrounded((value as Record<string, unknown>)[field], `${name}.${field}`, own, path, line)
}

const place = (path: string, line: number): string => `${path}, line ${line.toLocaleString('en-US')}`

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
  if (!LONG.test(text)) return []
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
