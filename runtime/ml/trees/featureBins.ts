// Learning the bins of features from rows, wherever they are.

import type { Block } from '../../kernels/ml/block.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { SAMPLE_ROWS } from '../../kernels/ml/trees/binning.ts'
import {
  binsOfColumns,
  columnsOfSample,
  joinSamples,
  type SomeBins,
  sampleOfBlock,
  wholeSample,
} from '../../kernels/ml/trees/learnBins.ts'
import { Blocks } from '../contract/blocks.ts'

/** Bins of all features, and which have missing values. */
export type LearntBins = SomeBins

/** Features whose bins one task learns. */
const COLUMNS_A_TASK = 4

/**
 * Learns bins from the rows.
 * @param starts number of each block's first row
 * @param rows of all blocks
 * @param categorical numbers of the features whose values are categories
 * @throws {MlDataError} when a feature has more than `maxBins` categories
 */
export async function learnBins(
  who: string,
  blocks: Blocks<Block>,
  starts: Blocks<number>,
  rows: number,
  maxBins: number,
  categorical: readonly number[],
): Promise<LearntBins> {
  const share = rows <= SAMPLE_ROWS || categorical.length > 0 ? 1 : SAMPLE_ROWS / rows
  const samples = blocks.map(sampleOfBlock, { who, share }, starts)
  const whole = await samples.together(wholeSample, undefined, null, joinSamples).persist()
  const [columns] = await whole.map(columnsOfSample, undefined).gather()
  const parts = Array.from({ length: Math.ceil(columns / COLUMNS_A_TASK) }, (_, part) =>
    Array.from(
      { length: Math.min(COLUMNS_A_TASK, columns - part * COLUMNS_A_TASK) },
      (_, i) => part * COLUMNS_A_TASK + i,
    ),
  )
  const learnt = await Blocks.here(parts)
    .map(binsOfColumns, { maxBins, categorical }, whole.spread(parts.length))
    .gather()
  whole.release()
  const features = learnt.flatMap((part) => part.features)
  features.forEach((bins, column) => {
    if (bins.kind === 'category' && bins.categories.length > maxBins)
      throw new MlDataError(
        `${who}: feature ${column} has ${bins.categories.length} categories, and at most ${maxBins} (maxBins) fit into a histogram`,
      )
  })
  return { features, hasMissing: learnt.flatMap((part) => part.hasMissing) }
}
