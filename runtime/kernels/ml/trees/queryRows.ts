// What a ranker does with a block of whole queries: derivatives of its rows, and how good their order is.

import { keepsNothing, kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'
import { addLambdas, ndcgOf } from '../metrics/ranking.ts'
import { type BinnedBlock, binnedBytes, GROUP, groupsOf } from './binnedBlock.ts'
import type { BoostBlock } from './boostBlock.ts'
import type { Derivatives } from './boostStart.ts'
import { toUnit } from './exactSums.ts'
import { hashedFraction } from './rowHash.ts'

/** The queries of a block's rows. */
export interface QueryRows {
  /** The number of the block's first query among all. */
  first: number
  /** Where each begins in the block, and behind the last one how many rows there are. */
  starts: readonly number[]
}

/** Queries that are only looked at to stop early: chosen by their numbers, so that the cut does not matter. */
export interface HeldQueries {
  seed: number
  share: number
}

const VALIDATION_SEED = 0x5eed

const isHeld = ({ seed, share }: HeldQueries, query: number): boolean =>
  hashedFraction(seed ^ VALIDATION_SEED, query) < share

/** A block whose rows of queries that are held out weigh nothing: no tree grows on them. */
export const holdOutQueries = keepsNothing(
  kernel(
    'ml.rank.holdOut',
    (held: HeldQueries, block: BoostBlock, { first, starts }: QueryRows): BoostBlock => {
      const weight = block.weight?.slice() ?? new Float64Array(block.target.length).fill(1)
      for (let q = 0; q + 1 < starts.length; q++)
        if (isHeld(held, first + q)) weight.fill(0, starts[q], starts[q + 1])
      return { ...block, weight }
    },
  ),
)

/** Some rows of a block: those from `from` until `to`. */
export const cutBoostBlock = keepsNothing(
  kernel(
    'ml.rank.cut',
    (from: number, to: number, { binned, target, weight, start }: BoostBlock): BoostBlock => ({
      binned: cutBinned(binned, from, to),
      target: target.slice(from, to),
      weight: weight?.slice(from, to) ?? null,
      start: start + from,
    }),
  ),
)

function cutBinned({ features, rows: all, bytes }: BinnedBlock, from: number, to: number): BinnedBlock {
  const rows = to - from
  const length = binnedBytes(rows, features)
  const made = new Uint8Array(resultBuffer(length), 0, length)
  for (let group = 0; group < groupsOf(features); group++) {
    const at = GROUP * all * group
    made.set(bytes.subarray(at + GROUP * from, at + GROUP * to), GROUP * rows * group)
  }
  return { rows, features, bytes: made }
}

/** Derivatives of all rows by the scores that they have so far. */
export const rankDerivatives = keepsNothing(
  kernel(
    'ml.rank.derivatives',
    (
      { ndcgAt }: { ndcgAt: number },
      { target, weight }: BoostBlock,
      scores: Float64Array,
      { starts }: QueryRows,
    ): Derivatives => {
      const gradients = new Float64Array(scores.length)
      const hessians = new Float64Array(scores.length)
      for (let q = 0; q + 1 < starts.length; q++)
        addLambdas(target, scores, starts[q], starts[q + 1], ndcgAt, gradients, hessians)
      if (weight)
        for (let row = 0; row < scores.length; row++) {
          gradients[row] *= weight[row]
          hessians[row] *= weight[row]
        }
      return { gradients, hessians }
    },
  ),
)

/** The greatest gradient and hessian of any row. */
export const largestGiven = keepsNothing(
  kernel('ml.rank.largest', (_: unknown, { gradients, hessians }: Derivatives): [number, number] => {
    let [g, h] = [0, 0]
    for (let row = 0; row < gradients.length; row++) {
      g = Math.max(g, Math.abs(gradients[row]))
      h = Math.max(h, hessians[row])
    }
    return [g, h]
  }),
)

/** The sum of NDCGs of the queries that are held out, or of every so many queries one, and how many they are. */
export const toldNdcg = keepsNothing(
  kernel(
    'ml.rank.ndcg',
    (
      {
        ndcgAt,
        every,
        held,
        unit,
      }: { ndcgAt: number; every: number; held: HeldQueries | null; unit: number },
      { target }: BoostBlock,
      scores: Float64Array,
      { first, starts }: QueryRows,
    ): [number, number] => {
      let [sum, count] = [0, 0]
      for (let q = 0; q + 1 < starts.length; q++) {
        if (held ? !isHeld(held, first + q) : (first + q) % every !== 0) continue
        const [from, to] = [starts[q], starts[q + 1]]
        const ndcg = ndcgOf(target.subarray(from, to), scores.subarray(from, to), ndcgAt, 'exponential')
        sum += toUnit(ndcg, unit)
        count++
      }
      return [sum, count]
    },
  ),
)

/** The least target of a block; Infinity of none. */
export const leastTarget = keepsNothing(
  kernel('ml.rank.least', (_: unknown, target: Float64Array): number =>
    target.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY),
  ),
)

export const smaller = keepsNothing(
  kernel('ml.rank.smaller', (a: number, b: number): number => Math.min(a, b)),
)
