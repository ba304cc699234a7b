// Groups of a table's rows, and what becomes of them.

import { placeOfCall } from '../../graph/callPlace.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import { type DataType, isDatetime, typeText } from '../../kernels/table/dataType.ts'
import { type ExprNode, nameOf, some } from '../../kernels/table/expression.ts'
import { ruleOf } from '../../kernels/table/functionCatalogue.ts'
import { fieldOf, namesOf, requireDistinct, type Schema, schemaOf } from '../../kernels/table/schema.ts'
import type { UserFunction } from '../../kernels/table/steps.ts'
import { filledRows, nodesOf, requireRecord, resolvedFor, TableArgumentError, withExprs } from './build.ts'
import { DataFrame } from './dataframe.ts'
import { type Expr, len, requireWhole } from './expr.ts'
import { type GroupReduction, reducedGroups } from './groupReduction.ts'
import { keyColumns } from './keyColumns.ts'
import { type Gathering, targetsFor } from './plan.ts'
import type { Col, RowOf, Selected } from './types.ts'

/** What a group's function gets: the rows of a group, and its key. */
export type GroupFunction<Row, Key> = (rows: Row[], key: Key) => unknown

/** Groups by keys; see `DataFrame.groupBy`. */
export class Grouped<Row, Key> {
  readonly #frame: DataFrame
  readonly #keys: readonly ExprNode[]
  readonly #gathering: Gathering

  /** @internal */
  constructor(frame: DataFrame, keys: readonly ExprNode[], gathering: Gathering = { way: 'auto' }) {
    this.#frame = frame
    this.#keys = keys
    this.#gathering = gathering
  }

  /** Lets groups be shuffled to so many partitions: for more groups than one partition can hold. */
  partitions(count: number): Grouped<Row, Key> {
    return new Grouped(this.#frame, this.#keys, {
      way: 'shuffle',
      partitions: requireWhole('partitions', count, 1),
    })
  }

  /**
   * One row a group: its keys, and aggregates of its rows.
   * @example table.groupBy('city').agg(col('t').mean().as('mean'), len().as('days'))
   */
  agg<const S extends readonly Expr<Col<Row>>[]>(...aggs: S): DataFrame<Key & Selected<Row, S>> {
    const nodes = nodesOf('agg', aggs)
    if (nodes.length === 0)
      throw new TableArgumentError("agg takes at least one aggregate, e.g. col('t').mean()")
    const { plan, options } = this.#frame
    const resolved = resolvedFor('agg', nodes, plan.schema)
    nodes.forEach((node) => {
      requireAggregate(node)
    })
    const keys = resolvedFor('groupBy', this.#keys, plan.schema)
    const keyed = keyColumns(plan, 'groupBy', this.#keys)
    const schema: Schema = [
      ...this.#keys.map((key, i) => ({ name: nameOf(key), type: keys[i].type })),
      ...nodes.map((node, i) => ({ name: nameOf(node), type: resolved[i].type })),
    ]
    requireDistinct(namesOf(schema), 'agg')
    return new DataFrame(
      {
        kind: 'aggregate',
        input: keyed.plan,
        keys: keyed.keys,
        aggs: nodes,
        gathering: this.#gathering,
        schema,
        place: placeOfCall(),
      },
      options,
    )
  }

  /**
   * Reduces groups by functions of the program's: a state for the rows of each partition, states put together, and the
   * columns that come of them.
   * @example
   * table.groupBy('city').reduction({
   *   chunk: (rows) => rows.map((row) => row.t),
   *   combine: (lists) => lists.flat(),
   *   finalize: (list) => ({ spread: Math.max(...list) - Math.min(...list) }),
   *   schema: { spread: 'float64' },
   * })
   */
  reduction<State, const S extends Readonly<Record<string, DataType>>>(
    reduction: GroupReduction<Row, Key, State, S>,
  ): DataFrame<Key & RowOf<S>> {
    requireRecord(reduction, 'reduction takes its functions: { chunk, combine, finalize, schema }')
    const frame = this.#withKeys()
    const gathering = this.#gathering
    const bytes = this.#keys.map(nameOf).find((name) => fieldOf(frame.plan.schema, name).type === 'binary')
    if (bytes !== undefined)
      throw new TableArgumentError(
        `reduction finds groups by texts, numbers and times, but ${bytes} is binary: make a text of it first, with .cast('string')`,
      )
    const partitions = gathering.way === 'shuffle' ? gathering.partitions : targetsFor(frame.partitions)
    return reducedGroups(
      frame,
      this.#keys.map(nameOf),
      reduction as unknown as GroupReduction<never, never, never>,
      partitions,
    ) as DataFrame<unknown> as DataFrame<Key & RowOf<S>>
  }

  /** The table with its keys as columns. */
  #withKeys(): DataFrame {
    const { plan, options } = this.#frame
    const computed = this.#keys.filter((key) => key.kind !== 'column')
    return computed.length > 0 ? new DataFrame(withExprs(plan, 'groupBy', computed), options) : this.#frame
  }

  /** How many rows each group has, as `len`. */
  len(): DataFrame<Key & { len: number }> {
    return this.agg(len() as Expr<never, 'len', number>) as unknown as DataFrame<Key & { len: number }>
  }

  /**
   * Calls a function for every group, with its rows; it gives a record or a list of them. The keys are put beside.
   * @param options.schema the columns that it gives, without the keys
   */
  apply<const S extends Readonly<Record<string, DataType>>>(
    fn: GroupFunction<Row, Key>,
    options: { schema: S },
  ): DataFrame<Key & RowOf<S>> {
    if (typeof fn !== 'function')
      throw new TableArgumentError('apply takes a function of the rows of a group')
    requireOptions('apply', options ?? {}, { schema: true })
    if (options?.schema === undefined)
      throw new TableArgumentError(
        "apply takes the columns that the function gives: { schema: { mean: 'float64' } }",
      )
    const frame = this.#withKeys()
    const input = frame.plan
    const keys = this.#keys.map(nameOf)
    const output: Schema = [
      ...keys.map((name) => fieldOf(input.schema, name)),
      ...schemaOf(options.schema).filter(({ name }) => !keys.includes(name)),
    ]
    const step = { step: 'mapGroups', fn: fn as UserFunction, keys, schema: input.schema, output } as const
    return new DataFrame(
      {
        kind: 'grouped',
        input,
        label: 'apply',
        keys,
        step,
        gathering: this.#gathering,
        schema: output,
        place: placeOfCall(),
      },
      frame.options,
    )
  }
}

