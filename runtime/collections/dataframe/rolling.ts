// Windows of time that end at each row, and what becomes of the rows in them.

import { placeOfCall } from '../../graph/callPlace.ts'
import { requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { parseEvery } from '../../kernels/table/columns/dates.ts'
import { isDatetime, typeText } from '../../kernels/table/dataType.ts'
import { nameOf } from '../../kernels/table/expression.ts'
import { namesOf, requireDistinct, type Schema } from '../../kernels/table/schema.ts'
import type { WindowEnds } from '../../kernels/table/steps.ts'
import { filledRows, nodesOf, requireColumns, resolvedFor, TableArgumentError } from './build.ts'
import { DataFrame } from './dataframe.ts'
import type { Expr } from './expr.ts'
import { requireAggregate } from './grouped.ts'
import type { Col, Selected } from './types.ts'

const FIXED = ['ms', 's', 'm', 'h', 'd', 'w']

export interface RollingByOptions<B extends string = string> {
  /** Columns that the rows of a window agree in. */
  by?: B | readonly B[]
  /** Which ends belong to a window: `'right'`, the row's own time but not the beginning, by default. */
  closed?: WindowEnds
}

/** Windows that end at each row's time; see `DataFrame.rolling`. */
export class Rolling<Row, Key extends Col<Row>> {
  readonly #frame: DataFrame
  readonly #on: string
  readonly #period: string
  readonly #by: readonly string[]
  readonly #closed: WindowEnds

  /** @internal */
  constructor(frame: DataFrame, on: string, period: string, options: RollingByOptions) {
    requireOptions<RollingByOptions>('rolling', options, { by: true, closed: true })
    const { by = [], closed = 'right' } = options
    const keys = [by].flat() as string[]
    const { schema } = frame.plan
    if (typeof on !== 'string')
      throw new TableArgumentError(
        "rolling takes a column of dates and a length of time, e.g. rolling('at', '2h')",
      )
    const [{ type }] = resolvedFor('rolling', nodesOf('rolling', [on]), schema)
    requireColumns('rolling', keys, schema)
    if (type !== 'date' && !isDatetime(type))
      throw new TableArgumentError(`rolling takes a date or datetime, but ${on} is ${typeText(type)}`)
    const length = typeof period === 'string' ? parseEvery(period) : undefined
    if (!length || !FIXED.includes(length.unit))
      throw new TableArgumentError(
        `rolling takes a length of time such as '15m', '2h', '7d' or '1w', not ${JSON.stringify(period)}: months and years are not equally long`,
      )
    if (type === 'date' && length.unit !== 'd' && length.unit !== 'w')
      throw new TableArgumentError(`rolling over dates takes days or weeks, e.g. '7d', not '${period}'`)
    requireOneOf('rolling: closed', closed, ['right', 'left', 'both', 'none'])
    this.#frame = frame
    this.#on = on
    this.#period = period
    this.#by = keys
    this.#closed = closed
  }

  /** One row for each that has a time: its keys and time, and aggregates of the rows in its window, ordered by keys and time. */
  agg<const S extends readonly Expr<Col<Row>>[]>(...aggs: S): DataFrame<Pick<Row, Key> & Selected<Row, S>> {
    const nodes = nodesOf('agg', aggs)
    if (nodes.length === 0)
      throw new TableArgumentError("agg takes at least one aggregate, e.g. col('t').mean()")
    const { plan, options } = this.#frame
    const resolved = resolvedFor('agg', nodes, plan.schema)
    for (const node of nodes) requireAggregate(node)
    const kept = [...this.#by, this.#on]
    const schema: Schema = [
      ...kept.map((name) => plan.schema.find((field) => field.name === name) as Schema[number]),
      ...nodes.map((node, i) => ({ name: nameOf(node), type: resolved[i].type })),
    ]
    requireDistinct(namesOf(schema), 'agg')
    return new DataFrame(
      {
        kind: 'rolling',
        input: filledRows(plan, this.#on),
        on: this.#on,
        period: this.#period,
        closed: this.#closed,
        by: this.#by,
        aggs: nodes,
        schema,
        place: placeOfCall(),
      },
      options,
    )
  }
}
