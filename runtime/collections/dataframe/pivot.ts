// The pieces of a pivot: a column for each value, absent in the rows of others.

import { col, type Expr, lit, when } from './expr.ts'

/** A column's value in the rows where another has this one. */
export function whenEqual(on: string, value: string | number | bigint | boolean, values: string): Expr {
  return when(col(on).eq(value))
    .then(col(values))
    .otherwise(lit(null) as Expr) as Expr
}

/** The first or last value of a group that is there: rows of other columns are absent in this one. */
export function firstPresent(name: string, which: 'first' | 'last'): Expr {
  const filled = which === 'first' ? col(name).backwardFill().first() : col(name).forwardFill().last()
  return filled as Expr
}
