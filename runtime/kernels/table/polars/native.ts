// The native classes of nodejs-polars, driven directly: their JavaScript wrappers cost a hundred times as much a call.

import { createRequire } from 'node:module'

/** What is used of a native expression. */
export interface NativeExpr {
  [method: string]: (...args: unknown[]) => NativeExpr
}

export interface NativeFrame {
  readonly height: number
  readonly columns: string[]
  readonly schema: Readonly<Record<string, unknown>>
  lazy(): NativeLazyFrame
  estimatedSize(): number
  slice(offset: number, length: number): NativeFrame
  vstack(other: NativeFrame): NativeFrame
  rechunk(): NativeFrame
  partitionBy(by: string[], stable: boolean, includeKey: boolean): NativeFrame[]
  selectAtIdx(index: number): NativeSeries
  writeIpc(out: NativeSink | string, compression?: string): void
  writeParquet(out: NativeSink | string, compression?: string): void
  writeCsv(out: NativeSink | string, options: object): void
  writeJson(out: NativeSink | string, options: object): void
}

/** A column. */
export interface NativeSeries {
  estimatedSize(): number
}

export interface NativeSink {
  write(bytes: Uint8Array): void
}

export interface NativeLazyFrame {
  collect(): Promise<NativeFrame>
  collectSync(engine: string): NativeFrame
  select(exprs: NativeExpr[]): NativeLazyFrame
  withColumns(exprs: NativeExpr[]): NativeLazyFrame
  withRowIndex(name: string, offset: number): NativeLazyFrame
  filter(predicate: NativeExpr): NativeLazyFrame
  groupby(keys: NativeExpr[], maintainOrder: boolean): { agg(aggs: NativeExpr[]): NativeLazyFrame }
  groupbyDynamic(
    on: NativeExpr,
    every: string,
    period: string,
    offset: string,
    label: string,
    includeBoundaries: boolean,
    closed: string,
    by: NativeExpr[],
    startBy: string,
  ): { agg(aggs: NativeExpr[]): NativeLazyFrame }
  groupbyRolling(
    on: NativeExpr,
    period: string,
    offset: string,
    closed: string,
    by: NativeExpr[],
  ): { agg(aggs: NativeExpr[]): NativeLazyFrame }
  sortByExprs(
    by: NativeExpr[],
    descending: boolean[],
    nullsLast: boolean[],
    maintainOrder: boolean,
    multithreaded: boolean,
  ): NativeLazyFrame
  unique(subset: string[] | undefined, keep: string, maintainOrder: boolean): NativeLazyFrame
  slice(offset: number, length: number): NativeLazyFrame
  tail(length: number): NativeLazyFrame
  explode(columns: NativeExpr[]): NativeLazyFrame
  unpivot(ids: string[], values: string[], variable: string | null, value: string | null): NativeLazyFrame
  join(
    other: NativeLazyFrame,
    leftOn: NativeExpr[],
    rightOn: NativeExpr[],
    allowParallel: boolean,
    forceParallel: boolean,
    how: string,
    suffix: string,
    coalesce?: boolean,
    validate?: string,
    nullsEqual?: boolean,
    maintainOrder?: string,
  ): NativeLazyFrame
  joinAsof(
    other: NativeLazyFrame,
    leftOn: NativeExpr,
    rightOn: NativeExpr,
    leftBy: string[] | undefined,
    rightBy: string[] | undefined,
    allowParallel: boolean,
    forceParallel: boolean,
    suffix: string,
    strategy: string,
    toleranceNumber: number | undefined,
    toleranceText: string | undefined,
    checkSortedness: boolean,
    coalesce?: boolean,
    allowExactMatches?: boolean,
  ): NativeLazyFrame
}

interface NativeWhen {
  then(value: NativeExpr): NativeThen
}
export interface NativeThen {
  when(condition: NativeExpr): NativeWhen
  otherwise(value: NativeExpr): NativeExpr
}

export interface NativePolars {
  JsDataFrame: new (columns: readonly NativeSeries[]) => NativeFrame
  JsSeries: {
    newOptStr(name: string, values: readonly string[]): object
    newUint32Array(name: string, values: Uint32Array): NativeSeries
  }
  col(name: string): NativeExpr
  lit(value: unknown): NativeExpr
  litSeries(series: object): NativeExpr
  len(): NativeExpr
  /** Whether all are true, or any; what is absent may be either. */
  allHorizontal(exprs: NativeExpr[]): NativeExpr
  anyHorizontal(exprs: NativeExpr[]): NativeExpr
  element(): NativeExpr
  asStruct(exprs: NativeExpr[]): NativeExpr
  concatStr(exprs: NativeExpr[], separator: string, ignoreNulls: boolean): NativeExpr
  when(condition: NativeExpr): NativeWhen
  readIpc(bytes: Buffer, options: object): NativeFrame
  readCsv(bytes: Buffer | string, options: object): NativeFrame
  readJson(bytes: Buffer, options: object): NativeFrame
  scanParquet(path: string, options: object): NativeLazyFrame
  concatLf(
    frames: NativeLazyFrame[],
    how: string,
    rechunk: boolean,
    parallel: boolean,
    toSupertypes: boolean,
    maintainOrder: boolean,
  ): NativeLazyFrame
  version(): string
}

/** A column type, as the native side reads it. */
export interface NativeTypes {
  readonly [name: string]: unknown
  Datetime(unit: string, zone?: string | null): unknown
  Duration(unit: string): unknown
  List(inner: unknown): unknown
  Struct(fields: Record<string, unknown>): unknown
}

interface Loaded {
  polars: NativePolars
  types: NativeTypes
}

const require = createRequire(import.meta.url)
let loaded: Loaded | null | undefined

/** polars, when its binary for this platform is installed. */
export function nativePolars(): Loaded | undefined {
  if (loaded === undefined) {
    try {
      const { default: polars } = require('nodejs-polars/bin/internals/polars_internal.js') as {
        default: NativePolars
      }
      const { DataType } = require('nodejs-polars/bin/datatypes/index.js') as { DataType: NativeTypes }
      loaded = { polars, types: DataType }
    } catch {
      loaded = null
    }
  }
  return loaded ?? undefined
}

/** @throws {Error} when there is none: this is asked only where polars was chosen */
export function polars(): NativePolars {
  const native = nativePolars()
  if (!native) throw new Error('nodejs-polars is not installed for this platform')
  return native.polars
}

export function nativeTypes(): NativeTypes {
  const native = nativePolars()
  if (!native) throw new Error('nodejs-polars is not installed for this platform')
  return native.types
}
