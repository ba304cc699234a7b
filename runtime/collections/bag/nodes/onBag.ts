// What nodes that work on a bag share: the steps before them, fused, their groups of tasks, and a shuffle.

import type { GraphNode } from '../../../graph/node.ts'
import type { TaskGraph } from '../../../graph/taskGraph.ts'
import { runPartition } from '../../../kernels/bag/partition.ts'
import type { Sink, UserFunction } from '../../../kernels/bag/plan.ts'
import type { ShuffleStage } from '../../../kernels/shuffleStage.ts'
import type { SourcePlace } from '../../../protocol/failure.ts'
import { shuffle } from '../../shuffle/shuffle.ts'
import { type BagNode, groupName, Pipeline, partsField, placeFields, type StepOptions } from '../node.ts'

/** What nodes on a bag have in common. */
export interface Request {
  label: string
  options?: StepOptions
  place?: SourcePlace | undefined
}

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
    return shuffle(sources, targets, {
      split: (stage) => pipeline.addTasks(graph, sinkOf(stage), this.label, this.request),
      splitAgain: (lists, stage) => {
        const { fn, bound } = again(stage)
        const splitting = this.group(graph, 'split', fn, bound, true, stage.parts)
        return lists.map((parts) => graph.addTask(splitting, [parts]))
      },
      part: (part, split) => graph.partOf(split, part),
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
    parts?: number,
  ): number {
    const { pure: _, ...options } = this.request.options ?? {}
    return graph.addGroup({
      fn,
      bound,
      ...(pure ? {} : { pure }),
      ...partsField(parts),
      name: groupName([this.label, step]),
      kind: `bag.${this.label}`,
      options,
      ...placeFields(this.request.place),
    })
  }
}
