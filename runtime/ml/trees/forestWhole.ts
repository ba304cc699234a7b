// Whole trees of a forest, some in a task each: where one worker's threads have room for all rows.

import { currentExecutor } from '../../graph/collection.ts'
import { binnedBytes } from '../../kernels/ml/trees/binnedBlock.ts'
import type { FeatureBins } from '../../kernels/ml/trees/binning.ts'
import type { BoostBlock } from '../../kernels/ml/trees/boostBlock.ts'
import type { ForestTree } from '../../kernels/ml/trees/forest.ts'
import type { ForestPlan } from '../../kernels/ml/trees/forestRows.ts'
import type { ForestRules } from '../../kernels/ml/trees/forestSplit.ts'
import { growWholeTrees, type WholeTrees, wholeBlock } from '../../kernels/ml/trees/forestWhole.ts'
import { joinBoostBlocks } from '../../kernels/ml/trees/joinBlocks.ts'
import { BIN_BYTES_MAX } from '../../kernels/ml/trees/treeRoom.ts'
import { Blocks } from '../contract/blocks.ts'
import { betweenRounds } from '../contract/rounds.ts'

/** Of a worker's memory, all rows and what its threads make of them may take this much. */
const MEMORY_SHARE = 0.4
/** A task grows trees of so many rows together, or one tree. */
const TASK_ROWS = 50_000

/** Trees as they come, in order; undefined where some worker has no room for all rows. */
export async function growWhole(
  rules: ForestRules,
  plan: ForestPlan,
  features: readonly FeatureBins[],
  blocks: Blocks<BoostBlock>,
  rows: number,
  count: number,
): Promise<AsyncGenerator<ForestTree[]> | undefined> {
  const threads = await threadsWithRoom(blocks, features.length, rows)
  if (threads === 0) return undefined
  const perTask = Math.max(1, Math.min(Math.floor(TASK_ROWS / rows), Math.ceil(count / (2 * threads))))
  const tasks = Array.from({ length: Math.ceil(count / perTask) }, (_, task) =>
    Array.from({ length: Math.min(perTask, count - task * perTask) }, (_, i) => task * perTask + i),
  )
  const state: WholeTrees = { rules, plan, features, fit: crypto.randomUUID() }
  return asTheyCome(state, tasks, blocks)
}

async function* asTheyCome(
  state: WholeTrees,
  tasks: readonly number[][],
  blocks: Blocks<BoostBlock>,
): AsyncGenerator<ForestTree[]> {
  const block = blocks.together(wholeBlock, undefined, null, joinBoostBlocks)
  if (block.isHere) {
    for (const trees of tasks) {
      yield growWholeTrees(state, trees, block.values[0])
      await betweenRounds()
    }
    return
  }
  const held = await block.persist()
  const grown = await Blocks.here(tasks).map(growWholeTrees, state, held.spread(tasks.length)).persist()
  try {
    for (let task = 0; task < tasks.length; task++) {
      const [trees] = await grown.at(task).gather('fit')
      grown.release(task)
      yield trees
    }
  } finally {
    // Tasks that nobody waits for any more are not begun.
    grown.release()
    held.release()
  }
}

/** How many threads grow trees; 0 where rows have no room in some worker. */
async function threadsWithRoom(blocks: Blocks<BoostBlock>, features: number, rows: number): Promise<number> {
  const bins = binnedBytes(rows, features)
  if (bins > BIN_BYTES_MAX) return 0
  if (blocks.isHere) return 1
  const workers = (await (await currentExecutor()).info?.())?.workers ?? []
  for (const { threads, memoryLimitBytes } of workers) {
    // The block and its parts, and in each thread: bins twice, order twice, derivatives twice, the rows of a small node.
    const needed = 3 * (bins + 16 * rows) + threads * (2 * bins + 40 * rows)
    if (needed > MEMORY_SHARE * (memoryLimitBytes ?? Number.POSITIVE_INFINITY)) return 0
  }
  return workers.reduce((sum, { threads }) => sum + threads, 0)
}
