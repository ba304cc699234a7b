// Whether anybody sees in which order a plan's rows stand: where nobody does, rows that were moved need not find back.

import { type ExprNode, some } from '../../kernels/table/expression.ts'
import { ruleOf } from '../../kernels/table/functionCatalogue.ts'
import { isOneForAll } from './optimise.ts'
import { inputsOf, type Plan } from './plan.ts'

/** The plans of a tree, the root among them, of whose rows the order is seen. */
export function orderedPlans(root: Plan): ReadonlySet<Plan> {
  const ordered = new Set<Plan>()
  const unordered = new Set<Plan>()
  const visit = (plan: Plan, isSeen: boolean): void => {
    if (ordered.has(plan) || (!isSeen && unordered.has(plan))) return
    const known = isSeen ? ordered : unordered
    known.add(plan)
    for (const input of inputsOf(plan)) visit(input, seesOrder(plan, isSeen))
  }
  visit(root, true)
  return ordered
}

/** Whether a plan looks at the order of the rows that it gets, or passes it on to who does. */
export function seesOrder(plan: Plan, isSeen: boolean): boolean {
  switch (plan.kind) {
    case 'aggregate':
      return plan.aggs.some(looksAtOrder)
    case 'project':
      return plan.exprs.some(looksAtOrder) || (isSeen && !plan.exprs.every(isOneForAll))
    case 'filter':
    case 'repartition':
    case 'concat':
      return isSeen
    case 'sort':
      // Rows that agree in all keys keep their order.
      return isSeen || plan.limit !== undefined
    default:
      return true
  }
}

/** Whether an expression has other values where the rows stand in another order; the last digits of sums of floats are left to chance. */
const looksAtOrder = (expr: ExprNode): boolean =>
  some(expr, (part) => {
    if (part.kind !== 'call') return false
    if (part.fn === 'rank') return part.options?.method === 'ordinal'
    return (
      part.fn === 'first' || part.fn === 'last' || part.fn === 'implode' || ruleOf(part.fn).kind === 'window'
    )
  })
