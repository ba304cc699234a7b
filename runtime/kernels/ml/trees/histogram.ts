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

/** How many numbers the histogram of a node has. */
const lengthOf = ({ offsets }: BinLayout): number => offsets[offsets.length - 1] * PER_BIN

/** The histograms of so many nodes in which nothing has been counted, one behind another. */
export const emptyHistograms = (layout: BinLayout, count: number): Float64Array =>
  roomForHistograms(layout, count).fill(0)

/** One buffer for all nodes, of a power of two of them: few sizes are in use, and memory that was touched before serves again. */
function roomForHistograms(layout: BinLayout, count: number): Float64Array {
  if (count === 0) return new Float64Array(0)
  const length = lengthOf(layout)
  const capacity = 2 ** Math.ceil(Math.log2(count))
  return new Float64Array(resultBuffer(8 * length * capacity), 0, length * count)
}

/** The histogram of one of several nodes that stand one behind another: a view. */
export function histogramAt(all: Float64Array, layout: BinLayout, at: number): Float64Array {
  const length = lengthOf(layout)
  return all.subarray(at * length, (at + 1) * length)
}

/** Histograms of several nodes, one behind another. */
export function histogramsIn(room: TreeRoom, layout: BinLayout, nodes: readonly Segment[]): Float64Array {
  const made = roomForHistograms(layout, nodes.length)
  sumUp(
    room,
    layout,
    nodes,
    nodes.map((_, i) => histogramAt(made, layout, i)),
  )
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
