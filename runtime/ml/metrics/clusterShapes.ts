// Metrics of clusters by the rows themselves: how close those of one cluster are, and how far from the others.

import {
  type ClassMoments,
  classMomentsOfBlock,
  mergeClassMoments,
} from '../../kernels/ml/bayes/classMoments.ts'
import type { Column, Sample } from '../../kernels/ml/block.ts'
import { classesOfBlock, mergeClasses } from '../../kernels/ml/classes.ts'
import {
  addDistances,
  addNumbers,
  clusterSizes,
  distancesToCenters,
  silhouettes,
  sumOfCells,
} from '../../kernels/ml/metrics/clusterDistances.ts'
import { MlDataError } from '../../kernels/ml/mlErrors.ts'
import type { MetricName } from '../../kernels/ml/neighbors/nearest.ts'
import type { Blocks } from '../contract/blocks.ts'
import { type Label, type Predicted, predictionsFrom } from '../contract/predictor.ts'
import type { Features, Rows } from '../contract/rows.ts'
import { samplesOf, type Target } from '../contract/samples.ts'

export interface SilhouetteOptions {
  /** How distances are measured; `euclidean`. */
  metric?: MetricName
}

interface Clustered {
  who: string
  rows: Rows
  blocks: Blocks<Sample>
  clusters: readonly Label[]
  moments: ClassMoments
  /** Rows of each cluster. */
  sizes: Float64Array
}

/** @throws {MlDataError} unless there are 2 clusters to one less than there are rows */
async function clustered(who: string, x: Features, labels: Target): Promise<Clustered> {
  const { x: rows, blocks: lazy } = await samplesOf(who, x, labels)
  const blocks = await lazy.persist()
  const clusters = await blocks.map(classesOfBlock, undefined).reduce(mergeClasses)
  const moments = await blocks.map(classMomentsOfBlock, { who, classes: clusters }).reduce(mergeClassMoments)
  const sizes = await blocks.map(clusterSizes, { who, clusters }).reduce(addNumbers)
  const all = sizes.reduce((sum, each) => sum + each, 0)
  if (clusters.length < 2 || clusters.length > all - 1)
    throw new MlDataError(
      `${who} needs 2 to ${Math.max(2, all - 1)} clusters for ${all} rows, and there are ${clusters.length}`,
    )
  return { who, rows, blocks, clusters, moments, sizes }
}

async function silhouettesOf(
  who: string,
  x: Features,
  labels: Target,
  { metric = 'euclidean' }: SilhouetteOptions,
): Promise<{ rows: Rows; cells: Blocks<Column> }> {
  const { rows, blocks, clusters, sizes } = await clustered(who, x, labels)
  const sums = blocks.besideAll(addDistances, { who, clusters, metric })
  return { rows, cells: sums.map(silhouettes, sizes) }
}

/**
 * For each row how much nearer its own cluster is than the next one: −1 to 1. All pairs of rows are looked at, a task a
 * pair of blocks.
 * @example
 * const each = await ml.metrics.silhouetteSamples([[0], [1], [9]], [0, 0, 1])
 * each.toList() // [0.8888888888888888, 0.875, 0]
 */
export async function silhouetteSamples<X extends Features>(
  x: X,
  labels: Target,
  options: SilhouetteOptions = {},
): Promise<Predicted<X>> {
  const { rows, cells } = await silhouettesOf('silhouetteSamples', x, labels, options)
  return predictionsFrom(cells, rows, false) as Predicted<X>
}

/** The mean of `silhouetteSamples`: 1 is best. */
export async function silhouetteScore(
  x: Features,
  labels: Target,
  options: SilhouetteOptions = {},
): Promise<number> {
  const { cells } = await silhouettesOf('silhouetteScore', x, labels, options)
  const [sum, count] = await cells.map(sumOfCells, undefined).reduce(addNumbers)
  return sum / count
}

/** The variance between clusters beside that within them (Calinski and Harabasz, 1974): greater is better. */
export async function calinskiHarabaszScore(x: Features, labels: Target): Promise<number> {
  const { moments, sizes } = await clustered('calinskiHarabaszScore', x, labels)
  const all = sizes.reduce((sum, each) => sum + each, 0)
  let between = 0
  let within = 0
  const columns = moments.moments[0].mean.length
  for (let column = 0; column < columns; column++) {
    const middle = moments.moments.reduce((sum, own, k) => sum + (sizes[k] * own.mean[column]) / all, 0)
    moments.moments.forEach((own, k) => {
      between += sizes[k] * (own.mean[column] - middle) ** 2
      within += own.squares[column]
    })
  }
  if (within === 0) return 1
  return (between * (all - sizes.length)) / (within * (sizes.length - 1))
}

/** How alike each cluster is to the one most like it, in the mean (Davies and Bouldin, 1979): 0 is best. */
export async function daviesBouldinScore(x: Features, labels: Target): Promise<number> {
  const { who, blocks, clusters, moments, sizes } = await clustered('daviesBouldinScore', x, labels)
  const centers = moments.moments.map(({ mean }) => mean)
  const spread = (await blocks.map(distancesToCenters, { who, clusters, centers }).reduce(addNumbers)).map(
    (sum, k) => sum / sizes[k],
  )
  const apart = (a: Float64Array, b: Float64Array): number =>
    Math.sqrt(a.reduce((sum, each, i) => sum + (each - b[i]) ** 2, 0))
  let sum = 0
  centers.forEach((own, i) => {
    let worst = 0
    centers.forEach((other, j) => {
      const distance = i === j ? 0 : apart(own, other)
      if (distance > 0) worst = Math.max(worst, (spread[i] + spread[j]) / distance)
    })
    sum += worst
  })
  return sum / centers.length
}
