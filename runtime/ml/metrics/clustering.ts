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

/** How far pairs of rows agree, corrected for chance (Hubert and Arabie, 1985): 1 is best, 0 what chance gets. */
export async function adjustedRandScore(actual: Target, clusters: Target): Promise<number> {
  const { counts } = await contingency(actual, clusters, {})
  const pairs = (sums: readonly number[]): number =>
    sums.reduce((sum, each) => sum + (each * (each - 1)) / 2, 0)
  const together = pairs(counts.map(([, , weight]) => weight))
  const ofClasses = pairs(margin(counts, 0))
  const ofClusters = pairs(margin(counts, 1))
  const all = pairs([counts.reduce((sum, [, , weight]) => sum + weight, 0)])
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
