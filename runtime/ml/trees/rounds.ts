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
import { toldNdcg } from '../../kernels/ml/trees/queryRows.ts'
import type { Tree } from '../../kernels/ml/trees/tree.ts'
import { type Blocks, persistBlocks } from '../contract/blocks.ts'
import { derivativesOf, type TrainingRules } from './training.ts'

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
  /** Derivatives of the last round, where rows are to be ordered and its trees still to be added. */
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
    const { learningRate } = this.#rules
    const before = [this.#roots, this.#given]
    const state = { rules: this.#growth, features: this.#plan.features, learningRate }
    let roots = this.#begun()
    let asked: Blocks<GrowingRound> | undefined
    let round = roots.together(decide, this.#growth, null as Blocks<GrowingRound> | null, sumLevels)
    for (let more = this.#levelsAtFirst(); ; more = LEVELS_MORE) {
      for (let level = 0; level < more; level++)
        round = this.#level(roots, round).together(decide, this.#growth, round, sumLevels)
      const [rootsHeld, roundHeld, outcome, given] = await persistBlocks(
        roots,
        round,
        round.map(outcomeOf, state),
        ...(this.#given ? [this.#given] : []),
      )
      const [{ grown }] = await outcome.gather()
      asked?.release()
      outcome.release()
      ;[roots, round] = [rootsHeld, roundHeld]
      if (given) this.#given = given
      asked = round
      if (!grown) continue
      round.release()
      for (const each of before) each?.release()
      this.#roots = roots
      this.#grown = grown
      return grown.map(({ tree }) => tree)
    }
  }

  /** The rows at new roots, those of the last round added; their derivatives, where they are those of an order. */
  #begun(): Blocks<BoostRoot> {
    const finished = this.#finished()
    const at: RoundPlan = { plan: this.#plan, round: ++this.#round }
    const { ranking } = this.#rules
    if (!ranking) return finished.map(beginRound, at, this.#blocks).shared()
    const shared = finished.shared()
    const given = derivativesOf(ranking, this.#blocks, shared.map(predictionsOf, undefined)).shared()
    this.#given = given
    return shared.map(beginRound, at, this.#blocks, given).shared()
  }

  /** What rows tell once they have followed a round's splits. */
  #level(roots: Blocks<BoostRoot>, round: Blocks<GrowingRound>): Blocks<BoostLevel> {
    const at: RoundPlan = { plan: this.#plan, round: this.#round }
    const orders = round.map(ordersOf, undefined).spread(this.#blocks.count)
    return this.#given
      ? roots.map(nextLevel, at, this.#blocks, orders, this.#given)
      : roots.map(nextLevel, at, this.#blocks, orders)
  }

  /** Loss and weight of the rows that tell it: where predictions are yet to be made, that and they are one graph. */
  async loss(): Promise<readonly [number, number] | null> {
    const plan = this.#plan
    if (!tellsLoss(plan)) return null
    const { ranking } = this.#rules
    const toldBy = (roots: Blocks<BoostRoot>): Blocks<[number, number]> => {
      const predictions = roots.map(predictionsOf, undefined)
      if (!ranking) return this.#blocks.map(toldLoss, plan, predictions)
      const { queries, ...told } = ranking
      return this.#blocks.map(toldNdcg, { ...told, every: plan.lossEvery }, predictions, queries)
    }
    if (!this.#grown) return toldBy(this.#roots).reduce(addPairs)
    const finished = this.#finished().shared()
    const [roots, told] = await persistBlocks(finished, toldBy(finished))
    this.#settle(roots)
    const pair = await told.reduce(addPairs)
    told.release()
    return pair
  }

  /** The last round's trees are in the predictions now. */
  #settle(roots: Blocks<BoostRoot>): void {
    this.#roots.release()
    this.#given?.release()
    this.#roots = roots
    this.#grown = null
    this.#given = null
  }

  /** Lets go of what is held. */
  end(): void {
    this.#roots.release()
    this.#given?.release()
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
