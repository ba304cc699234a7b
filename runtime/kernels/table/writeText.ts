// Columns as CSV or lines of JSON.

import type { Cell, Column } from './columns/column.ts'
import { timeText } from './columns/dates.ts'
import { valueFromCell } from './columns/values.ts'
import { type DataType, isDatetime, isList, isStruct } from './dataType.ts'
import type { WriteChoices } from './steps.ts'

export function textOf(
  columns: readonly Column[],
  rows: number,
  format: 'csv' | 'jsonLines',
  choices: WriteChoices,
): Uint8Array {
  return Buffer.from(format === 'csv' ? csvOf(columns, rows, choices) : jsonOf(columns, rows))
}

function csvOf(columns: readonly Column[], rows: number, choices: WriteChoices): string {
  const { delimiter = ',', header = true, nullValue = '' } = choices
  const special = new RegExp(`["\r\n${delimiter === '\t' ? '\\t' : delimiter.replace(/[\\\]^-]/, '\\$&')}]`)
  const cellText = (cell: Cell, type: DataType): string => {
    if (cell === null) return nullValue
    const text = plainText(cell, type)
    // An empty text is quoted, so that it is not read as absent.
    return text === '' || special.test(text) || (typeof cell === 'string' && text === nullValue)
      ? `"${text.replaceAll('"', '""')}"`
      : text
  }
  const lines: string[] = header ? [columns.map(({ name }) => cellText(name, 'string')).join(delimiter)] : []
  for (let row = 0; row < rows; row++)
    lines.push(columns.map(({ cells, type }) => cellText(cells[row], type)).join(delimiter))
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function plainText(cell: Cell, type: DataType): string {
  if (type === 'date') return timeText(cell as number, type)
  if (isDatetime(type)) return exactTime(cell as bigint, type)
  if (isList(type) || isStruct(type)) return JSON.stringify(jsonValue(cell, type), rawNumbers)
  const value = valueFromCell(cell, type)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return typeof value === 'number' && Object.is(value, -0) ? '-0' : String(value)
}

const DIGITS = { ms: 3, us: 6, ns: 9 } as const

/** A datetime to the last tick, in UTC where it has a zone. */
function exactTime(
  ticks: bigint,
  type: { readonly datetime: 'ms' | 'us' | 'ns'; readonly zone?: string | undefined },
): string {
  const perSecond = 10n ** BigInt(DIGITS[type.datetime])
  const rest = ((ticks % perSecond) + perSecond) % perSecond
  const seconds = (ticks - rest) / perSecond
  const clock = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(DIGITS[type.datetime], '0')}`
  return `${clock}${fraction}${type.zone ? 'Z' : ''}`
}

function jsonOf(columns: readonly Column[], rows: number): string {
  let text = ''
  for (let row = 0; row < rows; row++) {
    const record: Record<string, unknown> = {}
    for (const { name, type, cells } of columns) record[name] = jsonValue(cells[row], type)
    text += `${JSON.stringify(record, rawNumbers)}\n`
  }
  return text
}

/** Whole numbers of 64 bits keep every digit. */
const rawNumbers = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint'
    ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value))
    : value

function jsonValue(cell: Cell, type: DataType): unknown {
  if (cell === null) return null
  if (type === 'date') return timeText(cell as number, type)
  if (isDatetime(type)) return exactTime(cell as bigint, type)
  if (isList(type)) return (cell as readonly Cell[]).map((each) => jsonValue(each, type.list))
  if (isStruct(type))
    return Object.fromEntries(
      Object.entries(type.struct).map(([name, each]) => [
        name,
        jsonValue((cell as Record<string, Cell>)[name], each),
      ]),
    )
  const value = valueFromCell(cell, type)
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}
