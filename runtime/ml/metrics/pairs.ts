// Targets and predictions, whatever they came as, in blocks that belong together.

import { isChunked } from '../../collections/array/chunkedArray.ts'
import { NODE } from '../../collections/array/operands.ts'
import { Bag } from '../../collections/bag/bag.ts'
import { DataFrame } from '../../collections/dataframe/dataframe.ts'
import { NdArray } from '../../kernels/array/ndArray.ts'
import type { Column } from '../../kernels/ml/block.ts'
import { blockOfColumn, type Pairs, pairsOfBlock } from '../../kernels/ml/metrics/pairs.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { targetFromArray, targetFromItems, targetFromValues } from '../../kernels/ml/targets.ts'
import { Blocks } from '../contract/blocks.ts'
import { Rows } from '../contract/rows.ts'
import { type FitOptions, samplesOf, type Target, tableColumn } from '../contract/samples.ts'

/** Blocks of targets with predictions and weights. */
export async function pairsOf(
  actual: Target,
  predicted: Target,
  options: FitOptions,
): Promise<Blocks<Pairs>> {
  return (await rowsWithPairs(actual, predicted, options)).pairs
}

/** The same, and the targets as rows, as which further columns are to be cut. */
export async function rowsWithPairs(
  actual: Target,
  predicted: Target,
  options: FitOptions,
): Promise<{ rows: Rows; pairs: Blocks<Pairs> }> {
  const { x, blocks } = await samplesOf(ROLE.who, await columnRows(actual), predicted, options)
  return { rows: x, pairs: blocks.map(pairsOfBlock, ROLE.who) }
}

const ROLE = { who: 'a metric', name: 'y' }

/** A target as rows of one column. */
async function columnRows(target: Target): Promise<Rows> {
  if (isChunked(target)) {
    const flat = target.ndim === 1 ? target : target.reshape([-1])
    const [lengths] = flat.chunks
    const cells = Blocks.lazy<NdArray>(flat[NODE], lengths.length).map(targetFromArray, ROLE)
    return new Rows(cells.map(blockOfColumn, undefined), 1, lengths)
  }
  if (target instanceof DataFrame) {
    if (target.columns.length !== 1)
      throw new MlDataError(
        `metrics take one column, and this table has ${target.columns.length}: select one`,
      )
    await target.prepare()
    return new Rows(tableColumn(target, target.columns[0], ROLE).map(blockOfColumn, undefined), 1)
  }
  if (target instanceof Bag) {
    await target.prepare()
    const items = Blocks.lazy<unknown[]>(target.node, target.partitions)
    return new Rows(items.map(targetFromItems, ROLE).map(blockOfColumn, undefined), 1)
  }
  if (target instanceof Blocks) return new Rows(target.map(blockOfColumn, undefined), 1)
  if (typeof target === 'string') throw new MlDataError('metrics take targets, not the name of a column')
  const cells: Column =
    target instanceof NdArray
      ? targetFromArray(ROLE, target)
      : targetFromValues(ROLE, Array.from(target as ArrayLike<unknown>))
  return new Rows(Blocks.here([blockOfColumn(undefined, cells)]), 1, [cells.length])
}
