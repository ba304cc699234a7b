// Cells of CSV text as values of their column's type.

import type { Cell, Column } from '../columns/column.ts'
import { parseDate, parseDatetime } from '../columns/dates.ts'
import { type DataType, integerRange, isDatetime, isInteger, typeText } from '../dataType.ts'
import type { CsvSource } from '../steps.ts'
import { csvRecords, TableCsvError } from './csvRecords.ts'

/**
 * The columns of CSV text.
 * @param firstLine the number of its first line in the file, for errors
 * @throws {TableCsvError} for a row of another width, and for a cell that is not of its column's type
 */
export function csvColumns(text: string, spec: CsvSource, path: string, firstLine: number): Column[] {
  const { schema } = spec
  const cells: Cell[][] = schema.map(() => [])
  const wanted = new Set(spec.columns)
  const nulls = new Set(spec.nullValues)
  for (const record of csvRecords(text, { ...spec, blankRows: schema.length === 1 }, path, firstLine)) {
    if (record.cells.length !== schema.length && !spec.ragged)
      throw new TableCsvError(path, record.line, raggedText(record.cells.length, schema.length))
    for (let i = 0; i < schema.length; i++) {
      if (!wanted.has(schema[i].name)) continue
      const cell = record.cells[i] ?? null
      cells[i].push(
        cell === null || nulls.has(cell)
          ? null
          : cellOf(cell, schema[i].name, schema[i].type, path, record.line),
      )
    }
  }
  return schema
    .map(({ name, type }, i): Column => ({ name, type, cells: cells[i] }))
    .filter(({ name }) => wanted.has(name))
}

export const raggedText = (has: number, expected: number): string =>
  `${has} ${has === 1 ? 'cell' : 'cells'}, but the table has ${expected} columns. Is the delimiter or the quote another one? ` +
  'Say so by delimiter and quote, or let short rows be filled with nulls by ragged: true.'

function cellOf(cell: string, name: string, type: DataType, path: string, line: number): Cell {
  const value = parseCell(cell, type)
  if (value === undefined)
    throw new TableCsvError(
      path,
      line,
      `${JSON.stringify(cell.slice(0, 40))} in column ${name} is no ${typeText(type)}. ` +
        `Types were guessed from the file's beginning: say schema: { ${/^[\w$]+$/.test(name) ? name : JSON.stringify(name)}: '${wider(cell, type)}' }, or nullValues: [${JSON.stringify(cell.slice(0, 40))}].`,
    )
  return value
}

/** The type that reads a cell beside those of a type that does not. */
const wider = (cell: string, type: DataType): DataType =>
  isInteger(type) && parseCell(cell, 'float64') !== undefined ? 'float64' : 'string'

/** A text as a value of a type; undefined when it is none. */
export function parseCell(cell: string, type: DataType): Cell | undefined {
  if (isInteger(type)) {
    if (!/^\s*[+-]?\d+\s*$/.test(cell)) return undefined
    const value = BigInt(cell.trim().replace(/^\+/, ''))
    const [low, high] = integerRange(type)
    if (value < low || value > high) return undefined
    return type === 'int64' || type === 'uint64' ? value : Number(value)
  }
  if (isDatetime(type)) return parseDatetime(cell, type)
  switch (type) {
    case 'string':
    case 'category':
      return cell
    case 'float64':
    case 'float32': {
      const text = cell.trim()
      const value = /^[+-]?(nan|inf|infinity)$/i.test(text)
        ? /nan/i.test(text)
          ? Number.NaN
          : text.startsWith('-')
            ? -Infinity
            : Infinity
        : text === '' || /^0[xob]/i.test(text)
          ? undefined
          : Number(text)
      if (value === undefined || (Number.isNaN(value) && !/nan/i.test(text))) return undefined
      return type === 'float32' ? Math.fround(value) : value
    }
    case 'boolean': {
      const word = cell.trim().toLowerCase()
      return word === 'true' ? true : word === 'false' ? false : undefined
    }
    case 'date':
      return parseDate(cell)
    default:
      return undefined
  }
}
