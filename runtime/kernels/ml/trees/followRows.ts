// Rows follow the splits of their nodes: each node's run of the order is parted in place.

import { type FeatureBins, valueBins } from './binning.ts'
import type { NodeSplit } from './growth.ts'
import type { Segment } from './histogram.ts'
import type { TreeRoom } from './treeRoom.ts'

/**
 * The runs after some splits: left sides first, each side in its old order.
 * @param room has taken the order, which it parts in place; null where there are no rows
 */
export function partSegments(
  features: readonly FeatureBins[],
  splits: readonly NodeSplit[],
  room: TreeRoom | null,
  segments: Record<number, Segment>,
): Record<number, Segment> {
  const made = { ...segments }
  for (const split of splits) {
    const run = made[split.node]
    const sides = sidesOf(features[split.feature], split)
    const left = room ? room.partition(run, split.feature, sides) : 0
    delete made[split.node]
    made[split.left] = { start: run.start, count: left }
    made[split.right] = { start: run.start + left, count: run.count - left }
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
