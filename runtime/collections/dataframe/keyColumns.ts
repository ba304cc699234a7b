// Keys that look at other rows, such as ranks: they become columns before rows are told apart by them.

import { type ExprNode, expressionText, nameOf } from '../../kernels/table/expression.ts'
import { TableArgumentError, withExprs } from './build.ts'
import { columnNode } from './expr.ts'
import { isElementwise } from './optimise.ts'
import type { Plan } from './plan.ts'

/** Rows, and the keys that stand for those that were asked for. */
export interface Keyed {
  readonly plan: Plan
  readonly keys: readonly ExprNode[]
}

/** The rows with those keys as columns beside that a partition alone does not know. The plan is the same where there are none. */
export function keyColumns(input: Plan, method: string, keys: readonly ExprNode[]): Keyed {
  const name = (i: number): string => `\u0000key${i}`
  const made = keys.flatMap((key, i): ExprNode[] =>
    isElementwise(key) ? [] : [{ kind: 'alias', args: [key], name: name(i) }],
  )
  if (made.length === 0) return { plan: input, keys }
  return {
    plan: withExprs(input, method, made),
    keys: keys.map((key, i) =>
      isElementwise(key) ? key : { kind: 'alias', args: [columnNode(name(i))], name: nameOf(key) },
    ),
  }
}

/** @throws {TableArgumentError} when a key looks at other rows, where none may */
export function requireElementwise(method: string, keys: readonly ExprNode[]): void {
  const other = keys.find((key) => !isElementwise(key))
  if (other)
    throw new TableArgumentError(
      `${method}: ${expressionText(other)} looks at other rows: make it a column first, with withColumns`,
    )
}
