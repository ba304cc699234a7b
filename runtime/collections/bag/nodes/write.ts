// Each partition to a file.

import type { TaskGraph } from '../../../graph/taskGraph.ts'
import type { Sink } from '../../../kernels/bag/plan.ts'
import type { BagNode } from '../node.ts'
import type { WritePlan } from '../write.ts'
import type { FolderWrite } from '../writeFolder.ts'
import { OnBag, type Request } from './onBag.ts'

/** Writes each partition to a file; gives the paths. */
export class WriteNode extends OnBag {
  readonly writes = true
  readonly #plan: WritePlan

  constructor(input: BagNode, request: Request, plan: WritePlan) {
    super(input, request)
    this.#plan = plan
  }

  get partitions(): number {
    return this.input.partitions
  }

  get folder(): FolderWrite | undefined {
    return this.#plan.folder
  }

  async prepareSource(): Promise<void> {
    await this.#plan.folder?.look()
  }

  build(graph: TaskGraph): readonly unknown[] {
    const paths = this.#plan.paths(this.partitions)
    const path = (partition: number): string => paths[partition]
    const { folder } = this.#plan
    folder?.requireFree(paths)
    const staging = folder?.token()
    const request = { ...this.request, options: { ...this.request.options, pure: false } }
    const sink = (slots: readonly number[]): Sink => this.#plan.sink(slots, staging)
    const written = this.pipeline(graph).addTasks(graph, sink, this.label, request, [path])
    return folder
      ? folder.settled(graph, written, staging, (fn, bound, step) =>
          this.group(graph, step, fn, bound, false),
        )
      : written
  }
}
