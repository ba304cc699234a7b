// The expression nodes of bags: a source, or ops on another bag's partitions. What follows one another becomes one task.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { runPartition } from '../../kernels/bag/partition.ts'
import { type Op, resultParts, type Sink, type SourceSpec } from '../../kernels/bag/plan.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import type { TaskGroup, TaskOptions } from '../../protocol/taskOptions.ts'
import { unequalPartitions } from './arguments.ts'
import { shareSource } from './shareSource.ts'
import type { FolderWrite } from './writeFolder.ts'

/** A bag: how many partitions it has, and how to build the task of each, which gives the list of its items. */
export interface BagNode extends GraphNode {
  /** NaN as long as only servers know how many files there are: until `prepareSource` of the sources below has asked them. */
  readonly partitions: number
  /** The method that made it, e.g. `map`. */
  readonly label: string
  /** Whether its items are files that were written, some of them for the program's memory. */
  readonly writes?: boolean
  /** Where they are written to, when they are many. */
  readonly folder?: FolderWrite | undefined
}

/** A task's own argument beside its partition: of another node (per partition, or one for all), or the partition's number. */
export type Extra =
  | { extra: 'partition'; node: GraphNode }
  | { extra: 'single'; node: GraphNode }
  | { extra: 'number' }

/** Options of a bag's tasks; see `Bag.with`. */
export interface StepOptions extends TaskOptions {
  /** Impure steps run again whenever they are asked for. */
  pure?: boolean
}

/** Where a bag begins: what its partitions' tasks get as their argument. */
export class SourceNode implements BagNode {
  readonly label: string
  readonly spec: SourceSpec
  readonly options: StepOptions
  readonly place: SourcePlace | undefined
  readonly #argument: (partition: number, graph: TaskGraph) => unknown
  readonly #inputs: readonly GraphNode[]
  readonly #partitions: () => number
  readonly #prepare: (() => Promise<void>) | undefined

  constructor(source: {
    label: string
    spec: SourceSpec
    partitions: number | (() => number)
    /** The argument of a partition's task; the graph has the references of `inputs`. */
    argument: (partition: number, graph: TaskGraph) => unknown
    inputs?: readonly GraphNode[]
    options?: StepOptions
    place?: SourcePlace | undefined
    /** Asks servers for what the number of partitions depends on. */
    prepare?: () => Promise<void>
  }) {
    const { partitions } = source
    this.label = source.label
    this.spec = source.spec
    this.#partitions = typeof partitions === 'number' ? () => partitions : partitions
    this.#prepare = source.prepare
    this.#argument = source.argument
    this.#inputs = source.inputs ?? []
    this.options = source.options ?? {}
    this.place = source.place
  }

  get partitions(): number {
    return this.#partitions()
  }

  /** Awaited before anything is built. */
  async prepareSource(): Promise<void> {
    await this.#prepare?.()
  }

  inputs(): readonly GraphNode[] {
    return this.#inputs
  }

  needs(): readonly GraphNode[] {
    return this.#inputs
  }

  argument(partition: number, graph: TaskGraph): unknown {
    return this.#argument(partition, graph)
  }

  build(graph: TaskGraph): readonly unknown[] {
    return new Pipeline(graph, this, this).addTasks(graph, { sink: 'list' }, this.label)
  }
}

/** One element-wise step. */
export class StepNode implements BagNode {
  readonly input: BagNode
  readonly label: string
  readonly extras: readonly Extra[]
  readonly options: StepOptions
  readonly place: SourcePlace | undefined
  /** The op, once it is known at which places of the task's arguments its extras stand. */
  readonly op: (slots: readonly number[]) => Op

  constructor(
    input: BagNode,
    step: {
      label: string
      op: (slots: readonly number[]) => Op
      extras?: readonly Extra[]
      options?: StepOptions
      place?: SourcePlace | undefined
    },
  ) {
    this.input = input
    this.label = step.label
    this.op = step.op
    this.extras = step.extras ?? []
    this.options = step.options ?? {}
    this.place = step.place
  }

  get partitions(): number {
    return this.input.partitions
  }

  inputs(): readonly GraphNode[] {
    return [this.input, ...nodesOf(this.extras)]
  }

  needs(graph: TaskGraph): readonly GraphNode[] {
    return new Pipeline(graph, this, this).needs
  }

  build(graph: TaskGraph): readonly unknown[] {
    return new Pipeline(graph, this, this).addTasks(graph, { sink: 'list' }, this.label)
  }
}

/** Partitions that are held already: what `persist` gives, or lists that other tasks give. */
export class HeldNode implements BagNode {
  readonly label = 'persist'
  readonly partitions: number
  readonly #references: readonly unknown[]

  constructor(references: readonly unknown[]) {
    this.#references = references
    this.partitions = references.length
  }

  inputs(): readonly GraphNode[] {
    return []
  }

  needs(): readonly GraphNode[] {
    return []
  }

  build(): readonly unknown[] {
    return this.#references
  }
}

const nodesOf = (extras: readonly Extra[]): GraphNode[] =>
  extras.flatMap((extra) => (extra.extra === 'number' ? [] : [extra.node]))

