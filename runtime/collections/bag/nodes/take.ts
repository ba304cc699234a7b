// The first items of a bag.

import type { TaskGraph } from '../../../graph/taskGraph.ts'
import { concatenated, pick } from '../../../kernels/bag/partition.ts'
import type { Sink } from '../../../kernels/bag/plan.ts'
import type { BagNode } from '../node.ts'
import { OnBag, type Request } from './onBag.ts'

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
