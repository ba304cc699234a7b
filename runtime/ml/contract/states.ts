// A state that goes through blocks, one task each, and one block out of several.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { foldBlock } from '../../kernels/ml/steps.ts'

/** The state after each block. */
export class StatesNode implements GraphNode {
  readonly #blocks: GraphNode
  readonly #run: (...args: never[]) => unknown
  readonly #start: unknown

  constructor(blocks: GraphNode, run: (...args: never[]) => unknown, start: unknown) {
    this.#blocks = blocks
    this.#run = run
    this.#start = start
  }

  inputs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  needs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({ fn: foldBlock, bound: [this.#run], name: 'fold', kind: 'ml.fold' })
    let state: unknown = this.#start
    return graph.built(this.#blocks)!.map((block) => {
      state = graph.addTask(group, [state, block])
      return state
    })
  }
}

/** One of several blocks: of negative places, as many from the end. */
export class PlaceNode implements GraphNode {
  readonly #blocks: GraphNode
  readonly #place: number

  constructor(blocks: GraphNode, place: number) {
    this.#blocks = blocks
    this.#place = place
  }

  inputs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  needs(): readonly GraphNode[] {
    return [this.#blocks]
  }

  build(graph: TaskGraph): readonly unknown[] {
    return [graph.built(this.#blocks)!.at(this.#place)]
  }
}
