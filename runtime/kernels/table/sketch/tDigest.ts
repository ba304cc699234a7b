// Quantiles of many numbers from a few hundred centroids: the merging t-digest of Dunning, "The t-digest: efficient
// estimates of distributions" (2019/2021). Centroids are small at both ends, so that extreme quantiles are the surest.

/** Centroids by value, and what is no ordinary number counted beside them. */
export interface TDigest {
  readonly means: Float64Array
  readonly weights: Float64Array
  readonly min: number
  readonly max: number
  /** Values at both infinities, and NaN, which stands above all numbers. */
  readonly low: number
  readonly high: number
  readonly nan: number
}

/** About how many centroids are kept. */
export const COMPRESSION = 200

/** The digest of numbers in ascending order, NaN last. */
export function digestOf(sorted: ArrayLike<number>, compression = COMPRESSION): TDigest {
  let from = 0
  let to = sorted.length
  while (to > 0 && Number.isNaN(sorted[to - 1])) to--
  const nan = sorted.length - to
  const all = to
  while (to > 0 && sorted[to - 1] === Number.POSITIVE_INFINITY) to--
  const high = all - to
  while (from < to && sorted[from] === Number.NEGATIVE_INFINITY) from++
  const finite = to - from
  const sink = new Centroids(finite, compression)
  for (let i = from; i < to; i++) sink.add(sorted[i], 1)
  return {
    ...sink.state(),
    min: finite > 0 ? sorted[from] : Number.POSITIVE_INFINITY,
    max: finite > 0 ? sorted[to - 1] : Number.NEGATIVE_INFINITY,
    low: from,
    high,
    nan,
  }
}

/** One digest of all that several were made of. */
export function mergeDigests(digests: readonly TDigest[], compression = COMPRESSION): TDigest {
  const all = digests.flatMap(({ means, weights }) => Array.from(means, (mean, i) => [mean, weights[i]]))
  all.sort(([a], [b]) => a - b)
  const total = all.reduce((sum, [, weight]) => sum + weight, 0)
  const sink = new Centroids(total, compression)
  for (const [mean, weight] of all) sink.add(mean, weight)
  const sum = (of: (digest: TDigest) => number): number => digests.reduce((all, each) => all + of(each), 0)
  return {
    ...sink.state(),
    min: Math.min(...digests.map(({ min }) => min)),
    max: Math.max(...digests.map(({ max }) => max)),
    low: sum(({ low }) => low),
    high: sum(({ high }) => high),
    nan: sum(({ nan }) => nan),
  }
}

/** Gathers ascending values into centroids, each as large as the scale k₁ = δ/2π · arcsin(2q − 1) lets it be. */
class Centroids {
  readonly #total: number
  readonly #compression: number
  readonly #means: number[] = []
  readonly #weights: number[] = []
  /** Weight before the last centroid, and how far it may reach, as a share of all. */
  #before = 0
  #limit = 0

  constructor(total: number, compression: number) {
    this.#total = total
    this.#compression = compression
  }

  add(mean: number, weight: number): void {
    const last = this.#means.length - 1
    if (last >= 0 && (this.#before + this.#weights[last] + weight) / this.#total <= this.#limit) {
      const sum = this.#weights[last] + weight
      this.#means[last] += ((mean - this.#means[last]) * weight) / sum
      this.#weights[last] = sum
      return
    }
    if (last >= 0) this.#before += this.#weights[last]
    this.#limit = reach(this.#before / this.#total, this.#compression)
    this.#means.push(mean)
    this.#weights.push(weight)
  }

  state(): { means: Float64Array; weights: Float64Array } {
    return { means: Float64Array.from(this.#means), weights: Float64Array.from(this.#weights) }
  }
}

/** The share that a centroid which begins at share `q` may reach: one step of the scale. */
function reach(q: number, compression: number): number {
  const angle = Math.asin(2 * Math.min(1, q) - 1) + (2 * Math.PI) / compression
  return angle >= Math.PI / 2 ? 1 : (Math.sin(angle) + 1) / 2
}

/** The value below which a share `q` of all lies, nothing for no values. */
export function quantileOf(digest: TDigest, q: number): number | null {
  const { means, weights, min, max, low, high, nan } = digest
  const finite = weights.reduce((sum, weight) => sum + weight, 0)
  const total = finite + low + high + nan
  if (total === 0) return null
  // Ranks from 0 to total − 1, as of the sorted values themselves.
  const rank = q * (total - 1) - low
  if (rank < 0 && low > 0) return Number.NEGATIVE_INFINITY
  if (rank > finite - 1 && high + nan > 0)
    return rank > finite + high - 1 && nan > 0 ? Number.NaN : Number.POSITIVE_INFINITY
  // A centroid of weight w stands in the middle of its w ranks; between two of them values are spread evenly.
  let [fromRank, fromValue] = [0, min]
  let before = 0
  for (let i = 0; i < means.length; i++) {
    const toRank = before + (weights[i] - 1) / 2
    const toValue = means[i]
    if (rank <= toRank) return between(rank, fromRank, fromValue, toRank, toValue)
    ;[fromRank, fromValue] = [toRank, toValue]
    before += weights[i]
  }
  return between(rank, fromRank, fromValue, finite - 1, max)
}

function between(rank: number, from: number, low: number, to: number, high: number): number {
  return to <= from ? high : low + ((high - low) * (rank - from)) / (to - from)
}
