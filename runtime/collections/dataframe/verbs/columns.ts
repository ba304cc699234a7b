// Plans of the methods that choose, add and change columns.

import { type DataType, fullType, isNumeric } from '../../../kernels/table/dataType.ts'
import type { ExprNode } from '../../../kernels/table/expression.ts'
import { namesOf } from '../../../kernels/table/schema.ts'
import {
  type Columnish,
  nodesOf,
  projected,
  requireColumns,
  requireRecord,
  TableArgumentError,
  withExprs,
} from '../build.ts'
import { col, columnNode } from '../expr.ts'
import type { Plan } from '../plan.ts'

/** A value that stands for absent ones. */
export type FillValue = number | bigint | string | boolean | Date

export function selected(input: Plan, columns: readonly Columnish[]): Plan {
  const exprs = nodesOf('select', columns)
  if (exprs.length === 0) throw new TableArgumentError('select takes at least one column')
  return projected(input, 'select', exprs)
}

export function dropped(input: Plan, names: readonly string[]): Plan {
  requireColumns('drop', names, input.schema)
  const kept = namesOf(input.schema).filter((name) => !names.includes(name))
  if (kept.length === 0) throw new TableArgumentError('drop would leave no column')
  return projected(input, 'drop', kept.map(columnNode))
}

const byNames = (method: string, example: string): string =>
  `${method} takes an object by columns' names, e.g. ${example}`

export function renamed(input: Plan, names: { readonly [name: string]: string }): Plan {
  requireRecord(names, byNames('rename', "{ t: 'temperature' }"))
  for (const [name, other] of Object.entries(names))
    if (other !== undefined && typeof other !== 'string')
      throw new TableArgumentError(
        `rename: the new name of ${name} is a text, not a value of type ${typeof other}`,
      )
  requireColumns('rename', Object.keys(names), input.schema)
  const exprs = namesOf(input.schema).map(
    (name): ExprNode =>
      names[name] === undefined
        ? columnNode(name)
        : { kind: 'alias', args: [columnNode(name)], name: names[name] },
  )
  return projected(input, 'rename', exprs)
}

export function castTo(input: Plan, types: { readonly [name: string]: DataType }, strict: boolean): Plan {
  requireRecord(types, byNames('cast', "{ t: 'int64' }"))
  requireColumns('cast', Object.keys(types), input.schema)
  const exprs = Object.entries(types).map(([name, type]) => col(name).cast(type, { strict }).node)
  return withExprs(input, 'cast', exprs)
}

/** One value for all columns that can hold it, or values by column; the plan itself where there is nothing to fill. */
export function filled(input: Plan, value: FillValue | Readonly<Record<string, unknown>>): Plan {
  if (value === null || value === undefined)
    throw new TableArgumentError("fillNull takes a value, or values by columns' names, e.g. { t: 0 }")
  const byColumn = typeof value === 'object' && !(value instanceof Date)
  const values = byColumn
    ? (value as Record<string, FillValue>)
    : Object.fromEntries(
        input.schema.filter(({ type }) => holds(type, value)).map(({ name }) => [name, value] as const),
      )
  requireColumns('fillNull', Object.keys(values), input.schema)
  const exprs = Object.entries(values).map(([name, each]) => col(name).fillNull(each).node)
  return exprs.length === 0 ? input : withExprs(input, 'fillNull', exprs)
}

const holds = (type: DataType, value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'bigint'
    ? isNumeric(type)
    : typeof value === 'string'
      ? type === 'string' || type === 'category'
      : typeof value === 'boolean'
        ? type === 'boolean'
        : typeof fullType(type) === 'object' || type === 'date'
