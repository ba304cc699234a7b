// Reductions: by a tree of merges, and by key through a shuffle.

import type { TaskGraph } from '../../../graph/taskGraph.ts'
import { mergeAndSplit, mergeParts, mergeStates } from '../../../kernels/bag/partition.ts'
import type { ReducerSpec, Sink, UserFunction } from '../../../kernels/bag/plan.ts'
import type { ShuffleStage } from '../../../kernels/shuffleStage.ts'
import { firstStage } from '../../shuffle/shuffle.ts'
import type { BagNode } from '../node.ts'
import { OnBag, type Request } from './onBag.ts'

/** How many states one task merges where nothing else is asked for. */
export const SPLIT_EVERY = 8

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
