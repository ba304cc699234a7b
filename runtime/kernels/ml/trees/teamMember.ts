// A thread of a team: it sums up blocks of rows and looks for splits of some features; the one that leads grows the trees.

import { isEmpty } from './binnedBlock.ts'
import { withRows } from './blockRows.ts'
import { type BoostBlock, nameOfRows, tellsLoss, toldLoss } from './boostBlock.ts'
import { type FinishedTree, type LeafTree, withLeaves } from './boostLevel.ts'
import { type GrowingTree, grownBy, type NodeSplit, plantedTree } from './growth.ts'
import { sumUp } from './histogram.ts'
import { limitsOfRoot } from './nodeLimits.ts'
import { hasRoom } from './rooms.ts'
import { readSplit, writeSplit } from './splitRecord.ts'
import { bestSplit, type NodeSums, type Split } from './splitSearch.ts'
import { TeamAreas } from './teamAreas.ts'
import { BoardFullError, boardBytes, TeamBoard } from './teamBoard.ts'
import { addUp, freePlaces, type Job, leavesOf, type TeamRun, type Wanted, wantedOf } from './teamJobs.ts'
import { FEATURES_A_UNIT } from './teamLayout.ts'
import type { RoundOutcome, TeamPart, TeamPlan } from './teamPlan.ts'
import { finishedTree } from './tree.ts'

/** One thread's part in a run: it leads, helps, or works alone. */
export class Member {
  readonly #run: TeamRun
  readonly #number: number
  readonly #team: TeamPlan
  readonly #board: TeamBoard
  readonly #blocks: readonly BoostBlock[]
  readonly #atFirst: readonly Float64Array[]
  readonly #areas: TeamAreas
  readonly #own: (Float64Array | null)[]

  constructor(
    run: TeamRun,
    number: number,
    team: TeamPlan,
    bytes: Uint8Array,
    blocks: readonly BoostBlock[],
    before: readonly Float64Array[],
  ) {
    const { layout } = team
    this.#run = run
    this.#number = number
    this.#team = team
    this.#board = new TeamBoard(bytes.subarray(0, boardBytes(layout.textBytes)))
    this.#blocks = blocks
    this.#atFirst = before
    this.#areas = new TeamAreas(layout, bytes)
    this.#own = blocks.map(() => null)
  }

  enter(): 'lead' | 'help' | 'alone' {
    return this.#board.enter(this.#run.run, this.#number)
  }

