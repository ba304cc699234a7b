// Running states, from partition to partition.

import type { TaskGraph } from '../../../graph/taskGraph.ts'
import { pick } from '../../../kernels/bag/partition.ts'
import type { Sink, UserFunction } from '../../../kernels/bag/plan.ts'
import type { BagNode } from '../node.ts'
import { OnBag, type Request } from './onBag.ts'

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
