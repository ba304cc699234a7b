// A table as nodes of a task graph: its partitions as frames, as one, as records, as one value.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { frameRecords, onlyCell, sumOfNumbers } from '../../kernels/table/partition.ts'
import { mergeSketches, type SketchSpec } from '../../kernels/table/sketch/sketchPartition.ts'
import type { TableSink, WriteChoices, WriteFormat } from '../../kernels/table/steps.ts'
import type { BagNode } from '../bag/node.ts'
import type { FolderWrite } from '../bag/writeFolder.ts'
import { lowered } from './lower.ts'
import { optimised } from './optimise.ts'
import { Building, chunksOf, gathered, MERGED_AT_ONCE, type Pipe, type TableOptions } from './pipe.ts'
import { inputsOf, type Plan } from './plan.ts'
import type { TablePaths } from './write.ts'

type Kernel = (...args: never[]) => unknown

/** The nodes of other collections that a plan reads from. */
function nodesBelow(plan: Plan): GraphNode[] {
  const found = new Set<GraphNode>()
  const seen = new Set<Plan>([plan])
  for (const each of seen) {
    if (each.kind === 'scan') for (const node of each.inputs) found.add(node)
    for (const input of inputsOf(each)) seen.add(input)
  }
  return [...found]
}

abstract class OnTable implements GraphNode {
  readonly plan: Plan
  readonly options: TableOptions

  constructor(plan: Plan, options: TableOptions) {
    this.plan = plan
    this.options = options
  }

  inputs(): readonly GraphNode[] {
    return nodesBelow(this.plan)
  }

  needs(): readonly GraphNode[] {
    return this.inputs()
  }

  async prepareSource(): Promise<void> {
    const seen = new Set<Plan>([this.plan])
    for (const each of seen) {
      if (each.kind === 'scan') await each.prepare?.()
      for (const input of inputsOf(each)) seen.add(input)
    }
  }

  build(graph: TaskGraph): readonly unknown[] {
    return this.tasks(lowered(new Building(graph, this.options), optimised(this.plan)))
  }

  protected abstract tasks(pipe: Pipe): readonly unknown[]
}

/** The partitions as frames. */
export class FramesNode extends OnTable {
  protected tasks(pipe: Pipe): readonly unknown[] {
    return pipe.frames()
  }
}

/** All rows as one list of records. */
export class RecordsNode extends OnTable {
  protected tasks(pipe: Pipe): readonly unknown[] {
    const whole = gathered(pipe.building, [pipe.frames()], pipe.schema, 'whole', this.plan.place)
    const group = pipe.building.group(frameRecords as Kernel, [], 'toRecords', this.plan.place)
    return [pipe.building.graph.addTask(group, [whole.frames('whole')[0]])]
  }
}

/** The one cell of a table of one row and one column. */
export class CellNode extends OnTable {
  protected tasks(pipe: Pipe): readonly unknown[] {
    const group = pipe.building.group(onlyCell as Kernel, [], 'value', this.plan.place)
    return [pipe.building.graph.addTask(group, [pipe.frames()[0]])]
  }
}

/** What the sketches of all partitions say together, merged by a tree. */
export class SketchNode extends OnTable {
  readonly #spec: SketchSpec

  constructor(plan: Plan, options: TableOptions, spec: SketchSpec) {
    super(plan, options)
    this.#spec = spec
  }

  protected tasks(pipe: Pipe): readonly unknown[] {
    const { building } = pipe
    const merging = (finish: boolean): number =>
      building.group(mergeSketches as Kernel, [this.#spec, finish], 'sketch-merge', this.plan.place)
    let level = pipe.tasks({ sink: 'sketch', spec: this.#spec }, 'sketch')
    for (let group: number | undefined; level.length > MERGED_AT_ONCE; ) {
      group ??= merging(false)
      const own = group
      level = chunksOf(level, MERGED_AT_ONCE).map((part) => building.graph.addTask(own, [part]))
    }
    return [building.graph.addTask(merging(true), [level])]
  }
}

/** How many rows there are. */
export class LengthNode extends OnTable {
  protected tasks(pipe: Pipe): readonly unknown[] {
    const counts = pipe.tasks({ sink: 'rows' }, 'len')
    const group = pipe.building.group(sumOfNumbers as Kernel, [], 'len-sum', this.plan.place)
    return [pipe.building.graph.addTask(group, [counts])]
  }
}

/** Each partition as records: what a bag stands on. */
export class RecordPartitionsNode extends OnTable implements BagNode {
  readonly label = 'toBag'
  readonly partitions: number

  constructor(plan: Plan, options: TableOptions, partitions: number) {
    super(plan, options)
    this.partitions = partitions
  }

  protected tasks(pipe: Pipe): readonly unknown[] {
    const group = pipe.building.group(frameRecords as Kernel, [], 'toBag', this.plan.place)
    return pipe.frames().map((frame) => pipe.building.graph.addTask(group, [frame]))
  }
}

/** Writes each partition to a file; a partition of the answer has the paths. */
export class WriteTableNode extends OnTable implements BagNode {
  readonly writes = true
  readonly label: string
  readonly partitions: number
  readonly #format: WriteFormat
  readonly #choices: WriteChoices
  readonly #paths: TablePaths

  constructor(
    plan: Plan,
    options: TableOptions,
    write: {
      label: string
      format: WriteFormat
      choices: WriteChoices
      paths: TablePaths
      partitions: number
    },
  ) {
    super(plan, { ...options, pure: false })
    this.label = write.label
    this.partitions = write.partitions
    this.#format = write.format
    this.#choices = write.choices
    this.#paths = write.paths
  }

  get folder(): FolderWrite | undefined {
    return this.#paths.folder
  }

  override async prepareSource(): Promise<void> {
    await Promise.all([super.prepareSource(), this.folder?.look()])
  }

  protected tasks(pipe: Pipe): readonly unknown[] {
    const { folder, label } = this
    const staging = folder?.token()
    const paths = this.#paths.of(this.partitions)
    const sink = ([slot]: readonly number[]): TableSink => ({
      sink: 'write',
      format: this.#format,
      options: staging === undefined ? this.#choices : { ...this.#choices, staging },
      slot,
    })
    const written = pipe.tasks(sink, label, [(partition) => paths[partition]])
    if (!folder) return written
    return folder.settled(pipe.building.graph, written, staging, (fn, bound, step) =>
      pipe.building.group(fn, bound, `${label}-${step}`, this.plan.place),
    )
  }
}
