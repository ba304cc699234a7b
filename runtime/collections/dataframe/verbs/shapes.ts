// Plans that give a table another shape: columns as rows, items of lists as rows.

import { placeOfCall } from '../../../graph/callPlace.ts'
import { givenText } from '../../../kernels/givenText.ts'
import { commonType, type DataType, typeText } from '../../../kernels/table/dataType.ts'
import { fieldOf, namesOf, requireDistinct, type Schema } from '../../../kernels/table/schema.ts'
import { projected, requireColumns, TableArgumentError } from '../build.ts'
import { col, columnNode } from '../expr.ts'
import type { Plan } from '../plan.ts'

export interface MeltOptions<I extends string, O extends string, N extends string, V extends string> {
  /** Columns that stay. */
  id?: I | readonly I[]
  /** Columns that become rows; all others by default. */
  on?: O | readonly O[]
  /** The name of the column of names; `variable` by default. */
  variable?: N
  /** The name of the column of values; `value` by default. */
  value?: V
}

export function melted(input: Plan, options: MeltOptions<string, string, string, string>): Plan {
  const { id = [], on, variable = 'variable', value = 'value' } = options
  const ids = namedBy('id', id)
  const names =
    on === undefined ? namesOf(input.schema).filter((name) => !ids.includes(name)) : namedBy('on', on)
  for (const [option, name] of Object.entries({ variable, value }))
    if (typeof name !== 'string')
      throw new TableArgumentError(`melt: ${option} is the name of a column, not ${givenText(name)}`)
  if (names.length === 0) throw new TableArgumentError('melt takes at least one column to turn into rows')
  requireColumns('melt', [...ids, ...names], input.schema)
  const type = typeOfAll(names.map((name) => fieldOf(input.schema, name)))
  const alike = projected(input, 'melt', [
    ...ids.map(columnNode),
    ...names.map((name) => col(name).cast(type).as(name).node),
  ])
  const schema: Schema = [
    ...alike.schema.filter(({ name }) => ids.includes(name)),
    { name: variable, type: 'string' },
    { name: value, type },
  ]
  requireDistinct(namesOf(schema), 'melt')
  const step = { step: 'unpivot', index: ids, on: names, variable, value } as const
  return { kind: 'local', input: alike, label: 'melt', step, schema, place: placeOfCall() }
}

/** The columns that an option of `melt` names. */
function namedBy(option: string, given: string | readonly string[]): readonly string[] {
  const names = Array.isArray(given) ? (given as readonly string[]) : [given as string]
  for (const name of names)
    if (typeof name !== 'string')
      throw new TableArgumentError(
        `melt: ${option} takes a column's name, or a list of them, not ${givenText(name)}`,
      )
  return names
}

/** @throws {TableArgumentError} when no type holds the values of all columns */
function typeOfAll(fields: Schema): DataType {
  const [first, ...others] = fields
  let type = first.type
  for (const field of others) {
    const common = commonType(type, field.type)
    if (!common)
      throw new TableArgumentError(
        `melt puts the values of all columns into one, but ${first.name} is ${typeText(type)} and ${field.name} is ${typeText(field.type)}: cast one of them, or say which by on: [...]`,
      )
    type = common
  }
  return type
}

export function exploded(input: Plan, names: readonly string[]): Plan {
  if (names.length === 0) throw new TableArgumentError('explode takes at least one column of lists')
  requireColumns('explode', names, input.schema)
  const schema = input.schema.map(({ name, type }) => {
    if (!names.includes(name)) return { name, type }
    if (typeof type !== 'object' || !('list' in type))
      throw new TableArgumentError(`explode takes columns of lists, but ${name} is ${typeText(type)}`)
    return { name, type: type.list }
  })
  const step = { step: 'explode', columns: names } as const
  return { kind: 'local', input, label: 'explode', step, needs: names, schema, place: placeOfCall() }
}
