// Rows follow the splits of their nodes: each node's run of the order is parted in place.

import { resultBuffer } from '../../resultMemory.ts'
import { type FeatureBins, valueBins } from './binning.ts'
import type { NodeSplit } from './growth.ts'
import type { Segment } from './histogram.ts'
import type { TreeRoom } from './treeRoom.ts'

/** An order of rows, and the run of each node's rows in it, by the node's number. */
export interface RowOrder {
  order: Uint32Array
  segments: Record<number, Segment>
}

/**
 * The order after some splits: left sides first, each side in its old order.
 * @param room of the rows' block; null where it is empty. It is left with the new order in it.
 */
export function followed(
  features: readonly FeatureBins[],
  splits: readonly NodeSplit[],
  room: TreeRoom | null,
  { order, segments }: RowOrder,
): RowOrder {
  if (splits.length === 0) return { order, segments }
  room?.takeOrder(order)
  const parted = partSegments(features, splits, room, segments)
  const made = new Uint32Array(resultBuffer(4 * order.length), 0, order.length)
  if (room) made.set(room.order(order.length))
  return { order: made, segments: parted }
}

/** The runs after some splits; the order is the room's. */
export function partSegments(
  features: readonly FeatureBins[],
  splits: readonly NodeSplit[],
  room: TreeRoom | null,
  segments: Record<number, Segment>,
): Record<number, Segment> {
  const made = { ...segments }
  for (const split of splits) {
    const { start, count } = made[split.node]
    const sides = sidesOf(features[split.feature], split)
    const left = room ? room.partition(start, count, split.feature, sides) : 0
    delete made[split.node]
    made[split.left] = { start, count: left }
    made[split.right] = { start: start + left, count: count - left }
  }
  return made
}

/** For each bin of a feature 1 where a split sends it left. */
function sidesOf(bins: FeatureBins, split: NodeSplit): Uint8Array {
  const count = valueBins(bins)
  const sides = new Uint8Array(count + 1)
  if (split.leftBins) for (const bin of split.leftBins) sides[bin] = 1
  else sides.fill(1, 0, Math.min(count, split.bin + 1))
  sides[count] = split.missingLeft ? 1 : 0
  return sides
}
