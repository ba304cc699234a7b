// The plan of a sort.

import { placeOfCall } from '../../../graph/callPlace.ts'
import { requireOptions } from '../../../kernels/optionNames.ts'
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

export function sorted(input: Plan, by: Columnish | readonly Columnish[], options: SortOptions): Plan {
  requireOptions('sort', options, SORT_OPTIONS)
  const nodes = nodesOf('sort', [by])
  if (nodes.length === 0) throw new TableArgumentError('sort takes at least one column')
  resolvedFor('sort', nodes, input.schema)
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
