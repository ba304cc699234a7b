// What boosting does with one block of rows in a round: rows are taken to the root, follow splits, and tell histograms.

import { kernel } from '../../kernel.ts'
import { isEmpty } from './binnedBlock.ts'
import { binOffsets } from './binning.ts'
import { type BoostBlock, type BoostPlan, floats, numbers, type TreeRows } from './boostBlock.ts'
import { type Derivatives, rootOfGiven, rootsOf } from './boostStart.ts'
import { followed, partSegments, type RowOrder } from './followRows.ts'
import type { NodeSplit } from './growth.ts'
import { emptyHistograms, histogramsIn } from './histogram.ts'
import type { GrownTree } from './tree.ts'
import { TreeRoom } from './treeRoom.ts'

/** A block between two questions of a round. */
export interface BoostLevel {
  /** Raw predictions of the trees that are finished. */
  predictions: Float64Array
  /** The rows of the trees that grow: one an output, none between two rounds. */
  trees: TreeRows[]
  /** Of each tree the histograms of the nodes that were wanted, one behind the other. */
  histograms: Float64Array[]
}

/** A tree that has grown, and how rows come to its leaves. */
export interface FinishedTree extends GrownTree {
  /** All splits that were made, from the root on. */
  splits: readonly NodeSplit[]
  /** Those of them that rows have not followed yet: the last ones. */
  pending: readonly NodeSplit[]
}

/** Before the first tree. */
export const firstLevel = kernel(
  'ml.boost.first',
  (baseline: Float64Array, block: BoostBlock): BoostLevel => {
    const outputs = baseline.length
    const predictions = floats(block.binned.rows * outputs)
    for (let i = 0; i < predictions.length; i++) predictions[i] = baseline[i % outputs]
    return { predictions, trees: [], histograms: [] }
  },
)

/** All rows at the roots of new trees. */
export const beginRound = kernel(
  'ml.boost.begin',
  (plan: BoostPlan, { predictions }: BoostLevel, block: BoostBlock): BoostLevel =>
    atRoots(plan, block, predictions, rootsOf(plan, block, predictions)),
)

/** The same, where the derivatives are given. */
export const beginGiven = kernel(
  'ml.boost.beginGiven',
  (plan: BoostPlan, { predictions }: BoostLevel, block: BoostBlock, given: Derivatives): BoostLevel =>
    atRoots(plan, block, predictions, rootOfGiven(plan, block, given)),
)

function atRoots(
  plan: BoostPlan,
  { binned }: BoostBlock,
  predictions: Float64Array,
  trees: TreeRows[],
): BoostLevel {
  if (isEmpty(binned)) return { predictions, trees, histograms: trees.map(() => emptyHistograms(plan, 1)) }
  const room = new TreeRoom(binned, plan.offsets)
  const histograms = trees.map((tree) => {
    room.take(tree)
    return histogramsIn(room, plan, [tree.segments[0]])
  })
  return { predictions, trees, histograms }
}

/** Rows follow the splits that were decided on, and tell the histograms that are wanted next. */
export const nextLevel = kernel(
  'ml.boost.next',
  (
    plan: BoostPlan,
    { predictions, trees }: BoostLevel,
    { binned }: BoostBlock,
    decided: { growing: readonly { splits: readonly NodeSplit[] }[] },
  ): BoostLevel => {
    const room = isEmpty(binned) ? null : new TreeRoom(binned, plan.offsets)
    const levels = trees.map((tree, i) => {
      const { splits } = decided.growing[i]
      const wanted = splits.flatMap(({ build }) => (build === null ? [] : [build]))
      if (!room || splits.length === 0) {
        const rows = { ...tree, segments: partSegments(plan.features, splits, null, tree.segments) }
        return { rows, histograms: emptyHistograms(plan, wanted.length) }
      }
      room.take(tree)
      const segments = partSegments(plan.features, splits, room, tree.segments)
      const order = numbers(tree.order.length)
      order.set(room.order(order.length))
      const runs = wanted.map((node) => segments[node])
      return { rows: { ...tree, order, segments }, histograms: histogramsIn(room, plan, runs) }
    })
    return {
      predictions,
      trees: levels.map(({ rows }) => rows),
      histograms: levels.map(({ histograms }) => histograms),
    }
  },
)

/** Predictions with a finished round of trees added. */
export const finishRound = kernel(
  'ml.boost.finish',
  (
    { plan, grown }: { plan: BoostPlan; grown: readonly FinishedTree[] },
    { predictions, trees }: BoostLevel,
    { binned }: BoostBlock,
  ): BoostLevel => {
    const made = floats(predictions.length)
    made.set(predictions)
    const room = isEmpty(binned) ? null : new TreeRoom(binned, binOffsets(plan.features))
    trees.forEach((rows, output) => {
      const tree = grown[output]
      addLeaves(made, plan.outputs, output, tree, followed(plan.features, tree.pending, room, rows))
      if (rows.order.length === binned.rows) return
      const rest = restOf(rows.order, binned.rows)
      const atRoot = { order: rest, segments: { 0: { start: 0, count: rest.length } } }
      addLeaves(made, plan.outputs, output, tree, followed(plan.features, tree.splits, room, atRoot))
    })
    return { predictions: made, trees: [], histograms: [] }
  },
)

function addLeaves(
  predictions: Float64Array,
  outputs: number,
  output: number,
  { tree, leafOf }: GrownTree,
  { order, segments }: RowOrder,
): void {
  for (const [node, { start, count }] of Object.entries(segments)) {
    const value = tree.value[leafOf[Number(node)]]
    for (let i = start; i < start + count; i++) predictions[order[i] * outputs + output] += value
  }
}

/** The rows that a tree was not grown on. */
function restOf(order: Uint32Array, rows: number): Uint32Array {
  const isIn = new Uint8Array(rows)
  for (const row of order) isIn[row] = 1
  const rest = new Uint32Array(rows - order.length)
  for (let row = 0, at = 0; row < rows; row++) if (!isIn[row]) rest[at++] = row
  return rest
}

/** The raw predictions of a block. */
export const predictionsOf = kernel(
  'ml.boost.predictions',
  (_: unknown, { predictions }: BoostLevel): Float64Array => predictions,
)
