// Whole trees of a forest in one task, where all rows lie in one block: each thread loads their bins once.
//
// What decides is what decides where rows are in many blocks (forestGrowth.ts), in the same order: the trees are the same.

import { kernel } from '../../kernel.ts'
import { isEmpty } from './binnedBlock.ts'
import type { FeatureBins } from './binning.ts'
import type { BoostBlock } from './boostBlock.ts'
import { partSegments } from './followRows.ts'
import type { ForestTree } from './forest.ts'
import { finishSubtree, rowsOfNode } from './forestFinish.ts'
import {
  finishedForestTree,
  type GrowingForestTree,
  jobOf,
  placeSubtree,
  plantedForestTree,
  splitNodes,
} from './forestGrowth.ts'
import { byClass, runsOfNode } from './forestNodes.ts'
import { type ForestPlan, rowsAtRoot } from './forestRows.ts'
import { type ForestRules, type Runs, roomForRuns } from './forestSplit.ts'
import type { TreeRows } from './heldRows.ts'
import { PER_BIN, sumUp } from './histogram.ts'
import { joinBoostBlocks } from './joinBlocks.ts'
import { roomOf } from './rooms.ts'
import type { TreeRoom } from './treeRoom.ts'

/** What a task is told of a forest; `plan.trees` is no matter here. */
export interface WholeTrees {
  rules: ForestRules
  plan: ForestPlan
  features: readonly FeatureBins[]
  /** Tells this fit from others: what threads keep of it is known by it. */
  fit: string
}

/** All rows as one block. */
export const wholeBlock = kernel(
  'ml.forest.whole',
  (_state: undefined, _before: null, blocks: readonly BoostBlock[]): BoostBlock => joinBoostBlocks(blocks),
)

/** Grows some trees, one after the other. */
export const growWholeTrees = kernel(
  'ml.forest.grow',
  (state: WholeTrees, trees: readonly number[], block: BoostBlock): ForestTree[] => {
    const { rules, features, plan, fit } = state
    const room = isEmpty(block.binned) ? null : roomOf(fit, block.binned, rules.offsets).room
    const runs = roomForRuns(rules)
    return trees.map((tree) => {
      const rows = rowsAtRoot(plan, tree, block, room ? room.derivativesOf() : new Int32Array(0), (count) =>
        room ? room.orderOf(count) : new Uint32Array(count),
      )
      const growing = plantedForestTree(rules, tree, block.binned.rows)
      if (room) splitByHistograms(state, growing, room, rows, runs)
      for (const node of growing.small) {
        const job = { ...jobOf(growing, node), rows: rowsOfNode(block.binned, rules.classes, rows, node) }
        placeSubtree(growing, node, finishSubtree(rules, job, runs))
      }
      return finishedForestTree(rules, plan.center, features, growing.nodes)
    })
  },
)

/** Splits nodes of many rows, level by level; rows move within the room. */
function splitByHistograms(
  { rules, features }: WholeTrees,
  growing: GrowingForestTree,
  room: TreeRoom,
  rows: TreeRows,
  runs: Runs,
): void {
  const { offsets, classes } = rules
  const length = offsets[offsets.length - 1] * PER_BIN
  const sums = new Float64Array(length * classes)
  const into = Array.from({ length: classes }, (_, c) => sums.subarray(c * length, (c + 1) * length))
  while (growing.open.length > 0) {
    const splits = growing.open.splice(0).flatMap((node) => {
      sumUp(
        room,
        rules,
        runsOfNode(classes, node).map((run) => rows.segments[run]),
        into,
      )
      return splitNodes(rules, growing, [node], sums, length * classes, runs)
    })
    rows.segments = partSegments(features, byClass(splits, classes), room, rows.segments)
  }
}
