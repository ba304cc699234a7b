// Where the centers of k-means begin, from rows that stay where they are.

import type { Centers } from '../../kernels/ml/clusters/centers.ts'
import { lloydOfBlock, mergeLloyd } from '../../kernels/ml/clusters/centers.ts'
import {
  addNumbers,
  closestSquares,
  mergeWinners,
  potentialsOf,
  raceRows,
  totalOfSquares,
  type Winners,
} from '../../kernels/ml/clusters/seeding.ts'
import type { WeightedRows } from '../../kernels/ml/denseRows.ts'
import { addArrays } from '../../kernels/ml/trees/boostMerge.ts'
import { Blocks } from '../contract/blocks.ts'

/** Rows in blocks, the number of each block's first row, and what is asked of them. */
export interface Seeding {
  who: string
  blocks: Blocks<WeightedRows>
  starts: Blocks<number>
  columns: number
  count: number
  seed: number
}

const centersOf = ({ who, columns }: Seeding, data: Float64Array): Centers => ({
  who,
  count: data.length / columns,
  columns,
  data,
})

type RaceByWeight = (state: { seed: number; count: number }, rows: WeightedRows, start: number) => Winners

/** Further rows, drawn by their squared distance; by weight alone where there are no distances yet. */
async function draw(
  seeding: Seeding,
  round: number,
  count: number,
  squares?: Blocks<Float64Array>,
): Promise<Float64Array> {
  const state = { seed: (seeding.seed * 1_000_003 + round) | 0, count }
  const { blocks, starts } = seeding
  const drawn = squares
    ? blocks.map(raceRows, state, starts, squares)
    : blocks.map(raceRows as RaceByWeight, state, starts)
  return (await drawn.reduce(mergeWinners)).rows
}

async function closest(
  { blocks }: Seeding,
  centers: Centers,
  before?: Blocks<Float64Array>,
): Promise<Blocks<Float64Array>> {
  const made = before
    ? blocks.map(closestSquares, centers, before)
    : blocks.map(closestSquares as (centers: Centers, rows: WeightedRows) => Float64Array, centers)
  return made.persist()
}

/**
 * k-means++: one center after the other, each the best of a few rows that are drawn by their squared distance (Arthur
 * and Vassilvitskii, "k-means++: the advantages of careful seeding", 2007; the few are scikit-learn's 2 + ln k).
 */
export async function plusPlusCenters(seeding: Seeding): Promise<Float64Array> {
  const { columns, count } = seeding
  const chosen = new Float64Array(count * columns)
  const trials = 2 + Math.floor(Math.log(count))
  chosen.set(await draw(seeding, 0, 1))
  let squares = await closest(seeding, centersOf(seeding, chosen.slice(0, columns)))
  for (let i = 1; i < count; i++) {
    const rows = await draw(seeding, i, trials, squares)
    // Nothing is apart from the centers any more: what is left repeats the first.
    if (rows.length === 0) {
      for (let c = i; c < count; c++) chosen.copyWithin(c * columns, 0, columns)
      return chosen
    }
    const candidates = centersOf(seeding, rows)
    const sums = await seeding.blocks.map(potentialsOf, candidates, squares).reduce(addArrays)
    const best = sums.indexOf(Math.min(...sums))
    const own = rows.slice(best * columns, (best + 1) * columns)
    chosen.set(own, i * columns)
    squares = await closest(seeding, centersOf(seeding, own), squares)
  }
  return chosen
}

/**
 * k-means||: a few rounds draw many rows at once, which are then clustered here by what they stand for (Bahmani and
 * others, "Scalable k-means++", 2012).
 * @param factor how many times `count` rows each round draws
 */
export async function parallelCenters(
  seeding: Seeding,
  factor: number,
  rounds: number,
): Promise<Float64Array> {
  const { columns, count, blocks } = seeding
  let drawn = await draw(seeding, 0, 1)
  let squares = await closest(seeding, centersOf(seeding, drawn))
  for (let round = 1; round <= rounds; round++) {
    if ((await blocks.map(totalOfSquares, undefined, squares).reduce(addNumbers)) === 0) break
    const further = await draw(seeding, round, Math.max(1, Math.ceil(factor * count)), squares)
    squares = await closest(seeding, centersOf(seeding, further), squares)
    drawn = Float64Array.from([...drawn, ...further])
  }
  const candidates = centersOf(seeding, drawn)
  const { weight } = await blocks.map(lloydOfBlock, candidates).reduce(mergeLloyd)
  const x = { kind: 'dense' as const, rows: candidates.count, columns, data: drawn }
  return plusPlusCenters({ ...seeding, blocks: Blocks.here([{ x, weight }]), starts: Blocks.here([0]) })
}
