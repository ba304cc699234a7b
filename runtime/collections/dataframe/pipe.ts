// A partitioned table under construction: a source and the steps that one task a partition does on it.

import type { TaskGraph } from '../../graph/taskGraph.ts'
import { runTable } from '../../kernels/table/partition.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import { resultParts, type Step, type TableSink, type TableSource } from '../../kernels/table/steps.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import type { TaskOptions } from '../../protocol/taskOptions.ts'
import { groupName, placeFields } from '../bag/node.ts'

/** States of a tree that are merged at once. */
export const MERGED_AT_ONCE = 16

/** A list in parts of `size`; the last may be shorter. */
export const chunksOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))

/** An argument of a partition's task beside its rows. */
export type Extra = (partition: number) => unknown

/** Options of a table's tasks. */
export interface TableOptions extends TaskOptions {
  /** False where functions of the user's may give other rows for the same ones. */
  pure?: boolean
}

export interface PipeParts {
  readonly source: TableSource
  readonly partitions: number
  /** What a partition's task gets first. */
  readonly argument: (partition: number) => unknown
  readonly steps: readonly Step[]
  readonly extras: readonly Extra[]
  readonly labels: readonly string[]
  readonly schema: Schema
  readonly place: SourcePlace | undefined
  /** References of partitions that are computed already, as they are. */
  readonly done?: readonly unknown[]
}

/** What all tasks of one computation share. */
export class Building {
  readonly graph: TaskGraph
  readonly options: TableOptions
  constructor(graph: TaskGraph, options: TableOptions) {
    this.graph = graph
    this.options = options
  }

  /**
   * Declares a group of tasks.
   * @param parts in how many parts their results come, where these are not whole
   */
  group(
    fn: (...args: never[]) => unknown,
    bound: readonly unknown[],
    name: string,
    place: SourcePlace | undefined,
    parts?: number,
  ): number {
    const { pure, ...options } = this.options
    return this.graph.addGroup({
      fn,
      bound,
      name,
      kind: `table.${name.split('-').at(-1)}`,
      options,
      ...(pure === undefined ? {} : { pure }),
      ...(parts !== undefined && { parts }),
      ...placeFields(place),
    })
  }
}

export class Pipe {
  readonly parts: PipeParts
  readonly building: Building

  constructor(building: Building, parts: PipeParts) {
    this.building = building
    this.parts = parts
  }

  get partitions(): number {
    return this.parts.partitions
  }

  get schema(): Schema {
    return this.parts.schema
  }

  /** The same with one step more. `step` is told where the arguments stand that it needs beside the rows. */
  with(
    label: string,
    schema: Schema,
    step: Step | ((slots: readonly number[]) => Step),
    place: SourcePlace | undefined,
    extras: readonly Extra[] = [],
  ): Pipe {
    const { parts } = this
    const slots = extras.map((_, i) => 1 + parts.extras.length + i)
    const { done: _, ...open } = parts
    return new Pipe(this.building, {
      ...open,
      schema,
      steps: [...parts.steps, typeof step === 'function' ? step(slots) : step],
      extras: [...parts.extras, ...extras],
      labels: parts.labels.at(-1) === label ? parts.labels : [...parts.labels, label],
      place: place ?? parts.place,
    })
  }

  /** Adds a task a partition that gives what `sink` makes of its rows. */
  tasks(
    sink: TableSink | ((slots: readonly number[]) => TableSink),
    label: string,
    sinkExtras: readonly ((partition: number, earlier: readonly unknown[]) => unknown)[] = [],
  ): readonly unknown[] {
    const { parts, building } = this
    const slots = sinkExtras.map((_, i) => 1 + parts.extras.length + i)
    const made = typeof sink === 'function' ? sink(slots) : sink
    if (made.sink === 'frame' && parts.done && parts.steps.length === 0) return parts.done
    const labels = parts.labels.at(-1) === label ? parts.labels : [...parts.labels, label]
    const group = building.group(
      runTable as (...args: never[]) => unknown,
      [parts.source, parts.steps, made],
      groupName(labels.length > 0 ? labels : ['table']),
      parts.place,
      resultParts(made),
    )
    const added: unknown[] = []
    for (let i = 0; i < parts.partitions; i++)
      added.push(
        building.graph.addTask(group, [
          parts.argument(i),
          ...parts.extras.map((extra) => extra(i)),
          ...sinkExtras.map((extra) => extra(i, added)),
        ]),
      )
    return added
  }

  /** The partitions as frames. */
  frames(label = this.parts.labels.at(-1) ?? 'table'): readonly unknown[] {
    return this.tasks({ sink: 'frame' }, label)
  }
}

/** Partitions that other tasks give, several frames to each. */
export function gathered(
  building: Building,
  lists: readonly (readonly unknown[])[],
  schema: Schema,
  label: string,
  place: SourcePlace | undefined,
): Pipe {
  return new Pipe(building, {
    source: { source: 'frames', schema },
    partitions: lists.length,
    argument: (i) => lists[i],
    steps: [],
    extras: [],
    labels: [label],
    schema,
    place,
  })
}

/** The partitions as frames, so that several can stand on them. */
export function held(pipe: Pipe): Pipe {
  const frames = pipe.frames()
  return new Pipe(pipe.building, {
    source: { source: 'frame' },
    partitions: frames.length,
    argument: (i) => frames[i],
    steps: [],
    extras: [],
    labels: [...pipe.parts.labels.slice(-1)],
    schema: pipe.schema,
    place: pipe.parts.place,
    done: frames,
  })
}
