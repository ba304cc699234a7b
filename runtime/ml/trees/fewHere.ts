// Few rows of several workers are brought to this process: their trees grow sooner than a level goes round the cluster.

import { currentExecutor } from '../../graph/collection.ts'
import type { BoostBlock } from '../../kernels/ml/trees/boostBlock.ts'
import { Blocks } from '../contract/blocks.ts'

/** Values that a round looks at, at most: some 20 ms of one thread, and some megabytes of bins. 0 leaves rows where they are. */
const VALUES_MAX = Number(process.env.HEDDLE_FEW_VALUES ?? 2e6)

/**
 * The blocks, in this process where they are few and lie on several workers, whose threads have no memory in common and would
 * send each other every level of each tree. Trees are the same.
 * @param values rows × features × trees a round
 */
export async function fewHere(blocks: Blocks<BoostBlock>, values: number): Promise<Blocks<BoostBlock>> {
  if (blocks.isHere || values > VALUES_MAX) return blocks
  const workers = (await (await currentExecutor()).info?.())?.workers ?? []
  return workers.length > 1 ? Blocks.here(await blocks.gather('fit')) : blocks
}
