// Columns that are worked out elsewhere: the rows that they need go to other partitions, under numbers by which the answers
// find back to the partitions and the order that the rows have.

import { pick } from '../../kernels/bag/partition.ts'
import type { ExprNode } from '../../kernels/table/expression.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import { rowBounds, rowStarts } from '../../kernels/table/rowStarts.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { Step } from '../../kernels/table/steps.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { type Building, gathered, Pipe } from './pipe.ts'
import { shuffled } from './shuffle.ts'
import { sortKey } from './sortKeys.ts'

/** The hidden column of rows' numbers. */
export const NUMBER = '\u0000number'

const column = (name: string): ExprNode => ({ kind: 'column', name })

/** A partition's rows are numbered from here times its own number: no partition has so many. */
const ROWS_MAX = 2 ** 32

/** For each partition a frame of as many rows, in their order. */
export interface MovedColumns {
  readonly schema: Schema
  readonly frames: readonly unknown[]
}

/** Some columns of held partitions, and no others. */
export function someOf(rows: Pipe, names: ReadonlySet<string>): Pipe {
  const schema = rows.schema.filter(({ name }) => names.has(name))
  if (schema.length === rows.schema.length) return rows
  const { done: _, ...parts } = rows.parts
  return new Pipe(rows.building, {
    ...parts,
    source: { source: 'frame', columns: schema.map(({ name }) => name) },
    schema,
  })
}

/** The rows with their numbers as a column. */
export function numbered(rows: Pipe, label: string, place: SourcePlace | undefined): Pipe {
  const first = (partition: number): number => partition * ROWS_MAX
  return withNumbers(rows, label, first, place)
}

function withNumbers(
  rows: Pipe,
  label: string,
  first: (partition: number) => unknown,
  place: SourcePlace | undefined,
): Pipe {
  const step = ([slot]: readonly number[]): Step => ({ step: 'number', name: NUMBER, slot })
  return rows.with(label, [{ name: NUMBER, type: 'int64' }, ...rows.schema], step, place, [first])
}

/** Rows with numbers of `numbered`, wherever they are by now, as columns of the `partitions` that they had. */
export function broughtBack(
  moved: Pipe,
  partitions: number,
  label: string,
  place: SourcePlace | undefined,
): MovedColumns {
  const { building, schema } = moved
  const counts = new Array<number>(partitions).fill(ROWS_MAX)
  const bounds = kernelTask(building, rowBounds, label, 'bounds', [counts], place)
  const inOrder: Step = { step: 'sort', keys: [sortKey(column(NUMBER), schema)] }
  const frames = toNumbers(moved, partitions, bounds, label, place)
    .with(label, schema, inOrder, place)
    .frames(label)
  return { schema: withoutNumbers(schema), frames }
}

const withoutNumbers = (schema: Schema): Schema => schema.filter(({ name }) => name !== NUMBER)

const toNumbers = (
  pipe: Pipe,
  partitions: number,
  bounds: unknown,
  label: string,
  place: SourcePlace | undefined,
): Pipe =>
  shuffled(
    pipe,
    {
      by: 'range',
      key: resolve(column(NUMBER), pipe.schema),
      descending: false,
      nullsFirst: false,
      bounds,
    },
    partitions,
    label,
    place,
  )

const kernelTask = (
  building: Building,
  kernel: (...args: never[]) => unknown,
  label: string,
  name: string,
  args: readonly unknown[],
  place: SourcePlace | undefined,
): unknown => building.graph.addTask(building.group(kernel, [], `${label}-${name}`, place), args)

/** The last row first: partitions as long as those of `rows`, whose cuts need not be those of the rows in reverse. */
export function reversedBeside(
  rows: Pipe,
  exprs: readonly ExprNode[],
  schema: Schema,
  place: SourcePlace | undefined,
): MovedColumns {
  const { building, partitions } = rows
  const counts = rows.tasks({ sink: 'rows' }, 'reverse-rows')
  const bounds = kernelTask(building, rowBounds, 'reverse', 'bounds', [counts], place)
  const starts = kernelTask(building, rowStarts, 'reverse', 'starts', [counts.toReversed()], place)
  const lists = rows
    .frames()
    .toReversed()
    .map((frame) => [frame])
  const reversed = gathered(building, lists, rows.schema, 'reverse', place).with(
    'reverse',
    schema,
    { step: 'select', exprs: exprs.map((expr) => resolve(expr, rows.schema)) },
    place,
  )
  const picking = building.group(pick as (...args: never[]) => unknown, [], 'reverse-start', place)
  const first = (partition: number): unknown => building.graph.addTask(picking, [partition, starts])
  const moved = toNumbers(
    withNumbers(reversed, 'reverse', first, place),
    partitions,
    bounds,
    'reverse',
    place,
  )
  return { schema, frames: moved.frames('reverse') }
}

/** Rows with moved columns behind their own. */
export function besideMoved(
  rows: Pipe,
  columns: readonly MovedColumns[],
  label: string,
  place: SourcePlace | undefined,
): Pipe {
  return columns.reduce(
    (pipe, { schema, frames }) =>
      pipe.with(
        label,
        [...pipe.schema, ...schema],
        ([slot]): Step => ({ step: 'beside', slot, schema }),
        place,
        [(partition) => frames[partition]],
      ),
    rows,
  )
}

/** Moved columns as a table by themselves. */
export function onlyMoved(
  building: Building,
  { schema, frames }: MovedColumns,
  label: string,
  place: SourcePlace | undefined,
): Pipe {
  return new Pipe(building, {
    source: { source: 'frame', columns: schema.map(({ name }) => name) },
    partitions: frames.length,
    argument: (i) => frames[i],
    steps: [],
    extras: [],
    labels: [label],
    schema,
    place,
  })
}
