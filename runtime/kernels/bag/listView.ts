// The rows of a list as somebody looks at them: which hold a text, and in which order they stand. Of one partition, and of many together. Pure.

import { kernel } from '../kernel.ts'
import { cellsOf, isNumber, type ListForm, valueAt } from './listTable.ts'
import { cellText } from './valueText.ts'

/** By what rows are sorted; null for what is missing. */
export type RowKey = number | string | null

/** Which rows are looked at, in which order. */
export interface ListView {
  /** Only rows with a cell that holds this text, in any case; empty: all. */
  filter: string
  sort?: { column: number; descending: boolean; isNumeric: boolean }
}

/** A row, by its partition and its place there; with its key where rows are sorted. */
export interface RowAt {
  key: RowKey
  partition: number
  place: number
}

/** The rows of one partition as they are looked at. */
export interface ViewRun {
  places: Uint32Array
  /** One for each place where rows are sorted, else none. */
  keys: RowKey[]
}

/** The key of a row: a number where the column holds numbers, else its text. */
export function rowKey(form: ListForm, row: unknown, column: number, isNumeric: boolean): RowKey {
  const value = valueAt(form, row, column)
  if (value === undefined || value === null) return null
  if (!isNumeric) return cellText(value)
  const number = isNumber(value) ? Number(value) : Number.NaN
  return Number.isNaN(number) ? null : number
}

/** Whether a cell of the row holds the text, which is in lower case. */
export const holdsText = (form: ListForm, row: unknown, wanted: string): boolean =>
  cellsOf(form, row).some((cell) => cell.toLowerCase().includes(wanted))

/** The text that a filter looks for. */
export const wantedText = (filter: string): string => filter.trim().toLowerCase()

const { compare } = new Intl.Collator('en', { numeric: true })

/** The order of keys: what is missing stands last, whichever the direction. */
export function compareKeys(a: RowKey, b: RowKey, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : compare(String(a), String(b))
  return descending ? -order : order
}

/** The order of rows of many partitions; those with equal keys stay in theirs. No two rows are the same. */
export const compareRows = (a: RowAt, b: RowAt, descending: boolean): number =>
  compareKeys(a.key, b.key, descending) || a.partition - b.partition || a.place - b.place

/** The rows of one partition that are looked at, in their order. */
export const viewRun = kernel(
  'bag.viewRun',
  (items: readonly unknown[], form: ListForm, { filter, sort }: ListView): ViewRun[] => {
    const wanted = wantedText(filter)
    const found: number[] = []
    items.forEach((row, place) => {
      if (wanted === '' || holdsText(form, row, wanted)) found.push(place)
    })
    if (!sort) return [{ places: Uint32Array.from(found), keys: [] }]
    const { column, descending, isNumeric } = sort
    const rows = found.map((place) => ({ place, key: rowKey(form, items[place], column, isNumeric) }))
    rows.sort((a, b) => compareKeys(a.key, b.key, descending))
    return [{ places: Uint32Array.from(rows, ({ place }) => place), keys: rows.map(({ key }) => key) }]
  },
)

/** How many rows a run has, and every so manyth of them. */
export interface RunSample {
  count: number
  rows: RowAt[]
}

/** What of a run tells where to cut all runs together. */
export const runSample = kernel(
  'bag.runSample',
  ([{ places, keys }]: readonly ViewRun[], partition: number, every: number): RunSample[] => {
    const rows: RowAt[] = []
    for (let i = every; i < keys.length; i += every) rows.push({ key: keys[i], partition, place: places[i] })
    return [{ count: places.length, rows }]
  },
)

/** How many rows of a run stand before each of these. */
export const ranksInRun = kernel(
  'bag.ranksInRun',
  (
    [{ places, keys }]: readonly ViewRun[],
    partition: number,
    cuts: readonly RowAt[],
    descending: boolean,
  ): number[] =>
    cuts.map((cut) => {
      let [low, high] = [0, places.length]
      while (low < high) {
        const middle = (low + high) >>> 1
        const row = { key: keys[middle], partition, place: places[middle] }
        if (compareRows(row, cut, descending) < 0) low = middle + 1
        else high = middle
      }
      return low
    }),
)

/** A stretch of a run. */
export const runStretch = kernel(
  'bag.runStretch',
  ([{ places, keys }]: readonly ViewRun[], partition: number, from: number, to: number): RowAt[] =>
    Array.from(places.subarray(from, to), (place, i) => ({ key: keys[from + i] ?? null, partition, place })),
)

/** The cells of some rows of a partition, as texts. */
export const cellsAt = kernel(
  'bag.cellsAt',
  (items: readonly unknown[], form: ListForm, places: readonly number[]): string[][] =>
    places.map((place) => cellsOf(form, items[place])),
)

/** How many items a partition has. */
export const itemCount = kernel('bag.itemCount', (items: readonly unknown[]): number[] => [items.length])

/** The first items of a partition. */
export const firstItems = kernel('bag.firstItems', (items: readonly unknown[], count: number): unknown[] =>
  items.slice(0, count),
)
