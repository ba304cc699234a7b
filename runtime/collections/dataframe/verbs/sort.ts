// The plan of a sort.

import { placeOfCall } from '../../../graph/callPlace.ts'
import { requireOptions } from '../../../kernels/optionNames.ts'
import type { Resolved } from '../../../kernels/table/alike.ts'
import { isList, isStruct, typeText } from '../../../kernels/table/dataType.ts'
import { expressionText } from '../../../kernels/table/expression.ts'
import { ExpressionTypeError } from '../../../kernels/table/expressionTypeError.ts'
import { namesOf } from '../../../kernels/table/schema.ts'
import { type Columnish, nodesOf, projected, resolvedFor, TableArgumentError } from '../build.ts'
import { columnNode, requireWhole } from '../expr.ts'
import { keyColumns } from '../keyColumns.ts'
import type { Plan } from '../plan.ts'
import { SORT_OPTIONS } from '../tableOptions.ts'

export interface SortOptions {
  /** One for all columns, or one for each. */
  descending?: boolean | readonly boolean[]
  /** Where absent values go; last by default, in both directions. */
  nulls?: 'first' | 'last'
  /** How many partitions the sorted table has; as many as before by default. */
  partitions?: number
}

/** @throws {ExpressionTypeError} of what has no order */
function requireOrder(method: string, key: Resolved): void {
  const { type } = key
  if (!isList(type) && !isStruct(type) && type !== 'binary') return
  const text = expressionText(key)
  const part =
    type === 'binary'
      ? `${text}.cast('string')`
      : isList(type)
        ? `${text}.list.get(0)`
        : `${text}.field('${Object.keys((type as { struct: object }).struct)[0]}')`
  throw new ExpressionTypeError(
    `${method}: ${text} is ${typeText(type)}, which has no order. Sort by a part of it, e.g. ${part}`,
  )
}

/** @param method that was called, as errors name it */
export function sorted(
  input: Plan,
  by: Columnish | readonly Columnish[],
  options: SortOptions,
  method = 'sort',
): Plan {
  requireOptions(method, options, SORT_OPTIONS)
  const nodes = nodesOf(method, [by])
  if (nodes.length === 0) throw new TableArgumentError(`${method} takes at least one column`)
  for (const key of resolvedFor(method, nodes, input.schema)) requireOrder(method, key)
  const { descending = false, nulls = 'last' } = options
  if (typeof descending !== 'boolean' && descending.length !== nodes.length)
    throw new TableArgumentError(
      `sort got ${descending.length} directions for ${nodes.length} columns: one for all, or one for each`,
    )
  // Keys that are more than columns become such first, and go again afterwards.
  const { plan, keys } = keyColumns(input, 'sort', nodes)
  const inOrder: Plan = {
    kind: 'sort',
    input: plan,
    keys: keys.map((key, i) => ({
      by: key,
      descending: typeof descending === 'boolean' ? descending : (descending[i] ?? false),
      nullsFirst: nulls === 'first',
    })),
    ...(options.partitions === undefined
      ? {}
      : { partitions: requireWhole('partitions', options.partitions, 1) }),
    schema: plan.schema,
    place: placeOfCall(),
  }
  return plan === input ? inOrder : projected(inOrder, 'sort', namesOf(input.schema).map(columnNode))
}
