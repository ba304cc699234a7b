// What all blocks of a round come to: their histograms together, and how the trees grow on by them.

import { keepsNothing, kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'
import type { FeatureBins } from './binning.ts'
import type { BoostLevel, FinishedTree, Orders } from './boostLevel.ts'
import { type GrowingTree, type GrowthRules, grow, type NodeSplit, rootOf } from './growth.ts'
import { histogramAt } from './histogram.ts'
import { finishedTree } from './tree.ts'

/** The trees of a round, one an output, as far as they have grown. */
export interface GrowingRound {
  growing: GrowingTree[]
  /** All splits so far, of each tree. */
  history: NodeSplit[][]
}

/** The sums of histograms of some blocks. */
export const sumLevels = keepsNothing(
  kernel(
    'ml.boost.sumLevels',
    (levels: readonly BoostLevel[]): BoostLevel => ({
      histograms: levels[0].histograms.map((_, tree) =>
        sumOf(levels.map(({ histograms }) => histograms[tree])),
      ),
    }),
  ),
)

/** New memory, even for the sum of one. */
function sumOf([first, ...rest]: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(resultBuffer(8 * first.length), 0, first.length)
  sums.set(first)
  for (const part of rest) for (let i = 0; i < sums.length; i++) sums[i] += part[i]
  return sums
}

/** Grows the trees by what the blocks tell: new ones where there are none yet. */
export const decide = keepsNothing(
  kernel(
    'ml.boost.decide',
    (rules: GrowthRules, before: GrowingRound | null, levels: readonly BoostLevel[]): GrowingRound => {
      const features = rules.categorical.map((_, feature) => feature)
      const sumAt = (tree: number, node: number): Float64Array =>
        sumOf(levels.map(({ histograms }) => histogramAt(histograms[tree], rules, node)))
      const growing = levels[0].histograms.map((_, tree) =>
        before
          ? grow(rules, before.growing[tree], (node) => sumAt(tree, node))
          : rootOf(rules, sumAt(tree, 0), features),
      )
      const history = growing.map(({ splits }, i) => [...(before?.history[i] ?? []), ...splits])
      return { growing, history }
    },
  ),
)

/** What rows are told of it. */
export const ordersOf = keepsNothing(
  kernel(
    'ml.boost.orders',
    (_: unknown, { growing, history }: GrowingRound): Orders => ({
      history,
      wanted: growing.map(({ splits }) => splits.flatMap(({ build }) => (build === null ? [] : [build]))),
    }),
  ),
)

/** What the client learns of a round. */
export interface RoundOutcome {
  /** Null as long as a tree may grow on. */
  grown: FinishedTree[] | null
}

/** The trees, once none of them waits for histograms. */
export const outcomeOf = keepsNothing(
  kernel(
    'ml.boost.outcome',
    (
      state: { rules: GrowthRules; features: readonly FeatureBins[]; learningRate: number },
      { growing, history }: GrowingRound,
    ): RoundOutcome => {
      if (growing.some(({ splits }) => splits.some(({ build }) => build !== null))) return { grown: null }
      const grown = growing.map((tree, i) => ({
        ...finishedTree(state.rules, state.features, tree, state.learningRate),
        splits: history[i],
      }))
      return { grown }
    },
  ),
)
