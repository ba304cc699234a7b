// Pivots: a row for each value of some columns, a column for each value of another.

import { requireOneOf } from '../../kernels/optionNames.ts'
import { isList, isStruct, typeText } from '../../kernels/table/dataType.ts'
import { fieldOf } from '../../kernels/table/schema.ts'
import { requireColumns, requireRecord, TableArgumentError, withExprs } from './build.ts'
import { DataFrame } from './dataframe.ts'
import { col, type Expr, lit, when } from './expr.ts'

/** A value that becomes a column. */
export type PivotValue = string | number | bigint | boolean

export type PivotAggregate = (typeof AGGREGATES)[number]

const AGGREGATES = ['first', 'last', 'sum', 'mean', 'min', 'max', 'count', 'median', 'len'] as const

export interface PivotOptions<
  On extends string = string,
  I extends string = string,
  V extends string = string,
  A extends PivotAggregate = PivotAggregate,
> {
  index: I | readonly I[]
  on: On
  values: V
  /** What is made of several rows that meet; the first of them by default. */
  agg?: A
}

/** What one cell of a pivot holds. */
type PivotCell<Value, A extends PivotAggregate> = A extends 'first' | 'last' | 'min' | 'max'
  ? Value | null
  : A extends 'count' | 'len'
    ? number
    : A extends 'sum'
      ? number | bigint
      : number | null

/** The row of a pivot whose columns are given. */
export type Pivoted<
  Row,
  I extends keyof Row,
  V extends keyof Row,
  P extends readonly PivotValue[],
  A extends PivotAggregate,
> = Pick<Row, I> & { [K in `${P[number]}`]: PivotCell<Row[V], A> }

const KINDS = ['string', 'number', 'bigint', 'boolean']

/** More columns than this are a mistake: a pivot on a column of ids, say. */
const COLUMNS_MAX = 10_000

/** The pivot; where its columns are not given, when they are found. */
export function pivotTable(
  frame: DataFrame,
  options: PivotOptions & { columns?: readonly PivotValue[] },
): DataFrame | Promise<DataFrame> {
  requireRecord(options, "pivot takes its columns: { index: 'city', on: 'year', values: 't' }")
  const { on, values, columns, agg = 'first' } = options
  requireOneOf('pivot: agg', agg, AGGREGATES)
  const index = [options.index].flat() as string[]
  requireColumns('pivot', [...index, on, values], frame.plan.schema)
  const { type } = fieldOf(frame.plan.schema, on)
  if (isList(type) || isStruct(type) || type === 'binary')
    throw new TableArgumentError(
      `pivot makes columns of texts, numbers and booleans, but ${on} is ${typeText(type)}: take a part of it first, with withColumns`,
    )
  if (columns === undefined) return found(frame, on).then((all) => pivotTo(frame, options, all))
  if (!Array.isArray(columns) || columns.length === 0)
    throw new TableArgumentError(`pivot takes at least one value of ${on} as columns, or none to find them`)
  const other = columns.find((value) => !KINDS.includes(typeof value))
  if (other !== undefined)
    throw new TableArgumentError(
      `pivot makes columns of texts, numbers and booleans, not of ${other === null ? 'null: fill absent values first, with fillNull' : `a value of type ${typeof other}`}`,
    )
  return pivotTo(frame, options, columns)
}

/** The values of a column, in order; what is absent is none. */
async function found(frame: DataFrame, on: string): Promise<PivotValue[]> {
  const rows = await frame.select(on).dropNulls(on).unique().sort(on).toRecords()
  if (rows.length > COLUMNS_MAX)
    throw new TableArgumentError(
      `pivot finds ${rows.length.toLocaleString('en-US')} values of ${on}, each of which would be a column: give those you want by columns: [...]`,
    )
  if (rows.length === 0)
    throw new TableArgumentError(`pivot finds no value of ${on}: give the columns by columns: [...]`)
  const all = rows.map((row) => row[on])
  const other = all.find((value) => !KINDS.includes(typeof value))
  if (other !== undefined)
    throw new TableArgumentError(
      `pivot makes columns of texts, numbers and booleans: ${on} holds others; cast it to 'string' first`,
    )
  return all as PivotValue[]
}

function pivotTo(
  frame: DataFrame,
  { on, values, index, agg = 'first' }: PivotOptions,
  columns: readonly PivotValue[],
): DataFrame {
  const keys = [index].flat() as string[]
  const own = (i: number): string => `\u0001${i}`
  const chosen = withExprs(
    frame.plan,
    'pivot',
    columns.map((value, i) => whenEqual(on, value, values).as(own(i)).node),
  )
  const aggs = columns.map((value, i) => {
    const column = col(own(i))
    const made =
      agg === 'first' || agg === 'last'
        ? firstPresent(own(i), agg)
        : agg === 'len'
          ? column.count()
          : column[agg]()
    return made.as(String(value)) as Expr
  })
  return new DataFrame(chosen, frame.options).groupBy(...keys).agg(...aggs) as DataFrame
}

/** A column's value in the rows where another has this one. */
function whenEqual(on: string, value: PivotValue, values: string): Expr {
  return when(col(on).eq(value))
    .then(col(values))
    .otherwise(lit(null) as Expr) as Expr
}

/** The first or last value of a group that is there: rows of other columns are absent in this one. */
function firstPresent(name: string, which: 'first' | 'last'): Expr {
  const filled = which === 'first' ? col(name).backwardFill().first() : col(name).forwardFill().last()
  return filled as Expr
}
