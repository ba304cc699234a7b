// The rounds of boosting where one worker has all rows: its threads grow trees together, some rounds in one task each.

import { currentExecutor } from '../../graph/collection.ts'
import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { type BoostBlock, type BoostPlan, rowsOfBlock, toldLoss } from '../../kernels/ml/trees/boostBlock.ts'
import { type BoostRoot, predictionsOf } from '../../kernels/ml/trees/boostLevel.ts'
import { addPairs } from '../../kernels/ml/trees/boostMerge.ts'
import type { GrowthRules } from '../../kernels/ml/trees/growth.ts'
import type { TeamRun } from '../../kernels/ml/trees/teamJobs.ts'
import { teamLayout } from '../../kernels/ml/trees/teamLayout.ts'
import type { RoundOutcome, TeamOutcome, TeamPart, TeamPlan } from '../../kernels/ml/trees/teamPlan.ts'
import { ledPart, openBoard, outcomeOfTeam, rootOfTeam, teamRound } from '../../kernels/ml/trees/teamRound.ts'
import type { Tree } from '../../kernels/ml/trees/tree.ts'
import { Blocks, persistBlocks } from '../contract/blocks.ts'
import { Rounds } from './rounds.ts'
import type { TrainingRules } from './training.ts'

/** Of a worker's memory, rows and what is made of them may take this much for its threads to have all of them at once. */
const MEMORY_SHARE = 0.4
/** Runs that are asked for before the one that is waited for is there. */
const AHEAD = 2
/** A run has so many rounds at most: what is to end early ends behind one of them. */
const ROUNDS_MAX = 8
/** A run of several rounds looks at so many values at most: some tenths of a second. */
const RUN_VALUES = 1e8

/** A run that was asked for. */
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
  /** Rounds of a run. */
  readonly #aRun: number
  readonly #plan: Blocks<TeamPlan>
  readonly #board: Blocks<Uint8Array>
  readonly #blocks: Blocks<BoostBlock>
  /** Where the next run that is asked for begins. */
  #last: Blocks<BoostRoot | TeamPart>
  /** What the last run that is known left. */
  #done: Blocks<BoostRoot | TeamPart>
  #loss: [number, number] | null = null
  readonly #asked: Asked[] = []
  /** Of the run that is known last: rounds that nobody has asked for yet. */
  #known: RoundOutcome[] = []
  #isFull = false
  #round = 0
  #roundsAsked = 0
  #runs = 0
  /** Takes over where trees have no room on the board. */
  #levels: Rounds | undefined

  private constructor(
    rules: TrainingRules,
    team: TeamPlan,
    members: number,
    aRun: number,
    plan: Blocks<TeamPlan>,
    board: Blocks<Uint8Array>,
    blocks: Blocks<BoostBlock>,
    first: Blocks<BoostRoot>,
  ) {
    this.#rules = rules
    this.#team = team
    this.#members = members
    this.#aRun = aRun
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
    if (blocks.isHere || rules.ranking) return undefined
    const info = await (await currentExecutor()).info?.()
    if (info?.workers.length !== 1) return undefined
    const [{ threads, memoryLimitBytes }] = info.workers
    const room = MEMORY_SHARE * (memoryLimitBytes ?? Number.POSITIVE_INFINITY)
    // Bins three times, target, weight, order and derivatives twice, predictions before and after, and twice in between.
    const perRow = 3 * plan.features.length + 8 + 8 + 32 + 32 * plan.outputs
    const left = room - perRow * rows
    const { offsets, outputs } = plan
    const leaves = Math.min(growth.maxLeaves, 2 ** growth.maxDepth) * outputs
    const longest = Math.max(0, ...(await blocks.map(rowsOfBlock, undefined).gather()))
    const bins = offsets[offsets.length - 1]
    const features = plan.features.length
    const layout = teamLayout(blocks.count, features, bins, leaves, longest * outputs, left)
    if (!layout) return undefined
    const team: TeamPlan = { plan, rules: growth, learningRate: rules.learningRate, layout }
    const held = await Blocks.lazy<TeamPlan>(Blocks.here([team]).node, 1).persist()
    const board = await held.map(openBoard, undefined).persist()
    const most = Math.floor(RUN_VALUES / Math.max(1, rows * features * outputs))
    const aRun = Math.max(1, Math.min(ROUNDS_MAX, most))
    return new TeamRounds(rules, team, Math.min(threads, blocks.count), aRun, held, board, blocks, first)
  }

  /** Grows one tree an output. */
  async grow(): Promise<Tree[]> {
    if (this.#levels) return this.#levels.grow()
    if (this.#known.length === 0 && !this.#isFull) await this.#hear()
    const next = this.#known.shift()
    if (!next) return this.#byLevels()
    this.#loss = next.loss
    this.#round++
    return next.trees
  }

  /** Waits for the run that was asked for first. */
  async #hear(): Promise<void> {
    while (this.#asked.length < AHEAD && this.#roundsAsked < this.#rules.maxIter)
      this.#asked.push(await this.#ask())
    const { parts, outcome, release } = this.#asked.shift()!
    const { rounds, isFull } = await outcome
    release()
    this.#done.release()
    this.#done = parts
    this.#known = rounds
    this.#isFull = isFull
  }

  /** Loss and weight of the rows that tell it. */
  async loss(): Promise<readonly [number, number] | null> {
    if (this.#levels) return this.#levels.loss()
    const { plan } = this.#team
    if (this.#round > 0) return this.#loss
    const predictions = (this.#done as Blocks<BoostRoot>).map(predictionsOf, undefined)
    return this.#blocks.map(toldLoss, plan, predictions).reduce(addPairs)
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

  async #ask(): Promise<Asked> {
    const rounds = Math.min(this.#aRun, this.#rules.maxIter - this.#roundsAsked)
    const run: TeamRun = { run: ++this.#runs, first: this.#roundsAsked + 1, rounds }
    this.#roundsAsked += rounds
    const node = new TeamNode(
      run,
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

  async #byLevels(): Promise<Tree[]> {
    const parts = this.#done as Blocks<TeamPart>
    const roots = Blocks.lazy<BoostRoot>(new RootsNode(parts.node, this.#blocks.count), this.#blocks.count)
    const held = await roots.persist()
    // Runs that were asked for behind this one begin from what it has not done.
    this.#letGo()
    const { plan, rules } = this.#team
    this.#levels = new Rounds(this.#rules, rules, plan, this.#blocks, held, this.#round)
    return this.#levels.grow()
  }
}

/** One task a member. */
class TeamNode implements GraphNode {
  readonly #run: TeamRun
  readonly #members: number
  readonly #needs: readonly [GraphNode, GraphNode, GraphNode, GraphNode]

  constructor(run: TeamRun, members: number, ...needs: [GraphNode, GraphNode, GraphNode, GraphNode]) {
    this.#run = run
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
    const bound = [this.#run]
    const group = graph.addGroup({ fn: teamRound, bound, name: 'growTogether', kind: 'ml.team' })
    return Array.from({ length: this.#members }, (_, member) => graph.addTask(group, [member, ...given]))
  }
}

/** Blocks as they are after a run of a team. */
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
