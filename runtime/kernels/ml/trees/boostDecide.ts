// What all blocks of a round come to: their histograms together, and how the trees grow on by them.

import { kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'
import type { FeatureBins } from './binning.ts'
import type { BoostLevel, FinishedTree } from './boostLevel.ts'
import { type GrowingTree, type GrowthRules, grow, type NodeSplit, rootOf } from './growth.ts'
import { PER_BIN } from './histogram.ts'
import { finishedTree } from './tree.ts'

/** The trees of a round, one an output, as far as they have grown. */
export interface GrowingRound {
  growing: GrowingTree[]
  /** All splits so far, of each tree. */
  history: NodeSplit[][]
}

/** What some blocks come to. */
export type SummedLevels = Pick<BoostLevel, 'histograms'>

/** The sums of histograms of some blocks. */
export const sumLevels = kernel(
  'ml.boost.sumLevels',
  (levels: readonly SummedLevels[]): SummedLevels => ({
    histograms: levels[0].histograms.map((_, tree) =>
      sumOf(levels.map(({ histograms }) => histograms[tree])),
    ),
  }),
)

function sumOf(parts: readonly Float64Array[]): Float64Array {
  const [first, ...rest] = parts
  if (rest.length === 0) return first
  const sums = new Float64Array(resultBuffer(8 * first.length), 0, first.length)
  sums.set(first)
  for (const part of rest) for (let i = 0; i < sums.length; i++) sums[i] += part[i]
  return sums
}

/** Grows the trees by what the blocks tell: new ones where there are none yet. */
export const decide = kernel(
  'ml.boost.decide',
  (rules: GrowthRules, before: GrowingRound | null, levels: readonly SummedLevels[]): GrowingRound => {
    const { histograms } = sumLevels(levels)
    const features = rules.categorical.map((_, feature) => feature)
    const growing = histograms.map((sums, i) =>
      before ? grow(rules, before.growing[i], cutUp(sums, rules.offsets)) : rootOf(rules, sums, features),
    )
    return {
      growing,
      history: growing.map(({ splits }, i) => [...(before?.history[i] ?? []), ...splits]),
    }
  },
)

/** The histograms of single nodes. */
function cutUp(sums: Float64Array, offsets: readonly number[]): Float64Array[] {
  const length = offsets[offsets.length - 1] * PER_BIN
  return Array.from({ length: sums.length / length }, (_, i) => sums.subarray(i * length, (i + 1) * length))
}

/** What the client learns of a round. */
export interface RoundOutcome {
  /** Null as long as a tree may grow on. */
  grown: FinishedTree[] | null
}

/** The trees, once none of them waits for histograms. */
export const outcomeOf = kernel(
  'ml.boost.outcome',
  (
    state: { rules: GrowthRules; features: readonly FeatureBins[]; learningRate: number },
    { growing, history }: GrowingRound,
  ): RoundOutcome => {
    if (growing.some(({ splits }) => splits.some(({ build }) => build !== null))) return { grown: null }
    const grown = growing.map((tree, i) => ({
      ...finishedTree(state.rules, state.features, tree, state.learningRate),
      splits: history[i],
      pending: tree.splits,
    }))
    return { grown }
  },
)
