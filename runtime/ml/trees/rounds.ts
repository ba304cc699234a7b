// The rounds of boosting as tasks: a tree grows where its rows are, and the client hears of it when it has grown.
//
// A round's graph holds as many levels as a tree of its size is likely to have; trees that want more get another graph.
// What finishes a round is fused with the beginning of the next. Where rows stand is kept by the threads that work on
// them: tasks tell all splits so far, so that any thread can find them again.

import type { RoundPlan } from '../../kernels/ml/trees/blockRows.ts'
import { type BoostBlock, type BoostPlan, tellsLoss, toldLoss } from '../../kernels/ml/trees/boostBlock.ts'
import {
  decide,
  type GrowingRound,
  ordersOf,
  outcomeOf,
  sumLevels,
} from '../../kernels/ml/trees/boostDecide.ts'
import {
  type BoostLevel,
  type BoostRoot,
  beginRound,
  type FinishedTree,
  finishRound,
  nextLevel,
  predictionsOf,
} from '../../kernels/ml/trees/boostLevel.ts'
import { addPairs } from '../../kernels/ml/trees/boostMerge.ts'
import type { Derivatives } from '../../kernels/ml/trees/boostStart.ts'
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
  /** Held: at the beginning of the last round, with `#grown` still to be added. */
  #roots: Blocks<BoostRoot>
  #grown: FinishedTree[] | null = null
  /** Derivatives of the last round, where they are given. */
  #given: Blocks<Derivatives> | null = null
  #round: number

  constructor(
    rules: TrainingRules,
    growth: GrowthRules,
    plan: BoostPlan,
    blocks: Blocks<BoostBlock>,
    first: Blocks<BoostRoot>,
    roundsBefore = 0,
  ) {
    this.#rules = rules
    this.#growth = growth
    this.#plan = plan
    this.#blocks = blocks
    this.#roots = first
    this.#round = roundsBefore
  }

  /** Grows one tree an output. */
  async grow(): Promise<Tree[]> {
    const { lambdas, learningRate } = this.#rules
    if (lambdas) {
      const predictions = await (await this.predictions()).gather()
      this.#given = Blocks.here(lambdas(predictions))
    }
    const before = this.#roots
    const state = { rules: this.#growth, features: this.#plan.features, learningRate }
    let roots = this.#begun()
    let asked: Blocks<GrowingRound> | undefined
    let round = roots.together(decide, this.#growth, null as Blocks<GrowingRound> | null, sumLevels)
    for (let more = this.#levelsAtFirst(); ; more = LEVELS_MORE) {
      for (let level = 0; level < more; level++)
        round = this.#level(roots, round).together(decide, this.#growth, round, sumLevels)
      const held = await persistBlocks(roots, round, round.map(outcomeOf, state))
      const [{ grown }] = await held[2].gather()
      asked?.release()
      held[2].release()
      ;[roots, round] = held
      asked = round
      if (!grown) continue
      round.release()
      before.release()
      this.#roots = roots
      this.#grown = grown
      return grown.map(({ tree }) => tree)
    }
  }

  /** The rows at new roots, those of the last round added. */
  #begun(): Blocks<BoostRoot> {
    const finished = this.#finished()
    const at: RoundPlan = { plan: this.#plan, round: ++this.#round }
    const given = this.#given
    const begun = given
      ? finished.map(beginRound, at, this.#blocks, given)
      : finished.map(beginRound, at, this.#blocks)
    return begun.shared()
  }

  /** What rows tell once they have followed a round's splits. */
  #level(roots: Blocks<BoostRoot>, round: Blocks<GrowingRound>): Blocks<BoostLevel> {
    const at: RoundPlan = { plan: this.#plan, round: this.#round }
    const orders = round.map(ordersOf, undefined).spread(this.#blocks.count)
    return this.#given
      ? roots.map(nextLevel, at, this.#blocks, orders, this.#given)
      : roots.map(nextLevel, at, this.#blocks, orders)
  }

  /** Raw predictions of all trees so far. */
  async predictions(): Promise<Blocks<Float64Array>> {
    if (this.#grown) {
      const before = this.#roots
      this.#roots = await this.#finished().persist()
      this.#grown = null
      before.release()
    }
    return this.#roots.map(predictionsOf, undefined)
  }

  /**
   * Loss and weight of the rows that tell it. Of rows that are learnt from, only where they are in this process: elsewhere
   * their predictions would have to be made before the next round, which makes them anyway.
   */
  async loss(): Promise<readonly [number, number] | null> {
    const plan = this.#plan
    if (!tellsLoss(plan) || (plan.validationShare === 0 && !this.#blocks.isHere)) return null
    return this.#blocks.map(toldLoss, plan, await this.predictions()).reduce(addPairs)
  }

  /** Lets go of what is held. */
  end(): void {
    this.#roots.release()
  }

  #finished(): Blocks<BoostRoot> {
    const grown = this.#grown
    if (!grown) return this.#roots
    const state = { plan: this.#plan, round: this.#round, grown }
    return this.#given
      ? this.#roots.map(finishRound, state, this.#blocks, this.#given)
      : this.#roots.map(finishRound, state, this.#blocks)
  }

  #levelsAtFirst(): number {
    const { maxDepth, maxLeaves, growth } = this.#growth
    const even = Number.isFinite(maxLeaves) ? Math.ceil(Math.log2(maxLeaves)) : LEVELS_MORE
    return Math.max(0, Math.min(maxDepth - 1, growth === 'depthWise' ? even : even + LEVELS_MORE))
  }
}
