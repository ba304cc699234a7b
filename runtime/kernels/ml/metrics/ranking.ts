// How good an order is, and which way each row should move in it: pure functions of one query's rows.

/** What a relevance is worth: itself, or 2^relevance − 1. */
export type Gain = 'linear' | 'exponential'

export const gainOf = (gain: Gain, relevance: number): number =>
  gain === 'linear' ? relevance : 2 ** relevance - 1

/** What the place counts, from 0; nothing from `k` on. */
const discountOf = (place: number, k: number): number => (place < k ? 1 / Math.log2(place + 2) : 0)

/** Places in falling order of scores, equal ones in the order of rows. */
export function orderOf(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => scores[b] - scores[a] || a - b,
  )
}

/** The most that an order can gain: Järvelin and Kekäläinen, "Cumulated gain-based evaluation" (2002). */
export function bestGain(relevance: ArrayLike<number>, k: number, gain: Gain): number {
  const sorted = Float64Array.from(relevance).sort().reverse()
  return sorted.reduce((sum, each, place) => sum + gainOf(gain, each) * discountOf(place, k), 0)
}

/**
 * The share of the most that could be gained; rows of equal scores share their places' discounts. 0 where nothing is
 * relevant, as scikit-learn.
 * @param k places that count
 */
export function ndcgOf(
  relevance: ArrayLike<number>,
  scores: ArrayLike<number>,
  k: number,
  gain: Gain,
): number {
  const most = bestGain(relevance, k, gain)
  if (most === 0) return 0
  const order = orderOf(scores)
  let sum = 0
  for (let from = 0; from < order.length; ) {
    let gains = 0
    let discounts = 0
    let to = from
    for (; to < order.length && scores[order[to]] === scores[order[from]]; to++) {
      gains += gainOf(gain, relevance[order[to]])
      discounts += discountOf(to, k)
    }
    sum += (gains / (to - from)) * discounts
    from = to
  }
  return sum / most
}

/**
 * LambdaRank's derivatives (Burges, "From RankNet to LambdaRank to LambdaMART", 2010): for each pair of different relevance
 * the chance of a wrong order, times what exchanging the two would change of the NDCG. They are added to the lists.
 * @param from, to the query's rows
 */
export function addLambdas(
  relevance: Float64Array,
  scores: Float64Array,
  from: number,
  to: number,
  k: number,
  gradients: Float64Array,
  hessians: Float64Array,
): void {
  const own = relevance.subarray(from, to)
  const most = bestGain(own, k, 'exponential')
  if (most === 0) return
  const order = orderOf(scores.subarray(from, to))
  for (let i = 0; i < order.length; i++)
    for (let j = i + 1; j < order.length; j++) {
      // Beyond k no exchange changes anything.
      if (i >= k) return
      const a = from + order[i]
      const b = from + order[j]
      if (relevance[a] === relevance[b]) continue
      const high = relevance[a] > relevance[b] ? a : b
      const low = high === a ? b : a
      const exchange =
        (Math.abs(gainOf('exponential', relevance[a]) - gainOf('exponential', relevance[b])) *
          (discountOf(i, k) - discountOf(j, k))) /
        most
      const wrong = 1 / (1 + Math.exp(scores[high] - scores[low]))
      gradients[high] -= exchange * wrong
      gradients[low] += exchange * wrong
      const curvature = exchange * wrong * (1 - wrong)
      hessians[high] += curvature
      hessians[low] += curvature
    }
}
