// Items by key, shuffled.

import type { TaskGraph } from '../../../graph/taskGraph.ts'
import { groupParts } from '../../../kernels/bag/groups.ts'
import type { Sink, UserFunction } from '../../../kernels/bag/plan.ts'
import { firstStage } from '../../shuffle/shuffle.ts'
import type { BagNode } from '../node.ts'
import { OnBag, type Request } from './onBag.ts'

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
