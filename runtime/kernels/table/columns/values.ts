// Cells to the values that a program works with, and back.

import { kernel } from '../../kernel.ts'
import {
  type DataType,
  integerRange,
  isDatetime,
  isDuration,
  isInteger,
  isList,
  isStruct,
  TICKS,
  typeText,
} from '../dataType.ts'
import type { Schema } from '../schema.ts'
import type { Cell, Column } from './column.ts'
import { floorDivide, MS_A_DAY, parseDate, parseDatetime } from './dates.ts'

/** A value that a column cannot hold. */
export class CellTypeError extends TypeError {
  override name = 'CellTypeError'
}
kernel('error.CellTypeError', CellTypeError)

/**
 * A value of the program's as a cell.
 * @throws {CellTypeError} when the type has no such value
 */
export function cellFromValue(value: unknown, type: DataType): Cell {
  if (value === null || value === undefined) return null
  const cell = converted(value, type)
  if (cell === undefined) {
    const text =
      typeof value === 'bigint'
        ? `${value}n`
        : typeof value === 'function'
          ? 'a function'
          : (JSON.stringify(value) ?? String(value))
    throw new CellTypeError(`${text.slice(0, 60)} is no ${typeText(type)}`)
  }
  return cell
}

function converted(value: unknown, type: DataType): Cell | undefined {
  if (isInteger(type)) {
    if (typeof value === 'boolean')
      return type === 'int64' || type === 'uint64' ? BigInt(value) : Number(value)
    if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isInteger(value))) return undefined
    const whole = BigInt(value)
    const [low, high] = integerRange(type)
    if (whole < low || whole > high) return undefined
    return type === 'int64' || type === 'uint64' ? whole : Number(whole)
  }
  if (isDatetime(type)) {
    if (value instanceof Date)
      return Number.isNaN(value.getTime())
        ? undefined
        : BigInt(value.getTime()) * BigInt(TICKS[type.datetime] / 1000)
    if (typeof value === 'bigint') return value
    return typeof value === 'string' ? parseDatetime(value, type) : undefined
  }
  if (isDuration(type)) {
    if (typeof value === 'bigint') return value
    return typeof value === 'number' && Number.isFinite(value)
      ? BigInt(Math.round(value * (TICKS[type.duration] / 1000)))
      : undefined
  }
  if (isList(type))
    return Array.isArray(value) || ArrayBuffer.isView(value)
      ? Array.from(value as ArrayLike<unknown>, (item) => cellFromValue(item, type.list))
      : undefined
  if (isStruct(type)) {
    if (typeof value !== 'object') return undefined
    const fields = value as Record<string, unknown>
    return Object.fromEntries(
      Object.entries(type.struct).map(([name, each]) => [name, cellFromValue(fields[name], each)]),
    )
  }
  switch (type) {
    case 'float64':
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
    case 'float32':
      return typeof value === 'number' || typeof value === 'bigint' ? Math.fround(Number(value)) : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'string':
    case 'category':
      return typeof value === 'string' ? value : undefined
    case 'binary':
      return value instanceof Uint8Array ? value : undefined
    case 'date':
      if (value instanceof Date)
        return Number.isNaN(value.getTime()) ? undefined : Math.floor(value.getTime() / MS_A_DAY)
      return typeof value === 'string' ? parseDate(value) : undefined
    case 'time':
      return typeof value === 'bigint' ? value : typeof value === 'string' ? parseTime(value) : undefined
    default:
      return undefined
  }
}

/** Nanoseconds of `12:30:00.5`; undefined when it is no time of day. */
export function parseTime(text: string): bigint | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/.exec(text)
  if (!match) return undefined
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0)
  return BigInt(seconds) * 1_000_000_000n + BigInt((match[4] ?? '').padEnd(9, '0') || '0')
}

/**
 * Lists of values as columns of a schema.
 * @param first the number of the first row, as errors say it
 * @throws {CellTypeError} when a value is not of its column's type; the text names row and column
 */
