// Pairs of two bags by key.

import type { GraphNode } from '../../../graph/node.ts'
import type { TaskGraph } from '../../../graph/taskGraph.ts'
import { type JoinHow, joinParts } from '../../../kernels/bag/groups.ts'
import type { UserFunction } from '../../../kernels/bag/plan.ts'
import { type BagNode, Pipeline } from '../node.ts'
import { OnBag, type Request } from './onBag.ts'

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
