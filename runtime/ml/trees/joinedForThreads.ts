// How many blocks of rows trees are grown on: enough for all threads, and no more, since each makes histograms of its own.

import { currentExecutor } from '../../graph/collection.ts'
import type { BoostBlock } from '../../kernels/ml/trees/boostBlock.ts'
import { joinBoostBlocks } from '../../kernels/ml/trees/joinBlocks.ts'
import type { Blocks } from '../contract/blocks.ts'

/** Several for each thread, so that one which is slower has fewer. */
const BLOCKS_A_THREAD = 2
/** Rows of a block, whose order and gradients a thread has at hand while it sums them up. */
const ROWS_MAX = 2 ** 18

/** The blocks, neighbours as one where there are more than the cluster's threads have use for. Trees are the same for any cut. */
export async function joinedForThreads(
  blocks: Blocks<BoostBlock>,
  rows: number,
): Promise<Blocks<BoostBlock>> {
  if (blocks.isHere) return blocks
  const info = await (await currentExecutor()).info?.()
  if (!info) return blocks
  return blocks.joined(joinBoostBlocks, blocksForThreads(info, rows))
}

/** How many blocks a cluster's threads have use for. */
export function blocksForThreads(
  { workers }: { workers: readonly { threads: number }[] },
  rows: number,
): number {
  const threads = workers.reduce((sum, worker) => sum + worker.threads, 0)
  return Math.max(1, BLOCKS_A_THREAD * threads, Math.ceil(rows / ROWS_MAX))
}
