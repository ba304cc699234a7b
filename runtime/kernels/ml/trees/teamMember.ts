// A thread of a team: it sums up blocks of rows and looks for splits of some features; the one that leads grows the trees.

import { isEmpty } from './binnedBlock.ts'
import { withRows } from './blockRows.ts'
import { type BoostBlock, type BoostPlan, heldOutLoss, nameOfRows } from './boostBlock.ts'
import { type FinishedTree, type LeafTree, withLeaves } from './boostLevel.ts'
import { type GrowingTree, type GrowthRules, grownBy, type NodeSplit, plantedTree } from './growth.ts'
import { sumUp } from './histogram.ts'
import { hasRoom } from './rooms.ts'
import { readSplit, recordAt, writeSplit } from './splitRecord.ts'
import { bestSplit, type NodeSums, type Split } from './splitSearch.ts'
import { BoardFullError, boardBytes, TeamBoard } from './teamBoard.ts'
import { addUp, freePlaces, type Job, leavesOf, type Wanted, wantedOf } from './teamJobs.ts'
import { FEATURES_A_UNIT, type TeamLayout } from './teamLayout.ts'
import { finishedTree, type Tree } from './tree.ts'

/** What the members of a team know all through a fit. */
export interface TeamPlan {
  plan: BoostPlan
  rules: GrowthRules
  learningRate: number
  layout: TeamLayout
}

/** What comes of a round: trees, and loss and weight of the rows that are held out, if any are. */
export interface TeamOutcome {
  /** Null where they had no room: the round is to be done level by level. */
  trees: Tree[] | null
  loss: [number, number] | null
}

/** What a member leaves: what it did. */
export interface TeamPart {
  /** Predictions with the round's trees, of the blocks that were its own at last; null of others. */
  predictions: (Float64Array | null)[]
  /** Of the member that led. */
  outcome: TeamOutcome | null
}

/** One thread's part in a round: it leads, helps, or works alone. */
export class Member {
  readonly #run: number
  readonly #number: number
  readonly #team: TeamPlan
  readonly #board: TeamBoard
  readonly #blocks: readonly BoostBlock[]
  readonly #before: readonly Float64Array[]
  readonly #losses: Float64Array
  readonly #records: Float64Array
  readonly #sums: Float64Array
  readonly #held: Float64Array
  readonly #own: (Float64Array | null)[]

  constructor(
    run: number,
    number: number,
    team: TeamPlan,
    bytes: Uint8Array,
    blocks: readonly BoostBlock[],
    before: readonly Float64Array[],
  ) {
    const { layout } = team
    const area = (from: number, to: number): Float64Array =>
      new Float64Array(bytes.buffer, bytes.byteOffset + from, (to - from) / 8)
    this.#run = run
    this.#number = number
    this.#team = team
    this.#board = new TeamBoard(bytes.subarray(0, boardBytes(layout.textBytes)))
    this.#blocks = blocks
    this.#before = before
    this.#losses = area(layout.losses, layout.records)
    this.#records = area(layout.records, layout.sums)
    this.#sums = area(layout.sums, layout.held)
    this.#held = area(layout.held, layout.bytes)
    this.#own = blocks.map(() => null)
  }

  enter(): 'lead' | 'help' | 'alone' {
    return this.#board.enter(this.#run, this.#number)
  }

