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

/** The histogram of a node in which nothing has been counted. */
export const emptyHistogram = (layout: BinLayout): Float64Array => roomForHistogram(layout).fill(0)

/** One buffer for each node: all of one size, so that memory which was used before serves again. */
function roomForHistogram({ offsets }: BinLayout): Float64Array {
  const length = offsets[offsets.length - 1] * PER_BIN
  return new Float64Array(resultBuffer(8 * length), 0, length)
}

/** Histograms of several nodes, one buffer each. */
export function histogramsIn(room: TreeRoom, layout: BinLayout, nodes: readonly Segment[]): Float64Array[] {
  const made = nodes.map(() => roomForHistogram(layout))
  sumUp(room, layout, nodes, made)
  return made
}

/**
 * Histograms of several nodes.
 * @param room has taken the rows, those of one node together
 * @param nodes the runs of the order to sum up
 * @param into for each node, for each bin of `layout`: sum of gradients, of hessians, count, written. Sums are whole
 * numbers, exact below 2^53, whatever the order of rows.
 */
export function sumUp(
  room: TreeRoom,
  layout: BinLayout,
  nodes: readonly Segment[],
  into: readonly Float64Array[],
): void {
  room.inParts((part) => {
    nodes.forEach((node, i) => {
      into[i].set(room.sumsOf(part, node), layout.offsets[part.firstFeature] * PER_BIN)
    })
  })
}
