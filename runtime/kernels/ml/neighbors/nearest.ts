// The nearest of known rows, by looking at all of them.

import { FLOAT64 } from '../../array/dtype.ts'
import { NdArray } from '../../array/ndArray.ts'
import { kernel } from '../../kernel.ts'
import {
  type Block,
  type Column,
  type DenseBlock,
  denseBlock,
  denseOf,
  requireColumns,
  requireFinite,
} from '../block.ts'

export type MetricName = 'euclidean' | 'manhattan' | 'chebyshev'

/** Rows that are known, and how far is measured. */
export interface KnownRows {
  who: string
  x: DenseBlock
  metric: MetricName
  count: number
}

/** For each row the nearest known ones: `count` places and distances, nearest first. */
export interface Neighbors {
  places: Int32Array
  distances: Float64Array
}

/** Known rows that are compared with some rows at a time: they stay in the cache meanwhile. */
const TILE_BYTES = 256 * 1024

/** The nearest of the known rows; of equal distances that of the lower number comes first. */
export function nearestRows({ who, x, metric, count }: KnownRows, block: Block): Neighbors {
  requireColumns(block, x.columns, who)
  requireFinite(block, who)
  const { rows, columns, data } = denseOf(block, who)
  const places = new Int32Array(rows * count).fill(-1)
  const distances = new Float64Array(rows * count).fill(Number.POSITIVE_INFINITY)
  const tile = Math.max(1, Math.floor(TILE_BYTES / (8 * Math.max(1, columns))))
  for (let from = 0; from < x.rows; from += tile) {
    const to = Math.min(x.rows, from + tile)
    for (let row = 0; row < rows; row++) {
      const own = row * columns
      const base = row * count
      let worst = distances[base + count - 1]
      for (let other = from; other < to; other++) {
        const distance = apart(metric, data, own, x.data, other * columns, columns, worst)
        if (!(distance < worst)) continue
        let at = base + count - 1
        for (; at > base && distances[at - 1] > distance; at--) {
          distances[at] = distances[at - 1]
          places[at] = places[at - 1]
        }
        distances[at] = distance
        places[at] = other
        worst = distances[base + count - 1]
      }
    }
  }
  if (metric === 'euclidean')
    for (let i = 0; i < distances.length; i++) distances[i] = Math.sqrt(distances[i])
  return { places, distances }
}

/** A distance, or its square; it may end early once it is beyond `enough`. */
export function apart(
  metric: MetricName,
  a: Float64Array,
  from: number,
  b: Float64Array,
  to: number,
  columns: number,
  enough: number,
): number {
  let sum = 0
  if (metric === 'euclidean')
    for (let i = 0; i < columns; ) {
      for (const end = Math.min(columns, i + 8); i < end; i++) {
        const each = a[from + i] - b[to + i]
        sum += each * each
      }
      if (sum > enough) return sum
    }
  else if (metric === 'manhattan') for (let i = 0; i < columns; i++) sum += Math.abs(a[from + i] - b[to + i])
  else for (let i = 0; i < columns; i++) sum = Math.max(sum, Math.abs(a[from + i] - b[to + i]))
  return sum
}

/** Distances to the nearest, rows × count. */
export const neighborDistances = kernel(
  'ml.neighborDistances',
  (known: KnownRows, block: Block): NdArray =>
    new NdArray(FLOAT64, [block.rows, known.count], nearestRows(known, block).distances) as NdArray,
)

/** Places of the nearest among the known rows, rows × count. */
export const neighborPlaces = kernel(
  'ml.neighborPlaces',
  (known: KnownRows, block: Block): NdArray =>
    new NdArray(
      FLOAT64,
      [block.rows, known.count],
      Float64Array.from(nearestRows(known, block).places),
    ) as NdArray,
)

/** Known rows with what they are: numbers, or places of classes. */
export interface KnownTargets extends KnownRows {
  target: Float64Array
  /** Whether near ones count more: by 1/distance. */
  byDistance: boolean
  /** How many classes there are; 0 for numbers. */
  classes: number
}

/** What the neighbours of one row weigh: at distance 0, those alone. */
function weightsOf(distances: Float64Array, byDistance: boolean): Float64Array {
  if (!byDistance) return new Float64Array(distances.length).fill(1)
  const meets = distances.some((each) => each === 0)
  return distances.map((each) => (meets ? (each === 0 ? 1 : 0) : 1 / each))
}

/** The mean of the neighbours' numbers. */
export const neighborMeans = kernel('ml.neighborMeans', (known: KnownTargets, block: Block): Column => {
  const { places, distances } = nearestRows(known, block)
  return Float64Array.from({ length: block.rows }, (_, row) => {
    const from = row * known.count
    const weights = weightsOf(distances.subarray(from, from + known.count), known.byDistance)
    let sum = 0
    let all = 0
    weights.forEach((weight, i) => {
      sum += weight * known.target[places[from + i]]
      all += weight
    })
    return sum / all
  })
})

/** The share of each class among the neighbours. */
export const neighborShares = kernel('ml.neighborShares', (known: KnownTargets, block: Block): Block => {
  const { places, distances } = nearestRows(known, block)
  const made = denseBlock(block.rows, known.classes)
  for (let row = 0; row < block.rows; row++) {
    const from = row * known.count
    const weights = weightsOf(distances.subarray(from, from + known.count), known.byDistance)
    const all = weights.reduce((sum, each) => sum + each, 0)
    weights.forEach((weight, i) => {
      made.data[row * known.classes + known.target[places[from + i]]] += weight / all
    })
  }
  return made
})

/** The place of the class that most neighbours have, the first of equals. */
export const neighborPlacesOfClasses = kernel(
  'ml.neighborClasses',
  (known: KnownTargets, block: Block): Column => {
    const { data, rows, columns } = neighborShares(known, block) as DenseBlock
    return Float64Array.from({ length: rows }, (_, row) => {
      let best = 0
      // A little more than rounding: shares are sums of the same numbers in any order.
      for (let k = 1; k < columns; k++)
        if (data[row * columns + k] > data[row * columns + best] + 1e-12) best = k
      return best
    })
  },
)
