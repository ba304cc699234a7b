// A bag as one list, and lists as bags.

import type { GraphNode } from '../../../graph/node.ts'
import type { TaskGraph } from '../../../graph/taskGraph.ts'
import { concatenated } from '../../../kernels/bag/partition.ts'
import type { BagNode } from '../node.ts'
import { OnBag } from './onBag.ts'

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

/** A bag of one partition, which another node gives. */
export class OneListNode implements BagNode {
  readonly label = 'list'
  readonly partitions = 1
  readonly #node: GraphNode

  constructor(node: GraphNode) {
    this.#node = node
  }

  inputs(): readonly GraphNode[] {
    return [this.#node]
  }

  needs(): readonly GraphNode[] {
    return [this.#node]
  }

  build(graph: TaskGraph): readonly unknown[] {
    return [graph.built(this.#node)![0]]
  }
}

/** A value that the user gave. */
export class LiteralNode implements GraphNode {
  readonly #value: unknown

  constructor(value: unknown) {
    this.#value = value
  }

  inputs(): readonly GraphNode[] {
    return []
  }

  needs(): readonly GraphNode[] {
    return []
  }

  build(): readonly unknown[] {
    return [this.#value]
  }
}
