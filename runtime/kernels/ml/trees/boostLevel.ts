// What boosting asks a block of rows in a round: histograms of nodes, and at its end predictions.

import { keepsNothing, kernel } from '../../kernel.ts'
import { isEmpty } from './binnedBlock.ts'
import { type RoundPlan, withRows } from './blockRows.ts'
import { type BoostBlock, floats } from './boostBlock.ts'
import { type Derivatives, rowsToLearn } from './boostStart.ts'
import { partSegments } from './followRows.ts'
import type { NodeSplit } from './growth.ts'
import { emptyHistograms, histogramsIn } from './histogram.ts'
import { addLeaves } from './leafValues.ts'
import { roomOf } from './rooms.ts'
import type { GrownTree } from './tree.ts'

/** What a block tells at a level: of each tree the histograms of the nodes that were wanted, one behind another. */
export interface BoostLevel {
  histograms: Float64Array[]
}

/** A block at the beginning of a round. */
export interface BoostRoot extends BoostLevel {
  /** Raw predictions of the trees that are finished. */
  predictions: Float64Array
}

/** A tree that has grown, and how rows come to its leaves. */
export interface FinishedTree extends GrownTree {
  /** All splits that were made, from the root on. */
  splits: readonly NodeSplit[]
}

/** What a block needs to know of it. */
export interface LeafTree {
  splits: readonly NodeSplit[]
  leafOf: ArrayLike<number>
  tree: { value: ArrayLike<number> }
}

/** What rows are told: all splits of each tree so far, and the nodes whose histograms are wanted. */
export interface Orders {
  history: readonly (readonly NodeSplit[])[]
  wanted: readonly (readonly number[])[]
}

/** Before the first tree. */
export const firstRoot = keepsNothing(
  kernel('ml.boost.first', (baseline: Float64Array, block: BoostBlock): BoostRoot => {
    const outputs = baseline.length
    const predictions = floats(block.binned.rows * outputs)
    for (let i = 0; i < predictions.length; i++) predictions[i] = baseline[i % outputs]
    return { predictions, histograms: [] }
  }),
)

/** All rows at the roots of new trees. */
export const beginRound = keepsNothing(
  kernel(
    'ml.boost.begin',
    (at: RoundPlan, root: BoostRoot, block: BoostBlock, given?: Derivatives): BoostRoot => ({
      predictions: root.predictions,
      ...levelOf(at, root, block, null, given),
    }),
  ),
)

/** Rows follow the splits that were decided on, and tell the histograms that are wanted next. */
export const nextLevel = keepsNothing(
  kernel(
    'ml.boost.next',
    (at: RoundPlan, root: BoostRoot, block: BoostBlock, orders: Orders, given?: Derivatives): BoostLevel =>
      levelOf(at, root, block, orders, given),
  ),
)

function levelOf(
  at: RoundPlan,
  { predictions }: BoostRoot,
  block: BoostBlock,
  orders: Orders | null,
  given?: Derivatives,
): BoostLevel {
  const { plan } = at
  const wanted = orders?.wanted ?? Array.from({ length: plan.outputs }, () => [0])
  if (isEmpty(block.binned) || wanted.every((nodes) => nodes.length === 0))
    return { histograms: wanted.map((nodes) => emptyHistograms(plan, nodes.length)) }
  return {
    histograms: withRows(at, block, predictions, orders?.history ?? null, given, (room, tree, i) =>
      histogramsIn(
        room,
        plan,
        wanted[i].map((node) => tree.segments[node]),
      ),
    ),
  }
}

/** Predictions with a finished round of trees added. */
export const finishRound = keepsNothing(
  kernel(
    'ml.boost.finish',
    (
      { grown, ...at }: RoundPlan & { grown: readonly FinishedTree[] },
      { predictions }: BoostRoot,
      block: BoostBlock,
      given?: Derivatives,
    ): BoostRoot => {
      return { predictions: withLeaves(at, grown, predictions, block, given), histograms: [] }
    },
  ),
)

/**
 * New predictions of a block: those before, and what the leaves of trees add.
 * @param into where they are to be; memory of its own where absent
 */
export function withLeaves(
  at: RoundPlan,
  grown: readonly LeafTree[],
  predictions: Float64Array,
  block: BoostBlock,
  given?: Derivatives,
  into?: Float64Array,
): Float64Array {
  const { plan } = at
  const { binned } = block
  const { outputs } = plan
  const made = into ?? floats(predictions.length)
  const isOne = outputs === 1
  if (!isOne || isEmpty(binned)) made.set(predictions)
  if (isEmpty(binned)) return made
  const history = grown.map(({ splits }) => splits)
  withRows(at, block, predictions, history, given, (_, rows, output) => {
    addLeaves(isOne ? predictions : made, made, outputs, output, grown[output], rows)
  })
  if (!block.weight && plan.validationShare === 0) return made
  const rest = restOf(rowsToLearn(plan, block, new Uint32Array(binned.rows)), binned.rows)
  const { room } = roomOf(null, binned, plan.offsets)
  grown.forEach((tree, output) => {
    room.takeOrder(rest)
    const segments = partSegments(plan.features, tree.splits, room, { 0: { start: 0, count: rest.length } })
    addLeaves(made, made, outputs, output, tree, { order: room.orderOf(rest.length), segments, ids: null })
  })
  room.leave()
  return made
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
export const predictionsOf = keepsNothing(
  kernel('ml.boost.predictions', (_: unknown, { predictions }: BoostRoot): Float64Array => predictions),
)
