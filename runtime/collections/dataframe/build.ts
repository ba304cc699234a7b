// Plans from methods: every one is checked against the columns that are there, when it is written.

import { basename } from 'node:path'
import { placeOfCall } from '../../graph/callPlace.ts'
import type { Resolved } from '../../kernels/table/alike.ts'
import { type ExprNode, nameOf } from '../../kernels/table/expression.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import { MissingColumnError, requireDistinct, type Schema } from '../../kernels/table/schema.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { columnNode, Expr } from './expr.ts'
import type { Plan } from './plan.ts'

/** An argument of a table's method is not what it should be. */
export class TableArgumentError extends TypeError {
  override name = 'TableArgumentError'
}

/** A column by its name, or an expression. */
export type Columnish<C extends string = string> = C | Expr<C>

/** The place of the user's call, as errors say it. */
export const placeText = (place: SourcePlace | undefined): string =>
  place ? `, ${basename(place.file)}:${place.line}` : ''

/**
 * Resolves expressions of a method.
 * @throws {MissingColumnError} with the method and the user's line in its text
 */
export function resolvedFor(method: string, nodes: readonly ExprNode[], schema: Schema): Resolved[] {
  try {
    return nodes.map((node) => resolve(node, schema))
  } catch (error) {
    if (!(error instanceof MissingColumnError)) throw error
    throw new MissingColumnError(error.column, error.columns, `${method}${placeText(placeOfCall())}`)
  }
}

export function nodesOf(method: string, columns: readonly (Columnish | readonly Columnish[])[]): ExprNode[] {
  return columns.flat().map((column) => {
    if (typeof column !== 'string' && !(column instanceof Expr))
      throw new TableArgumentError(
        `${method} takes columns by name and expressions such as col('a').sum(), not ${column === null ? 'null' : `a value of type ${typeof column}`}`,
      )
    return columnNode(column as Columnish)
  })
}

/** @throws {TableArgumentError} with this text when what was given is no object, or a list */
export function requireRecord(given: unknown, text: string): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new TableArgumentError(text)
}

/** @throws {MissingColumnError} when one of the names is no column */
export function requireColumns(method: string, names: readonly string[], schema: Schema): void {
  resolvedFor(
    method,
    names.map((name) => columnNode(name)),
    schema,
  )
}

/** The rows in which a column is there. */
export const filledRows = (input: Plan, name: string): Plan => ({
  kind: 'filter',
  input,
  predicate: { kind: 'call', fn: 'isNotNull', args: [columnNode(name)] },
  schema: input.schema,
  place: placeOfCall(),
})

/** All columns anew: `exprs` in the place of those that have their name, others behind. */
export function projected(input: Plan, method: string, exprs: readonly ExprNode[]): Plan {
  const resolved = resolvedFor(method, exprs, input.schema)
  const schema = exprs.map((expr, i) => ({ name: nameOf(expr), type: resolved[i].type }))
  requireDistinct(
    schema.map(({ name }) => name),
    method,
  )
  return { kind: 'project', input, exprs, schema, place: placeOfCall() }
}

/** The columns of `input` with some replaced and some added. */
export function withExprs(input: Plan, method: string, exprs: readonly ExprNode[]): Plan {
  requireDistinct(exprs.map(nameOf), method)
  const made = new Map(exprs.map((expr) => [nameOf(expr), expr]))
  const kept = input.schema.map(({ name }) => {
    const own = made.get(name)
    made.delete(name)
    return own ?? columnNode(name)
  })
  return projected(input, method, [...kept, ...made.values()])
}
