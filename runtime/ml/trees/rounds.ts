// The rounds of boosting as tasks: a tree grows where its rows are, and the client hears of it when it has grown.
//
// A round's graph holds as many levels as a tree of its size is likely to have; trees that want more get another graph.
// What finishes a round is fused with the beginning of the next.

import type { BoostBlock, BoostPlan } from '../../kernels/ml/trees/boostBlock.ts'
import { decide, type GrowingRound, outcomeOf, sumLevels } from '../../kernels/ml/trees/boostDecide.ts'
import {
  type BoostLevel,
  beginGiven,
  beginRound,
  type FinishedTree,
  finishRound,
  nextLevel,
  predictionsOf,
} from '../../kernels/ml/trees/boostLevel.ts'
import type { GrowthRules } from '../../kernels/ml/trees/growth.ts'
import type { Tree } from '../../kernels/ml/trees/tree.ts'
import { Blocks, persistBlocks } from '../contract/blocks.ts'
import type { TrainingRules } from './training.ts'

/** Levels that are asked for at a time, where nothing says that there are fewer. */
const LEVELS_MORE = 3

/** Blocks that go from round to round. */
export class Rounds {
  readonly #rules: TrainingRules
  readonly #growth: GrowthRules
  readonly #plan: BoostPlan
  readonly #blocks: Blocks<BoostBlock>
  /** Held: at the end of the last round, or of the one before with `#grown` still to be added. */
  #levels: Blocks<BoostLevel>
  #grown: FinishedTree[] | null = null

  constructor(
    rules: TrainingRules,
    growth: GrowthRules,
    plan: BoostPlan,
    blocks: Blocks<BoostBlock>,
    first: Blocks<BoostLevel>,
  ) {
    this.#rules = rules
    this.#growth = growth
    this.#plan = plan
    this.#blocks = blocks
    this.#levels = first
  }

  /** Grows one tree an output. */
  async grow(): Promise<Tree[]> {
    const { lambdas } = this.#rules
    const blocks = this.#blocks
    const given = lambdas ? Blocks.here(lambdas(await (await this.predictions()).gather())) : null
    const finished = this.#finished()
    let levels = given
      ? finished.map(beginGiven, this.#plan, blocks, given)
      : finished.map(beginRound, this.#plan, blocks)
    let round = levels.together(decide, this.#growth, null as Blocks<GrowingRound> | null, sumLevels)
    const state = {
      rules: this.#growth,
      features: this.#plan.features,
      learningRate: this.#rules.learningRate,
    }
    for (let more = this.#levelsAtFirst(); ; more = LEVELS_MORE) {
      for (let level = 0; level < more; level++) {
        levels = levels.map(nextLevel, this.#plan, blocks, round.spread(blocks.count))
        round = levels.together(decide, this.#growth, round, sumLevels)
      }
      const held = await persistBlocks(levels, round, round.map(outcomeOf, state))
      const [{ grown }] = await held[2].gather()
      this.#levels.release()
      held[2].release()
      ;[levels, round] = held
      this.#levels = levels
      if (!grown) continue
      round.release()
      this.#grown = grown
      return grown.map(({ tree }) => tree)
    }
  }

  /** Raw predictions of all trees so far. */
  async predictions(): Promise<Blocks<Float64Array>> {
    if (this.#grown) {
      const before = this.#levels
      this.#levels = await this.#finished().persist()
      this.#grown = null
      before.release()
    }
    return this.#levels.map(predictionsOf, undefined)
  }

  /** Lets go of what is held. */
  end(): void {
    this.#levels.release()
  }

  #finished(): Blocks<BoostLevel> {
    const grown = this.#grown
    return grown ? this.#levels.map(finishRound, { plan: this.#plan, grown }, this.#blocks) : this.#levels
  }

  #levelsAtFirst(): number {
    const { maxDepth, maxLeaves, growth } = this.#growth
    const even = Number.isFinite(maxLeaves) ? Math.ceil(Math.log2(maxLeaves)) : LEVELS_MORE
    return Math.max(0, Math.min(maxDepth - 1, growth === 'depthWise' ? even : even + LEVELS_MORE))
  }
}
