// Every block beside every other one: a state a block, which sees all blocks in order, one task each.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { besideBlock } from '../../kernels/ml/steps.ts'

/** What a block's state becomes by one of the blocks; it is nothing at first. */
export type PairKernel<S, T, U> = (state: S, known: U | null, block: T, other: T) => U

export class EveryPair implements GraphNode {
  readonly #blocks: GraphNode
  readonly #run: (...args: never[]) => unknown
  readonly #state: unknown

  constructor(blocks: GraphNode, run: (...args: never[]) => unknown, state: unknown) {
    this.#blocks = blocks
    this.#run = run
    this.#state = state
  }

  inputs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  needs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const bound = [this.#run, this.#state]
    const group = graph.addGroup({ fn: besideBlock, bound, name: 'pairs', kind: 'ml.pairs' })
    const blocks = graph.built(this.#blocks)!
    return blocks.map((block) =>
      blocks.reduce((known, other) => graph.addTask(group, [known, block, other]), null as unknown),
    )
  }
}
