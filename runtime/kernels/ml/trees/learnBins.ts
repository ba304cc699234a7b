// Bins are learnt from a sample of all blocks' rows: brought together by one task, then some features to a task.

import { keepsNothing, kernel } from '../../kernel.ts'
import { type Block, denseOf } from '../block.ts'
import { joinNumbers } from '../blockParts.ts'
import { categoryBins, type FeatureBins, numericBins, sampleRows } from './binning.ts'

/** Values of some rows, by column; and which columns have missing values in any row. */
export interface BinSample {
  values: Float64Array[]
  missing: boolean[]
}

/** The values that a block's features tell of themselves. */
export const sampleOfBlock = keepsNothing(
  kernel(
    'ml.boost.sample',
    (state: { who: string; share: number }, block: Block, start: number): BinSample => {
      const { data, rows, columns } = denseOf(block, state.who)
      const missing = Array.from({ length: columns }, () => false)
      for (let row = 0, at = 0; row < rows; row++)
        for (let column = 0; column < columns; column++, at++)
          if (Number.isNaN(data[at])) missing[column] = true
      return { values: sampleRows(data, rows, columns, start, state.share), missing }
    },
  ),
)

/** Samples of some blocks as one. */
export const joinSamples = keepsNothing(
  kernel('ml.boost.joinSamples', (samples: readonly BinSample[]): BinSample => {
    const known = samples.filter(({ values }) => values.length > 0)
    const columns = known.length > 0 ? known[0].values.length : 0
    return {
      values: Array.from({ length: columns }, (_, column) =>
        joinNumbers(known.map(({ values }) => values[column])),
      ),
      missing: Array.from({ length: columns }, (_, column) => known.some(({ missing }) => missing[column])),
    }
  }),
)

/** All blocks' samples as one. */
export const wholeSample = keepsNothing(
  kernel(
    'ml.boost.wholeSample',
    (_state: undefined, _before: null, samples: readonly BinSample[]): BinSample => joinSamples(samples),
  ),
)

export const columnsOfSample = keepsNothing(
  kernel('ml.boost.columnsOfSample', (_: undefined, { values }: BinSample): number => values.length),
)

/** Bins of some features. */
export interface SomeBins {
  features: FeatureBins[]
  hasMissing: boolean[]
}

/** The bins of some columns. */
export const binsOfColumns = keepsNothing(
  kernel(
    'ml.boost.bins',
    (
      { maxBins, categorical }: { maxBins: number; categorical: readonly number[] },
      columns: readonly number[],
      { values, missing }: BinSample,
    ): SomeBins => ({
      features: columns.map((column) =>
        categorical.includes(column)
          ? categoryBins(values[column])
          : numericBins(values[column].slice(), maxBins),
      ),
      hasMissing: columns.map((column) => missing[column]),
    }),
  ),
)
