// Partitions of arrays, tables and bags as blocks of rows, and blocks as those again.

import { FLOAT64 } from '../array/dtype.ts'
import { NdArray } from '../array/ndArray.ts'
import { keepsNothing, kernel } from '../kernel.ts'
import { ipcFromColumns, openArrow, typeFromArrow } from '../table/arrow.ts'
import type { Frame } from '../table/frame.ts'
import {
  type Block,
  type Column,
  columnAt,
  type DenseBlock,
  denseBlock,
  denseOf,
  type TableBlock,
} from './block.ts'
import { MlDataError } from './mlErrors.ts'
import { type TimeKind, timeKindOf, timeKindOfValues } from './timeColumns.ts'

/** The elements as float64, row by row, without a copy where they lie so. */
export function numbersOfArray(array: NdArray): Float64Array {
  return array.ofType(FLOAT64).toTypedArray() as Float64Array
}

export type ArrowColumn = import('@uwdata/flechette').Column<unknown>

/** A column of a frame as cells. */
export function cellsOf(column: ArrowColumn, rows: number): Column {
  if (rows === 0) return new Float64Array(0)
  if (column.nullCount === 0) {
    const whole = column.toArray() as ArrayLike<unknown>
    if (ArrayBuffer.isView(whole) && typeof whole[0] === 'number')
      return whole instanceof Float64Array ? whole : Float64Array.from(whole as ArrayLike<number>)
  }
  return cellsFromValues(Array.from({ length: rows }, (_, row) => column.at(row)))
}

/** Cells from values of any kind: texts if one is a text, else numbers. Dates become milliseconds, which models refuse by what blocks tell beside them. */
export function cellsFromValues(values: readonly unknown[]): Column {
  if (values.some((value) => typeof value === 'string'))
    return values.map((value) => (isAbsent(value) ? null : String(value)))
  const made = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (isAbsent(value)) made[i] = Number.NaN
    else if (typeof value === 'object' && !(value instanceof Date))
      throw new MlDataError(
        `a feature must be a number, a text, a boolean or a date, not ${JSON.stringify(value)}`,
      )
    else made[i] = Number(value)
  }
  return made
}

const isAbsent = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))

/** Columns of different kinds; what times are among them is told only where there are any. */
const tableBlock = (
  rows: number,
  names: readonly string[],
  cells: readonly Column[],
  times: readonly (TimeKind | null)[],
): TableBlock => ({
  kind: 'table',
  rows,
  columns: names.length,
  names,
  cells,
  ...(times.some((kind) => kind !== null) && { times }),
})

/** Columns of values by name. */
function tableOfValues(
  rows: number,
  names: readonly string[],
  valuesOf: (column: number) => readonly unknown[],
): TableBlock {
  const columns = names.map((_, column) => valuesOf(column))
  return tableBlock(rows, names, columns.map(cellsFromValues), columns.map(timeKindOfValues))
}

/** A block of an array of two axes: of columns where its elements are times. */
export const blockFromArray = keepsNothing(
  kernel('ml.blockFromArray', (_: unknown, array: NdArray): Block => {
    const [rows, columns] = array.shape
    const dense = denseBlock(rows, columns, numbersOfArray(array))
    const { kind } = array.type
    if (kind !== 'M' && kind !== 'm') return dense
    const names = Array.from({ length: columns }, (_each, column) => `x${column}`)
    const cells = names.map((_each, column) => columnAt(dense, column))
    return tableBlock(rows, names, cells, Array(columns).fill(kind === 'M' ? 'datetimes' : 'durations'))
  }),
)

/** Which columns of a frame to take; `dense` where all hold numbers. */
export interface FrameColumns {
  /** Whom errors are to name. */
  who: string
  names: readonly string[]
  dense: boolean
}

/** A partition of a table as a block. */
export const blockFromFrame = kernel(
  'ml.blockFromFrame',
  ({ who, names, dense }: FrameColumns, frame: Frame): Block => {
    const arrow = openArrow(frame.ipc)
    const columns = names.map((name) => arrow.getChild(name) as ArrowColumn)
    const cells = columns.map((column) => cellsOf(column, frame.rows))
    const times = columns.map((column) => timeKindOf(typeFromArrow(column.type)))
    const table = tableBlock(frame.rows, names, cells, times)
    return dense ? denseOf(table, who) : table
  },
)

/** What the items of a bag or a list are as rows. */
export type KnownItemShape =
  | { items: 'texts' }
  | { items: 'records'; names: readonly string[]; dense: boolean }
  | { items: 'lists'; columns: number; dense: boolean }

/** The same, or `any`: as the first item of each partition tells. */
export type ItemShape = { items: 'any' } | KnownItemShape

