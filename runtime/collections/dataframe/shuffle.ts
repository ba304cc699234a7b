// The shuffle: rows go to the partition that their key says. Everything that moves rows between partitions goes through here.

import type { PartRef, TaskRef } from '../../graph/taskGraph.ts'
import { pick } from '../../kernels/bag/partition.ts'
import type { ShuffleStage } from '../../kernels/shuffleStage.ts'
import { columnsIn, type ExprNode, nameOf } from '../../kernels/table/expression.ts'
import { rangeBounds } from '../../kernels/table/partition.ts'
import type { Step, TableSink } from '../../kernels/table/steps.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { shuffle } from '../shuffle/shuffle.ts'
import { gathered, Pipe } from './pipe.ts'

/** By what rows find their target. */
export type ShuffleKey =
  /** `chosen` refers to a number: to how many of the targets rows go. */
  | { by: 'hash'; keys: readonly ExprNode[]; chosen?: unknown }
  /** `bounds` refers to those between targets where they are known; else they are chosen by what partitions show. */
  | { by: 'range'; key: ExprNode; descending: boolean; nullsFirst: boolean; bounds?: unknown }

/**
 * Brings rows with equal keys together, or ranges of keys into order. Rows of one target keep the order they had.
 * @param partitions how many targets there are
 */
export function shuffled(
  pipe: Pipe,
  key: ShuffleKey,
  partitions: number,
  label: string,
  place: SourcePlace | undefined,
): Pipe {
  const { building, schema } = pipe
  if (partitions === 1) return gathered(building, [pipe.frames()], schema, label, place)
  const { source, bounds } =
    key.by === 'range' && key.bounds === undefined
      ? boundsOf(pipe, key, partitions, label, place)
      : { source: pipe, bounds: key.by === 'range' ? key.bounds : undefined }
  const categories = schema.filter(({ type }) => type === 'category').map(({ name }) => name)
  const coded = categories.length > 0 ? { coded: categories } : {}
  const sinkOf =
    (stage: ShuffleStage) =>
    ([slot]: readonly number[]): TableSink =>
      key.by === 'hash'
        ? {
            sink: 'hash',
            keys: key.keys,
            count: partitions,
            stage,
            ...coded,
            ...(key.chosen !== undefined && { chosen: slot }),
          }
        : {
            sink: 'range',
            key: key.key,
            count: partitions,
            descending: key.descending,
            nullsFirst: key.nullsFirst,
            slot,
            stage,
            ...coded,
          }
  const beside = key.by === 'hash' ? key.chosen : bounds
  const extras = beside === undefined ? [] : [() => beside]
  const { graph } = building
  /** In how many parts the rows of each split come: behind them are the texts of all its codes. */
  const partsOfSplit = new Map<number, number>()
  const known = (splits: readonly unknown[], { parts }: ShuffleStage): readonly unknown[] => {
    for (const { index } of splits as readonly TaskRef[]) partsOfSplit.set(index, parts)
    return splits
  }
  /** Parts, and behind them their texts: of the same run of a split, since each run numbers its codes. */
  const withTexts = (parts: readonly unknown[]): readonly unknown[] => {
    if (categories.length === 0) return parts
    const splits = new Map((parts as readonly PartRef[]).map((part) => [part.index, part.task]))
    return [
      ...parts,
      ...Array.from(splits, ([index, split]) => graph.partOf(split, partsOfSplit.get(index)!)),
    ]
  }
  const targets = shuffle(source.partitions, partitions, {
    split: (stage) => known(source.tasks(sinkOf(stage), `${label}-split`, extras), stage),
    splitAgain: (lists, stage) => {
      const pipe = gathered(building, lists.map(withTexts), schema, label, place)
      return known(pipe.tasks(sinkOf(stage), `${label}-again`, extras), stage)
    },
    part: (part, split) => graph.partOf(split, part),
  })
  return gathered(building, targets.map(withTexts), schema, label, place)
}

/** Bounds between targets, from values that every partition shows beside its rows. */
function boundsOf(
  pipe: Pipe,
  { key, descending }: Extract<ShuffleKey, { by: 'range' }>,
  partitions: number,
  label: string,
  place: SourcePlace | undefined,
): { source: Pipe; bounds: unknown } {
  const { building, schema } = pipe
  const choosing = building.group(
    rangeBounds as (...args: never[]) => unknown,
    [partitions, descending],
    `${label}-bounds`,
    place,
  )
  const narrowed = onlyFor(pipe, key)
  if (narrowed) {
    // Rows that lie there already are looked at twice: values of the key alone first, which is less work than to keep all.
    const samples = narrowed.tasks({ sink: 'sampled', key, alone: true }, `${label}-sample`)
    return { source: pipe, bounds: building.graph.addTask(choosing, [samples]) }
  }
  const both = pipe.tasks({ sink: 'sampled', key }, `${label}-sample`)
  const picking = building.group(pick as (...args: never[]) => unknown, [], `${label}-take`, place)
  const part = (name: string): unknown[] => both.map((each) => building.graph.addTask(picking, [name, each]))
  const bounds = building.graph.addTask(choosing, [part('sample')])
  const frames = part('frame').map((frame) => [frame])
  return { source: gathered(building, frames, schema, label, place), bounds }
}

/** The pipe with what an expression needs and nothing else; none where rows do not lie in frames, or come through more than choices and new columns. */
function onlyFor(pipe: Pipe, key: ExprNode): Pipe | undefined {
  const { parts } = pipe
  const { source } = parts
  if (source.source !== 'frame') return undefined
  let wanted = columnsIn(key)
  const steps: Step[] = []
  for (const step of parts.steps.toReversed()) {
    if (step.step === 'filter') {
      columnsIn(step.predicate, wanted)
      steps.unshift(step)
    } else if (step.step === 'select') {
      const exprs = step.exprs.filter((expr) => wanted.has(nameOf(expr)))
      wanted = new Set(exprs.flatMap((expr) => [...columnsIn(expr)]))
      steps.unshift({ step: 'select', exprs })
    } else if (step.step === 'withColumns') {
      const exprs = step.exprs.filter((expr) => wanted.has(nameOf(expr)))
      const made = new Set(exprs.map(nameOf))
      wanted = new Set([
        ...[...wanted].filter((name) => !made.has(name)),
        ...exprs.flatMap((expr) => [...columnsIn(expr)]),
      ])
      if (exprs.length > 0) steps.unshift({ step: 'withColumns', exprs })
    } else return undefined
  }
  // Without a column nothing would say how many rows there are.
  if (wanted.size === 0) return undefined
  return new Pipe(pipe.building, { ...parts, steps, source: { source: 'frame', columns: [...wanted] } })
}
