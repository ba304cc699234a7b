// Metrics of orders.

import type { Column } from '../../kernels/ml/block.ts'
import { type Gain, ndcgOf, queryStarts } from '../../kernels/ml/metrics/ranking.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { Blocks } from '../contract/blocks.ts'
import type { Target } from '../contract/samples.ts'
import { pairsOf } from './pairs.ts'

export interface RankingOptions {
  /** A query a row: rows of one query stand together. All rows are one query where absent. */
  query?: Target
  /** Places that count; Infinity. */
  k?: number
  /** What a relevance is worth: itself, or 2^relevance − 1; `linear`, as scikit-learn. */
  gain?: Gain
}

/** All cells, here. */
export const cellsHere = async (blocks: Blocks<Column>): Promise<(string | number | null)[]> =>
  (await blocks.gather()).flatMap((cells) => Array.from<string | number | null>(cells))

/**
 * Normalized discounted cumulative gain: how near orders are to the best ones, the mean over queries; 1 is best.
 * @example await ml.metrics.ndcgScore([3, 2, 0], [0.9, 0.5, 0.1]) // 1
 */
export async function ndcgScore(
  relevance: Target,
  scores: Target,
  { query, k = Number.POSITIVE_INFINITY, gain = 'linear' }: RankingOptions = {},
): Promise<number> {
  const pairs = await (await pairsOf(relevance, scores, {})).gather()
  const actual = pairs.flatMap((each) => Array.from(each.actual as Float64Array))
  const predicted = pairs.flatMap((each) => Array.from(each.predicted as Float64Array))
  if (actual.length === 0) throw new MlDataError('there are no rows to order')
  if (actual.some((each) => each < 0)) throw new MlDataError('relevances are numbers ≥ 0')
  const queries =
    query === undefined
      ? actual.map(() => 0)
      : (await (await pairsOf(query, query, {})).gather()).flatMap((each) =>
          Array.from<string | number | null>(each.actual),
        )
  if (queries.length !== actual.length)
    throw new MlDataError(
      `there are ${actual.length} rows, and query has ${queries.length} values: there must be one a row`,
    )
  const starts = queryStarts(queries)
  let sum = 0
  for (let q = 0; q + 1 < starts.length; q++)
    sum += ndcgOf(actual.slice(starts[q], starts[q + 1]), predicted.slice(starts[q], starts[q + 1]), k, gain)
  return sum / (starts.length - 1)
}
