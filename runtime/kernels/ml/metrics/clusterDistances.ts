// How near rows are to their own cluster and to the others: sums of distances, a state a block.

import { kernel } from '../../kernel.ts'
import { type Column, denseOf, type Sample } from '../block.ts'
import { classPlaces } from '../classes.ts'
import { apart, type MetricName } from '../neighbors/nearest.ts'

export interface ClusterNames {
  who: string
  clusters: readonly (number | string)[]
}

/** How many rows of a block each cluster has. */
export const clusterSizes = kernel(
  'ml.clusterSizes',
  ({ clusters }: ClusterNames, { y }: Sample): Float64Array => {
    const sizes = new Float64Array(clusters.length)
    for (const place of classPlaces(clusters, y)) sizes[place]++
    return sizes
  },
)

export const addNumbers = kernel(
  'ml.addCounts',
  (a: Float64Array, b: Float64Array): Float64Array => a.map((each, i) => each + b[i]),
)

/** Sums of distances, rows × clusters, and the rows' own clusters. */
export interface DistanceSums {
  own: Int32Array
  sums: Float64Array
}

/** Adds the distances of a block's rows to those of another block, by the others' clusters. */
export const addDistances = kernel(
  'ml.addDistances',
  (
    { who, clusters, metric }: ClusterNames & { metric: MetricName },
    known: DistanceSums | null,
    sample: Sample,
    other: Sample,
  ): DistanceSums => {
    const a = denseOf(sample.x, who)
    const b = denseOf(other.x, who)
    const places = classPlaces(clusters, other.y)
    const sums = known ? known.sums.slice() : new Float64Array(a.rows * clusters.length)
    for (let row = 0; row < a.rows; row++)
      for (let at = 0; at < b.rows; at++) {
        const distance = apart(
          metric,
          a.data,
          row * a.columns,
          b.data,
          at * b.columns,
          a.columns,
          Number.POSITIVE_INFINITY,
        )
        sums[row * clusters.length + places[at]] += metric === 'euclidean' ? Math.sqrt(distance) : distance
      }
    return { own: known?.own ?? classPlaces(clusters, sample.y), sums }
  },
)

/** Silhouettes: Rousseeuw, "Silhouettes: a graphical aid" (1987); 0 for the only row of a cluster. */
export const silhouettes = kernel(
  'ml.silhouettes',
  (sizes: Float64Array, { own, sums }: DistanceSums): Column => {
    const clusters = sizes.length
    return Float64Array.from(own, (cluster, row) => {
      if (sizes[cluster] === 1) return 0
      const within = sums[row * clusters + cluster] / (sizes[cluster] - 1)
      let nearest = Number.POSITIVE_INFINITY
      for (let k = 0; k < clusters; k++)
        if (k !== cluster) nearest = Math.min(nearest, sums[row * clusters + k] / sizes[k])
      const most = Math.max(within, nearest)
      return most === 0 ? 0 : (nearest - within) / most
    })
  },
)

/** Sums of a column and of how many cells there are. */
export const sumOfCells = kernel('ml.sumOfCells', (_: unknown, cells: Column): Float64Array => {
  let sum = 0
  for (const each of cells as Float64Array) sum += each
  return Float64Array.of(sum, cells.length)
})

/** By cluster the sum of its rows' distances to its center. */
export const distancesToCenters = kernel(
  'ml.distancesToCenters',
  (
    { who, clusters, centers }: ClusterNames & { centers: readonly Float64Array[] },
    { x, y }: Sample,
  ): Float64Array => {
    const { data, columns } = denseOf(x, who)
    const sums = new Float64Array(clusters.length)
    classPlaces(clusters, y).forEach((place, row) => {
      sums[place] += Math.sqrt(
        apart('euclidean', data, row * columns, centers[place], 0, columns, Number.POSITIVE_INFINITY),
      )
    })
    return sums
  },
)
