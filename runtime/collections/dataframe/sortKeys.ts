// Keys of a sort as steps have them.

import type { ExprNode } from '../../kernels/table/expression.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { SortKey } from '../../kernels/table/steps.ts'
import type { SortBy } from './plan.ts'

export const sortKey = (by: ExprNode, schema: Schema, descending = false, nullsFirst = false): SortKey => ({
  by: resolve(by, schema),
  descending,
  nullsFirst,
})

export const sortKeys = (keys: readonly SortBy[], schema: Schema): SortKey[] =>
  keys.map(({ by, descending, nullsFirst }) => sortKey(by, schema, descending, nullsFirst))
