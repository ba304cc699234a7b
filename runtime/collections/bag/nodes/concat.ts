// Several bags, one behind the other.

import type { GraphNode } from '../../../graph/node.ts'
import type { TaskGraph } from '../../../graph/taskGraph.ts'
import type { BagNode } from '../node.ts'

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
