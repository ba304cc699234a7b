// Metrics of clusters beside known classes.

import type { LabelCounts } from '../../kernels/ml/metrics/pairs.ts'
import type { Target } from '../contract/samples.ts'
import { contingency } from './classification.ts'

const margin = (counts: LabelCounts, side: 0 | 1): number[] => {
  const sums = new Map<number | string, number>()
  for (const each of counts) sums.set(each[side], (sums.get(each[side]) ?? 0) + each[2])
  return [...sums.values()]
}

const entropy = (sums: readonly number[]): number => {
  const all = sums.reduce((sum, each) => sum + each, 0)
  return sums.reduce((sum, each) => (each > 0 ? sum - (each / all) * Math.log(each / all) : sum), 0)
}

/** Entropies of classes and clusters, and what they tell of one another, in nats. */
async function information(
  actual: Target,
  clusters: Target,
): Promise<{ classes: number; found: number; mutual: number }> {
  const { counts } = await contingency(actual, clusters, {})
  const classes = entropy(margin(counts, 0))
  const found = entropy(margin(counts, 1))
  const mutual = classes + found - entropy(counts.map(([, , weight]) => weight))
  return { classes, found, mutual: Math.max(0, mutual) }
}

/** How many pairs of rows are together: in both, in a class, in a cluster; and all pairs. */
async function pairCounts(
  actual: Target,
  clusters: Target,
): Promise<{ together: number; ofClasses: number; ofClusters: number; all: number }> {
  const { counts } = await contingency(actual, clusters, {})
  const pairs = (sums: readonly number[]): number =>
    sums.reduce((sum, each) => sum + (each * (each - 1)) / 2, 0)
  const sizes = counts.map(([, , weight]) => weight)
  return {
    together: pairs(sizes),
    ofClasses: pairs(margin(counts, 0)),
    ofClusters: pairs(margin(counts, 1)),
    all: pairs([sizes.reduce((sum, each) => sum + each, 0)]),
  }
}

/** How far pairs of rows agree, corrected for chance (Hubert and Arabie, 1985): 1 is best, 0 what chance gets. */
export async function adjustedRandScore(actual: Target, clusters: Target): Promise<number> {
  const { together, ofClasses, ofClusters, all } = await pairCounts(actual, clusters)
  const expected = all === 0 ? 0 : (ofClasses * ofClusters) / all
  const most = (ofClasses + ofClusters) / 2
  return most === expected ? 1 : (together - expected) / (most - expected)
}

/** Mutual information by the mean of both entropies: 0 to 1. */
export async function normalizedMutualInfoScore(actual: Target, clusters: Target): Promise<number> {
  const { classes, found, mutual } = await information(actual, clusters)
  return classes + found === 0 ? 1 : (2 * mutual) / (classes + found)
}

/** Whether clusters hold rows of one class only: 0 to 1. */
export async function homogeneityScore(actual: Target, clusters: Target): Promise<number> {
  const { classes, mutual } = await information(actual, clusters)
  return classes === 0 ? 1 : mutual / classes
}

/** Whether rows of a class are in one cluster: 0 to 1. */
export async function completenessScore(actual: Target, clusters: Target): Promise<number> {
  const { found, mutual } = await information(actual, clusters)
  return found === 0 ? 1 : mutual / found
}

/**
 * The weighted harmonic mean of homogeneity and completeness: 0 to 1.
 * @param options `beta` > 1 makes completeness count more; 1
 */
export async function vMeasureScore(
  actual: Target,
  clusters: Target,
  { beta = 1 }: { beta?: number } = {},
): Promise<number> {
  const { classes, found, mutual } = await information(actual, clusters)
  const homogeneity = classes === 0 ? 1 : mutual / classes
  const completeness = found === 0 ? 1 : mutual / found
  const sum = beta * homogeneity + completeness
  return sum === 0 ? 0 : ((1 + beta) * homogeneity * completeness) / sum
}

/** What classes and clusters tell of one another, in nats. */
export const mutualInfoScore = async (actual: Target, clusters: Target): Promise<number> =>
  (await information(actual, clusters)).mutual

/** Mutual information, corrected for chance (Vinh, Epps and Bailey, 2010): 1 is best, 0 what chance gets. */
export async function adjustedMutualInfoScore(actual: Target, clusters: Target): Promise<number> {
  const { counts } = await contingency(actual, clusters, {})
  const classSizes = margin(counts, 0)
  const clusterSizes = margin(counts, 1)
  const rows = classSizes.reduce((sum, each) => sum + each, 0)
  if (classSizes.length === clusterSizes.length && (classSizes.length <= 1 || classSizes.length === rows))
    return 1
  const classes = entropy(classSizes)
  const found = entropy(clusterSizes)
  const mutual = Math.max(0, classes + found - entropy(counts.map(([, , weight]) => weight)))
  const expected = expectedMutual(classSizes, clusterSizes, rows)
  const most = (classes + found) / 2 - expected
  // As scikit-learn: never 0, and of its own sign.
  const divisor = most < 0 ? Math.min(most, -Number.EPSILON) : Math.max(most, Number.EPSILON)
  return (mutual - expected) / divisor
}

/** What mutual information is in the mean, over all tables of these margins. */
function expectedMutual(a: readonly number[], b: readonly number[], rows: number): number {
  const logFactorial = new Float64Array(rows + 1)
  for (let n = 2; n <= rows; n++) logFactorial[n] = logFactorial[n - 1] + Math.log(n)
  const f = logFactorial
  let sum = 0
  for (const own of a)
    for (const other of b)
      for (let n = Math.max(1, own + other - rows); n <= Math.min(own, other); n++) {
        const chance =
          f[own] +
          f[other] +
          f[rows - own] +
          f[rows - other] -
          (f[rows] + f[n] + f[own - n] + f[other - n] + f[rows - own - other + n])
        sum += (n / rows) * Math.log((rows * n) / (own * other)) * Math.exp(chance)
      }
  return sum
}

/** The geometric mean of precision and recall of pairs of rows that are together (Fowlkes and Mallows, 1983). */
export async function fowlkesMallowsScore(actual: Target, clusters: Target): Promise<number> {
  const { together, ofClasses, ofClusters } = await pairCounts(actual, clusters)
  return together === 0 ? 0 : Math.sqrt(together / ofClasses) * Math.sqrt(together / ofClusters)
}

/** The share of pairs of rows that both say alike of: together or apart. */
export async function randScore(actual: Target, clusters: Target): Promise<number> {
  const { together, ofClasses, ofClusters, all } = await pairCounts(actual, clusters)
  return all === 0 ? 1 : (all + 2 * together - ofClasses - ofClusters) / all
}
