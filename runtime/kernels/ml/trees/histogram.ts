// Histograms of gradients: for each node and each bin of each feature, the sums of its rows' gradients and hessians, and their count.

import { resultBuffer } from '../../resultMemory.ts'
import { PER_BIN, type TreeRoom } from './treeRoom.ts'

/** Where each feature's bins begin in a histogram; the last bin of a feature holds its missing values. */
export interface BinLayout {
  /** Features + 1 numbers: the last is the count of all bins. */
  offsets: readonly number[]
}

/** Rows of one node: a run of the row order. */
export interface Segment {
  start: number
  count: number
}

export { PER_BIN }

/** What a tree's rows are: their order, and gradient and hessian of each, integers in units of powers of two, hessians ≥ 0 and below 2^24. */
export interface OrderedRows {
  order: Uint32Array
  derivatives: Int32Array
}

/** Histograms of some nodes in which nothing has been counted. */
export const emptyHistograms = (layout: BinLayout, nodes: number): Float64Array =>
  roomForHistograms(layout, nodes).fill(0)

function roomForHistograms({ offsets }: BinLayout, nodes: number): Float64Array {
  const length = nodes * offsets[offsets.length - 1] * PER_BIN
  return new Float64Array(resultBuffer(8 * length), 0, length)
}

/**
 * Histograms of several nodes.
 * @param room has taken the rows, those of one node together
 * @param nodes the runs of the order to sum up
 * @returns for each node, for each bin of `layout`: sum of gradients, of hessians, count. Sums are whole numbers, exact
 * below 2^53, whatever the order of rows.
 */
export function histogramsIn(room: TreeRoom, layout: BinLayout, nodes: readonly Segment[]): Float64Array {
  const made = roomForHistograms(layout, nodes.length)
  const length = layout.offsets[layout.offsets.length - 1] * PER_BIN
  room.inParts((part) => {
    nodes.forEach(({ start, count }, i) => {
      made.set(room.sumsOf(part, start, count), i * length + layout.offsets[part.firstFeature] * PER_BIN)
    })
  })
  return made
}
