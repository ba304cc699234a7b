// The first rows of blocks by some rank, and of several blocks' first ones the first of all.

import type { WeightedRows } from '../denseRows.ts'

/** Rows and what they are ranked by, in order. */
export interface RankedRows {
  ranks: number[]
  /** One behind the other. */
  rows: Float64Array
}

/** Rows of a block, in the order given. */
export function rankedRows(
  { x: { data, columns } }: WeightedRows,
  order: readonly number[],
  ranks: Float64Array,
): RankedRows {
  const rows = new Float64Array(order.length * columns)
  order.forEach((row, i) => {
    rows.set(data.subarray(row * columns, (row + 1) * columns), i * columns)
  })
  return { ranks: order.map((row) => ranks[row]), rows }
}

/** The first `count` of two lists; of equal ranks, that of the first list. */
export function firstOfBoth(
  a: RankedRows,
  b: RankedRows,
  count: number,
  order: (p: number, q: number) => number,
): RankedRows {
  const columns = (a.ranks.length ? a.rows.length / a.ranks.length : b.rows.length / b.ranks.length) || 0
  const both = [a, b].flatMap(({ ranks, rows }) => ranks.map((rank, i) => ({ rank, rows, i })))
  // Sorting is stable.
  const first = both.sort((p, q) => order(p.rank, q.rank)).slice(0, count)
  const rows = new Float64Array(first.length * columns)
  first.forEach((each, at) => {
    rows.set(each.rows.subarray(each.i * columns, (each.i + 1) * columns), at * columns)
  })
  return { ranks: first.map(({ rank }) => rank), rows }
}
