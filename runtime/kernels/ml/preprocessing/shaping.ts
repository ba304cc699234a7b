// Steps that shape features: filling what is absent, products of features, mapping by quantiles, parts beside one another.

import { kernel } from '../../kernel.ts'
import {
  type Block,
  type Column,
  columnAt,
  denseBlock,
  denseOf,
  requireColumns,
  requireFinite,
  type SparseBlock,
  type TableBlock,
} from '../block.ts'
import { selectColumns } from '../blockParts.ts'
import { MlDataError } from '../mlErrors.ts'
import { type Step, stepped } from '../steps.ts'
import { normalQuantile } from './normalQuantile.ts'

/** What stands for absent values in each column; null for a column that is left out, since it has none at all. */
export interface Filling {
  who: string
  fills: readonly (number | string | null)[]
}

/** Absent values filled in. */
export const fillBlock = kernel('ml.fill', ({ who, fills }: Filling, block: Block): Block => {
  requireColumns(block, fills.length, who)
  const kept = fills.flatMap((fill, column) => (fill === null ? [] : [column]))
  if (block.kind === 'table' && fills.some((fill) => typeof fill === 'string')) {
    const cells = kept.map((column): Column => {
      const own = block.cells[column]
      const fill = fills[column] as number & string
      if (own instanceof Float64Array) return own.map((cell) => (Number.isNaN(cell) ? fill : cell))
      return own.map((cell) => cell ?? String(fill))
    })
    return { ...(selectColumns(block, kept) as TableBlock), cells }
  }
  const dense = selectColumns(denseOf(block, who), kept)
  const { rows, columns, data } = denseOf(dense, who)
  const made = denseBlock(rows, columns)
  for (let row = 0, at = 0; row < rows; row++)
    for (let i = 0; i < columns; i++, at++)
      made.data[at] = Number.isNaN(data[at]) ? (fills[kept[i]] as number) : data[at]
  return made
})

/** Which products: each a list of columns, a column twice for its square. */
export interface Products {
  who: string
  features: number
  products: readonly (readonly number[])[]
}

export const productsBlock = kernel(
  'ml.products',
  ({ who, features, products }: Products, block: Block): Block => {
    requireColumns(block, features, who)
    requireFinite(block, who)
    const x = denseOf(block, who)
    const made = denseBlock(x.rows, products.length)
    for (let row = 0, to = 0; row < x.rows; row++)
      for (const product of products) {
        let value = 1
        for (const column of product) value *= x.data[row * features + column]
        made.data[to++] = value
      }
    return made
  },
)

/** How values map to the share of values that are less. */
export interface QuantileMap {
  who: string
  /** Per column the values at `references`. */
  quantiles: readonly Float64Array[]
  references: Float64Array
  normal: boolean
}

/** Values as their place in the distribution that was fitted: 0 to 1, or as a normal variable. */
export const quantileBlock = kernel('ml.quantiles', (map: QuantileMap, block: Block): Block => {
  const { who, quantiles, references, normal } = map
  requireColumns(block, quantiles.length, who)
  const { rows, columns, data } = denseOf(block, who)
  const made = denseBlock(rows, columns)
  quantiles.forEach((own, column) => {
    const backward = own.map((_, i) => -own[own.length - 1 - i])
    const mirrored = references.map((_, i) => -references[references.length - 1 - i])
    for (let at = column; at < data.length; at += columns) {
      const value = data[at]
      if (Number.isNaN(value)) {
        made.data[at] = value
        continue
      }
      // The mean of both directions: a value that occurs often gets the middle of its run.
      let share = (interpolated(value, own, references) - interpolated(-value, backward, mirrored)) / 2
      if (normal) {
        if (value + 1e-7 > own[own.length - 1]) share = 1
        if (value - 1e-7 < own[0]) share = 0
        const bound = 1e-7 - 2 ** -52
        made.data[at] = Math.min(
          normalQuantile(1 - bound),
          Math.max(normalQuantile(bound), normalQuantile(share)),
        )
      } else {
        if (value === own[own.length - 1]) share = 1
        if (value === own[0]) share = 0
        made.data[at] = share
      }
    }
  })
  return made
})

