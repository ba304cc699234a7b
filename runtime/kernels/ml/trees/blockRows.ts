// Where the rows of a block stand while a round's trees grow: kept by the thread that works on it, and made again elsewhere.

import { type BoostBlock, type BoostPlan, nameOfRows } from './boostBlock.ts'
import { type Derivatives, rootsOf } from './boostStart.ts'
import { partSegments } from './followRows.ts'
import type { NodeSplit } from './growth.ts'
import type { Segment } from './histogram.ts'
import { roomOf } from './rooms.ts'
import type { OrderedRows, TreeRoom } from './treeRoom.ts'

/** Rows of one tree, which belong to one thread and are moved in place. */
export interface MovingRows extends OrderedRows {
  /** The run of each node's rows, by the node's number. */
  segments: Record<number, Segment>
  /** How many of the tree's splits they have followed. */
  followed: number
  /** Where rows were put by their nodes: the row at each place, which `order` has the numbers of; null before. */
  ids: Uint32Array | null
}

/** From so many runs on, rows are put by their nodes, once a round. */
const REGROUPED_RUNS = 8

/** Rows of all trees of a round. */
export interface BlockRows {
  round: number
  trees: MovingRows[]
}

/** Which round of which fit. */
export interface RoundPlan {
  plan: BoostPlan
  round: number
}

/**
 * Does something with each tree's rows of a block, once they have followed the tree's splits. Nothing of the block is kept
 * but copies.
 * @param predictions before the round
 * @param history all splits of each tree so far; null at the root
 * @param given derivatives, where they are not those of an objective
 * @param work finds the tree's rows in the room
 * @param isWanted which trees are looked at; the others' rows stay where they are
 */
export function withRows<T>(
  { plan, round }: RoundPlan,
  block: BoostBlock,
  predictions: Float64Array,
  history: readonly (readonly NodeSplit[])[] | null,
  given: Derivatives | undefined,
  work: (room: TreeRoom, tree: MovingRows, at: number) => T,
  isWanted: (tree: number) => boolean = () => true,
): T[] {
  const furnished = roomOf(nameOfRows(plan, block), block.binned, plan.offsets)
  const { room, rows } = furnished
  const isThere = ({ trees, round: at }: BlockRows): boolean =>
    at === round && trees.every(({ followed }, i) => followed <= (history?.[i].length ?? 0))
  const isKnown = rows !== null && isThere(rows)
  if (!isKnown) room.ungroup()
  const there = isKnown ? rows : { round, trees: rootsOf(plan, block, predictions, room, given) }
  furnished.rows = there
  const made = there.trees.flatMap((tree, i) => {
    if (!isWanted(i)) return []
    room.take(tree)
    const splits = history?.[i].slice(tree.followed) ?? []
    if (splits.length > 0) {
      tree.segments = partSegments(plan.features, splits, room, tree.segments)
      tree.followed += splits.length
      room.giveOrder(tree.order)
    }
    const runs = Object.values(tree.segments)
    // Several trees have one room in turn: their rows stay as they came.
    if (!tree.ids && there.trees.length === 1 && runs.length >= REGROUPED_RUNS && room.canRegroup)
      tree.ids = room.regroup(runs)
    return [work(room, tree, i)]
  })
  room.leave()
  return made
}
