// LambdaRank (Burges, "From RankNet to LambdaRank to LambdaMART", 2010): gradients that pull the more relevant rows of a
// query up, by how much a swap of the two would change NDCG.

/** Queries of a block: `starts` has one number more than there are queries. */
export interface RankingGroups {
  starts: Int32Array
}

const gainOf = (relevance: number): number => 2 ** relevance - 1
const discountOf = (rank: number): number => 1 / Math.log2(rank + 2)

/** Rows of a query in the order of rising rank: the highest score first, equals in the order of rows. */
function ranked(scores: Float64Array, from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) => scores[b] - scores[a] || a - b)
}

/** The greatest discounted gain that a query can have. */
function idealGain(relevance: Float64Array, from: number, to: number): number {
  const sorted = relevance.slice(from, to).sort().reverse()
  return sorted.reduce((sum, each, rank) => sum + gainOf(each) * discountOf(rank), 0)
}

/** Gradients and hessians, one a row, of the pairs of each query whose relevances differ. */
export function lambdaGradients(
  { starts }: RankingGroups,
  relevance: Float64Array,
  weight: Float64Array | null,
  scores: Float64Array,
  gradients: Float64Array,
  hessians: Float64Array,
): void {
  gradients.fill(0)
  hessians.fill(0)
  for (let query = 0; query + 1 < starts.length; query++) {
    const from = starts[query]
    const to = starts[query + 1]
    const ideal = idealGain(relevance, from, to)
    if (ideal === 0) continue
    const order = ranked(scores, from, to)
    for (let i = 0; i < order.length; i++)
      for (let j = i + 1; j < order.length; j++) {
        const [a, b] = [order[i], order[j]]
        if (relevance[a] === relevance[b]) continue
        const [high, low] = relevance[a] > relevance[b] ? [a, b] : [b, a]
        const change =
          (Math.abs(gainOf(relevance[a]) - gainOf(relevance[b])) * Math.abs(discountOf(i) - discountOf(j))) /
          ideal
        const wrong = 1 / (1 + Math.exp(scores[high] - scores[low]))
        const w = (weight ? weight[from] : 1) * change
        gradients[high] -= w * wrong
        gradients[low] += w * wrong
        hessians[high] += w * wrong * (1 - wrong)
        hessians[low] += w * wrong * (1 - wrong)
      }
  }
}

/** Sum of NDCG over the queries of a block that have a relevant row, and how many those are. */
export function ndcgOf(
  { starts }: RankingGroups,
  relevance: Float64Array,
  scores: Float64Array,
): [sum: number, queries: number] {
  let sum = 0
  let queries = 0
  for (let query = 0; query + 1 < starts.length; query++) {
    const ideal = idealGain(relevance, starts[query], starts[query + 1])
    if (ideal === 0) continue
    queries++
    ranked(scores, starts[query], starts[query + 1]).forEach((row, rank) => {
      sum += (gainOf(relevance[row]) * discountOf(rank)) / ideal
    })
  }
  return [sum, queries]
}
