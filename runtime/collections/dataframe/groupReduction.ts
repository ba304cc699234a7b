// A reduction of groups in two steps by functions of the program's: states of partitions, shuffled by key and put together.

import { placeOfCall } from '../../graph/callPlace.ts'
import type { DataType } from '../../kernels/table/dataType.ts'
import { finishedGroups, groupStates, keyOfState } from '../../kernels/table/groupReduction.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import { fieldOf, type Schema, schemaOf } from '../../kernels/table/schema.ts'
import { TableArgumentError } from './build.ts'
import { DataFrame } from './dataframe.ts'
import { columnNode } from './expr.ts'
import { fromBag } from './sources.ts'

/** The functions of a reduction. States are any values that can travel; the functions may be async. */
export interface GroupReduction<
  Row,
  Key,
  State,
  S extends Readonly<Record<string, DataType>> = Readonly<Record<string, DataType>>,
> {
  /** The state of a group's rows in one partition. */
  chunk: (rows: Row[], key: Key) => State | Promise<State>
  /** Several states of one group as one. It is called only where there are several. */
  combine: (states: State[], key: Key) => State | Promise<State>
  /** The columns that a group gives beside its keys; the state itself by default. */
  finalize?: (state: State, key: Key) => object | Promise<object>
  /** The types of those columns. */
  schema: S
}

/** @param partitions how many partitions groups come in */
export function reducedGroups(
  frame: DataFrame,
  keys: readonly string[],
  reduction: GroupReduction<never, never, never>,
  partitions: number,
): DataFrame {
  const { chunk, combine, finalize, schema } = reduction
  for (const [name, fn] of Object.entries({ chunk, combine, ...(finalize && { finalize }) }))
    if (typeof fn !== 'function')
      throw new TableArgumentError(`reduction takes functions: ${name} is ${typeof fn}`)
  if (schema === undefined)
    throw new TableArgumentError(
      "reduction takes the columns that finalize gives: { schema: { mean: 'float64' } }",
    )
  const output: Schema = [
    ...keys.map((name) => fieldOf(frame.plan.schema, name)),
    ...schemaOf(schema).filter(({ name }) => !keys.includes(name)),
  ]
  const states = frame.toBag().mapPartitions(groupStates as never, keys as never, chunk as never)
  const records = states
    .groupBy(keyOfState as never, { partitions })
    .mapPartitions(finishedGroups as never, keys as never, combine as never, (finalize ?? null) as never)
  const types = Object.fromEntries(output.map(({ name, type }) => [name, type]))
  const made = fromBag(records as never, { schema: types })
  const sortKeys = keys.map((name) => ({
    by: resolve(columnNode(name), output),
    descending: false,
    nullsFirst: false,
  }))
  return new DataFrame(
    {
      kind: 'local',
      input: made.plan,
      label: 'reduction',
      step: { step: 'sort', keys: sortKeys },
      schema: output,
      place: placeOfCall(),
    },
    frame.options,
  )
}