/** As NumPy's `interp`: of equal points the last. */
function interpolated(x: number, points: Float64Array, values: Float64Array): number {
  const last = points.length - 1
  if (x < points[0]) return values[0]
  if (x >= points[last]) return values[last]
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (points[middle] <= x) low = middle
    else high = middle
  }
  const slope = (values[high] - values[low]) / (points[high] - points[low])
  return slope * (x - points[low]) + values[low]
}

/** Some of the columns. */
export const chosenColumns = kernel(
  'ml.chosenColumns',
  (chosen: readonly number[], block: Block): Block => selectColumns(block, chosen),
)

/** Features that only pass through, of the number at fit. */
export const sameBlock = kernel(
  'ml.passthrough',
  ({ who, features }: { who: string; features: number }, block: Block): Block => {
    requireColumns(block, features, who)
    return block
  },
)

/** A part of the columns and the steps that they go through; without steps they stay. */
export interface ColumnPart {
  columns: readonly number[]
  steps: readonly Step[]
}

/** Parts of the columns, each through steps of its own, beside one another. */
export const partsBlock = kernel(
  'ml.parts',
  (
    { who, features, parts }: { who: string; features: number; parts: readonly ColumnPart[] },
    block: Block,
  ): Block => {
    requireColumns(block, features, who)
    return beside(
      parts.map(({ columns, steps }) => stepped(steps, selectColumns(block, columns)) as Block),
      block.rows,
      who,
    )
  },
)

/** Blocks of the same rows beside one another: sparse if one is sparse. */
function beside(blocks: readonly Block[], rows: number, who: string): Block {
  if (blocks.length === 1) return blocks[0]
  const columns = blocks.reduce((sum, block) => sum + block.columns, 0)
  const offsets = blocks.map((_, i) => blocks.slice(0, i).reduce((sum, block) => sum + block.columns, 0))
  if (!blocks.some((block) => block.kind === 'sparse')) {
    const made = denseBlock(rows, columns)
    blocks.forEach((block, i) => {
      const { data, columns: own } = denseOf(block, who)
      for (let row = 0; row < rows; row++)
        made.data.set(data.subarray(row * own, (row + 1) * own), row * columns + offsets[i])
    })
    return made
  }
  const places: number[] = []
  const data: number[] = []
  const starts = new Int32Array(rows + 1)
  const parts = blocks.map((block) => (block.kind === 'sparse' ? block : denseOf(block, who)))
  for (let row = 0; row < rows; row++) {
    parts.forEach((part, i) => {
      if (part.kind === 'sparse')
        for (let at = part.starts[row]; at < part.starts[row + 1]; at++) {
          places.push(offsets[i] + part.places[at])
          data.push(part.data[at])
        }
      else
        for (let column = 0; column < part.columns; column++) {
          const value = part.data[row * part.columns + column]
          if (value === 0) continue
          places.push(offsets[i] + column)
          data.push(value)
        }
    })
    starts[row + 1] = places.length
  }
  return {
    kind: 'sparse',
    rows,
    columns,
    starts,
    places: Int32Array.from(places),
    data: Float64Array.from(data),
  } satisfies SparseBlock
}

/** The one column of texts of a block. */
export function textsOf(block: Block, who: string): readonly (string | null)[] {
  if (block.columns !== 1 && block.rows > 0)
    throw new MlDataError(`${who} takes one column of texts, and X has ${block.columns} columns`)
  if (block.rows === 0) return []
  const cells = columnAt(block, 0)
  if (cells instanceof Float64Array) throw new MlDataError(`${who} takes texts, and X holds numbers`)
  return cells
}
