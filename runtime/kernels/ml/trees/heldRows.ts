// Rows of many trees that lie on the cluster between two rounds, as forests need them: they tell histograms and follow splits.

import { kernel } from '../../kernel.ts'
import { isEmpty } from './binnedBlock.ts'
import { binOffsets, type FeatureBins } from './binning.ts'
import { type BoostBlock, floats, numbers } from './boostBlock.ts'
import { partSegments } from './followRows.ts'
import type { NodeSplit } from './growth.ts'
import { PER_BIN, type Segment, sumUp } from './histogram.ts'
import { roomOf } from './rooms.ts'
import type { OrderedRows } from './treeRoom.ts'

/** The rows of one tree of one block. */
export interface TreeRows extends OrderedRows {
  /** The run of each node's rows, by the node's number. */
  segments: Record<number, Segment>
}

/** Histograms of the nodes that are wanted, of all trees: one behind the other. */
export const treeHistograms = kernel(
  'ml.forest.histograms',
  (
    plan: { offsets: readonly number[]; wanted: readonly number[][] },
    { binned }: BoostBlock,
    trees: TreeRows[],
  ): Float64Array[] => {
    const length = plan.offsets[plan.offsets.length - 1] * PER_BIN
    const made = plan.wanted.map((nodes) => floats(nodes.length * length))
    if (isEmpty(binned)) return made.map((each) => each.fill(0))
    const { room } = roomOf(null, binned, plan.offsets)
    trees.forEach((tree, i) => {
      const nodes = plan.wanted[i].map((node) => tree.segments[node])
      const into = nodes.map((_, node) => made[i].subarray(node * length, (node + 1) * length))
      room.take(tree)
      sumUp(room, plan, nodes, into)
    })
    return made
  },
)

/** What rows are told to do next. */
export interface FollowPlan {
  features: readonly FeatureBins[]
  /** Of each tree. */
  splits: readonly NodeSplit[][]
}

/** Rows follow the splits of their nodes, each side in its old order. */
export const followSplits = kernel(
  'ml.forest.follow',
  ({ features, splits }: FollowPlan, { binned }: BoostBlock, trees: TreeRows[]): TreeRows[] => {
    const room = isEmpty(binned) ? null : roomOf(null, binned, binOffsets(features)).room
    return trees.map((tree, i) => {
      if (splits[i].length === 0) return tree
      room?.takeOrder(tree.order)
      const segments = partSegments(features, splits[i], room, tree.segments)
      const order = numbers(tree.order.length)
      room?.giveOrder(order)
      return { ...tree, order, segments }
    })
  },
)
