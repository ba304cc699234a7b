// Aggregates over all rows in a projection: they are worked out by a tree, and their one row goes to every partition.

import { type ExprNode, nameOf, replaced, some } from '../../kernels/table/expression.ts'
import { ruleOf } from '../../kernels/table/functionCatalogue.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import { besideRow } from './besideRow.ts'
import { isElementwise, isOneForAll } from './optimise.ts'
import { held, type Pipe } from './pipe.ts'
import type { PlanOf } from './plan.ts'

type Project = PlanOf<'project'>

/** A projection without aggregates over all rows, and the rows that have them as columns. */
export interface BesideTotals {
  readonly plan: Project
  readonly input: Pipe
}

const isAggregate = (node: ExprNode): boolean => node.kind === 'call' && ruleOf(node.fn).kind === 'aggregate'

/**
 * The projection with its aggregates over all rows as columns; nothing where it has none, or one of what looks at other rows.
 * @param aggregated a table of one row: aggregates of all rows of a pipe
 */
export function totalsBeside(
  plan: Project,
  input: Pipe,
  aggregated: (aggs: readonly ExprNode[], schema: Schema, input: Pipe) => Pipe,
): BesideTotals | undefined {
  if (input.partitions === 1) return undefined
  const aggs: ExprNode[] = []
  const exprs = plan.exprs.map((expr): ExprNode => {
    const rest = replaced(expr, (node) => {
      // Within groups an aggregate is another.
      if (node.kind === 'over') return node
      if (!isAggregate(node) || !('args' in node) || !node.args.every(isElementwise)) return undefined
      const name = `\u0000total${aggs.length}`
      aggs.push({ kind: 'alias', args: [node], name })
      return { kind: 'column', name }
    })
    return { kind: 'alias', args: [rest], name: nameOf(expr) }
  })
  if (aggs.length === 0 || exprs.some(hasAggregate)) return undefined
  const schema = aggs.map((agg) => ({ name: nameOf(agg), type: resolve(agg, input.schema).type }))
  if (plan.exprs.every(isOneForAll))
    return { plan: { ...plan, exprs }, input: aggregated(aggs, schema, input) }
  const rows = held(input)
  const [totals] = aggregated(aggs, schema, rows).frames()
  return { plan: { ...plan, exprs }, input: besideRow(rows, 'totals', schema, () => totals, plan.place) }
}

const hasAggregate = (node: ExprNode): boolean =>
  some(
    replaced(node, (part) => (part.kind === 'over' ? { kind: 'literal', value: null } : undefined)),
    isAggregate,
  )
