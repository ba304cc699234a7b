// The rounds of boosting where one worker has all rows: its threads grow a round's trees together, in one task each.

import { currentExecutor } from '../../graph/collection.ts'
import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { type BoostBlock, type BoostPlan, heldOutLoss } from '../../kernels/ml/trees/boostBlock.ts'
import { type BoostRoot, predictionsOf } from '../../kernels/ml/trees/boostLevel.ts'
import { addPairs } from '../../kernels/ml/trees/boostMerge.ts'
import type { GrowthRules } from '../../kernels/ml/trees/growth.ts'
import { teamLayout } from '../../kernels/ml/trees/teamLayout.ts'
import type { TeamOutcome, TeamPart, TeamPlan } from '../../kernels/ml/trees/teamMember.ts'
import { ledPart, openBoard, outcomeOfTeam, rootOfTeam, teamRound } from '../../kernels/ml/trees/teamRound.ts'
import type { Tree } from '../../kernels/ml/trees/tree.ts'
import { Blocks, persistBlocks } from '../contract/blocks.ts'
import { Rounds } from './rounds.ts'
import type { TrainingRules } from './training.ts'

/** Of a worker's memory, rows and what is made of them may take this much for its threads to have all of them at once. */
const MEMORY_SHARE = 0.4
/** Rounds that are asked for before the one that is waited for is there. */
const AHEAD = 2

/** A round that was asked for. */
interface Asked {
  parts: Blocks<TeamPart>
  outcome: Promise<TeamOutcome>
  /** Lets go of the outcome. */
  release: () => void
}

export class TeamRounds {
  readonly #rules: TrainingRules
  readonly #team: TeamPlan
  readonly #members: number
  readonly #plan: Blocks<TeamPlan>
  readonly #board: Blocks<Uint8Array>
  readonly #blocks: Blocks<BoostBlock>
  /** Where the next round that is asked for begins. */
  #last: Blocks<BoostRoot | TeamPart>
  /** What the last round that is known left. */
  #done: Blocks<BoostRoot | TeamPart>
  #loss: [number, number] | null = null
  readonly #asked: Asked[] = []
  #round = 0
  #roundsAsked = 0
  /** Takes over where trees have no room on the board. */
  #levels: Rounds | undefined

  private constructor(
    rules: TrainingRules,
    team: TeamPlan,
    members: number,
    plan: Blocks<TeamPlan>,
    board: Blocks<Uint8Array>,
    blocks: Blocks<BoostBlock>,
    first: Blocks<BoostRoot>,
  ) {
    this.#rules = rules
    this.#team = team
    this.#members = members
    this.#plan = plan
    this.#board = board
    this.#blocks = blocks
    this.#last = first
    this.#done = first
  }

  /** Undefined where there are several workers, or one that cannot hold all rows at once. */
  static async where(
    rules: TrainingRules,
    growth: GrowthRules,
    plan: BoostPlan,
    blocks: Blocks<BoostBlock>,
    first: Blocks<BoostRoot>,
    rows: number,
  ): Promise<TeamRounds | undefined> {
    if (blocks.isHere || rules.lambdas) return undefined
    const info = await (await currentExecutor()).info?.()
    if (info?.workers.length !== 1) return undefined
    const [{ threads, memoryLimitBytes }] = info.workers
    const room = MEMORY_SHARE * (memoryLimitBytes ?? Number.POSITIVE_INFINITY)
    // Bins three times, target, weight, order and derivatives twice, predictions before and after.
    const perRow = 3 * plan.features.length + 8 + 8 + 32 + 16 * plan.outputs
    const left = room - perRow * rows
    const { offsets, outputs } = plan
    const leaves = Math.min(growth.maxLeaves, 2 ** growth.maxDepth) * outputs
    const layout = teamLayout(blocks.count, plan.features.length, offsets[offsets.length - 1], leaves, left)
    if (!layout) return undefined
    const team: TeamPlan = { plan, rules: growth, learningRate: rules.learningRate, layout }
    const held = await Blocks.lazy<TeamPlan>(Blocks.here([team]).node, 1).persist()
    const board = await held.map(openBoard, undefined).persist()
    return new TeamRounds(rules, team, Math.min(threads, blocks.count), held, board, blocks, first)
  }

