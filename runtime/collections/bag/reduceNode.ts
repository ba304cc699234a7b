// Nodes that bring partitions together: by a tree, by a shuffle, one after another.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { groupParts, type JoinHow, joinParts } from '../../kernels/bag/groups.ts'
import { pickPart } from '../../kernels/bag/parcel.ts'
import {
  concatenated,
  mergeAndSplit,
  mergeParts,
  mergeStates,
  pick,
  runPartition,
} from '../../kernels/bag/partition.ts'
import type { ReducerSpec, Sink, UserFunction } from '../../kernels/bag/plan.ts'
import type { ShuffleStage } from '../../kernels/shuffleStage.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { firstStage, shuffle } from '../shuffle/shuffle.ts'
import { type BagNode, groupName, Pipeline, placeFields, type StepOptions } from './node.ts'
import type { WritePlan } from './write.ts'
import type { FolderWrite } from './writeFolder.ts'

/** What nodes of this file have in common. */
export interface Request {
  label: string
  options?: StepOptions
  place?: SourcePlace | undefined
}

/** How many states one task merges where nothing else is asked for. */
export const SPLIT_EVERY = 8

export abstract class OnBag implements BagNode {
  abstract readonly partitions: number
  readonly label: string
  readonly request: Request
  readonly input: BagNode

  constructor(input: BagNode, request: Request) {
    this.input = input
    this.label = request.label
    this.request = request
  }

  inputs(): readonly GraphNode[] {
    return [this.input]
  }

  needs(graph: TaskGraph): readonly GraphNode[] {
    return this.pipeline(graph).needs
  }

  abstract build(graph: TaskGraph): readonly unknown[]

  /** What becomes of each partition's items, where that needs nothing but them: others may then read along. */
  get sink(): Sink | undefined {
    return undefined
  }

  /** The steps before this node, fused; a shared input stands alone. */
  protected pipeline(graph: TaskGraph): Pipeline {
    return new Pipeline(graph, this.input, this)
  }

  /** The parts of a shuffle's targets. `sinkOf` says how sources are split, `again` what splits parts once more. */
  protected shuffled(
    graph: TaskGraph,
    pipeline: Pipeline,
    targets: number,
    sinkOf: (stage: ShuffleStage) => Sink,
    again: (stage: ShuffleStage) => { fn: UserFunction; bound: readonly unknown[] },
  ): readonly unknown[][] {
    const sources = pipeline.partitions
    const picking = this.group(graph, 'pick', pickPart, [])
    return shuffle(sources, targets, {
      split: (stage) => pipeline.addTasks(graph, sinkOf(stage), this.label, this.request),
      splitAgain: (lists, stage) => {
        const { fn, bound } = again(stage)
        const splitting = this.group(graph, 'split', fn, bound)
        return lists.map((parts) => graph.addTask(splitting, [parts]))
      },
      pick: (part, whole) => graph.addTask(picking, [part, whole]),
    })
  }

  /** A shuffle of items by their keys. */
  protected shuffledItems(
    graph: TaskGraph,
    pipeline: Pipeline,
    key: UserFunction,
    targets: number,
  ): readonly unknown[][] {
    const sinkOf = (stage: ShuffleStage): Sink => ({ sink: 'split', key, count: targets, stage })
    return this.shuffled(graph, pipeline, targets, sinkOf, (stage) => ({
      fn: runPartition,
      bound: [{ source: 'parts' }, [], sinkOf(stage)],
    }))
  }

  /** Declares a group of tasks that follow the first ones. */
  protected group(
    graph: TaskGraph,
    step: string,
    fn: UserFunction,
    bound: readonly unknown[],
    pure = true,
  ): number {
    const { pure: _, ...options } = this.request.options ?? {}
    return graph.addGroup({
      fn,
      bound,
      ...(pure ? {} : { pure }),
      name: groupName([this.label, step]),
      kind: `bag.${this.label}`,
      options,
      ...placeFields(this.request.place),
    })
  }
}

