// Categories of columns, a state a block, and their places or indicators instead of them.

import { kernel } from '../../kernel.ts'
import { type Block, type Column, columnAt, denseBlock, requireColumns, type SparseBlock } from '../block.ts'
import { MlDataError } from '../mlErrors.ts'

/** A category: a number, a text; null stands for what is absent. */
export type Category = number | string | null

/** Per column how often each category occurs. */
export type CategoryCounts = [category: Category, count: number][][]

const cellOf = (cells: Column, row: number): Category => {
  const cell = cells[row]
  return typeof cell === 'number' && Number.isNaN(cell) ? null : cell
}

export const categoriesOfBlock = kernel(
  'ml.categories',
  (_: unknown, block: Block): CategoryCounts =>
    Array.from({ length: block.columns }, (_each, column) => {
      const cells = columnAt(block, column)
      const counts = new Map<Category, number>()
      for (let row = 0; row < block.rows; row++) {
        const cell = cellOf(cells, row)
        counts.set(cell, (counts.get(cell) ?? 0) + 1)
      }
      return [...counts]
    }),
)

export const mergeCategories = kernel(
  'ml.mergeCategories',
  (a: CategoryCounts, b: CategoryCounts): CategoryCounts => {
    if (a.length === 0) return b
    return a.map((own, column) => {
      const counts = new Map(own)
      for (const [category, count] of b[column] ?? [])
        counts.set(category, (counts.get(category) ?? 0) + count)
      return [...counts]
    })
  },
)

/** Categories in rising order, what is absent last. */
export const sortedCategories = (categories: readonly Category[]): Category[] =>
  [...categories].sort((a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
    return a < b ? -1 : a > b ? 1 : 0
  })

/** How categories become numbers. */
export interface Encoding {
  who: string
  categories: readonly (readonly Category[])[]
  /** What becomes of a category that fitting has not seen. */
  unknown: 'error' | 'ignore' | { value: number }
}

/** The place of each cell's category in its column; −1 for unknown ones. */
function placesOf({ who, categories, unknown }: Encoding, block: Block): Int32Array[] {
  requireColumns(block, categories.length, who)
  return categories.map((own, column) => {
    const places = new Map(own.map((category, place) => [category, place]))
    const cells = columnAt(block, column)
    return Int32Array.from({ length: block.rows }, (_, row) => {
      const cell = cellOf(cells, row)
      const place = places.get(cell)
      if (place === undefined && unknown === 'error')
        throw new MlDataError(
          `${who} has not seen ${JSON.stringify(cell)} in column ${block.kind === 'table' ? block.names[column] : column} when it was fitted: ${who === 'OneHotEncoder' ? "handleUnknown: 'ignore' makes zeros of it" : "handleUnknown: 'useEncodedValue' gives it unknownValue"}`,
        )
      return place ?? -1
    })
  })
}

/** Places of categories as numbers; what is absent stays NaN. */
export const ordinalBlock = kernel('ml.ordinal', (encoding: Encoding, block: Block): Block => {
  const columns = encoding.categories.length
  const made = denseBlock(block.rows, columns)
  const value = typeof encoding.unknown === 'object' ? encoding.unknown.value : Number.NaN
  placesOf(encoding, block).forEach((places, column) => {
    const own = encoding.categories[column]
    for (let row = 0; row < block.rows; row++) {
      const place = places[row]
      made.data[row * columns + column] = place < 0 ? value : own[place] === null ? Number.NaN : place
    }
  })
  return made
})

/** How indicators are laid out. */
export interface OneHotEncoding extends Encoding {
  sparse: boolean
  /** Per column the place of the category that has no indicator, −1 for none. */
  dropped: readonly number[]
}

/** How many indicators there are. */
export const indicatorCount = ({ categories, dropped }: OneHotEncoding): number =>
  categories.reduce((sum, own, i) => sum + own.length - (dropped[i] < 0 ? 0 : 1), 0)

/** One indicator a category: 1 where a row has it. */
export const oneHotBlock = kernel('ml.oneHot', (encoding: OneHotEncoding, block: Block): Block => {
  const { categories, dropped } = encoding
  const columns = indicatorCount(encoding)
  const all = placesOf(encoding, block)
  const places: number[] = []
  const starts = new Int32Array(block.rows + 1)
  for (let row = 0; row < block.rows; row++) {
    let from = 0
    categories.forEach((own, column) => {
      const place = all[column][row]
      const drop = dropped[column]
      if (place >= 0 && place !== drop) places.push(from + place - (drop >= 0 && place > drop ? 1 : 0))
      from += own.length - (drop < 0 ? 0 : 1)
    })
    starts[row + 1] = places.length
  }
  if (encoding.sparse)
    return {
      kind: 'sparse',
      rows: block.rows,
      columns,
      starts,
      places: Int32Array.from(places),
      data: new Float64Array(places.length).fill(1),
    } satisfies SparseBlock
  const made = denseBlock(block.rows, columns)
  for (let row = 0; row < block.rows; row++)
    for (let at = starts[row]; at < starts[row + 1]; at++) made.data[row * columns + places[at]] = 1
  return made
})
