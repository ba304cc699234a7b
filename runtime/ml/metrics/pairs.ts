// Targets and predictions, whatever they came as, in blocks that belong together.

import { isChunked } from '../../collections/array/chunkedArray.ts'
import { NODE } from '../../collections/array/operands.ts'
import { Bag } from '../../collections/bag/bag.ts'
import { DataFrame } from '../../collections/dataframe/dataframe.ts'
import { NdArray } from '../../kernels/array/ndArray.ts'
import type { Column } from '../../kernels/ml/block.ts'
import {
  cellsFromValues,
  columnFromArray,
  columnFromItems,
  numbersOfArray,
} from '../../kernels/ml/convert.ts'
import { blockOfColumn, type Pairs, pairsOfBlock } from '../../kernels/ml/metrics/pairs.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { Blocks } from '../contract/blocks.ts'
import { Rows } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target, tableColumn } from '../contract/samples.ts'

/** Blocks of targets with predictions and weights. */
export async function pairsOf(
  actual: Target,
  predicted: Target,
  options: FitOptions,
): Promise<Blocks<Pairs>> {
  const { blocks } = await samplesOf('a metric', await columnRows(actual), predicted, options)
  return blocks.map(pairsOfBlock, undefined)
}

/** A target as rows of one column. */
async function columnRows(target: Target): Promise<Rows> {
  if (isChunked(target)) {
    const flat = target.ndim === 1 ? target : target.reshape([-1])
    const [lengths] = flat.chunks
    const cells = Blocks.lazy<NdArray>(flat[NODE], lengths.length).map(columnFromArray, undefined)
    return new Rows(cells.map(blockOfColumn, undefined), 1, lengths)
  }
  if (target instanceof DataFrame) {
    if (target.columns.length !== 1)
      throw new MlDataError(
        `metrics take one column, and this table has ${target.columns.length}: select one`,
      )
    await target.prepare()
    return new Rows(tableColumn(target, target.columns[0]).map(blockOfColumn, undefined), 1)
  }
  if (target instanceof Bag) {
    await target.prepare()
    const items = Blocks.lazy<unknown[]>(target.node, target.partitions)
    return new Rows(items.map(columnFromItems, undefined).map(blockOfColumn, undefined), 1)
  }
  if (target instanceof Blocks) return new Rows(target.map(blockOfColumn, undefined), 1)
  if (typeof target === 'string') throw new MlDataError('metrics take targets, not the name of a column')
  const cells: Column =
    target instanceof NdArray
      ? numbersOfArray(target)
      : cellsFromValues(Array.from(target as ArrayLike<unknown>))
  return new Rows(Blocks.here([blockOfColumn(undefined, cells)]), 1, [cells.length])
}
