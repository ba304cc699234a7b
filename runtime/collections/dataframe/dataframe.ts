// The data frame: a table in partitions, worked on in parallel. Every method only builds; `compute` computes.

import { placeOfCall } from '../../graph/callPlace.ts'
import type { Collection } from '../../graph/collection.ts'
import { heldAs, remakeHeld } from '../../graph/heldCollection.ts'
import { announceNode, buildNode } from '../../graph/node.ts'
import { TaskGraph } from '../../graph/taskGraph.ts'
import { requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { type DataType, fullType, isNumeric, typeText } from '../../kernels/table/dataType.ts'
import { type ExprNode, nameOf } from '../../kernels/table/expression.ts'
import type { Frame } from '../../kernels/table/frame.ts'
import { boundsOfRows, mapRows } from '../../kernels/table/rowFunctions.ts'
import { namesOf, requireDistinct, type Schema, schemaOf, schemaText } from '../../kernels/table/schema.ts'
import type { SketchSpec } from '../../kernels/table/sketch/sketchPartition.ts'
import type { JoinHow, UserFunction } from '../../kernels/table/steps.ts'
import { Bag } from '../bag/bag.ts'
import { callOf, computeAll, persist } from '../compute.ts'
import { PartNode, prepareInputs } from '../delayed/node.ts'
import { delayedOf } from '../delayed/proxy.ts'
import type { Delayed } from '../delayed/types.ts'
import { asofSchema } from './asofSchema.ts'
import {
  type Columnish,
  nodesOf,
  projected,
  requireColumns,
  resolvedFor,
  TableArgumentError,
  withExprs,
} from './build.ts'
import {
  type ApproximateOptions,
  col,
  columnNode,
  Expr,
  type Interpolation,
  len,
  lit,
  type QuantileOptions,
  quantileChoices,
  requireEvery,
  requireWhole,
} from './expr.ts'
import { filterPlan } from './filterPlan.ts'
import { Grouped, Resampled } from './grouped.ts'
import { joinSchema, withKeysAlike } from './joinSchema.ts'
import { keyColumns, requireElementwise } from './keyColumns.ts'
import { lowered } from './lower.ts'
import {
  CellNode,
  FramesNode,
  LengthNode,
  RecordPartitionsNode,
  RecordsNode,
  SketchNode,
  WriteTableNode,
} from './node.ts'
import { optimised } from './optimise.ts'
import { Building, type TableOptions } from './pipe.ts'
import { type PivotAggregate, type Pivoted, type PivotOptions, type PivotValue, pivotTable } from './pivot.ts'
import type { Plan } from './plan.ts'
import { explained } from './planText.ts'
import { Rolling, type RollingByOptions } from './rolling.ts'
import { rowsAtMost } from './sizeAtMost.ts'
import { heldPlan } from './sources.ts'
import { Table, type ValueOptions } from './table.ts'
import { ASOF_OPTIONS, JOIN_OPTIONS, PIVOT_OPTIONS, requireJoinHow, SORT_OPTIONS } from './tableOptions.ts'
import type {
  Added,
  CastTo,
  Col,
  Exploded,
  Joined,
  JoinedAsof,
  Melted,
  Renamed,
  RowOf,
  Selected,
} from './types.ts'
import { type TableWriteOptions, tablePaths, writeChoices } from './write.ts'

export interface SortOptions {
  /** One for all columns, or one for each. */
  descending?: boolean | readonly boolean[]
  /** Where absent values go; last by default, in both directions. */
  nulls?: 'first' | 'last'
  /** How many partitions the sorted table has; as many as before by default. */
  partitions?: number
}

export interface JoinOptions<L extends string = string, R extends string = string> {
  /** Columns that both tables have. */
  on?: (L & R) | readonly (L & R)[]
  leftOn?: Columnish<L> | readonly Columnish<L>[]
  rightOn?: Columnish<R> | readonly Columnish<R>[]
  how?: JoinHow
  /** Stands behind the names of right columns that the left table has too; `_right` by default. */
  suffix?: string
  /** Whether the right table goes whole to every partition of the left one; by its estimated size by default. */
  broadcast?: boolean | 'auto'
  /** How many partitions a shuffled join gives. */
  partitions?: number
}

export interface AsofOptions<L extends string = string, R extends string = string> {
  on?: L & R
  leftOn?: L
  rightOn?: R
  /** Columns that must agree exactly. */
  by?: (L & R) | readonly (L & R)[]
  strategy?: 'backward' | 'forward' | 'nearest'
  /** How far apart at most: a number, for times a length such as `'2h'`. */
  tolerance?: number | string
  suffix?: string
  /** Whether the right table goes whole to every partition, or to each what may be nearest to its rows; by its size when `auto`. */
  broadcast?: boolean | 'auto'
}

export interface MapOptions<
  S extends Readonly<Record<string, DataType>> = Readonly<Record<string, DataType>>,
> {
  /** The columns that the function gives; those it gets by default. */
  schema?: S
  /** Whether it gets a list of records (the default) or an Arrow table. */
  as?: 'records' | 'arrow'
  /** Further arguments. */
  args?: readonly unknown[]
}

/**
 * A lazy table in partitions. Expressions say what is done; nothing is computed before `compute`.
 * @example
 * const table = dataframe.fromRecords([{ city: 'Oslo', t: 3 }, { city: 'Rome', t: 21 }, { city: 'Oslo', t: 5 }])
 * await table.filter(col('t').gt(3)).groupBy('city').agg(col('t').mean().as('mean')).compute()
 */
export class DataFrame<out Row = Record<string, unknown>> implements Collection<Table<Row>> {
  readonly collectionKind = 'dataframe'
  /** @internal */
  readonly plan: Plan
  /** @internal */
  readonly options: TableOptions
  /** The column that the rows are sorted by, after `setIndex`. */
  readonly index: string | undefined

  /** @internal Tables are made by the functions of `dataframe`. */
  constructor(plan: Plan, options: TableOptions = {}, index?: string) {
    this.plan = plan
    this.options = options
    this.index = index
  }

  /** The names of the columns, in order. */
  get columns(): string[] {
    return namesOf(this.plan.schema)
  }

  /** The columns' types by name. */
  get schema(): Record<string, DataType> {
    return Object.fromEntries(this.plan.schema.map(({ name, type }) => [name, type]))
  }

  /** How many partitions there are. */
  get partitions(): number {
    return lowered(new Building(new TaskGraph(), {}), optimised(this.plan)).partitions
  }

  toString(): string {
    return `DataFrame(${schemaText(this.plan.schema)})`
  }

  // — What an executor asks for

  /** @internal */
  announce(graph: TaskGraph): void {
    announceNode(graph, this.#frames)
  }
  /** @internal */
  prepare(): Promise<void> {
    return prepareInputs(this.#frames)
  }
  // Of `Collection`, and so part of the public types.
  buildTasks(graph: TaskGraph): readonly unknown[] {
    return buildNode(graph, this.#frames)
  }
  /** @internal */
  buildValue(graph: TaskGraph): unknown {
    return buildNode(graph, new RecordsNode(this.plan, this.options))[0]
  }
  // Of `Collection`, and so part of the public types.
  assemble(results: readonly unknown[]): Table<Row> {
    return new Table<Row>(results as readonly Frame[], this.plan.schema)
  }
  // Of `Collection`, and so part of the public types.
  standingOn(references: readonly unknown[]): DataFrame<Row> {
    return new DataFrame(
      heldPlan(references, this.plan.schema, rowsAtMost(this.plan)),
      this.options,
      this.index,
    )
  }
  /** @internal */
  [heldAs](): HeldTable {
    const { plan, options, index } = this
    return { schema: plan.schema, rows: rowsAtMost(plan), options, index }
  }

  get #frames(): FramesNode {
    this.#node ??= new FramesNode(this.plan, this.options)
    return this.#node
  }
  #node: FramesNode | undefined

  #with<R = Row>(plan: Plan, index = this.index): DataFrame<R> {
    return new DataFrame<R>(plan, this.options, index)
  }

  // — Asking for values

  /**
   * Computes the rows on the cluster that is there; without one, a local cluster is started.
   * @throws {Error} what went wrong, with the file and line, or the user's place
   */
  async compute(): Promise<Table<Row>> {
    return (await computeAll([this], callOf('compute')))[0] as Table<Row>
  }

  /** Computes the rows and gives them as objects; see `Table.toRecords`. */
  async toRecords(options: ValueOptions = {}): Promise<Row[]> {
    return (await this.compute()).toRecords(options)
  }

  /** Computes the rows and gives them as an Arrow IPC file. */
  async toArrow(): Promise<Uint8Array> {
    return (await this.compute()).toArrow()
  }

  /** Computes the rows and keeps them on the cluster: a table that stands on them. */
  async persist(): Promise<DataFrame<Row>> {
    return (await persist(this))[0] as DataFrame<Row>
  }

  /** How many rows there are. */
  len(): Delayed<number> {
    return delayedOf(new PartNode(new LengthNode(this.plan, this.options), 'len'))
  }

  /** The plan as written and as it is run, with the rows and bytes that are expected. */
  explain(): string {
    return explained(this.plan)
  }

  /** Lets tasks run with options from here on: `pure`, and those of any task (`retries`, `resources`, …). */
  with(options: TableOptions): DataFrame<Row> {
    return new DataFrame(this.plan, { ...this.options, ...options }, this.index)
  }

  // — Columns

  /**
   * These columns and no others, by name or as expressions.
   * @throws {MissingColumnError} when one is not there; its text says the nearest names
   * @example table.select('city', col('t').mul(1.8).add(32).as('fahrenheit'))
   */
  select<const S extends readonly (Col<Row> | Expr<Col<Row>>)[]>(...columns: S): DataFrame<Selected<Row, S>> {
    const exprs = nodesOf('select', columns)
    if (exprs.length === 0) throw new TableArgumentError('select takes at least one column')
    return this.#with(projected(this.plan, 'select', exprs))
  }

  /** Adds columns, or replaces those of the same name. */
  withColumns<const S extends readonly Expr<Col<Row>>[]>(...exprs: S): DataFrame<Added<Row, S>> {
    return this.#with(withExprs(this.plan, 'withColumns', nodesOf('withColumns', exprs)))
  }

  /** All columns but these. */
  drop<const S extends Col<Row>>(...names: S[]): DataFrame<Omit<Row, S>> {
    requireColumns('drop', names, this.plan.schema)
    const kept = this.columns.filter((name) => !names.includes(name as S))
    if (kept.length === 0) throw new TableArgumentError('drop would leave no column')
    return this.#with(projected(this.plan, 'drop', kept.map(columnNode)))
  }

  /**
   * The same columns under other names.
   * @example table.rename({ t: 'temperature' })
   */
  rename<const M extends { readonly [K in Col<Row>]?: string }>(names: M): DataFrame<Renamed<Row, M>> {
    const map = names as { readonly [name: string]: string }
    requireColumns('rename', Object.keys(map), this.plan.schema)
    const exprs = this.columns.map(
      (name): ExprNode =>
        map[name] === undefined
          ? columnNode(name)
          : { kind: 'alias', args: [columnNode(name)], name: map[name] },
    )
    return this.#with(projected(this.plan, 'rename', exprs))
  }

  /** Columns as other types. What cannot be cast is an error, or null with `strict: false`. */
  cast<const T extends { readonly [K in Col<Row>]?: DataType }>(
    types: T,
    options: { strict?: boolean } = {},
  ): DataFrame<CastTo<Row, T>> {
    requireOptions('cast', options, { strict: true })
    const { strict = true } = options
    const map = types as { readonly [name: string]: DataType }
    requireColumns('cast', Object.keys(map), this.plan.schema)
    const exprs = Object.entries(map).map(([name, type]) => col(name).cast(type, { strict }).node)
    return this.#with(withExprs(this.plan, 'cast', exprs))
  }

  /** Puts a value where there is none: in all columns that can hold it, or by column. */
  fillNull(
    value: number | bigint | string | boolean | Date | Readonly<Record<string, unknown>>,
  ): DataFrame<Row> {
    const byColumn = typeof value === 'object' && !(value instanceof Date)
    const map = byColumn
      ? (value as Record<string, number>)
      : Object.fromEntries(
          this.plan.schema
            .filter(({ type }) => holds(type, value))
            .map(({ name }) => [name, value as number]),
        )
    requireColumns('fillNull', Object.keys(map), this.plan.schema)
    const exprs = Object.entries(map).map(([name, each]) => col(name).fillNull(each).node)
    return exprs.length === 0 ? this : this.#with(withExprs(this.plan, 'fillNull', exprs))
  }

  // — Rows

  /**
   * The rows for which a condition is true; where it is absent, the row goes.
   * @example table.filter(col('t').gt(3).and(col('city').neq('Rome')))
   */
  filter(predicate: Expr<Col<Row>>): DataFrame<Row> {
    if (!(predicate instanceof Expr))
      throw new TableArgumentError(
        `filter takes a condition such as col('delay').gt(60), not ${typeof predicate === 'function' ? 'a function: functions of rows run with mapPartitions' : typeof predicate}`,
      )
    const [{ type }] = resolvedFor('filter', [predicate.node], this.plan.schema)
    if (type !== 'boolean' && type !== 'null')
      throw new TableArgumentError(
        `filter takes a condition, but ${predicate} is ${typeText(type)}: compare it, e.g. with .gt(0)`,
      )
    return this.#with(filterPlan(this.plan, predicate.node))
  }

  /** Without the rows where one of the columns is absent; all columns by default. */
  dropNulls(...names: Col<Row>[]): DataFrame<Row> {
    const all = names.length > 0 ? names : (this.columns as Col<Row>[])
    requireColumns('dropNulls', all, this.plan.schema)
    const whole = all.map((name) => col(name).isNotNull() as Expr).reduce((both, each) => both.and(each))
    return this.#with(filterPlan(this.plan, whole.node))
  }

  /** One row of those that agree in these columns (all by default): the first, the last, any, or none where there are several. */
  unique(
    options: { subset?: Col<Row> | readonly Col<Row>[]; keep?: 'first' | 'last' | 'any' | 'none' } = {},
  ): DataFrame<Row> {
    requireOptions('unique', options, { subset: true, keep: true })
    const { subset, keep = 'first' } = options
    requireOneOf('unique: keep', keep, ['first', 'last', 'any', 'none'])
    const names = subset === undefined ? this.columns : [subset].flat()
    requireColumns('unique', names as string[], this.plan.schema)
    return this.#with({
      kind: 'unique',
      input: this.plan,
      subset: names as string[],
      keep,
      schema: this.plan.schema,
      place: placeOfCall(),
    })
  }

  /**
   * Rows in order: by one column or expression, or several. Rows that agree in all keep their order.
   * @example table.sort('t', { descending: true })
   */
  sort(by: Columnish<Col<Row>> | readonly Columnish<Col<Row>>[], options: SortOptions = {}): DataFrame<Row> {
    requireOptions('sort', options, SORT_OPTIONS)
    const nodes = nodesOf('sort', [by as Columnish | readonly Columnish[]])
    if (nodes.length === 0) throw new TableArgumentError('sort takes at least one column')
    resolvedFor('sort', nodes, this.plan.schema)
    const { descending = false, nulls = 'last' } = options
    if (typeof descending !== 'boolean' && descending.length !== nodes.length)
      throw new TableArgumentError(
        `sort got ${descending.length} directions for ${nodes.length} columns: one for all, or one for each`,
      )
    const keyed = keyColumns(this.plan, 'sort', nodes)
    const keys = keyed.keys.map((by, i) => ({
      by,
      descending: typeof descending === 'boolean' ? descending : (descending[i] ?? false),
      nullsFirst: nulls === 'first',
    }))
    const partitions =
      options.partitions === undefined
        ? {}
        : { partitions: requireWhole('partitions', options.partitions, 1) }
    const { plan } = keyed
    const sorted: Plan = {
      kind: 'sort',
      input: plan,
      keys,
      ...partitions,
      schema: plan.schema,
      place: placeOfCall(),
    }
    return this.#with(plan === this.plan ? sorted : projected(sorted, 'sort', this.columns.map(columnNode)))
  }

  /** Sorts by a column, in partitions that follow one another; `divisions` says where each begins. */
  setIndex(name: Col<Row>, options: { partitions?: number } = {}): DataFrame<Row> {
    requireOptions('setIndex', options, { partitions: true })
    const sorted = this.sort(name, options)
    return new DataFrame(sorted.plan, this.options, name)
  }

  /** Where each partition of a table with an index begins, and where the last one ends. */
  async divisions(): Promise<unknown[]> {
    if (this.index === undefined)
      throw new TableArgumentError('divisions are those of setIndex: call it first')
    // Rows without a key stand behind all others and have no place of their own.
    const keys = this.select(this.index as Col<Row>).dropNulls() as unknown as DataFrame
    const bounds = await keys
      .mapPartitions(boundsOfRows as never, {
        schema: { first: this.schema[this.index], last: this.schema[this.index] },
        args: [this.index],
      })
      .toRecords()
    const rows = bounds as { first: unknown; last: unknown }[]
    return rows.length === 0 ? [] : [...rows.map(({ first }) => first), rows[rows.length - 1].last]
  }

  /** The first rows of all. */
  head(count = 5): DataFrame<Row> {
    requireWhole('head', count, 0)
    const { plan } = this
    const base = { schema: plan.schema, place: placeOfCall() }
    // The first of sorted rows need no whole sort.
    if (plan.kind === 'sort' && plan.limit === undefined && count <= FEW_ROWS)
      return this.#with({ ...plan, limit: count, ...base })
    return this.#with({ kind: 'head', input: plan, count, ...base })
  }

  /** The last rows of all. */
  tail(count = 5): DataFrame<Row> {
    requireWhole('tail', count, 0)
    return this.#with({
      kind: 'tail',
      input: this.plan,
      count,
      schema: this.plan.schema,
      place: placeOfCall(),
    })
  }

  /** Each row with a probability; the same ones for the same seed, partitions and engine. */
  sample(fraction: number, options: { seed?: number } = {}): DataFrame<Row> {
    if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
      throw new TableArgumentError(
        `sample takes a share from 0 to 1, e.g. sample(0.1, { seed: 1 }), not ${typeof fraction === 'number' ? fraction : `a value of type ${typeof fraction}`}`,
      )
    requireOptions('sample', options, { seed: true })
    const { seed = Math.floor(Math.random() * 2 ** 31) } = options
    requireWhole('sample: seed', seed, 0)
    const step = { step: 'sample', fraction, seed, slot: -1 } as const
    return this.#with({
      kind: 'local',
      input: this.plan,
      label: 'sample',
      step,
      needs: [],
      numbered: true,
      schema: this.plan.schema,
      place: placeOfCall(),
    })
  }

  /** Another number of partitions; rows keep their order. */
  repartition(partitions: number): DataFrame<Row> {
    requireWhole('repartition', partitions, 1)
    return this.#with({
      kind: 'repartition',
      input: this.plan,
      partitions,
      schema: this.plan.schema,
      place: placeOfCall(),
    })
  }

  // — Groups and joins

  /**
   * Rows by keys: what follows says what becomes of each group. Groups come sorted by their keys, within each partition.
   * @example table.groupBy('city').agg(col('t').mean().as('mean'), len())
   */
  groupBy<const K extends readonly (Col<Row> | Expr<Col<Row>>)[]>(
    ...keys: K
  ): Grouped<Row, Selected<Row, K>> {
    const nodes = nodesOf('groupBy', keys)
    if (nodes.length === 0) throw new TableArgumentError('groupBy takes at least one column')
    resolvedFor('groupBy', nodes, this.plan.schema)
    requireDistinct(nodes.map(nameOf), 'groupBy')
    return new Grouped(this as DataFrame, nodes)
  }

  /** Rows by windows of a date or datetime: `'15m'`, `'1h'`, `'1d'`, `'1w'`, `'1mo'`, `'1y'`. */
  resample<const N extends Col<Row>, const B extends Col<Row> = never>(
    on: N,
    every: string,
    options: { by?: B | readonly B[] } = {},
  ): Resampled<Row, N | B> {
    requireEvery('resample', every)
    requireOptions('resample', options, { by: true })
    return new Resampled<Row, N | B>(this as DataFrame, on, every, [options.by ?? []].flat() as string[])
  }

  /**
   * Windows of time that end at each row: `'15m'`, `'2h'`, `'7d'`, `'1w'`, all rows of it or those that agree in columns.
   * @example readings.rolling('at', '2h', { by: 'city' }).agg(col('t').mean().as('mean'))
   */
  rolling<const N extends Col<Row>, const B extends Col<Row> = never>(
    on: N,
    period: string,
    options: RollingByOptions<B> = {},
  ): Rolling<Row, N | B> {
    return new Rolling<Row, N | B>(this as DataFrame, on, period, options)
  }

  /**
   * Rows of two tables side by side, where their keys agree; an absent key agrees with nothing.
   * @example flights.join(airports, { leftOn: 'origin', rightOn: 'code', how: 'left' })
   */
  join<R, const O extends JoinOptions<Col<Row>, Col<R>>>(
    right: DataFrame<R>,
    options?: O,
  ): DataFrame<Joined<Row, R, O>>
  join(right: DataFrame, options: JoinOptions = {}): unknown {
    if (!(right instanceof DataFrame)) throw new TableArgumentError('join takes another data frame first')
    requireOptions('join', options, JOIN_OPTIONS)
    const { how = 'inner', suffix = '_right', broadcast = 'auto' } = options
    requireJoinHow(how)
    const [leftOn, rightOn] = joinKeys(options, how)
    requireElementwise('join', [...leftOn, ...rightOn])
    const [left, other] =
      how === 'outer' ? withKeysAlike(this.plan, right.plan, leftOn, rightOn) : [this.plan, right.plan]
    return this.#with<Record<string, unknown>>(
      {
        kind: 'join',
        input: left,
        right: other,
        how,
        suffix,
        broadcast,
        ...joinSchema(left.schema, other.schema, leftOn, rightOn, how, suffix),
        ...(options.partitions === undefined
          ? {}
          : { partitions: requireWhole('partitions', options.partitions, 1) }),
        place: placeOfCall(),
      },
      undefined,
    )
  }

  /**
   * Each row with the nearest row of another table that is not later (`'backward'`), not earlier, or either. Rows come sorted
   * by the key, those without one last.
   */
  joinAsof<R, const O extends AsofOptions<Col<Row>, Col<R>>>(
    right: DataFrame<R>,
    options: O,
  ): DataFrame<JoinedAsof<Row, R, O>>
  joinAsof(right: DataFrame, options: AsofOptions): unknown {
    if (!(right instanceof DataFrame)) throw new TableArgumentError('joinAsof takes another data frame first')
    requireOptions('joinAsof', options, ASOF_OPTIONS)
    const { suffix = '_right', broadcast = 'auto' } = options
    return this.#with({
      kind: 'asof',
      input: this.plan,
      right: right.plan,
      ...asofSchema(this.plan.schema, right.plan.schema, options, suffix),
      suffix,
      broadcast,
      place: placeOfCall(),
    })
  }

  // — Other shapes

  /**
   * A row for each value of `index`, a column for each of `columns`, which are values of `on`; `agg` is asked where several
   * rows meet. Without `columns` the values of `on` are computed first, and come in order: await the table then.
   * @example table.pivot({ index: 'city', on: 'year', values: 't', columns: [2023, 2024], agg: 'mean' })
   * @example await table.pivot({ index: 'city', on: 'year', values: 't' })
   */
  pivot<
    const I extends Col<Row>,
    const V extends Col<Row>,
    const P extends readonly PivotValue[],
    const A extends PivotAggregate = 'first',
  >(options: PivotOptions<Col<Row>, I, V, A> & { columns: P }): DataFrame<Pivoted<Row, I, V, P, A>>
  pivot<const I extends Col<Row>>(
    options: PivotOptions<Col<Row>, I, Col<Row>>,
  ): Promise<DataFrame<Pick<Row, I> & Record<string, unknown>>>
  pivot(options: PivotOptions & { columns?: readonly PivotValue[] }): unknown {
    requireOptions('pivot', options, PIVOT_OPTIONS)
    return pivotTable(this as DataFrame, options)
  }

  /** Columns as rows: the name in `variable`, the value in `value`. */
  melt<
    const I extends Col<Row> = never,
    const O extends Col<Row> = Exclude<Col<Row>, I>,
    const N extends string = 'variable',
    const V extends string = 'value',
  >(
    options: { id?: I | readonly I[]; on?: readonly O[]; variable?: N; value?: V } = {},
  ): DataFrame<Melted<Row, I, O, N, V>> {
    requireOptions('melt', options, { id: true, on: true, variable: true, value: true })
    const { id = [], on, variable = 'variable', value = 'value' } = options
    const ids = [id].flat() as string[]
    const names = (on as readonly string[] | undefined) ?? this.columns.filter((name) => !ids.includes(name))
    if (names.length === 0) throw new TableArgumentError('melt takes at least one column to turn into rows')
    requireColumns('melt', [...ids, ...names], this.plan.schema)
    const typed = resolvedFor(
      'melt',
      [names.map((name) => col(name) as Expr).reduce((all, each) => all.fillNull(each)).node],
      this.plan.schema,
    )[0].type
    const alike = projected(this.plan, 'melt', [
      ...ids.map(columnNode),
      ...names.map((name) => col(name).cast(typed).as(name).node),
    ])
    const schema: Schema = [
      ...alike.schema.filter(({ name }) => ids.includes(name)),
      { name: variable, type: 'string' },
      { name: value, type: typed },
    ]
    requireDistinct(namesOf(schema), 'melt')
    const step = { step: 'unpivot', index: ids, on: names, variable, value } as const
    return this.#with(
      { kind: 'local', input: alike, label: 'melt', step, schema, place: placeOfCall() },
      undefined,
    )
  }

  /** A row for each item of a list; an empty or absent list gives one row with null. */
  explode<const N extends Col<Row>>(...names: N[]): DataFrame<Exploded<Row, N>> {
    if (names.length === 0) throw new TableArgumentError('explode takes at least one column of lists')
    requireColumns('explode', names, this.plan.schema)
    const schema = this.plan.schema.map(({ name, type }) => {
      if (!names.includes(name as N)) return { name, type }
      if (typeof type !== 'object' || !('list' in type))
        throw new TableArgumentError(`explode takes columns of lists, but ${name} is ${typeText(type)}`)
      return { name, type: type.list }
    })
    const step = { step: 'explode', columns: names } as const
    return this.#with({
      kind: 'local',
      input: this.plan,
      label: 'explode',
      step,
      needs: names,
      schema,
      place: placeOfCall(),
    })
  }

  // — Functions of the program's

  /**
   * Calls a function for every partition, with its rows as records, or as an Arrow table; it gives rows.
   * @example table.mapPartitions((rows) => rows.filter((row) => row.t > 3))
   */
  mapPartitions<const S extends Readonly<Record<string, DataType>> = Record<never, never>>(
    fn: (rows: Row[], ...args: never[]) => unknown,
    options: MapOptions<S> = {},
  ): DataFrame<Record<never, never> extends S ? Row : RowOf<S>> {
    return this.#mapped('mapPartitions', fn, options) as never
  }

  /** The same with rows of the neighbours, so that windows can look across: what the function gives for those is left out. */
  mapOverlap<const S extends Readonly<Record<string, DataType>> = Record<never, never>>(
    fn: (rows: Row[], ...args: never[]) => unknown,
    before: number,
    after: number,
    options: MapOptions<S> = {},
  ): DataFrame<Record<never, never> extends S ? Row : RowOf<S>> {
    requireWhole('mapOverlap: before', before, 0)
    requireWhole('mapOverlap: after', after, 0)
    return this.#with(
      {
        kind: 'overlap',
        input: this.plan,
        before,
        after,
        step: this.#mapStep('mapOverlap', fn, options),
        schema: this.#output(options),
        place: placeOfCall(),
      },
      undefined,
    )
  }

  /**
   * Calls a function for every row.
   * @example table.apply((row) => ({ city: row.city, hot: row.t > 20 }), { schema: { city: 'string', hot: 'boolean' } })
   */
  apply<const S extends Readonly<Record<string, DataType>> = Record<never, never>>(
    fn: (row: Row) => unknown,
    options: MapOptions<S> = {},
  ): DataFrame<Record<never, never> extends S ? Row : RowOf<S>> {
    requireFunction('apply', fn)
    return this.#mapped('apply', mapRows, { ...options, args: [fn, ...(options.args ?? [])] }) as never
  }

  #mapped(label: string, fn: unknown, options: MapOptions): DataFrame {
    return this.#with(
      {
        kind: 'local',
        input: this.plan,
        label,
        step: this.#mapStep(label, fn, options),
        schema: this.#output(options),
        place: placeOfCall(),
      },
      undefined,
    )
  }

  #output(options: MapOptions): Schema {
    return options.schema === undefined ? this.plan.schema : schemaOf(options.schema)
  }

  #mapStep(label: string, fn: unknown, options: MapOptions) {
    requireFunction(label, fn)
    requireOptions<MapOptions>(label, options, { schema: true, as: true, args: true })
    const { as = 'records', args = [] } = options
    requireOneOf(`${label}: as`, as, ['records', 'arrow'])
    return {
      step: 'map',
      fn: fn as UserFunction,
      as,
      schema: this.plan.schema,
      output: this.#output(options),
      rest: args,
      label,
    } as const
  }

  // — Summaries

  /** Count, absent values, mean, deviation, smallest, quartiles and largest of every column of numbers. */
  describe(): DataFrame {
    const names = this.plan.schema.filter(({ type }) => isNumeric(type)).map(({ name }) => name)
    if (names.length === 0) throw new TableArgumentError('describe takes a table with a column of numbers')
    const wide = (expr: Expr): Expr => expr.cast('float64')
    const statistics: [name: string, of: (column: Expr) => Expr][] = [
      ['count', (column) => column.count()],
      ['nullCount', (column) => column.nullCount()],
      ['mean', (column) => column.mean()],
      ['std', (column) => column.std()],
      ['min', (column) => column.min()],
      ['25%', (column) => column.quantile(0.25)],
      ['50%', (column) => column.quantile(0.5)],
      ['75%', (column) => column.quantile(0.75)],
      ['max', (column) => column.max()],
    ]
    const aggs = statistics.flatMap(([statistic, of]) =>
      names.map((name) => wide(of(col(name))).as(`${statistic} ${name}`)),
    )
    const all = this.select(...(aggs as unknown as Col<Row>[])) as unknown as DataFrame
    const rows = statistics.map(([statistic]) =>
      all.select(
        lit(statistic).as('statistic') as Expr,
        ...names.map((name) => col(`${statistic} ${name}`).as(name) as Expr),
      ),
    )
    const plans = rows.map(({ plan }) => plan)
    const concat: Plan = { kind: 'concat', inputs: plans, schema: plans[0].schema, place: placeOfCall() }
    return this.#with<Record<string, unknown>>(
      { kind: 'repartition', input: concat, partitions: 1, schema: concat.schema, place: placeOfCall() },
      undefined,
    )
  }

  /** How often each value of a column comes, most often first. */
  valueCounts<const N extends Col<Row>>(name: N): DataFrame<Pick<Row, N> & { count: number }> {
    return (this.groupBy(name) as unknown as Grouped<Record<string, unknown>, Record<string, unknown>>)
      .agg(len().as('count') as Expr)
      .sort(['count', name], { descending: [true, false] }) as DataFrame<unknown> as never
  }

  /**
   * How many different values a column has; absent is one of them. `approximate` counts them in a few kilobytes, with a
   * standard error of 0.8 % (HyperLogLog++): nothing is shuffled.
   */
  nUnique(name: Col<Row>, options: ApproximateOptions = {}): Delayed<number> {
    requireOptions('nUnique', options, { approximate: true })
    const { approximate = false } = options
    const one = this.select(name as Col<Row>)
    if (!approximate) return one.unique().len()
    const keys = resolvedFor('nUnique', [columnNode(name)], this.plan.schema)
    return sketched(one.plan, this.options, { sketch: 'distinct', keys }, 'nUnique')
  }

  /**
   * The value of a column below which a share of all lies. `approximate` keeps a few hundred centroids instead of all
   * values (a t-digest): the rank it answers for is off by less than 1 %, and by far less at both ends.
   */
  quantile(name: Col<Row>, q: number, how: Interpolation | QuantileOptions = {}): Delayed<number | null> {
    const { interpolation, approximate } = quantileChoices(how)
    const exact = projected(this.plan, 'quantile', [col(name).quantile(q, interpolation).node])
    if (!approximate) return delayedOf(new PartNode(new CellNode(exact, this.options), 'quantile'))
    const values = projected(this.plan, 'quantile', [col(name).cast('float64').node])
    const [value] = resolvedFor('quantile', [columnNode(name)], values.schema)
    return sketched(values, this.options, { sketch: 'quantile', value, q }, 'quantile')
  }

  /** The categories or texts that a column has, in order, as a bag. */
  categories(name: Col<Row>): Bag<string> {
    const texts = this.select(name).dropNulls(name as never) as unknown as DataFrame
    const one = texts
      .select(col(name).cast('string').as(name) as Expr)
      .unique()
      .sort(name) as DataFrame
    return one.toBag().pluck(name) as Bag<unknown> as Bag<string>
  }

  // — To other places

  /** The rows as a bag of records. */
  toBag(): Bag<Row> {
    return new Bag<Row>(new RecordPartitionsNode(this.plan, this.options, this.partitions))
  }

  /**
   * Writes each partition to a parquet file of its own, once computed; gives the paths. All files appear together, or none does.
   * @param options `mode` says what becomes of files of an earlier write: computing refuses to mix with them by default
   * @throws {FilesThereError} by computing, when such files are there
   */
  toParquet(path: string, options: TableWriteOptions = {}): Bag<string> {
    return this.#write('toParquet', 'parquet', path, options)
  }
  toCsv(path: string, options: TableWriteOptions = {}): Bag<string> {
    return this.#write('toCsv', 'csv', path, options)
  }
  toJsonLines(path: string, options: TableWriteOptions = {}): Bag<string> {
    return this.#write('toJsonLines', 'jsonLines', path, options)
  }
  /** Writes each partition to an Arrow IPC file. */
  toIpc(path: string, options: TableWriteOptions = {}): Bag<string> {
    return this.#write('toIpc', 'ipc', path, options)
  }

  #write(
    label: string,
    format: 'parquet' | 'csv' | 'jsonLines' | 'ipc',
    path: string,
    options: TableWriteOptions,
  ): Bag<string> {
    const names = [options.partitionBy ?? []].flat()
    requireColumns(label, names, this.plan.schema)
    const { partitions } = this
    const paths = tablePaths(format, path, options)
    const choices = writeChoices(format, paths.of(partitions)[0] ?? path, names, this.plan.schema, options)
    const write = { label, format, choices, paths, partitions }
    return new Bag<string>(new WriteTableNode(this.plan, this.options, write))
  }
}