/** What a group says whose tasks' results come in parts. */
export const partsField = (parts: number | undefined): { parts?: number } =>
  parts === undefined ? {} : { parts }

/** What a task of ours says of itself beside its function. */
export type PipelineRequest = { options?: StepOptions; place?: SourcePlace | undefined }

/** The longest run of steps that one task a partition can do: up to a source, a node of another kind, or a shared one. */
export class Pipeline {
  readonly partitions: number
  readonly labels: string[] = []
  /** Nodes whose references the tasks hold. */
  readonly needs: readonly GraphNode[]
  readonly steps: readonly StepNode[]
  /** The source that the tasks read themselves; absent where they get partitions of another node. */
  readonly source: SourceNode | undefined
  readonly #base: BagNode
  readonly #end: BagNode

  /**
   * @param top the last node whose steps may belong to the run
   * @param end who asks: the node that gets the tasks. When it is `top`, that belongs to the run however many need it.
   */
  constructor(graph: TaskGraph, top: BagNode, end: BagNode) {
    const steps: StepNode[] = []
    let node = top
    while (node instanceof StepNode && (node === end || graph.wanted(node) < 2)) {
      steps.push(node)
      node = node.input
    }
    this.steps = steps.reverse()
    this.#base = node
    this.#end = end
    // Reading a file twice costs less than keeping all of it, so a shared source is never kept: see `shareSource`.
    this.source = node instanceof SourceNode ? node : undefined
    this.partitions = node.partitions
    this.labels = [...(this.source ? [this.source.label] : []), ...this.steps.map((step) => step.label)]
    const base: readonly GraphNode[] = this.source ? this.source.needs() : [node]
    this.needs = [...base, ...this.steps.flatMap((step) => nodesOf(step.extras))]
  }

  /** Adds a task a partition; the sink's own extras come last among their arguments, and `slots` says where. */
  addTasks(
    graph: TaskGraph,
    sink: Sink | ((slots: readonly number[]) => Sink),
    method: string,
    request: PipelineRequest = {},
    sinkExtras: readonly ((partition: number, earlier: readonly unknown[]) => unknown)[] = [],
    partitions = this.partitions,
  ): readonly unknown[] {
    const shared = shareSource(graph, this.source, this.#end)
    if (shared) return shared
    const extras: Extra[] = []
    const ops = this.steps.map((step) => {
      const slots = step.extras.map((_, i) => 1 + extras.length + i)
      extras.push(...step.extras)
      return step.op(slots)
    })
    const sinkSlots = sinkExtras.map((_, i) => 1 + extras.length + i)
    const made = typeof sink === 'function' ? sink(sinkSlots) : sink
    const last = this.steps.at(-1) ?? this.source
    const { pure, ...options } = this.options(request.options)
    const group = graph.addGroup({
      fn: runPartition,
      bound: [this.source?.spec ?? { source: 'items' }, ops, made],
      name: groupName([...this.labels, ...(this.labels.at(-1) === method ? [] : [method])]),
      kind: `bag.${method}`,
      options,
      ...(pure === undefined ? {} : { pure }),
      ...partsField(resultParts(made)),
      ...placeFields(request.place ?? last?.place),
    })
    const baseRefs = this.source ? undefined : graph.built(this.#base)
    const added: unknown[] = []
    for (const extra of extras) requireAsMany(graph, extra, partitions)
    for (let i = 0; i < partitions; i++) {
      const first = this.source ? this.source.argument(i, graph) : baseRefs![i]
      const rest = extras.map((extra) => extraArgument(graph, extra, i))
      added.push(graph.addTask(group, [first, ...rest, ...sinkExtras.map((extra) => extra(i, added))]))
    }
    return added
  }

  /** The options of all steps, later ones first; one impure step makes all impure. */
  options(last: StepOptions = {}): StepOptions {
    const all: StepOptions = { ...this.source?.options }
    for (const { options } of this.steps)
      Object.assign(all, options, all.pure === false ? { pure: false } : {})
    return { ...all, ...last, ...(all.pure === false ? { pure: false } : {}) }
  }
}

/** @throws {BagArgumentError} when another bag that goes along item by item has another number of partitions */
function requireAsMany(graph: TaskGraph, extra: Extra, partitions: number): void {
  if (extra.extra !== 'partition') return
  const theirs = graph.built(extra.node)!.length
  if (theirs !== partitions) throw unequalPartitions(partitions, theirs)
}

function extraArgument(graph: TaskGraph, extra: Extra, partition: number): unknown {
  if (extra.extra === 'number') return partition
  return graph.built(extra.node)![extra.extra === 'single' ? 0 : partition]
}

const MAX_NAME = 60

/** The name that people see of a fused task, e.g. `readText-flatMap-frequencies`. */
export function groupName(labels: readonly string[]): string {
  const name = labels.join('-')
  return name.length <= MAX_NAME ? name : `${labels[0]}-…${labels.length - 2}…-${labels.at(-1)}`
}

/** A place as the fields of a task group. */
export const placeFields = (place: SourcePlace | undefined): Pick<TaskGroup, 'file' | 'line' | 'column'> =>
  place ? { file: place.file, line: place.line, column: place.column } : {}
