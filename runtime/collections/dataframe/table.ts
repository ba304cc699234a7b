// A table that was computed: its columns are here, in this process, as Arrow.

import { inspect } from 'node:util'
import { inOneLine } from '../../kernels/bag/valueText.ts'
import { requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { ipcFromColumns } from '../../kernels/table/arrow.ts'
import type { Cell, Column } from '../../kernels/table/columns/column.ts'
import { timeText } from '../../kernels/table/columns/dates.ts'
import { type Int64As, recordsOf, valueFromCell } from '../../kernels/table/columns/values.ts'
import {
  type DataType,
  isDatetime,
  isDuration,
  isList,
  isNumeric,
  isStruct,
  typeText,
} from '../../kernels/table/dataType.ts'
import type { Frame } from '../../kernels/table/frame.ts'
import { columnsOfFrames } from '../../kernels/table/frameColumns.ts'
import { fieldOf, type Schema } from '../../kernels/table/schema.ts'

/** How 64-bit whole numbers come out of a table. */
export interface ValueOptions {
  /** `'bigint'` by default, which is exact; `'number'` where all are within ±2^53, else that is an error. */
  int64?: Int64As
}

const SHOWN_ROWS = 10
const SHOWN_COLUMNS = 12
const CELL_CHARS = 30

/**
 * The rows of a table, computed. Whole numbers of 64 bits are bigints, dates and datetimes `Date`s, absent values null.
 * @example
 * const table = await dataframe.fromRecords([{ a: 1 }, { a: 2 }]).compute()
 * table.toRecords() // [{ a: 1 }, { a: 2 }]
 */
export class Table<Row = Record<string, unknown>> implements Iterable<Row> {
  readonly #frames: readonly Frame[]
  readonly #schema: Schema
  #columns: Column[] | undefined

  /** @internal Tables come from `compute`. */
  constructor(frames: readonly Frame[], schema: Schema) {
    this.#frames = frames
    this.#schema = schema
  }

  /** @internal */
  get frames(): readonly Frame[] {
    return this.#frames
  }
  /** @internal */
  get fields(): Schema {
    return this.#schema
  }

  /** @internal */
  [inOneLine](): string {
    return `Table(${this.length} × ${this.columns.length})`
  }

  /** How many rows there are. */
  get length(): number {
    return this.#frames.reduce((sum, { rows }) => sum + rows, 0)
  }

  /** The names of the columns, in order. */
  get columns(): string[] {
    return this.#schema.map(({ name }) => name)
  }

  /** The columns' types by name. */
  get schema(): Record<string, DataType> {
    return Object.fromEntries(this.#schema.map(({ name, type }) => [name, type]))
  }

  /** Every row as an object. */
  toRecords<R = Row>(options: ValueOptions = {}): R[] {
    return recordsOf(this.#all(), this.length, int64As('toRecords', options)) as R[]
  }

  /**
   * One column's values.
   * @throws {MissingColumnError} when there is none of that name
   */
  column(name: string, options: ValueOptions = {}): unknown[] {
    fieldOf(this.#schema, name)
    const as = int64As('column', options)
    const column = this.#all().find((each) => each.name === name) as Column
    return column.cells.map((cell) => valueFromCell(cell, column.type, as))
  }

  /** The columns' values by name. */
  toColumns(options: ValueOptions = {}): Record<string, unknown[]> {
    return Object.fromEntries(this.columns.map((name) => [name, this.column(name, options)]))
  }

  /** The table as an Arrow IPC file, for any library that reads Arrow: every value is exact. */
  toArrow(): Uint8Array {
    const plain = this.#frames.length === 1 && this.#schema.every(({ type }) => type !== 'category')
    return plain && this.#frames[0].bytes < 1 << 16
      ? this.#frames[0].ipc.slice()
      : ipcFromColumns(this.#all())
  }

  *[Symbol.iterator](): Iterator<Row> {
    yield* this.toRecords()
  }

  /** A neat drawing of the first rows. */
  toString(rows = SHOWN_ROWS): string {
    const shown = this.#all().slice(0, SHOWN_COLUMNS)
    const count = Math.min(rows, this.length)
    const more = this.#schema.length - shown.length
    const cells = shown.map(({ name, type, cells: own }) => [
      clipped(name),
      typeText(type),
      ...own.slice(0, count).map((cell) => clipped(cellText(cell, type))),
      ...(this.length > count ? ['…'] : []),
    ])
    if (more > 0)
      cells.push([`… ${more} more`, '', ...new Array<string>(count + (this.length > count ? 1 : 0)).fill('')])
    const widths = cells.map((column) => Math.max(...column.map(width)))
    const line = (left: string, middle: string, right: string): string =>
      `${left}${widths.map((chars) => '─'.repeat(chars + 2)).join(middle)}${right}`
    const row = (index: number): string =>
      `│${cells
        .map((column, i) => {
          const space = ' '.repeat(widths[i] - width(column[index]))
          const toRight = index > 1 && shown[i] !== undefined && isNumeric(shown[i].type)
          return ` ${toRight ? space + column[index] : column[index] + space} `
        })
        .join('│')}│`
    const size = `${this.length.toLocaleString('en-US')} ${this.length === 1 ? 'row' : 'rows'} × ${this.#schema.length} ${this.#schema.length === 1 ? 'column' : 'columns'}`
    if (cells.length === 0) return size
    const body = Array.from({ length: cells[0].length - 2 }, (_, i) => row(i + 2))
    return [
      line('┌', '┬', '┐'),
      row(0),
      row(1),
      line('├', '┼', '┤'),
      ...body,
      line('└', '┴', '┘'),
      size,
    ].join('\n')
  }

  [inspect.custom](): string {
    return this.toString()
  }

  #all(): Column[] {
    if (!this.#columns) {
      const parts = columnsOfFrames(this.#frames.filter(({ rows }) => rows > 0))
      this.#columns = this.#schema.map(({ name, type }) => {
        const own = parts.map((part) => part.find((column) => column.name === name)?.cells ?? [])
        return { name, type, cells: own.length === 1 ? own[0] : own.flat(1) }
      })
    }
    return this.#columns
  }
}

/** @throws {OptionError} when values are asked for as something else */
function int64As(method: string, options: ValueOptions): Int64As | undefined {
  requireOptions(method, options, { int64: true })
  if (options.int64 !== undefined) requireOneOf(`${method}: int64`, options.int64, ['bigint', 'number'])
  return options.int64
}

/** A cell as people read it. */
export function cellText(cell: Cell, type: DataType): string {
  if (cell === null) return 'null'
  if (type === 'date' || isDatetime(type)) return timeText(cell as number | bigint, type)
  if (isDuration(type)) return `${valueFromCell(cell, type)} ms`
  if (isList(type))
    return `[${(cell as readonly Cell[]).map((each) => cellText(each, type.list)).join(', ')}]`
  if (isStruct(type))
    return `{${Object.entries(type.struct)
      .map(([name, each]) => `${name}: ${cellText((cell as Record<string, Cell>)[name], each)}`)
      .join(', ')}}`
  if (cell instanceof Uint8Array) return `${cell.length} bytes`
  if (typeof cell === 'number' && !Number.isInteger(cell)) return String(Number(cell.toPrecision(10)))
  return String(cell).replaceAll('\n', '⏎')
}

const clipped = (text: string): string =>
  text.length > CELL_CHARS ? `${text.slice(0, CELL_CHARS - 1)}…` : text

/** About how many places a text takes on a screen: letters of East Asia and pictures take two. */
function width(text: string): number {
  let places = 0
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0
    places +=
      code >= 0x1100 &&
      /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Extended_Pictographic}/u.test(
        letter,
      )
        ? 2
        : 1
  }
  return places
}
