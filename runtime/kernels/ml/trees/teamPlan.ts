// What the threads of a team are told, and what they leave.

import type { BoostPlan } from './boostBlock.ts'
import type { GrowthRules } from './growth.ts'
import type { TeamLayout } from './teamLayout.ts'
import type { Tree } from './tree.ts'

/** What the members of a team know all through a fit. */
export interface TeamPlan {
  plan: BoostPlan
  rules: GrowthRules
  learningRate: number
  layout: TeamLayout
}

/** What comes of a round: trees, and loss and weight of the rows that tell it, if any do. */
export interface RoundOutcome {
  trees: Tree[]
  loss: [number, number] | null
}

/** What comes of a run. */
export interface TeamOutcome {
  rounds: RoundOutcome[]
  /** Whether trees had no room in the round behind these: it is to be done level by level. */
  isFull: boolean
}

/** What a member leaves: what it did. */
export interface TeamPart {
  /** Predictions with all trees of the run, of the blocks that were its own at last; null of others. */
  predictions: (Float64Array | null)[]
  /** Of the member that led. */
  outcome: TeamOutcome | null
}
