// A list of blocks that models learn from: here in this process, or to come on a cluster. Steps are added lazily.

import { callOf, computeAll, persist } from '../../collections/compute.ts'
import { prepareInputs } from '../../collections/delayed/node.ts'
import type { Collection } from '../../graph/collection.ts'
import { announceNode, buildNode, type GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { givenBlock, mergeStates, runSteps, type Step } from '../../kernels/ml/steps.ts'
import { EveryPair, type PairKernel } from './everyPair.ts'
import { PlaceNode, StatesNode } from './states.ts'
import { Joined, Shared, Spread, Together, type TogetherKernel } from './together.ts'

/** States of about this many blocks are merged by one task. */
const MERGE_EVERY = 8

/** A kernel that a step runs: it gets the step's state, a block, and the blocks of other lists at the same place. */
export type StepKernel<S, T, U, O extends unknown[] = []> = (state: S, block: T, ...others: O) => U

/**
 * Blocks of one kind, in order. Those that are here are worked on at once, in this process; those on a cluster when they
 * are asked for, where they are, and steps that follow one another are one task a block.
 */
export class Blocks<T> {
  readonly #values: readonly T[] | undefined
  #node: GraphNode | undefined
  /** How many blocks there are; NaN where only building tells. */
  readonly count: number

  private constructor(values: readonly T[] | undefined, node: GraphNode | undefined, count: number) {
    this.#values = values
    this.#node = node
    this.count = count
  }

  /** Blocks that this process has. */
  static here<T>(values: readonly T[]): Blocks<T> {
    return new Blocks(values, undefined, values.length)
  }

  /** Blocks that tasks give: one reference of the node each. */
  static lazy<T>(node: GraphNode, count: number): Blocks<T> {
    return new Blocks<T>(undefined, node, count)
  }

  get isHere(): boolean {
    return this.#values !== undefined
  }

  /** The blocks, where they are here. */
  get values(): readonly T[] {
    if (!this.#values) throw new Error('these blocks are on a cluster: gather them first')
    return this.#values
  }

  /** The node whose tasks give the blocks: those that are here travel with the graph. */
  get node(): GraphNode {
    this.#node ??= new GivenNode(this.values)
    return this.#node
  }

  /**
   * Every block through a kernel.
   * @param others further lists of as many blocks: the kernel gets theirs behind this one's
   */
  map<S, U, O extends unknown[]>(
    run: StepKernel<S, T, U, O>,
    state: S,
    ...others: { [K in keyof O]: Blocks<O[K]> }
  ): Blocks<U> {
    const rest = others as readonly Blocks<unknown>[]
    const values = this.#values
    if (values && rest.every((each) => each.isHere))
      return Blocks.here(
        values.map((value, i) => run(state, value, ...(rest.map((each) => each.values[i]) as O))),
      )
    const step: Step = { run: run as unknown as Step['run'], state, others: rest.length }
    const further = rest.map((each) => each.node)
    const before = this.node
    const node =
      before instanceof StepsNode
        ? new StepsNode([...before.sources, ...further], [...before.steps, step])
        : new StepsNode([before, ...further], [step])
    return Blocks.lazy<U>(node, this.count)
  }

  /** A state for every block, which sees all blocks beside it, one after the other. */
  besideAll<S, U>(run: PairKernel<S, T, U>, state: S): Blocks<U> {
    const values = this.#values
    if (!values) return Blocks.lazy<U>(new EveryPair(this.node, run, state), this.count)
    return Blocks.here(
      values.map((block) =>
        values.reduce((known: U | null, other) => run(state, known, block, other), null),
      ) as U[],
    )
  }

  /** All blocks, each being a state, merged into one by a kernel, neighbours first. */
  async reduce(merge: (a: T, b: T) => T): Promise<T> {
    if (this.#values) return this.#values.reduce((a, b) => merge(a, b))
    return (await computeAll([new Merged(this.node, merge as Merge)], callOf('fit')))[0] as T
  }

  /** A state that goes through all blocks, one after the other: each step is where its block is. */
  async fold<S>(run: (state: S, block: T) => S | Promise<S>, start: S): Promise<S> {
    const values = this.#values
    if (values) {
      let state = start
      for (const value of values) state = await run(state, value)
      return state
    }
    return (await this.states(run, start).at(-1).gather('fit'))[0]
  }

  /** The state of a fold after each block, where blocks are on a cluster. */
  states<S>(run: (state: S, block: T) => S | Promise<S>, start: S): Blocks<S> {
    return Blocks.lazy<S>(new StatesNode(this.node, run as never, start), this.count)
  }

  /** One of the blocks; of negative places, as many from the end. */
  at(place: number): Blocks<T> {
    if (this.#values) return Blocks.here([this.#values.at(place) as T])
    return Blocks.lazy<T>(new PlaceNode(this.node, place), 1)
  }

  /** The blocks in this process. */
  async gather(method = 'compute'): Promise<readonly T[]> {
    return this.#values ?? ((await computeAll([new Listed(this.node)], callOf(method)))[0] as T[])
  }

  /**
   * One block, made of all: neighbours are summed a few at a time, and what is left goes into `run`.
   * @param before one block, which `run` gets too; null for none
   */
  together<S, B, U, V>(
    this: Blocks<V>,
    run: TogetherKernel<S, B, V, U>,
    state: S,
    before: Blocks<B> | null,
    sum: (parts: readonly V[]) => V,
  ): Blocks<U> {
    const values = this.#values
    if (values) return Blocks.here([run(state, before?.values[0] ?? null, values)])
    return Blocks.lazy<U>(new Together(this.node, before?.node ?? null, run as never, state, sum as never), 1)
  }

  /**
   * Neighbouring blocks as one, where there are more than `count`: those that are here stay as they are.
   * @param join makes one block of neighbours
   */
  joined(join: (parts: readonly T[]) => T, count: number): Blocks<T> {
    if (this.#values || !(this.count > count)) return this
    return Blocks.lazy<T>(new Joined(this.node, join as never, count), count)
  }

  /** The same blocks for several steps to start from: what has made them is not done again by each. */
  shared(): Blocks<T> {
    return this.#values ? this : Blocks.lazy<T>(new Shared(this.node), this.count)
  }

  /** This one block beside each of so many others. */
  spread(count: number): Blocks<T> {
    if (this.#values) return Blocks.here(Array<T>(count).fill(this.#values[0]))
    return Blocks.lazy<T>(new Spread(this.node, count), count)
  }

  /** Computes the blocks and keeps them where they are: what follows starts from there. */
  async persist(): Promise<Blocks<T>> {
    return (await persistBlocks(this))[0]
  }

  /** Lets go of blocks that were persisted, or of one, once nothing will ask for them: earlier than a garbage collection would. */
  release(place?: number): void {
    if (this.#node instanceof HeldBlocks) this.#node.release(place)
  }
}

/** Several lists of blocks, computed by one graph and kept where they are. */
export async function persistBlocks<const B extends readonly Blocks<unknown>[]>(...lists: B): Promise<B> {
  if (lists.every((each) => each.isHere)) return lists
  const held = (await persist(...lists.map((each) => new Listed(each.node)))) as readonly Listed[]
  return lists.map((each, i) => Blocks.lazy(held[i].node, each.count)) as unknown as B
}

type Merge = (a: unknown, b: unknown) => unknown

/** Blocks of the client's own. */
class GivenNode implements GraphNode {
  readonly #values: readonly unknown[]
  constructor(values: readonly unknown[]) {
    this.#values = values
  }
  inputs(): readonly GraphNode[] {
    return []
  }
  needs(): readonly GraphNode[] {
    return []
  }
  build(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({ fn: givenBlock, name: 'given', kind: 'ml.given' })
    return this.#values.map((value) => graph.addTask(group, [value]))
  }
}

/** Blocks that are held on the cluster. */
class HeldBlocks implements GraphNode {
  readonly #references: readonly unknown[]
  constructor(references: readonly unknown[]) {
    this.#references = references
  }
  inputs(): readonly GraphNode[] {
    return []
  }
  needs(): readonly GraphNode[] {
    return []
  }
  build(): readonly unknown[] {
    return this.#references
  }
  release(place?: number): void {
    const references = place === undefined ? this.#references : [this.#references[place]]
    for (const reference of references) (reference as { release?: () => void }).release?.()
  }
}

/** Blocks of others, taken through steps: one task each. */
class StepsNode implements GraphNode {
  readonly sources: readonly GraphNode[]
  readonly steps: readonly Step[]
  constructor(sources: readonly GraphNode[], steps: readonly Step[]) {
    this.sources = sources
    this.steps = steps
  }
  inputs(): readonly GraphNode[] {
    return this.sources
  }
  needs(): readonly GraphNode[] {
    return this.sources
  }
  build(graph: TaskGraph): readonly unknown[] {
    const name = this.steps[this.steps.length - 1].run.name || 'step'
    const group = graph.addGroup({ fn: runSteps, bound: [this.steps], name, kind: 'ml.steps' })
    const [first, ...rest] = this.sources.map((source) => graph.built(source)!)
    return first.map((reference, i) => graph.addTask(group, [reference, ...rest.map((each) => each[i])]))
  }
}

/** What is computed of blocks: subclasses say what of. */
abstract class OnBlocks implements Collection {
  readonly collectionKind = 'ml'
  readonly node: GraphNode
  constructor(node: GraphNode) {
    this.node = node
  }
  announce(graph: TaskGraph): void {
    announceNode(graph, this.node)
  }
  prepare(): Promise<void> {
    return prepareInputs(this.node)
  }
  buildTasks(graph: TaskGraph): readonly unknown[] {
    return buildNode(graph, this.node)
  }
  abstract assemble(results: readonly unknown[]): unknown
  standingOn(references: readonly unknown[]): Collection {
    return new Listed(new HeldBlocks(references))
  }
}

/** The blocks as a list. */
class Listed extends OnBlocks {
  assemble(results: readonly unknown[]): unknown {
    return results
  }
}

/** The blocks' states as one. */
class Merged extends OnBlocks {
  readonly #merge: Merge
  constructor(node: GraphNode, merge: Merge) {
    super(node)
    this.#merge = merge
  }
  override buildTasks(graph: TaskGraph): readonly unknown[] {
    let states = super.buildTasks(graph)
    if (states.length === 1) return states
    const group = graph.addGroup({ fn: mergeStates, bound: [this.#merge], name: 'merge', kind: 'ml.merge' })
    while (states.length > 1) {
      const next: unknown[] = []
      for (let i = 0; i < states.length; i += MERGE_EVERY) {
        const members = states.slice(i, i + MERGE_EVERY)
        next.push(members.length === 1 ? members[0] : graph.addTask(group, members))
      }
      states = next
    }
    return states
  }
  assemble(results: readonly unknown[]): unknown {
    return results[0]
  }
}
