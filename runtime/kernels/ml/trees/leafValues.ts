// What the leaves of a tree add to rows' predictions.

import type { LeafTree } from './boostLevel.ts'
import type { Segment } from './histogram.ts'

/** Where the rows of a tree's nodes stand. */
export interface StandingRows {
  order: Uint32Array
  segments: Record<number, Segment>
  /** The rows that `order` has the numbers of; it has rows themselves where null. */
  ids: Uint32Array | null
}

/**
 * Writes predictions with a tree's leaves added, for all rows of a block; those that stand nowhere keep what they had.
 *
 * Rows get the number of their leaf first: leaves have their rows anywhere, and numbers of one byte stay at hand where
 * predictions would not. Predictions are gone through once, in order.
 * @param before rows × outputs; may be `into`
 * @param output the one that the tree is for
 */
export function addLeaves(
  before: Float64Array,
  into: Float64Array,
  outputs: number,
  output: number,
  { tree, leafOf }: LeafTree,
  { order, segments, ids }: StandingRows,
): void {
  const rows = into.length / outputs
  const runs = Object.entries(segments)
  const leaves = marksFor(runs.length, rows)
  const values = new Float64Array(runs.length + 1)
  runs.forEach(([node, { start, count }], i) => {
    values[i + 1] = tree.value[leafOf[Number(node)]]
    const [mark, end] = [i + 1, start + count]
    if (ids) for (let at = start; at < end; at++) leaves[ids[order[at]]] = mark
    else for (let at = start; at < end; at++) leaves[order[at]] = mark
  })
  for (let row = 0, at = output; row < rows; row++, at += outputs) into[at] = before[at] + values[leaves[row]]
}

/** Numbers from 0 to `most` for all rows. */
const marksFor = (most: number, rows: number): Uint8Array | Uint32Array =>
  most < 256 ? new Uint8Array(rows) : new Uint32Array(rows)
