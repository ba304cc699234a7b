// A list as a table: of records by their fields, of lists of one length by their places, and a long one of plain values as one column. Pure.

import { cellText } from './valueText.ts'

/** What rows of a list are, and their columns: plain data, that travels. */
export interface ListForm {
  rows: 'records' | 'lists' | 'values'
  columns: string[]
}

/** The rows of a list, and what stands in each of its columns. */
export interface ListTable {
  rows: readonly unknown[]
  form: ListForm
  columns: string[]
}

/** How far a list is looked at, and how much of it is a table. */
interface TableLimits {
  rows: number
  columns: number
}

/** What the only column of plain values is called. */
const VALUE_COLUMN = 'value'

/**
 * Columns are told from the first `limits.rows` rows.
 * @returns nothing where the value is something else; a short list of plain values is better told as it is
 */
export function listTableOf(value: unknown, limits: TableLimits): ListTable | undefined {
  if (!Array.isArray(value) || value.length < 2) return undefined
  const form = formOf(value.slice(0, limits.rows), value.length <= limits.rows, limits.columns)
  return form && { rows: value, form, columns: form.columns }
}

function formOf(looked: readonly unknown[], isShort: boolean, columnsMax: number): ListForm | undefined {
  if (looked.every(isRecord)) {
    const columns = [...new Set(looked.flatMap((row) => Object.keys(row as object)))]
    return columns.length === 0 || columns.length > columnsMax ? undefined : { rows: 'records', columns }
  }
  const first: unknown = looked[0]
  const width = Array.isArray(first) ? first.length : 0
  if (width >= 2 && width <= columnsMax) {
    if (!looked.every((row) => Array.isArray(row) && row.length === width)) return undefined
    return { rows: 'lists', columns: Array.from({ length: width }, (_, i) => String(i)) }
  }
  return isShort || !looked.every(isPlain) ? undefined : { rows: 'values', columns: [VALUE_COLUMN] }
}

/** What stands in a column of a row; nothing where the row is of another form. */
export function valueAt({ rows, columns }: ListForm, row: unknown, column: number): unknown {
  if (rows === 'values') return row
  if (rows === 'lists') return Array.isArray(row) ? row[column] : undefined
  return (row as Record<string, unknown> | null | undefined)?.[columns[column]]
}

/** A row's cells as texts. */
export const cellsOf = (form: ListForm, row: unknown): string[] =>
  form.columns.map((_, column) => cellText(valueAt(form, row, column)))

/** Whether each column holds numbers, as far as was looked at; a column of nothing holds none. */
export function numericOf({ rows, form }: ListTable, looked: number): boolean[] {
  const first = rows.slice(0, looked)
  return form.columns.map((_, column) => {
    const cells = first
      .map((row) => valueAt(form, row, column))
      .filter((each) => each !== undefined && each !== null)
    return cells.length > 0 && cells.every(isNumber)
  })
}

export const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'

const isPlain = (value: unknown): boolean =>
  value === null || (typeof value !== 'object' && typeof value !== 'function') || value instanceof Date

const isRecord = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
