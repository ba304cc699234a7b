// How large a plan's rows can be at most, where its readers know how many there are: what may come together at once.

import { cellBytes } from '../../kernels/table/dataType.ts'
import { type ExprNode, nameOf } from '../../kernels/table/expression.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { Plan } from './plan.ts'

/** So many rows a plan gives at most; nothing where a reader guesses, or where rows come of rows. */
export function rowsAtMost(plan: Plan): number | undefined {
  switch (plan.kind) {
    case 'scan':
      return plan.isGuess ? undefined : plan.rows
    case 'project':
    case 'filter':
    case 'aggregate':
    case 'unique':
    case 'sort':
    case 'repartition':
      return rowsAtMost(plan.input)
    case 'head':
    case 'tail':
      return plan.count
    case 'concat': {
      const each = plan.inputs.map(rowsAtMost)
      return each.reduce((sum, rows) => (sum === undefined || rows === undefined ? undefined : sum + rows), 0)
    }
    default:
      return undefined
  }
}

/** So many groups there are at most by some keys; nothing where a key is no column of a reader that knows its values. */
export function groupsAtMost(plan: Plan, keys: readonly ExprNode[]): number | undefined {
  let groups = 1
  for (const key of keys) {
    const values = valuesAtMost(plan, key)
    if (values === undefined) return undefined
    groups *= values
  }
  return groups
}

function valuesAtMost(plan: Plan, key: ExprNode): number | undefined {
  if (key.kind === 'alias') return valuesAtMost(plan, key.args[0])
  if (key.kind !== 'column') return undefined
  switch (plan.kind) {
    case 'scan':
      return plan.valuesAtMost?.(key.name)
    case 'filter':
    case 'unique':
    case 'sort':
    case 'repartition':
    case 'head':
    case 'tail':
      return valuesAtMost(plan.input, key)
    case 'project': {
      const made = plan.exprs.find((expr) => nameOf(expr) === key.name)
      return made && valuesAtMost(plan.input, made)
    }
    default:
      return undefined
  }
}

/** About how many bytes so many rows take; texts and lists are as long as they mostly are. */
export const rowBytes = (schema: Schema): number => schema.reduce((sum, { type }) => sum + cellBytes(type), 0)

/** Whether all cells of a schema have one size each, so that rows say how many bytes there are. */
export const isFixedSize = (schema: Schema): boolean =>
  schema.every(
    ({ type }) =>
      type !== 'string' &&
      type !== 'binary' &&
      !(typeof type === 'object' && ('list' in type || 'struct' in type)),
  )
