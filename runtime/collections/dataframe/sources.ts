// Where tables begin in memory: records, columns, bags, delayed lists; and several tables as one.

import { placeOfCall } from '../../graph/callPlace.ts'
import type { GraphNode } from '../../graph/node.ts'
import { requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { commonType, type DataType, typeText } from '../../kernels/table/dataType.ts'
import { namesOf, type Schema, schemaOf, schemaText } from '../../kernels/table/schema.ts'
import type { Bag } from '../bag/bag.ts'
import { nodeOf } from '../delayed/node.ts'
import type { Delayed } from '../delayed/types.ts'
import { projected, requireRecord, TableArgumentError } from './build.ts'
import { DataFrame } from './dataframe.ts'
import { col, columnNode, lit, requireWhole } from './expr.ts'
import { guessedColumn, guessedSchema } from './guessedTypes.ts'
import type { Plan, ScanPlan } from './plan.ts'
import { RECORD_OPTIONS } from './tableOptions.ts'
import type { RowOf, Types } from './types.ts'

/** Tables of different columns were to be one. */
export class SchemaMismatchError extends TypeError {
  override name = 'SchemaMismatchError'
}

export interface RecordOptions<S extends Types = Types> {
  /** The columns' types. By default they are guessed from the records: numbers are float64, bigints int64. */
  schema?: S
  /** How many partitions; one for each 100,000 records by default. */
  partitions?: number
}

export const ROWS_A_PARTITION = 100_000
/**
 * A table of records, which are sent with the tasks: read large data where it lies.
 * @example await dataframe.fromRecords([{ name: 'Ann', age: 3 }]).toRecords() // [{ name: 'Ann', age: 3 }]
 */
export function fromRecords<const S extends Types>(
  records: readonly object[],
  options: RecordOptions<S> & { schema: S },
): DataFrame<RowOf<S>>
export function fromRecords<R extends object>(records: readonly R[], options?: RecordOptions): DataFrame<R>
export function fromRecords(records: readonly object[], options: RecordOptions = {}): DataFrame {
  requireOptions('fromRecords', options, RECORD_OPTIONS)
  if (!Array.isArray(records)) throw new TableArgumentError('fromRecords takes a list of objects')
  const schema = options.schema ? schemaOf(options.schema) : guessedSchema(records)
  const { partitions = Math.max(1, Math.ceil(records.length / ROWS_A_PARTITION)) } = options
  requireWhole('partitions', partitions, 1)
  const start = (i: number): number => Math.floor((i * records.length) / partitions)
  return new DataFrame({
    kind: 'scan',
    label: 'fromRecords',
    source: { source: 'records', schema },
    partitions,
    argument: (i) => records.slice(start(i), start(i + 1)),
    inputs: [],
    rows: records.length,
    schema,
    place: placeOfCall(),
  })
}

/**
 * A table of columns.
 * @example dataframe.fromColumns({ a: [1, 2, 3], b: ['x', 'y', null] })
 */
export function fromColumns(
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  options: RecordOptions = {},
): DataFrame {
  const isList = (values: unknown): boolean =>
    typeof (values as ArrayLike<unknown> | null)?.length === 'number'
  const text = "fromColumns takes lists by columns' names, e.g. { a: [1, 2], b: ['x', 'y'] }"
  requireRecord(columns, text)
  if (!Object.values(columns).every(isList)) throw new TableArgumentError(text)
  const lengths = new Set(Object.values(columns).map(({ length }) => length))
  if (lengths.size > 1)
    throw new TableArgumentError(
      `fromColumns takes columns of the same length, not ${Object.entries(columns)
        .map(([name, { length }]) => `${name}: ${length}`)
        .join(', ')}`,
    )
  const [length = 0] = lengths
  requireOptions('fromColumns', options, RECORD_OPTIONS)
  const schema = options.schema
    ? schemaOf(options.schema)
    : Object.entries(columns).map(([name, values]) => ({
        name,
        type: typeOfArray(values) ?? guessedColumn(name, values),
      }))
  const { partitions = Math.max(1, Math.ceil(length / ROWS_A_PARTITION)) } = options
  requireWhole('partitions', partitions, 1)
  const scan = columnsScan(columns, schema, length, partitions)
  return new DataFrame({ ...scan, schema, place: placeOfCall() })
}

/** Only the columns that are needed are sent, each as it stands. */
function columnsScan(
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  schema: Schema,
  length: number,
  partitions: number,
): ScanPlan {
  const start = (i: number): number => Math.floor((i * length) / partitions)
  const part = (values: ArrayLike<unknown> | undefined, from: number, to: number): ArrayLike<unknown> =>
    ArrayBuffer.isView(values)
      ? (values as Float64Array).subarray(from, to)
      : Array.from({ length: to - from }, (_, row) => values?.[from + row])
  return {
    kind: 'scan',
    label: 'fromColumns',
    source: { source: 'columns', schema },
    partitions,
    argument: (i) => ({
      first: start(i),
      lists: schema.map(({ name }) => part(columns[name], start(i), start(i + 1))),
    }),
    inputs: [],
    rows: length,
    narrowed: (wanted) =>
      columnsScan(
        columns,
        schema.filter(({ name }) => wanted.includes(name)),
        length,
        partitions,
      ),
  }
}

function typeOfArray(array: ArrayLike<unknown>): DataType | undefined {
  const name = Object.prototype.toString.call(array).slice(8, -1)
  const types: Readonly<Record<string, DataType>> = {
    Float64Array: 'float64',
    Float32Array: 'float32',
    Int8Array: 'int8',
    Int16Array: 'int16',
    Int32Array: 'int32',
    BigInt64Array: 'int64',
    Uint8Array: 'uint8',
    Uint16Array: 'uint16',
    Uint32Array: 'uint32',
    BigUint64Array: 'uint64',
  }
  return types[name]
}

/**
 * A table of a bag's items, which are records.
 * @param options.schema what they have; a bag's items are not known before they are computed
 */
export function fromBag<const S extends Types>(
  bag: Bag<object>,
  options: { schema: S },
): DataFrame<RowOf<S>> {
  const schema = requireSchema('fromBag', options)
  if (bag?.collectionKind !== 'bag')
    throw new TableArgumentError(
      'fromBag takes a bag of records; lists of records become a table with fromRecords',
    )
  return fromNode('fromBag', bag.node, bag.partitions, schema)
}

/** A table whose partitions are delayed lists of records. */
export function fromDelayed<const S extends Types>(
  lists: readonly (Delayed<object[]> | Delayed<unknown>)[],
  options: { schema: S },
): DataFrame<RowOf<S>> {
  const schema = requireSchema('fromDelayed', options)
  const nodes = lists.map((list) => nodeOf(list))
  if (lists.length === 0 || nodes.includes(undefined))
    throw new TableArgumentError('fromDelayed takes a list of delayed lists of records')
  const fields = schemaOf(schema)
  return new DataFrame({
    kind: 'scan',
    label: 'fromDelayed',
    source: { source: 'records', schema: fields },
    partitions: lists.length,
    argument: (i, graph) => graph.built(nodes[i] as GraphNode)?.[0],
    inputs: [...new Set(nodes as GraphNode[])],
    rows: lists.length * ROWS_A_PARTITION,
    isGuess: true,
    schema: fields,
    place: placeOfCall(),
  })
}

function fromNode<S extends Types>(
  label: string,
  node: GraphNode,
  partitions: number,
  schema: S,
): DataFrame<RowOf<S>> {
  const fields = schemaOf(schema)
  return new DataFrame({
    kind: 'scan',
    label,
    source: { source: 'records', schema: fields },
    partitions,
    argument: (i, graph) => graph.built(node)?.[i],
    inputs: [node],
    rows: partitions * ROWS_A_PARTITION,
    isGuess: true,
    schema: fields,
    place: placeOfCall(),
  })
}

/** @throws {TableArgumentError} when options are left out, or have no schema */
function requireSchema<S extends Types>(method: string, options: { schema: S }): S {
  // JavaScript may leave them out.
  const given = options as Partial<typeof options> | undefined
  if (given) requireOptions(method, given, { schema: true })
  if (typeof given?.schema !== 'object' || given.schema === null)
    throw new TableArgumentError(
      `${method} takes the columns of its records: { schema: { id: 'int64', name: 'string' } }`,
    )
  return given.schema
}

/** Frames that are held on the cluster, of a plan that knew how many rows there are at most, or did not. */
export function heldPlan(references: readonly unknown[], schema: Schema, rows: number | undefined): Plan {
  return { ...heldScan(references, rows, undefined), schema, place: undefined }
}

/** Only the columns that are needed of what is held are opened. */
function heldScan(
  references: readonly unknown[],
  rows: number | undefined,
  columns: readonly string[] | undefined,
): ScanPlan {
  return {
    kind: 'scan',
    label: 'persist',
    source: { source: 'frame', ...(columns && { columns }) },
    partitions: references.length,
    argument: (i) => references[i],
    inputs: [],
    rows: rows ?? references.length * ROWS_A_PARTITION,
    isGuess: rows === undefined,
    ...(!columns && { held: references }),
    narrowed: (wanted) => heldScan(references, rows, wanted),
  }
}

/**
 * Several tables, one behind the other. They must have the same columns; with `how: 'diagonal'` those that one lacks are null.
 * @throws {SchemaMismatchError} when their columns differ
 */
export function concat<R>(
  frames: readonly DataFrame<R>[],
  options: { how?: 'vertical' | 'diagonal' } = {},
): DataFrame<R> {
  requireOptions('concat', options, { how: true })
  const { how = 'vertical' } = options
  requireOneOf('concat: how', how, ['vertical', 'diagonal'])
  if (!Array.isArray(frames) || frames.length === 0)
    throw new TableArgumentError('concat takes at least one data frame')
  const plans: Plan[] = frames.map(({ plan }) => plan)
  const names = [...new Set(plans.flatMap(({ schema }) => namesOf(schema)))]
  const schema = names.map((name) => {
    const types = plans.flatMap((plan) =>
      plan.schema.filter((field) => field.name === name).map(({ type }) => type),
    )
    const missing = plans.findIndex((plan) => !namesOf(plan.schema).includes(name))
    if (missing >= 0 && how !== 'diagonal')
      throw new SchemaMismatchError(
        `concat: table ${missing + 1} has no column ${JSON.stringify(name)}: it has ${schemaText(plans[missing].schema)}. With { how: 'diagonal' } it is filled with nulls.`,
      )
    const type = types.reduce<DataType | undefined>(
      (common, each) => common && commonType(common, each),
      types[0],
    )
    if (!type)
      throw new SchemaMismatchError(
        `concat: column ${JSON.stringify(name)} is ${[...new Set(types.map(typeText))].join(' and ')}: cast it first`,
      )
    return { name, type }
  })
  const inputs = plans.map((plan) => {
    const exprs = schema.map(({ name, type }) => {
      const own = plan.schema.find((field) => field.name === name)
      if (!own) return lit(null, type).as(name).node
      return typeText(own.type) === typeText(type) ? columnNode(name) : col(name).cast(type).as(name).node
    })
    const same =
      plan.schema.length === schema.length &&
      exprs.every((expr, i) => expr.kind === 'column' && expr.name === plan.schema[i].name)
    return same ? plan : projected(plan, 'concat', exprs)
  })
  return new DataFrame<R>({ kind: 'concat', inputs, schema, place: placeOfCall() })
}