  /** The same member at a board of its own. */
  alone(bytes: Uint8Array): Member {
    return new Member(this.#run, this.#number, this.#team, bytes, this.#blocks, this.#before)
  }

  help(): TeamPart {
    this.#board.help<Job>(
      this.#run,
      ({ kind }, units) => this.#order(kind, units),
      (job, unit) => this.#work(job, unit),
    )
    return { predictions: this.#own, outcome: null }
  }

  lead(): TeamPart {
    try {
      const growing = this.#grow()
      if (!growing) return this.#tooLarge()
      const { rules, plan, learningRate, layout } = this.#team
      const grown = growing.trees.map(
        (tree, i): FinishedTree => ({
          ...finishedTree(rules, plan.features, tree, learningRate),
          splits: growing.history[i],
        }),
      )
      this.#do({ kind: 'finish', grown: grown.map(leavesOf) }, layout.blocks)
      return { predictions: this.#own, outcome: { trees: grown.map(({ tree }) => tree), loss: this.#loss() } }
    } catch (error) {
      if (error instanceof BoardFullError) return this.#tooLarge()
      throw error
    } finally {
      this.#board.close(this.#run)
    }
  }

  #tooLarge(): TeamPart {
    return { predictions: [...this.#before], outcome: { trees: null, loss: null } }
  }

  #loss(): [number, number] | null {
    if (this.#team.plan.validationShare === 0) return null
    const sums: [number, number] = [0, 0]
    for (let block = 0; block < this.#blocks.length; block++) {
      sums[0] += this.#losses[2 * block]
      sums[1] += this.#losses[2 * block + 1]
    }
    return sums
  }

  /** Grows one tree an output; null where histograms have no room. */
  #grow(): { trees: GrowingTree<number>[]; history: NodeSplit[][] } | null {
    const { rules, plan, layout } = this.#team
    const features = rules.categorical.map((_, feature) => feature)
    const unknown = { gradient: 0, hessian: 0, count: 0 }
    const roots = Array.from(
      { length: plan.outputs },
      (_, tree): Wanted => ({ tree, node: 0, place: tree, sums: unknown, maySplit: true, sibling: null }),
    )
    const atRoots = this.#found(roots, null)
    let trees = roots.map(({ place }, i) =>
      plantedTree(rules, atRoots[i].sums, features, () => ({ split: atRoots[i].own, histogram: place })),
    )
    const history = trees.map(({ splits }) => [...splits])
    for (;;) {
      const free = freePlaces(layout.places, trees)
      const wanted = trees.flatMap((tree, i) => wantedOf(rules, tree, i, free))
      if (wanted.some(({ place }) => place < 0)) return null
      if (wanted.length === 0) return { trees, history }
      const found = this.#found(wanted, history)
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
    all: readonly Wanted[],
    history: NodeSplit[][] | null,
  ): { own: Split | null; other: Split | null; sums: NodeSums }[] {
    const { layout } = this.#team
    const found: { own: Split | null; other: Split | null; sums: NodeSums }[] = []
    for (let from = 0; from < all.length; from += layout.atOnce) {
      let wanted = all.slice(from, from + layout.atOnce)
      this.#do(
        { kind: 'sum', history, wanted: wanted.map(({ tree, node }) => ({ tree, node })) },
        layout.blocks,
      )
      if (!history)
        wanted = wanted.map((each, at) => {
          const sums = this.#sumsOfRoot(at)
          return { ...each, sums, maySplit: sums.count > 0 }
        })
      this.#do({ kind: 'search', wanted }, layout.groups)
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
      const split = readSplit(recordAt(this.#records, at * groups + group), sums)
      if (split && (!best || split.gain > best.gain)) best = split
    }
    return best
  }

  #sumsOfRoot(at: number): NodeSums {
    const { rules } = this.#team
    const sums = { gradient: 0, hessian: 0, count: 0 }
    for (let block = 0; block < this.#blocks.length; block++) {
      const histogram = this.#sumsOf(block, at)
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
    if (job.kind === 'sum') this.#sum(job.history, job.wanted, unit)
    else if (job.kind === 'search') this.#search(job.wanted, unit)
    else this.#finish(job.grown, unit)
  }

  /** Histograms of nodes over the rows of a block. */
  #sum(
    history: NodeSplit[][] | null,
    wanted: readonly { tree: number; node: number }[],
    block: number,
  ): void {
    const { plan } = this.#team
    const into = wanted.map((_, at) => this.#sumsOf(block, at))
    if (isEmpty(this.#blocks[block].binned)) {
      for (const each of into) each.fill(0)
      return
    }
    const isWanted = (tree: number): boolean => wanted.some((each) => each.tree === tree)
    const at = { plan, round: this.#run }
    withRows(
      at,
      this.#blocks[block],
      this.#before[block],
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
    const { rules, layout } = this.#team
    const count = rules.offsets.length - 1
    const first = group * FEATURES_A_UNIT
    const last = Math.min(count, first + FEATURES_A_UNIT)
    const features = Array.from({ length: last - first }, (_, i) => first + i)
    const [from, to] = [3 * rules.offsets[first], 3 * rules.offsets[last]]
    wanted.forEach(({ place, sums, maySplit: isOpen, sibling }, at) => {
      const own = this.#heldAt(place)
      const parts = this.#blocks.map((_, block) => this.#sumsOf(block, at))
      addUp(own, parts, from, to)
      const record = (which: number): Float64Array =>
        recordAt(this.#records, (2 * at + which) * layout.groups + group)
      writeSplit(record(0), isOpen ? bestSplit(rules, own, sums, features) : null)
      if (!sibling) return
      const other = this.#heldAt(sibling.place)
      for (let i = from; i < to; i++) other[i] -= own[i]
      writeSplit(record(1), sibling.maySplit ? bestSplit(rules, other, sibling.sums, features) : null)
    })
  }

  #finish(grown: readonly LeafTree[], unit: number): void {
    const { plan } = this.#team
    const block = this.#blocks[unit]
    const predictions = withLeaves({ plan, round: this.#run }, grown, this.#before[unit], block)
    this.#own[unit] = predictions
    if (plan.validationShare > 0) this.#losses.set(heldOutLoss(plan, block, predictions), 2 * unit)
  }

  #sumsOf(block: number, at: number): Float64Array {
    const { length, atOnce } = this.#team.layout
    const from = (block * atOnce + at) * length
    return this.#sums.subarray(from, from + length)
  }

  #heldAt(place: number): Float64Array {
    const { length } = this.#team.layout
    return this.#held.subarray(place * length, (place + 1) * length)
  }
}