/** How items are to be read, and whom errors are to name. */
export type ItemsAsked = ItemShape & { who: string }

/**
 * How items look, from the first of them; whether all that are here hold numbers alone.
 * @throws {MlDataError} when it is no row
 */
export function shapeOfItems(items: readonly unknown[], who: string): KnownItemShape {
  const [first] = items
  if (typeof first === 'string') return { items: 'texts' }
  if (Array.isArray(first) || ArrayBuffer.isView(first)) {
    const columns = (first as ArrayLike<unknown>).length
    const lists = items as readonly ArrayLike<unknown>[]
    return {
      items: 'lists',
      columns,
      dense: lists.every((row) => Array.prototype.every.call(row, isNumeric)),
    }
  }
  if (typeof first === 'object' && first !== null) {
    const names = Object.keys(first)
    const records = items as readonly Record<string, unknown>[]
    return {
      items: 'records',
      names,
      dense: records.every((row) => names.every((name) => isNumeric(row[name]))),
    }
  }
  throw new MlDataError(
    `rows for ${who} are lists of features, records, or texts, not ${first === undefined ? 'absent' : `values of type ${typeof first}`}: for one feature write [[1], [2], …]`,
  )
}

const isNumeric = (value: unknown): boolean => typeof value !== 'string' && !(value instanceof Date)

/** Items of a bag, or a list, as a block. */
export const blockFromItems = kernel(
  'ml.blockFromItems',
  (told: ItemsAsked, items: readonly unknown[]): Block => {
    const { who } = told
    const rows = items.length
    if (told.items === 'any' && rows === 0) return denseBlock(0, 0)
    const shape = told.items === 'any' ? shapeOfItems(items, who) : told
    if (shape.items === 'texts')
      return {
        kind: 'table',
        rows,
        columns: 1,
        names: ['text'],
        cells: [rows === 0 ? [] : (items as string[])],
      }
    if (shape.items === 'records') {
      const { names, dense } = shape
      const records = items as readonly Record<string, unknown>[]
      const table = tableOfValues(rows, names, (column) => records.map((row) => row[names[column]]))
      return dense ? denseOf(table, who) : table
    }
    const { columns } = shape
    items.forEach((row, i) => {
      const { length } = row as ArrayLike<unknown>
      if (length !== columns)
        throw new MlDataError(
          `row ${i} has ${length} features, and the first row has ${columns}: ${who} needs the same in all rows`,
        )
    })
    const lists = items as readonly ArrayLike<unknown>[]
    if (shape.dense && lists.every((row) => typeof row[0] === 'number' || columns === 0)) {
      const made = numbersOfLists(lists, columns)
      if (made) return made
    }
    const names = Array.from({ length: columns }, (_, i) => `x${i}`)
    const table = tableOfValues(rows, names, (column) => lists.map((row) => row[column]))
    return shape.dense ? denseOf(table, who) : table
  },
)

/** Rows of numbers; nothing where a text or a date is among them. */
function numbersOfLists(lists: readonly ArrayLike<unknown>[], columns: number): DenseBlock | undefined {
  const made = denseBlock(lists.length, columns)
  for (let row = 0, at = 0; row < lists.length; row++)
    for (let i = 0; i < columns; i++) {
      const value = lists[row][i]
      if (!isNumeric(value)) return undefined
      made.data[at++] = value === null || value === undefined ? Number.NaN : Number(value)
    }
  return made
}

/** A block as an array of two axes. */
export const arrayFromBlock = kernel('ml.arrayFromBlock', (_: unknown, block: Block): NdArray => {
  const { rows, columns, data } = denseOf(block, 'an array')
  return new NdArray(FLOAT64, [rows, columns], data) as NdArray
})

/** A block as a partition of a table: columns of numbers by name. */
export const frameFromBlock = kernel('ml.frameFromBlock', (names: readonly string[], block: Block): Frame => {
  const { rows, columns, data } = denseOf(block, 'a table')
  // An empty block may not know how many columns there are.
  const cells = names.map((name, column) => ({
    name,
    type: 'float64' as const,
    cells: Array.from({ length: rows }, (_, row) => data[row * columns + column]),
  }))
  return { ipc: ipcFromColumns(cells), rows, bytes: 8 * rows * names.length }
})

/** Cells as an array of one axis. */
export const arrayFromColumn = kernel('ml.arrayFromColumn', (_: unknown, cells: Column): NdArray => {
  if (cells instanceof Float64Array) return new NdArray(FLOAT64, [cells.length], cells) as NdArray
  throw new MlDataError('texts cannot be elements of an array')
})

/** Cells as a list: what a bag holds. */
export const listFromColumn = kernel('ml.listFromColumn', (_: unknown, cells: Column): unknown[] =>
  Array.from<unknown>(cells),
)
