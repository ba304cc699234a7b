// A column of every kind, with what bites in each: extremes, absent values, ties, NaN and −0, unicode; and its cuts.

import { type DataFrame, dataframe } from '../../runtime/collections/index.ts'
import type { Cell } from '../../runtime/kernels/table/columns/column.ts'
import type { DataType } from '../../runtime/kernels/table/dataType.ts'
import { columnsOfFrames } from '../../runtime/kernels/table/frameColumns.ts'
import { randomOf } from './randomTable.ts'

interface Kind {
  readonly type: DataType
  readonly values: readonly unknown[]
}

const day = (text: string): Date => new Date(text)
const DAYS = ['1969-12-31', '1970-01-01', '2024-02-29', '2024-12-30', '1583-01-01', '2262-01-01'].map(day)
const MOMENTS = [
  '1969-12-31T23:59:59.999Z',
  '2024-03-31T00:59:00Z',
  '2024-03-31T01:00:00Z',
  '2024-10-27T00:30:00Z',
  '2024-10-27T01:30:00Z',
  '1970-01-01T00:00:00Z',
].map(day)

/** Every kind of column, with values of its own beside the absent ones. */
export const KINDS: Readonly<Record<string, Kind>> = {
  i8: { type: 'int8', values: [-128, 127, 0, 1, -1, 5] },
  i16: { type: 'int16', values: [-32768, 32767, 0, 7, -7, 300] },
  i32: { type: 'int32', values: [-(2 ** 31), 2 ** 31 - 1, 0, 3, -3, 70_000] },
  i64: { type: 'int64', values: [-(2n ** 63n), 2n ** 63n - 1n, 0n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n] },
  u8: { type: 'uint8', values: [0, 255, 1, 2, 128, 7] },
  u16: { type: 'uint16', values: [0, 65535, 1, 2, 300, 9] },
  u32: { type: 'uint32', values: [0, 2 ** 32 - 1, 1, 2, 70_000, 5] },
  u64: { type: 'uint64', values: [0n, 2n ** 64n - 1n, 1n, 2n, 2n ** 63n, 2n ** 53n + 1n] },
  small: { type: 'int64', values: [0n, 1n, 2n, 3n, -4n, 5n] },
  f32: { type: 'float32', values: [Number.NaN, -0, 0, 1.5, Number.POSITIVE_INFINITY, -2.25] },
  f64: {
    type: 'float64',
    values: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 2.5, -3.5, 1e300],
  },
  plain: { type: 'float64', values: [0.5, 1, 2.25, -3.5, 7, 0] },
  flag: { type: 'boolean', values: [true, false] },
  text: {
    type: 'string',
    values: [
      '',
      'a',
      'B',
      'ä',
      '日本',
      '😀x',
      ' b ',
      'a,b',
      '12',
      '2024-02-29',
      '2024-02-29 10:30:00',
      '2024-02-29T10:30:00.125Z',
    ],
  },
  size: { type: 'category', values: ['S', 'M', 'L', '', '😀'] },
  bytes: { type: 'binary', values: [new Uint8Array(), new Uint8Array([0]), new Uint8Array([255, 1])] },
  day: { type: 'date', values: DAYS },
  at: { type: { datetime: 'us' }, values: MOMENTS },
  ms: { type: { datetime: 'ms' }, values: MOMENTS },
  ns: { type: { datetime: 'ns' }, values: MOMENTS },
  zoned: { type: { datetime: 'us', zone: 'Europe/Berlin' }, values: MOMENTS },
  clock: { type: 'time', values: ['00:00:00', '23:59:59.999', '12:30:00'] },
  span: { type: { duration: 'us' }, values: [0, 1, -1, 86_400_000, -3_600_000.5, 90_061_001] },
  spanMs: { type: { duration: 'ms' }, values: [0, 1, -1, 86_400_000, 5] },
  list: { type: { list: 'int64' }, values: [[], [1n], [3n, 1n, 2n, 1n], [null, 5n], [null]] },
  texts: { type: { list: 'string' }, values: [[], ['a'], ['b', 'ä', 'b'], [null, '😀']] },
  record: {
    type: { struct: { n: 'int64', t: 'string' } },
    values: [
      { n: 1n, t: 'a' },
      { n: null, t: '😀' },
      { n: 2n, t: null },
      { n: null, t: null },
    ],
  },
  absent: { type: 'float64', values: [null] },
  none: { type: 'null', values: [null] },
}

export type KindRow = Readonly<Record<string, unknown>>
export const KIND_SCHEMA: Readonly<Record<string, DataType>> = {
  id: 'int32',
  key: 'string',
  ...Object.fromEntries(Object.entries(KINDS).map(([name, { type }]) => [name, type])),
}

/** Rows of every kind; `id` counts them, `key` has few values, one of them absent. */
export function kindRows(seed: number, count: number): KindRow[] {
  const random = randomOf(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]
  return Array.from({ length: count }, (_, id) => ({
    id,
    key: pick(['a', 'b', '', null]),
    ...Object.fromEntries(
      Object.entries(KINDS).map(([name, { values }]) => [name, random() < 0.2 ? null : pick(values)]),
    ),
  }))
}

export type Cut = 'one' | 'seven' | 'none'
/** As one partition, as seven of which some are empty, or without a row. */
export function cutTable(rows: readonly KindRow[], cut: Cut): DataFrame {
  const table = (part: readonly KindRow[]): DataFrame =>
    dataframe.fromRecords(part, { schema: KIND_SCHEMA, partitions: 1 }) as unknown as DataFrame
  if (cut === 'none') return table([])
  if (cut === 'one') return table(rows)
  const places = [0, 0, 2, 3, 3, Math.floor(rows.length / 2), rows.length, rows.length]
  return dataframe.concat(places.slice(1).map((end, i) => table(rows.slice(places[i], end))))
}

/** A cell as a text that tells apart what polars tells apart; floats to nine digits. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return 'null'
  if (typeof cell === 'bigint') return `${cell}n`
  if (typeof cell === 'number')
    return Number.isFinite(cell) ? String(Number(cell.toPrecision(9)) || 0) : String(cell)
  if (cell instanceof Uint8Array) return `bytes ${Buffer.from(cell).toString('hex')}`
  if (Array.isArray(cell)) return `[${cell.map(cellText).join(', ')}]`
  if (typeof cell === 'object')
    return `{${Object.entries(cell)
      .map(([name, each]) => `${name}: ${cellText(each as Cell)}`)
      .join(', ')}}`
  return JSON.stringify(cell)
}

/** What a table comes to: its columns' types and cells, exact, column by column. */
export async function cellsOf(table: DataFrame): Promise<Record<string, string[]>> {
  const { frames, schema } = await table.compute()
  const parts = columnsOfFrames(frames)
  return Object.fromEntries(
    Object.keys(schema).map((name) => [
      name,
      parts.flatMap((part) => (part.find((each) => each.name === name)?.cells ?? []).map(cellText)),
    ]),
  )
}
