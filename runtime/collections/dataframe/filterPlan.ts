// Filters whose condition looks at other rows: it becomes a column first.

import { placeOfCall } from '../../graph/callPlace.ts'
import type { ExprNode } from '../../kernels/table/expression.ts'
import { projected, withExprs } from './build.ts'
import { columnNode } from './expr.ts'
import { isElementwise } from './optimise.ts'
import type { Plan } from './plan.ts'

const TEST = '\u0000test'

export function filterPlan(input: Plan, predicate: ExprNode): Plan {
  const place = placeOfCall()
  if (isElementwise(predicate)) return { kind: 'filter', input, predicate, schema: input.schema, place }
  const marked = withExprs(input, 'filter', [{ kind: 'alias', args: [predicate], name: TEST }])
  const kept: Plan = {
    kind: 'filter',
    input: marked,
    predicate: columnNode(TEST),
    schema: marked.schema,
    place,
  }
  return projected(
    kept,
    'filter',
    input.schema.map(({ name }) => columnNode(name)),
  )
}