const FEW_ROWS = 100_000

const sketched = <R>(plan: Plan, options: TableOptions, spec: SketchSpec, name: string): Delayed<R> =>
  delayedOf(new PartNode(new SketchNode(plan, options, spec), name))

const holds = (type: DataType, value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'bigint'
    ? isNumeric(type)
    : typeof value === 'string'
      ? type === 'string' || type === 'category'
      : typeof value === 'boolean'
        ? type === 'boolean'
        : typeof fullType(type) === 'object' || type === 'date'

function requireFunction(method: string, fn: unknown): void {
  if (typeof fn !== 'function')
    throw new TableArgumentError(
      `${method} takes a function, not ${fn === null ? 'null' : `a value of type ${typeof fn}`}`,
    )
}

function joinKeys(options: JoinOptions, how: JoinHow): [ExprNode[], ExprNode[]] {
  if (how === 'cross') {
    if ([options.on, options.leftOn, options.rightOn].some((keys) => keys !== undefined))
      throw new TableArgumentError("join with how: 'cross' takes no columns: every row meets every row")
    return [[], []]
  }
  const left = options.leftOn ?? options.on
  const right = options.rightOn ?? options.on
  if (left === undefined || right === undefined)
    throw new TableArgumentError(
      "join takes the columns that must agree: { on: 'id' }, or leftOn and rightOn; for every row with every row how: 'cross'",
    )
  const nodes = [nodesOf('join', [left as Columnish[]]), nodesOf('join', [right as Columnish[]])] as [
    ExprNode[],
    ExprNode[],
  ]
  if (nodes[0].length !== nodes[1].length || nodes[0].length === 0)
    throw new TableArgumentError(
      `join takes as many columns on the left as on the right, not ${nodes[0].length} and ${nodes[1].length}`,
    )
  return nodes
}

/** What a table is beside its partitions. */
interface HeldTable {
  schema: Schema
  /** At most, where that is known. */
  rows: number | undefined
  options: TableOptions
  index: string | undefined
}

remakeHeld('dataframe', (description, references) => {
  const { schema, rows, options, index } = description as HeldTable
  return new DataFrame(heldPlan(references, schema, rows), options, index)
})