  /** Grows one tree an output. */
  async grow(): Promise<Tree[]> {
    if (this.#levels) return this.#levels.grow()
    while (this.#asked.length < AHEAD && this.#roundsAsked < this.#rules.maxIter)
      this.#asked.push(await this.#ask(++this.#roundsAsked))
    const { parts, outcome, release } = this.#asked.shift()!
    const { trees, loss } = await outcome
    release()
    if (!trees) return this.#byLevels(parts)
    this.#done.release()
    this.#done = parts
    this.#loss = loss
    this.#round++
    return trees
  }

  /** Loss and weight of the rows that are held out. */
  async heldOut(): Promise<readonly [number, number]> {
    if (this.#levels) return this.#levels.heldOut()
    const { plan } = this.#team
    if (this.#loss) return this.#loss
    const predictions = (this.#done as Blocks<BoostRoot>).map(predictionsOf, undefined)
    return this.#blocks.map(heldOutLoss, plan, predictions).reduce(addPairs)
  }

  /** Lets go of what is held. */
  end(): void {
    this.#letGo()
    this.#levels?.end()
  }

  #letGo(): void {
    for (const { parts, release } of this.#asked.splice(0)) {
      parts.release()
      release()
    }
    for (const each of [this.#done, this.#board, this.#plan]) each.release()
  }

  async #ask(round: number): Promise<Asked> {
    const node = new TeamNode(
      round,
      this.#members,
      this.#plan.node,
      this.#board.node,
      this.#blocks.node,
      this.#last.node,
    )
    const parts = Blocks.lazy<TeamPart>(node, this.#members)
    const held = await persistBlocks(parts, parts.together(outcomeOfTeam, undefined, null, ledPart))
    this.#last = held[0]
    const outcome = held[1].gather().then(([each]) => each)
    // Whoever waits for it is told; until then it is nobody's.
    outcome.catch(() => {})
    return { parts: held[0], outcome, release: () => held[1].release() }
  }

  async #byLevels(parts: Blocks<TeamPart>): Promise<Tree[]> {
    const roots = Blocks.lazy<BoostRoot>(new RootsNode(parts.node, this.#blocks.count), this.#blocks.count)
    const held = await roots.persist()
    // Rounds that were asked for behind this one begin from what it has not done.
    this.#letGo()
    parts.release()
    const { plan, rules } = this.#team
    this.#levels = new Rounds(this.#rules, rules, plan, this.#blocks, held, this.#round)
    return this.#levels.grow()
  }
}

/** One task a member. */
class TeamNode implements GraphNode {
  readonly #round: number
  readonly #members: number
  readonly #needs: readonly [GraphNode, GraphNode, GraphNode, GraphNode]

  constructor(round: number, members: number, ...needs: [GraphNode, GraphNode, GraphNode, GraphNode]) {
    this.#round = round
    this.#members = members
    this.#needs = needs
  }

  inputs(): readonly GraphNode[] {
    return this.#needs
  }

  needs(): readonly GraphNode[] {
    return this.#needs
  }

  build(graph: TaskGraph): readonly unknown[] {
    const given = this.#needs.flatMap((node) => graph.built(node)!)
    const bound = [this.#round]
    const group = graph.addGroup({ fn: teamRound, bound, name: 'growTogether', kind: 'ml.team' })
    return Array.from({ length: this.#members }, (_, member) => graph.addTask(group, [member, ...given]))
  }
}

/** Blocks as they are after a round of a team. */
class RootsNode implements GraphNode {
  readonly #parts: GraphNode
  readonly #count: number

  constructor(parts: GraphNode, count: number) {
    this.#parts = parts
    this.#count = count
  }

  inputs(): readonly GraphNode[] {
    return [this.#parts]
  }

  needs(): readonly GraphNode[] {
    return [this.#parts]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const parts = graph.built(this.#parts)!
    const group = graph.addGroup({ fn: rootOfTeam, name: 'teamRoot', kind: 'ml.steps' })
    return Array.from({ length: this.#count }, (_, block) => graph.addTask(group, [block, ...parts]))
  }
}