/** A reduction by a tree of merges: one partition, the answer. */
export class TreeNode extends OnBag {
  readonly partitions = 1
  readonly #spec: ReducerSpec
  readonly #splitEvery: number

  constructor(input: BagNode, request: Request, spec: ReducerSpec, splitEvery = SPLIT_EVERY) {
    super(input, request)
    this.#spec = spec
    this.#splitEvery = splitEvery
  }

  override get sink(): Sink {
    return { sink: 'reduce', reducer: this.#spec }
  }

  build(graph: TaskGraph): readonly unknown[] {
    const states = this.pipeline(graph).addTasks(graph, this.sink, this.label, this.request)
    return [mergeTree(graph, states, this.#splitEvery, (last) => this.#merges(graph, last))]
  }

  #merges(graph: TaskGraph, last: boolean): number {
    return this.group(graph, last ? 'finish' : 'merge', mergeStates, [this.#spec, last])
  }
}

/** Merges references by a tree, neighbours first; `groupOf` declares the groups as they are needed. */
function mergeTree(
  graph: TaskGraph,
  references: readonly unknown[],
  splitEvery: number,
  groupOf: (last: boolean) => number,
): unknown {
  let level = references
  let group: number | undefined
  while (level.length > splitEvery) {
    group ??= groupOf(false)
    const next: unknown[] = []
    for (let i = 0; i < level.length; i += splitEvery) {
      const part = level.slice(i, i + splitEvery)
      next.push(part.length === 1 ? part[0] : graph.addTask(group, [part]))
    }
    level = next
  }
  return graph.addTask(groupOf(true), [level])
}

/** A reduction by key, shuffled: every partition of the answer has the keys of its hash. */
export class KeyedShuffleNode extends OnBag {
  readonly partitions: number
  readonly #spec: ReducerSpec

  constructor(input: BagNode, request: Request, spec: ReducerSpec, partitions: number) {
    super(input, request)
    this.#spec = spec
    this.partitions = partitions
  }

  override get sink(): Sink {
    return this.#sinkAt(firstStage(this.input.partitions, this.partitions))
  }

  #sinkAt(stage: ShuffleStage): Sink {
    return { sink: 'reduceAndSplit', reducer: this.#spec, count: this.partitions, stage }
  }

  build(graph: TaskGraph): readonly unknown[] {
    const pipeline = this.pipeline(graph)
    const again = (stage: ShuffleStage): { fn: UserFunction; bound: readonly unknown[] } => ({
      fn: mergeAndSplit,
      bound: [{ spec: this.#spec, count: this.partitions, stage }],
    })
    const parts = this.shuffled(graph, pipeline, this.partitions, (stage) => this.#sinkAt(stage), again)
    const merging = this.group(graph, 'finish', mergeParts, [this.#spec])
    return parts.map((states) => graph.addTask(merging, [states]))
  }
}

/** Items by key, shuffled. */
export class GroupNode extends OnBag {
  readonly #key: UserFunction
  readonly #partitions: number | undefined

  /** @param partitions as many as the input has when absent */
  constructor(input: BagNode, request: Request, key: UserFunction, partitions?: number) {
    super(input, request)
    this.#key = key
    this.#partitions = partitions
  }

  get partitions(): number {
    return this.#partitions ?? this.input.partitions
  }

  override get sink(): Sink {
    const { partitions } = this
    const stage = firstStage(this.input.partitions, partitions)
    return { sink: 'split', key: this.#key, count: partitions, stage }
  }

  build(graph: TaskGraph): readonly unknown[] {
    const parts = this.shuffledItems(graph, this.pipeline(graph), this.#key, this.partitions)
    const grouping = this.group(graph, 'group', groupParts, [this.#key])
    return parts.map((lists) => graph.addTask(grouping, [lists]))
  }
}

/** The other side of a join: a bag, or one list for all partitions. */
export type JoinSide = { side: 'bag'; node: BagNode } | { side: 'single'; node: GraphNode }

/** Pairs of two bags by key. A list on the right goes to every partition; two bags are shuffled. */
export class JoinNode extends OnBag {
  readonly #right: JoinSide
  readonly #keys: readonly [UserFunction, UserFunction]
  readonly #how: JoinHow
  readonly #partitions: number | undefined

  /** @param partitions when absent, as many as the input has for a list, as the larger side for two bags */
  constructor(
    input: BagNode,
    request: Request,
    right: JoinSide,
    keys: readonly [UserFunction, UserFunction],
    how: JoinHow,
    partitions?: number,
  ) {
    super(input, request)
    this.#right = right
    this.#keys = keys
    this.#how = how
    this.#partitions = partitions
  }

  get partitions(): number {
    const right = this.#right
    if (this.#partitions !== undefined) return this.#partitions
    return right.side === 'single'
      ? this.input.partitions
      : Math.max(this.input.partitions, right.node.partitions)
  }

  override inputs(): readonly GraphNode[] {
    return [this.input, this.#right.node]
  }

  override needs(graph: TaskGraph): readonly GraphNode[] {
    const right = this.#right
    const theirs = right.side === 'bag' ? new Pipeline(graph, right.node, this).needs : [right.node]
    return [...this.pipeline(graph).needs, ...theirs]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const joining = this.group(graph, 'pairs', joinParts, [...this.#keys, this.#how])
    const right = this.#right
    if (right.side === 'single') {
      const lists = this.pipeline(graph).addTasks(graph, { sink: 'list' }, this.label, this.request)
      const [reference] = graph.built(right.node)!
      return lists.map((list) => graph.addTask(joining, [[list], [reference]]))
    }
    const sides = [this.pipeline(graph), new Pipeline(graph, right.node, this)].map((pipeline, i) =>
      this.shuffledItems(graph, pipeline, this.#keys[i], this.partitions),
    )
    return sides[0].map((lists, target) => graph.addTask(joining, [lists, sides[1][target]]))
  }
}

/** Running states, from partition to partition. */
export class AccumulateNode extends OnBag {
  readonly #fn: UserFunction
  readonly #initial: { value: unknown } | undefined

  constructor(input: BagNode, request: Request, fn: UserFunction, initial: { value: unknown } | undefined) {
    super(input, request)
    this.#fn = fn
    this.#initial = initial
  }

  get partitions(): number {
    return this.input.partitions
  }

  build(graph: TaskGraph): readonly unknown[] {
    const picking = this.group(graph, 'pick', pick, [])
    const initial = this.#initial && { initial: this.#initial }
    // The first partition starts where the user says, each other one where the one before it ended.
    const before = (partition: number, earlier: readonly unknown[]): unknown =>
      partition === 0 ? undefined : graph.addTask(picking, ['state', earlier[partition - 1]])
    const sink = ([slot]: readonly number[]): Sink => ({ sink: 'accumulate', fn: this.#fn, ...initial, slot })
    const whole = this.pipeline(graph).addTasks(graph, sink, this.label, this.request, [before])
    return whole.map((each) => graph.addTask(picking, ['items', each]))
  }
}

const FEW_ITEMS = 1000

/** The first items of the whole bag: each partition is asked only for what those before it lack. */
export class TakeNode extends OnBag {
  readonly partitions = 1
  readonly #count: number
  readonly #from: number

  constructor(input: BagNode, request: Request, count: number, fromPartitions: number) {
    super(input, request)
    this.#count = count
    this.#from = fromPartitions
  }

  build(graph: TaskGraph): readonly unknown[] {
    const picking = this.group(graph, 'pick', pick, [])
    // A few items travel along with the count of them more cheaply than a task of its own would take the count out.
    const alone = this.#count > FEW_ITEMS
    const before = (partition: number, earlier: readonly unknown[]): unknown => {
      if (partition === 0) return 0
      const taken = earlier[partition - 1]
      return alone ? graph.addTask(picking, ['total', taken]) : taken
    }
    const sink = ([slot]: readonly number[]): Sink => ({ sink: 'take', count: this.#count, slot })
    const pipeline = this.pipeline(graph)
    const whole = pipeline.addTasks(
      graph,
      sink,
      this.label,
      this.request,
      [before],
      Math.min(this.#from, this.input.partitions),
    )
    const items = whole.map((each) => graph.addTask(picking, ['items', each]))
    return [graph.addTask(this.group(graph, 'concat', concatenated, []), [items])]
  }
}

/** Another number of partitions, in the same order. */
export class RepartitionNode extends OnBag {
  readonly partitions: number

  constructor(input: BagNode, request: Request, partitions: number) {
    super(input, request)
    this.partitions = partitions
  }

  build(graph: TaskGraph): readonly unknown[] {
    const { partitions: from } = this.input
    const to = this.partitions
    const share = (count: number, of: number, i: number): number => Math.floor((i * count) / of)
    if (to <= from) {
      const lists = this.pipeline(graph).addTasks(graph, { sink: 'list' }, this.label, this.request)
      const joining = this.group(graph, 'concat', concatenated, [])
      return Array.from({ length: to }, (_, i) =>
        graph.addTask(joining, [lists.slice(share(from, to, i), share(from, to, i + 1))]),
      )
    }
    const most = Math.ceil(to / from)
    const wholes = this.pipeline(graph).addTasks(
      graph,
      { sink: 'cut', count: most },
      this.label,
      this.request,
    )
    const picking = this.group(graph, 'pick', pickPart, [])
    const joining = this.group(graph, 'concat', concatenated, [])
    return wholes.flatMap((whole, i) => {
      // Every partition is cut into `most` pieces; where fewer are due, the last one takes what is left.
      const due = share(to, from, i + 1) - share(to, from, i)
      const pieces = Array.from({ length: most }, (_, piece) => graph.addTask(picking, [piece, whole]))
      return Array.from({ length: due }, (_, piece) =>
        graph.addTask(joining, [piece < due - 1 ? [pieces[piece]] : pieces.slice(piece)]),
      )
    })
  }
}

/** Several bags, one behind the other. */
export class ConcatNode implements BagNode {
  readonly label = 'concat'
  readonly parts: readonly BagNode[]

  constructor(parts: readonly BagNode[]) {
    this.parts = parts.flatMap((part) => (part instanceof ConcatNode ? part.parts : [part]))
  }

  get partitions(): number {
    return this.parts.reduce((total, part) => total + part.partitions, 0)
  }

  inputs(): readonly GraphNode[] {
    return this.parts
  }

  needs(): readonly GraphNode[] {
    return this.parts
  }

  build(graph: TaskGraph): readonly unknown[] {
    return this.parts.flatMap((part) => graph.built(part)!)
  }
}

/** Writes each partition to a file; gives the paths. */
export class WriteNode extends OnBag {
  readonly writes = true
  readonly #plan: WritePlan

  constructor(input: BagNode, request: Request, plan: WritePlan) {
    super(input, request)
    this.#plan = plan
  }

  get partitions(): number {
    return this.input.partitions
  }

  get folder(): FolderWrite | undefined {
    return this.#plan.folder
  }

  async prepareSource(): Promise<void> {
    await this.#plan.folder?.look()
  }

  build(graph: TaskGraph): readonly unknown[] {
    const paths = this.#plan.paths(this.partitions)
    const path = (partition: number): string => paths[partition]
    const { folder } = this.#plan
    folder?.requireFree(paths)
    const staging = folder?.token()
    const request = { ...this.request, options: { ...this.request.options, pure: false } }
    const sink = (slots: readonly number[]): Sink => this.#plan.sink(slots, staging)
    const written = this.pipeline(graph).addTasks(graph, sink, this.label, request, [path])
    return folder
      ? folder.settled(graph, written, staging, (fn, bound, step) =>
          this.group(graph, step, fn, bound, false),
        )
      : written
  }
}

/** One task that has a bag's whole contents as one list. */
export class WholeNode extends OnBag {
  readonly partitions = 1

  override needs(): readonly GraphNode[] {
    return [this.input]
  }

  build(graph: TaskGraph): readonly unknown[] {
    return [graph.addTask(this.group(graph, 'concat', concatenated, []), [graph.built(this.input)!])]
  }
}