export function columnsFromValues(lists: readonly ArrayLike<unknown>[], schema: Schema, first = 0): Column[] {
  return schema.map(({ name, type }, i) => ({
    name,
    type,
    cells: Array.from(lists[i], (value, row) => namedCell(value, name, type, first + row)),
  }))
}

/** A value as a cell, or an error that says where it stands. */
function namedCell(value: unknown, name: string, type: DataType, row: number): Cell {
  try {
    return cellFromValue(value, type)
  } catch (error) {
    if (error instanceof CellTypeError)
      throw new CellTypeError(
        `row ${row}, column ${JSON.stringify(name)}: ${error.message}. Say its type in schema.`,
      )
    throw error
  }
}

/** How 64-bit whole numbers come out: exactly as `bigint`, or as `number` where one that is not exact is an error. */
export type Int64As = 'bigint' | 'number'

/**
 * A cell as a value of the program's: dates and datetimes as `Date`, durations as milliseconds, times of day as text.
 * @throws {CellTypeError} when `int64` is `'number'` and a number cannot hold the value
 */
export function valueFromCell(cell: Cell, type: DataType, int64: Int64As = 'bigint'): unknown {
  if (cell === null) return null
  if (typeof type === 'string') {
    if (type === 'date') return new Date((cell as number) * MS_A_DAY)
    if (type === 'time') return timeOfDay(cell as bigint)
    if (int64 === 'number' && typeof cell === 'bigint') {
      const value = Number(cell)
      if (!Number.isSafeInteger(value))
        throw new CellTypeError(
          `${cell} is beyond ±2^53: a number cannot hold it exactly, so take it as bigint`,
        )
      return value
    }
    return cell
  }
  if (isDatetime(type))
    return new Date(Number(floorDivide(cell as bigint, BigInt(TICKS[type.datetime] / 1000))))
  if (isDuration(type)) return Number(cell as bigint) / (TICKS[type.duration] / 1000)
  if (isList(type)) return (cell as readonly Cell[]).map((each) => valueFromCell(each, type.list, int64))
  const fields = cell as { readonly [field: string]: Cell }
  return Object.fromEntries(
    Object.entries((type as { struct: Record<string, DataType> }).struct).map(([name, each]) => [
      name,
      valueFromCell(fields[name], each, int64),
    ]),
  )
}

function timeOfDay(nanos: bigint): string {
  const seconds = Number(nanos / 1_000_000_000n)
  const rest = String(nanos % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return clock.map((part) => String(part).padStart(2, '0')).join(':') + (rest === '' ? '' : `.${rest}`)
}

/** Columns as records. */
export function recordsOf(
  columns: readonly Column[],
  rows: number,
  int64: Int64As = 'bigint',
): Record<string, unknown>[] {
  const values = columns.map(({ type, cells }) =>
    isPlain(type) ? cells : cells.map((cell) => valueFromCell(cell, type, int64)),
  )
  const wide = int64 === 'number' && columns.some(({ type }) => type === 'int64' || type === 'uint64')
  const all = wide
    ? columns.map(({ type, cells }) => cells.map((cell) => valueFromCell(cell, type, int64)))
    : values
  const records: Record<string, unknown>[] = new Array(rows)
  for (let row = 0; row < rows; row++) {
    const record: Record<string, unknown> = {}
    for (let i = 0; i < columns.length; i++) record[columns[i].name] = all[i][row]
    records[row] = record
  }
  return records
}

/** Whether cells are values already. */
const isPlain = (type: DataType): boolean => typeof type === 'string' && type !== 'date' && type !== 'time'

/**
 * Records as columns of a schema; what a record does not have is null.
 * @throws {CellTypeError} when a value is not of its column's type; the text names row and column
 */
export function columnsFromRecords(records: readonly unknown[], schema: Schema): Column[] {
  return schema.map(({ name, type }) => {
    const cells = records.map((record, row): Cell => {
      if (typeof record !== 'object' || record === null)
        throw new CellTypeError(`row ${row} is no record but ${String(record)}: each must be an object`)
      return namedCell((record as Record<string, unknown>)[name], name, type, row)
    })
    return { name, type, cells }
  })
}
