// Plans that call a function of the program's for each partition.

import { placeOfCall } from '../../../graph/callPlace.ts'
import { requireOneOf, requireOptions } from '../../../kernels/optionNames.ts'
import type { DataType } from '../../../kernels/table/dataType.ts'
import { type Schema, schemaOf } from '../../../kernels/table/schema.ts'
import type { Step, UserFunction } from '../../../kernels/table/steps.ts'
import { TableArgumentError } from '../build.ts'
import { requireWhole } from '../expr.ts'
import type { Plan } from '../plan.ts'

export interface MapOptions<
  S extends Readonly<Record<string, DataType>> = Readonly<Record<string, DataType>>,
> {
  /** The columns that the function gives; those it gets by default. */
  schema?: S
  /** Whether it gets a list of records (the default) or an Arrow table. */
  as?: 'records' | 'arrow'
  /** Further arguments. */
  args?: readonly unknown[]
}

export function mapped(input: Plan, label: string, fn: unknown, options: MapOptions): Plan {
  return {
    kind: 'local',
    input,
    label,
    step: mapStep(input, label, fn, options),
    schema: output(input, options),
    place: placeOfCall(),
  }
}

export function overlapped(
  input: Plan,
  fn: unknown,
  before: number,
  after: number,
  options: MapOptions,
): Plan {
  requireWhole('mapOverlap: before', before, 0)
  requireWhole('mapOverlap: after', after, 0)
  return {
    kind: 'overlap',
    input,
    before,
    after,
    step: mapStep(input, 'mapOverlap', fn, options),
    schema: output(input, options),
    place: placeOfCall(),
  }
}

/** @throws {TableArgumentError} when it is none */
export function requireFunction(method: string, fn: unknown): void {
  if (typeof fn !== 'function')
    throw new TableArgumentError(
      `${method} takes a function, not ${fn === null ? 'null' : `a value of type ${typeof fn}`}`,
    )
}

function mapStep(
  input: Plan,
  label: string,
  fn: unknown,
  options: MapOptions,
): Extract<Step, { step: 'map' }> {
  requireFunction(label, fn)
  requireOptions<MapOptions>(label, options, { schema: true, as: true, args: true })
  const { as = 'records', args = [] } = options
  requireOneOf(`${label}: as`, as, ['records', 'arrow'])
  return {
    step: 'map',
    fn: fn as UserFunction,
    as,
    schema: input.schema,
    output: output(input, options),
    rest: args,
    label,
  }
}

const output = (input: Plan, { schema }: MapOptions): Schema =>
  schema === undefined ? input.schema : schemaOf(schema)
