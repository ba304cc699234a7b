// The same items in another number of partitions.

import type { TaskGraph } from '../../../graph/taskGraph.ts'
import { concatenated } from '../../../kernels/bag/partition.ts'
import type { BagNode } from '../node.ts'
import { OnBag, type Request } from './onBag.ts'

/** Another number of partitions, in the same order. */
export class RepartitionNode extends OnBag {
  readonly partitions: number

  constructor(input: BagNode, request: Request, partitions: number) {
    super(input, request)
    this.partitions = partitions
  }

  build(graph: TaskGraph): readonly unknown[] {
    const { partitions: from } = this.input
    const to = this.partitions
    const share = (count: number, of: number, i: number): number => Math.floor((i * count) / of)
    if (to <= from) {
      const lists = this.pipeline(graph).addTasks(graph, { sink: 'list' }, this.label, this.request)
      const joining = this.group(graph, 'concat', concatenated, [])
      return Array.from({ length: to }, (_, i) =>
        graph.addTask(joining, [lists.slice(share(from, to, i), share(from, to, i + 1))]),
      )
    }
    const most = Math.ceil(to / from)
    const wholes = this.pipeline(graph).addTasks(
      graph,
      { sink: 'cut', count: most },
      this.label,
      this.request,
    )
    const joining = this.group(graph, 'concat', concatenated, [])
    return wholes.flatMap((whole, i) => {
      // Every partition is cut into `most` pieces; where fewer are due, the last one takes what is left.
      const due = share(to, from, i + 1) - share(to, from, i)
      const pieces = Array.from({ length: most }, (_, piece) => graph.partOf(whole, piece))
      return Array.from({ length: due }, (_, piece) =>
        graph.addTask(joining, [piece < due - 1 ? [pieces[piece]] : pieces.slice(piece)]),
      )
    })
  }
}