  /** The same member at a board of its own. */
  alone(bytes: Uint8Array): Member {
    return new Member(this.#run, this.#number, this.#team, bytes, this.#blocks, this.#atFirst)
  }

  help(): TeamPart {
    this.#board.help<Job>(
      this.#run.run,
      ({ kind }, units) => this.#order(kind, units),
      (job, unit) => this.#work(job, unit),
    )
    return { predictions: this.#own, outcome: null }
  }

  lead(): TeamPart {
    const { run, first, rounds } = this.#run
    const done: RoundOutcome[] = []
    try {
      for (let round = first; round < first + rounds; round++) {
        const outcome = this.#round(round)
        if (!outcome) return this.#full(done, round)
        done.push(outcome)
      }
      return { predictions: this.#own, outcome: { rounds: done, isFull: false } }
    } catch (error) {
      if (error instanceof BoardFullError) return this.#full(done, first + done.length)
      throw error
    } finally {
      this.#board.close(run)
    }
  }

  /** A round that this member leads; null where trees have no room. */
  #round(round: number): RoundOutcome | null {
    const growing = this.#grow(round)
    if (!growing) return null
    const { rules, plan, learningRate, layout } = this.#team
    const grown = growing.trees.map(
      (tree, i): FinishedTree => ({
        ...finishedTree(rules, plan.features, tree, learningRate),
        splits: growing.history[i],
      }),
    )
    this.#do({ round, kind: 'finish', grown: grown.map(leavesOf) }, layout.blocks)
    return { trees: grown.map(({ tree }) => tree), loss: this.#loss() }
  }

  /** What there is where a round had no room: all blocks as they were before it. */
  #full(rounds: RoundOutcome[], round: number): TeamPart {
    const predictions = this.#blocks.map((_, block) => this.#before(round, block).slice())
    return { predictions, outcome: { rounds, isFull: true } }
  }

  #loss(): [number, number] | null {
    if (!tellsLoss(this.#team.plan)) return null
    const sums: [number, number] = [0, 0]
    for (let block = 0; block < this.#blocks.length; block++) {
      sums[0] += this.#areas.losses[2 * block]
      sums[1] += this.#areas.losses[2 * block + 1]
    }
    return sums
  }

  /** Grows one tree an output; null where histograms have no room. */
  #grow(round: number): { trees: GrowingTree<number>[]; history: NodeSplit[][] } | null {
    const { rules, plan, layout } = this.#team
    const features = rules.categorical.map((_, feature) => feature)
    const unknown = { gradient: 0, hessian: 0, count: 0 }
    const roots = Array.from(
      { length: plan.outputs },
      (_, tree): Wanted => ({ tree, node: 0, place: tree, sums: unknown, maySplit: true, sibling: null }),
    )
    const atRoots = this.#found(round, roots, null)
    let trees = roots.map(({ place }, i) =>
      plantedTree(rules, atRoots[i].sums, features, () => ({ split: atRoots[i].own, histogram: place })),
    )
    const history = trees.map(({ splits }) => [...splits])
    for (;;) {
      const free = freePlaces(layout.places, trees)
      const wanted = trees.flatMap((tree, i) => wantedOf(rules, tree, i, free))
      if (wanted.some(({ place }) => place < 0)) return null
      if (wanted.length === 0) return { trees, history }
      const found = this.#found(round, wanted, history)
      trees = trees.map((tree, i) => {
        const first = wanted.findIndex((each) => each.tree === i)
        return grownBy(rules, tree, (_split, _sibling, at) => {
          const { place, sibling } = wanted[first + at]
          const { own, other } = found[first + at]
          return [
            { split: own, histogram: place },
            { split: other, histogram: sibling!.place },
          ]
        })
      })
      trees.forEach(({ splits }, i) => {
        history[i].push(...splits)
      })
    }
  }

  /** The best splits of nodes and of their siblings; of roots their sums too. */
  #found(
    round: number,
    all: readonly Wanted[],
    history: NodeSplit[][] | null,
  ): { own: Split | null; other: Split | null; sums: NodeSums }[] {
    const { layout } = this.#team
    const found: { own: Split | null; other: Split | null; sums: NodeSums }[] = []
    for (let from = 0; from < all.length; from += layout.atOnce) {
      let wanted = all.slice(from, from + layout.atOnce)
      this.#do(
        { round, kind: 'sum', history, wanted: wanted.map(({ tree, node }) => ({ tree, node })) },
        layout.blocks,
      )
      if (!history)
        wanted = wanted.map((each, at) => {
          const sums = this.#sumsOfRoot(at)
          return { ...each, sums, maySplit: sums.count > 0 }
        })
      this.#do({ round, kind: 'search', wanted }, layout.groups)
      wanted.forEach(({ sums, sibling }, at) => {
        found.push({
          own: this.#bestOf(2 * at, sums),
          other: sibling && this.#bestOf(2 * at + 1, sibling.sums),
          sums,
        })
      })
    }
    return found
  }

  /** The best split of all features, the first of equals. */
  #bestOf(at: number, sums: NodeSums): Split | null {
    const { groups } = this.#team.layout
    let best: Split | null = null
    for (let group = 0; group < groups; group++) {
      const split = readSplit(this.#areas.record(at, group), sums)
      if (split && (!best || split.gain > best.gain)) best = split
    }
    return best
  }

  #sumsOfRoot(at: number): NodeSums {
    const { rules } = this.#team
    const sums = { gradient: 0, hessian: 0, count: 0, ...limitsOfRoot(rules) }
    for (let block = 0; block < this.#blocks.length; block++) {
      const histogram = this.#areas.sumsOf(block, at)
      for (let bin = rules.offsets[0]; bin < rules.offsets[1]; bin++) {
        sums.gradient += histogram[3 * bin]
        sums.hessian += histogram[3 * bin + 1]
        sums.count += histogram[3 * bin + 2]
      }
    }
    return sums
  }

  #do(job: Job, units: number): void {
    this.#board.lead(job, this.#order(job.kind, units), (unit) => this.#work(job, unit))
  }

  /** Units that this member had best take first: blocks whose rows it has at hand, then from a place of its own on. */
  #order(kind: Job['kind'], units: number): number[] {
    const own = Array.from({ length: units }, (_, i) => (this.#number % 2 === 0 ? i : units - 1 - i))
    if (kind === 'search') return own
    const isKept = own.map((unit) => hasRoom(nameOfRows(this.#team.plan, this.#blocks[unit])))
    return [...own.filter((_, i) => isKept[i]), ...own.filter((_, i) => !isKept[i])]
  }

  #work(job: Job, unit: number): void {
    if (job.kind === 'sum') this.#sum(job.round, job.history, job.wanted, unit)
    else if (job.kind === 'search') this.#search(job.wanted, unit)
    else this.#finish(job.round, job.grown, unit)
  }

  /** Histograms of nodes over the rows of a block. */
  #sum(
    round: number,
    history: NodeSplit[][] | null,
    wanted: readonly { tree: number; node: number }[],
    block: number,
  ): void {
    const { plan } = this.#team
    const into = wanted.map((_, at) => this.#areas.sumsOf(block, at))
    if (isEmpty(this.#blocks[block].binned)) {
      for (const each of into) each.fill(0)
      return
    }
    const isWanted = (tree: number): boolean => wanted.some((each) => each.tree === tree)
    withRows(
      { plan, round },
      this.#blocks[block],
      this.#before(round, block),
      history,
      undefined,
      (room, rows, tree) => {
        const own = wanted.flatMap((each, i) => (each.tree === tree ? [i] : []))
        const nodes = own.map((i) => rows.segments[wanted[i].node])
        sumUp(
          room,
          plan,
          nodes,
          own.map((i) => into[i]),
        )
      },
      isWanted,
    )
  }

  /** Histograms of all blocks as one, those of siblings from their parents', and the best splits by a few features. */
  #search(wanted: readonly Wanted[], group: number): void {
    const { rules } = this.#team
    const count = rules.offsets.length - 1
    const first = group * FEATURES_A_UNIT
    const last = Math.min(count, first + FEATURES_A_UNIT)
    const features = Array.from({ length: last - first }, (_, i) => first + i)
    const [from, to] = [3 * rules.offsets[first], 3 * rules.offsets[last]]
    wanted.forEach(({ place, sums, maySplit: isOpen, sibling }, at) => {
      const own = this.#areas.heldAt(place)
      const parts = this.#blocks.map((_, block) => this.#areas.sumsOf(block, at))
      addUp(own, parts, from, to)
      writeSplit(this.#areas.record(2 * at, group), isOpen ? bestSplit(rules, own, sums, features) : null)
      if (!sibling) return
      const other = this.#areas.heldAt(sibling.place)
      for (let i = from; i < to; i++) other[i] -= own[i]
      writeSplit(
        this.#areas.record(2 * at + 1, group),
        sibling.maySplit ? bestSplit(rules, other, sibling.sums, features) : null,
      )
    })
  }

  #finish(round: number, grown: readonly LeafTree[], unit: number): void {
    const { plan } = this.#team
    const block = this.#blocks[unit]
    const { first, rounds } = this.#run
    const isLast = round === first + rounds - 1
    const into = isLast ? undefined : this.#areas.predicted(round, unit, this.#atFirst[unit].length)
    const predictions = withLeaves({ plan, round }, grown, this.#before(round, unit), block, undefined, into)
    if (isLast) this.#own[unit] = predictions
    if (tellsLoss(plan)) this.#areas.losses.set(toldLoss(plan, block, predictions), 2 * unit)
  }

  /** A block's predictions before a round. */
  #before(round: number, block: number): Float64Array {
    const first = this.#atFirst[block]
    return round === this.#run.first ? first : this.#areas.predicted(round - 1, block, first.length)
  }
}
