// The data frame: a table in partitions, worked on in parallel. Every method only builds; `compute` computes.

import type { Collection } from '../../graph/collection.ts'
import { heldAs, remakeHeld } from '../../graph/heldCollection.ts'
import { announceNode, buildNode } from '../../graph/node.ts'
import { TaskGraph } from '../../graph/taskGraph.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import type { DataType } from '../../kernels/table/dataType.ts'
import { nameOf } from '../../kernels/table/expression.ts'
import type { Frame } from '../../kernels/table/frame.ts'
import { boundsOfRows, mapRows } from '../../kernels/table/rowFunctions.ts'
import { namesOf, requireDistinct, type Schema, schemaText } from '../../kernels/table/schema.ts'
import type { SketchSpec } from '../../kernels/table/sketch/sketchPartition.ts'
import { Bag } from '../bag/bag.ts'
import { callOf, computeAll, persist } from '../compute.ts'
import { PartNode, prepareInputs } from '../delayed/node.ts'
import { delayedOf } from '../delayed/proxy.ts'
import type { Delayed } from '../delayed/types.ts'
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
  type Expr,
  type Interpolation,
  len,
  type QuantileOptions,
  quantileChoices,
  requireEvery,
} from './expr.ts'
import { Grouped, Resampled } from './grouped.ts'
import { indexAfter } from './indexAfter.ts'
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
import { PIVOT_OPTIONS } from './tableOptions.ts'
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
import { castTo, dropped, type FillValue, filled, renamed, selected } from './verbs/columns.ts'
import { described } from './verbs/described.ts'
import { type AsofOptions, type JoinOptions, joined, joinedAsof } from './verbs/join.ts'
import { type MapOptions, mapped, overlapped, requireFunction } from './verbs/mapped.ts'
import {
  filtered,
  firstRows,
  type Keep,
  lastRows,
  repartitioned,
  sampled,
  splitAtRandom,
  uniqueRows,
  withoutNulls,
} from './verbs/rows.ts'
import { exploded, type MeltOptions, melted } from './verbs/shapes.ts'
import { type SortOptions, sorted } from './verbs/sort.ts'
import { type TableWriteOptions, tablePaths, writeChoices } from './write.ts'

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

  /** Rows in the order that they had. */
  #with<R = Row>(plan: Plan): DataFrame<R> {
    return new DataFrame<R>(plan, this.options, indexAfter(plan, this.index))
  }

  /** Other rows, or in another order: the index is gone. */
  #other<R = Record<string, unknown>>(plan: Plan): DataFrame<R> {
    return new DataFrame<R>(plan, this.options)
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
    return this.#with(selected(this.plan, columns as readonly Columnish[]))
  }

  /** Adds columns, or replaces those of the same name. */
  withColumns<const S extends readonly Expr<Col<Row>>[]>(...exprs: S): DataFrame<Added<Row, S>> {
    return this.#with(withExprs(this.plan, 'withColumns', nodesOf('withColumns', exprs)))
  }

  /** All columns but these. */
  drop<const S extends Col<Row>>(...names: S[]): DataFrame<Omit<Row, S>> {
    return this.#with(dropped(this.plan, names))
  }

  /**
   * The same columns under other names.
   * @example table.rename({ t: 'temperature' })
   */
  rename<const M extends { readonly [K in Col<Row>]?: string }>(names: M): DataFrame<Renamed<Row, M>> {
    return this.#with(renamed(this.plan, names as { readonly [name: string]: string }))
  }

  /** Columns as other types. What cannot be cast is an error, or null with `strict: false`. */
  cast<const T extends { readonly [K in Col<Row>]?: DataType }>(
    types: T,
    options: { strict?: boolean } = {},
  ): DataFrame<CastTo<Row, T>> {
    requireOptions('cast', options, { strict: true })
    return this.#with(
      castTo(this.plan, types as { readonly [name: string]: DataType }, options.strict ?? true),
    )
  }

  /** Puts a value where there is none: in all columns that can hold it, or by column. */
  fillNull(value: FillValue | Readonly<Record<string, unknown>>): DataFrame<Row> {
    return this.#with(filled(this.plan, value))
  }

  // — Rows

  /**
   * The rows for which a condition is true; where it is absent, the row goes.
   * @example table.filter(col('t').gt(3).and(col('city').neq('Rome')))
   */
  filter(predicate: Expr<Col<Row>>): DataFrame<Row> {
    return this.#with(filtered(this.plan, predicate))
  }

  /** Without the rows where one of the columns is absent; all columns by default. */
  dropNulls(...names: Col<Row>[]): DataFrame<Row> {
    return this.#with(withoutNulls(this.plan, names))
  }

  /** One row of those that agree in these columns (all by default): the first, the last, any, or none where there are several. */
  unique(options: { subset?: Col<Row> | readonly Col<Row>[]; keep?: Keep } = {}): DataFrame<Row> {
    requireOptions('unique', options, { subset: true, keep: true })
    return this.#other(uniqueRows(this.plan, options.subset, options.keep ?? 'first'))
  }

  /**
   * Rows in order: by one column or expression, or several. Rows that agree in all keep their order.
   * @example table.sort('t', { descending: true })
   */
  sort(by: Columnish<Col<Row>> | readonly Columnish<Col<Row>>[], options: SortOptions = {}): DataFrame<Row> {
    return this.#other(sorted(this.plan, by as Columnish | readonly Columnish[], options))
  }

  /** Sorts by a column, in partitions that follow one another; `divisions` says where each begins. */
  setIndex(name: Col<Row>, options: { partitions?: number } = {}): DataFrame<Row> {
    requireOptions('setIndex', options, { partitions: true })
    return new DataFrame(sorted(this.plan, name, options, 'setIndex'), this.options, name)
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
    return this.#with(firstRows(this.plan, count))
  }

  /** The last rows of all. */
  tail(count = 5): DataFrame<Row> {
    return this.#with(lastRows(this.plan, count))
  }

  /** Each row with a probability; the same ones for the same seed, partitions and engine. */
  sample(fraction: number, options: { seed?: number } = {}): DataFrame<Row> {
    requireOptions('sample', options, { seed: true })
    const { seed = Math.floor(Math.random() * 2 ** 31) } = options
    return this.#with(sampled(this.plan, fraction, seed))
  }

  /**
   * Each row in one of several tables, by chance: the same ones for the same seed, partitions and engine. Each table has about
   * its share of the rows.
   * @param shares from 0 to 1, and no more than 1 together: rows beyond are in none
   * @throws {TableArgumentError} for other shares
   * @example
   * const table = dataframe.fromColumns({ n: [1, 2, 3, 4, 5, 6, 7, 8] }, { partitions: 2 })
   * const [train, test] = table.randomSplit([0.75, 0.25], { seed: 1 })
   * (await train.toRecords()).length + (await test.toRecords()).length // 8
   */
  randomSplit(shares: readonly number[], options: { seed?: number } = {}): DataFrame<Row>[] {
    requireOptions('randomSplit', options, { seed: true })
    const { seed = Math.floor(Math.random() * 2 ** 31) } = options
    return splitAtRandom(this.plan, shares, seed).map((plan) => this.#with(plan))
  }

  /** Another number of partitions; rows keep their order. */
  repartition(partitions: number): DataFrame<Row> {
    return this.#with(repartitioned(this.plan, partitions))
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
    requireTable('join', right)
    return this.#other(joined(this.plan, right.plan, options))
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
    requireTable('joinAsof', right)
    return this.#other(joinedAsof(this.plan, right.plan, options))
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
  >(options: MeltOptions<I, O, N, V> = {}): DataFrame<Melted<Row, I, O, N, V>> {
    requireOptions('melt', options, { id: true, on: true, variable: true, value: true })
    return this.#other(melted(this.plan, options))
  }

  /** A row for each item of a list; an empty or absent list gives one row with null. */
  explode<const N extends Col<Row>>(...names: N[]): DataFrame<Exploded<Row, N>> {
    const plan = exploded(this.plan, names)
    return names.some((name) => name === this.index) ? this.#other(plan) : this.#with(plan)
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
    return this.#other(mapped(this.plan, 'mapPartitions', fn, options)) as never
  }

  /** The same with rows of the neighbours, so that windows can look across: what the function gives for those is left out. */
  mapOverlap<const S extends Readonly<Record<string, DataType>> = Record<never, never>>(
    fn: (rows: Row[], ...args: never[]) => unknown,
    before: number,
    after: number,
    options: MapOptions<S> = {},
  ): DataFrame<Record<never, never> extends S ? Row : RowOf<S>> {
    return this.#other(overlapped(this.plan, fn, before, after, options)) as never
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
    const args = [fn, ...(options.args ?? [])]
    return this.#other(mapped(this.plan, 'apply', mapRows, { ...options, args })) as never
  }

  // — Summaries

  /**
   * Count, absent values, mean, deviation, smallest, quartiles and largest of every column of numbers. `approximate` finds the
   * quartiles as `quantile` does, without bringing each column's values into one task.
   */
  describe(options: ApproximateOptions = {}): DataFrame {
    requireOptions('describe', options, { approximate: true })
    return this.#other(described(this.plan, options.approximate ?? false))
  }

  /** How often each value of a column comes, most often first. */
  valueCounts<const N extends Col<Row>>(name: N): DataFrame<Pick<Row, N> & { count: number }> {
    requireColumns('valueCounts', [name], this.plan.schema)
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
    requireColumns('nUnique', [name], this.plan.schema)
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
    requireColumns('categories', [name], this.plan.schema)
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

const sketched = <R>(plan: Plan, options: TableOptions, spec: SketchSpec, name: string): Delayed<R> =>
  delayedOf(new PartNode(new SketchNode(plan, options, spec), name))

function requireTable(method: string, value: unknown): void {
  if (!(value instanceof DataFrame)) throw new TableArgumentError(`${method} takes another data frame first`)
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