/** @throws {TableArgumentError} when an expression gives a row for each of a group's rows */
export function requireAggregate(node: ExprNode): void {
  const aggregates = some(node, (part) => part.kind === 'call' && ruleOf(part.fn).kind === 'aggregate')
  if (!aggregates && some(node, (part) => part.kind === 'column'))
    throw new TableArgumentError(
      `agg takes aggregates, but ${nameOf(node)} has a value for each row: say which one, e.g. .mean(), .first() or .implode()`,
    )
}

/** Windows of time; see `DataFrame.resample`. */
export class Resampled<Row, Key extends Col<Row> = Col<Row>> {
  readonly #frame: DataFrame
  readonly #on: string
  readonly #every: string
  readonly #by: readonly string[]

  /** @internal */
  constructor(frame: DataFrame, on: string, every: string, by: readonly string[]) {
    const { type } = resolvedFor('resample', nodesOf('resample', [on, ...by]), frame.plan.schema)[0]
    if (type !== 'date' && !isDatetime(type))
      throw new TableArgumentError(`resample takes a date or datetime, but ${on} is ${typeText(type)}`)
    this.#frame = frame
    this.#on = on
    this.#every = every
    this.#by = by
  }

  /** One row a window that has rows: its beginning, and aggregates of its rows. */
  agg<const S extends readonly Expr<Col<Row>>[]>(...aggs: S): DataFrame<Pick<Row, Key> & Selected<Row, S>> {
    const start: ExprNode = {
      kind: 'alias',
      args: [
        {
          kind: 'call',
          fn: 'dt.truncate',
          args: [{ kind: 'column', name: this.#on }],
          options: { every: this.#every },
        },
      ],
      name: this.#on,
    }
    const { plan, options } = this.#frame
    const rows = new DataFrame(filledRows(plan, this.#on), options)
    const keys = [...this.#by.map((name): ExprNode => ({ kind: 'column', name })), start]
    return new Grouped<Record<string, unknown>, Record<string, unknown>>(rows, keys).agg(
      ...(aggs as readonly Expr[]),
    ) as DataFrame<unknown> as never
  }
}
