// Few rows are brought to this process, where a round of them is over sooner than one that goes round a cluster.

import { currentExecutor } from '../../graph/collection.ts'
import { Blocks } from './blocks.ts'

/** Numbers that are brought here, at most: 16 MB. */
const NUMBERS_MAX = 2e6
/** Products of a round, at most: what a round takes on its way, some milliseconds of one thread. */
const PRODUCTS_MAX = 3e6

/**
 * The blocks, in this process where they are few; what is learnt of them is the same. `HEDDLE_ROWS_STAY=1` leaves all rows
 * where they are.
 * @param numbers how many numbers rows have
 * @param round what a round of them comes to, in products of two numbers
 * @param most the largest round that is worth it
 * @param workers how many workers there are at least, where fewer have a better way
 */
export async function fewHere<T>(
  blocks: Blocks<T>,
  numbers: number,
  round: number,
  most = PRODUCTS_MAX,
  workers = 1,
): Promise<Blocks<T>> {
  if (blocks.isHere || numbers > NUMBERS_MAX || round > most || process.env.HEDDLE_ROWS_STAY === '1')
    return blocks
  const info = await (await currentExecutor()).info?.()
  return info && info.workers.length >= workers ? Blocks.here(await blocks.gather('fit')) : blocks
}
