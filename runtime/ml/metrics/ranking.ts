// Metrics of orders.

import { joinOrders, orderOfBlock, ordersOfBlock } from '../../kernels/ml/metrics/queryRuns.ts'
import type { Gain } from '../../kernels/ml/metrics/ranking.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import { columnFor, type Target } from '../contract/samples.ts'
import { rowsWithPairs } from './pairs.ts'

export interface RankingOptions {
  /** A query a row: rows of one query stand together. All rows are one query where absent. */
  query?: Target
  /** Places that count; Infinity. */
  k?: number
  /** What a relevance is worth: itself, or 2^relevance − 1; `linear`, as scikit-learn. */
  gain?: Gain
}

/**
 * Normalized discounted cumulative gain: how near orders are to the best ones, the mean over queries; 1 is best.
 * @example await ml.metrics.ndcgScore([3, 2, 0], [0.9, 0.5, 0.1]) // 1
 */
export async function ndcgScore(
  relevance: Target,
  scores: Target,
  { query, k = Number.POSITIVE_INFINITY, gain = 'linear' }: RankingOptions = {},
): Promise<number> {
  if (typeof query === 'string') throw new MlDataError('query is a value a row, not the name of a column')
  const { rows, pairs } = await rowsWithPairs(relevance, scores, {})
  const state = { k, gain }
  const blocks = await (query === undefined
    ? pairs.map(orderOfBlock, state)
    : pairs.map(ordersOfBlock, state, await columnFor('a metric', rows, rows, query, 'query'))
  ).gather()
  if (blocks.some(({ leastRelevance }) => leastRelevance < 0))
    throw new MlDataError('relevances are numbers ≥ 0')
  const all = joinOrders(blocks, k, gain)
  if (all.length === 0) throw new MlDataError('there are no rows to order')
  return all.reduce((sum, each) => sum + each, 0) / all.length
}
