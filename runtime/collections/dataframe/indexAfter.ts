// What becomes of a table's index when its columns are chosen, renamed or replaced.

import { type ExprNode, nameOf } from '../../kernels/table/expression.ts'
import type { Plan } from './plan.ts'

/** The name of the index in what a plan gives, whose rows are in the order that they had; none where its values are gone. */
export function indexAfter(plan: Plan, index: string | undefined): string | undefined {
  if (index === undefined || plan.kind !== 'project') return index
  const kept = plan.exprs.find((expr) => bareColumn(expr) === index)
  return kept && nameOf(kept)
}

const bareColumn = (expr: ExprNode): string | undefined =>
  expr.kind === 'column' ? expr.name : expr.kind === 'alias' ? bareColumn(expr.args[0]) : undefined
