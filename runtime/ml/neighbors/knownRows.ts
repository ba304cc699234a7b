// What models of neighbours share: they remember the rows that they were fitted with.

import { type DenseBlock, denseOf } from '../../kernels/ml/block.ts'
import { stackRows } from '../../kernels/ml/blockParts.ts'
import { denseRows } from '../../kernels/ml/denseRows.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { KnownRows, MetricName } from '../../kernels/ml/neighbors/nearest.ts'
import { ParameterError, requireCounts } from '../contract/estimator.ts'
import type { Rows } from '../contract/rows.ts'

export interface NeighborsParams {
  /** How many neighbours; 5. */
  nNeighbors: number
  /** How distances are measured; `euclidean`. */
  metric: MetricName
}

export interface VotingParams extends NeighborsParams {
  /** Whether all neighbours count alike, or by 1/distance; `uniform`. */
  weights: 'uniform' | 'distance'
}

/** The rows of a model: numbers row by row. */
export interface RememberedRows {
  columns: number
  rows: number
  data: Float64Array
}

export function checkNeighbors(kind: string, { nNeighbors, metric }: NeighborsParams): void {
  requireCounts(kind, { nNeighbors })
  if (!['euclidean', 'manhattan', 'chebyshev'].includes(metric))
    throw new ParameterError(`metric of ${kind} is euclidean, manhattan or chebyshev, not ${metric}`)
}

/** Brings all rows here: a model of neighbours is its rows. */
export async function remembered(who: string, rows: Rows): Promise<RememberedRows> {
  const parts = await rows.blocks.map(denseRows, who).gather()
  const whole = denseOf(stackRows(parts.map(({ x }) => x)), who)
  return { columns: whole.columns, rows: whole.rows, data: whole.data }
}

/** @throws {MlDataError} when there are fewer rows than neighbours */
export function knownOf(
  who: string,
  { columns, rows, data }: RememberedRows,
  { nNeighbors, metric }: NeighborsParams,
): KnownRows {
  if (nNeighbors > rows)
    throw new MlDataError(`${who} looks for ${nNeighbors} neighbours, and was fitted with only ${rows} rows`)
  const x: DenseBlock = { kind: 'dense', rows, columns, data }
  return { who, x, metric, count: nNeighbors }
}
