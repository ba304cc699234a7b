// What is done to one partition of a table, as plain data: where its rows come from, the steps, and what becomes of them.

import type { StorageOptions } from '../files/fileSystem.ts'
import type { PlannedFile } from '../files/sourceFile.ts'
import type { ShuffleStage } from '../shuffleStage.ts'
import type { DataType } from './dataType.ts'
import type { ExprNode } from './expression.ts'
import type { Schema } from './schema.ts'
import type { SketchColumn } from './sketch/groupSketches.ts'
import type { SketchSpec } from './sketch/sketchPartition.ts'

export type UserFunction = (...args: never[]) => unknown

export type JoinHow = 'inner' | 'left' | 'outer' | 'semi' | 'anti' | 'cross'

/** How rows are ordered by one expression. */
export interface SortKey {
  readonly by: ExprNode
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** Which ends of a window of time belong to it. */
export type WindowEnds = 'right' | 'left' | 'both' | 'none'

export interface AsofSpec {
  readonly leftOn: string
  readonly rightOn: string
  readonly leftBy: readonly string[]
  readonly rightBy: readonly string[]
  readonly strategy: 'backward' | 'forward' | 'nearest'
  /** In the key's own unit, or in words such as `2h`. */
  readonly tolerance?: number | string
}

/** A row made of one row's columns. */
export interface FoldedRow {
  readonly name: string
  readonly from: readonly string[]
}

/** What a step does to the rows. All expressions are resolved: each part has its type. */
export type Step =
  /** These columns and no others. */
  | { step: 'select'; exprs: readonly ExprNode[] }
  | { step: 'withColumns'; exprs: readonly ExprNode[] }
  | { step: 'filter'; predicate: ExprNode }
  /** One row a group; without keys one row in all. */
  | { step: 'aggregate'; keys: readonly ExprNode[]; aggs: readonly ExprNode[] }
  | { step: 'sort'; keys: readonly SortKey[]; limit?: number }
  | { step: 'unique'; subset: readonly string[]; keep: 'first' | 'last' | 'any' | 'none' }
  /** `offset` counts from the end when it is negative. */
  | { step: 'slice'; offset: number; length: number }
  | { step: 'explode'; columns: readonly string[] }
  | { step: 'unpivot'; index: readonly string[]; on: readonly string[]; variable: string; value: string }
  /** The task's own argument `slot` holds the right side: one frame, or a list of them. */
  | {
      step: 'join'
      slot: number
      how: JoinHow
      leftOn: readonly ExprNode[]
      rightOn: readonly ExprNode[]
      suffix: string
      rightSchema: Schema
      /** What the join gives, in order. */
      columns: readonly string[]
    }
  | { step: 'asof'; slot: number; spec: AsofSpec; suffix: string; rightSchema: Schema }
  /** Of three frames one behind the other, the rows of the second. */
  | { step: 'own' }
  /** The rows' numbers as the first column, int64: the task's own argument `slot` holds that of the first row. */
  | { step: 'number'; name: string; slot: number }
  /** Columns of a frame with as many rows in the same order, which the task's own argument `slot` holds, behind the others. */
  | { step: 'beside'; slot: number; schema: Schema }
  /** One row as several: each has its name in the column `label`, and some of the row's columns under the names `columns`. */
  | { step: 'fold'; label: string; columns: readonly string[]; rows: readonly FoldedRow[] }
  /** One row of every `n`. */
  | { step: 'every'; n: number }
  /** Rows that draw a number from `from` on, below `until`. The task's own argument `slot` holds the partition's number. */
  | { step: 'sample'; from: number; until: number; seed: number; slot: number }
  /** A function of the user's on the whole partition, as records or as Arrow columns; gives the same or records. */
  | {
      step: 'map'
      fn: UserFunction
      as: 'records' | 'arrow'
      schema: Schema
      output: Schema
      rest: readonly unknown[]
      label: string
      /** The task's own arguments at these places are frames that stand before and behind; their rows are left out of the answer. */
      edges?: readonly number[]
    }
  /** A function of the user's on the rows of each group. */
  | { step: 'mapGroups'; fn: UserFunction; keys: readonly string[]; schema: Schema; output: Schema }
  /** A row for each: aggregates of the rows in the window of time that ends there. Rows are in the order of `on`, without nulls. */
  | {
      step: 'rolling'
      on: string
      type: DataType
      period: string
      closed: WindowEnds
      by: readonly string[]
      aggs: readonly ExprNode[]
      /** The task's own argument at this place is the frame, if any, whose rows stand first and give none of their own. */
      edge?: number
    }
  /** The rows that windows of this length, of rows that follow, may hold. */
  | { step: 'recent'; on: string; type: DataType; period: string }
  /** Columns of lists become sketches: from values, merged from several, or answered. */
  | {
      step: 'sketch'
      columns: readonly SketchColumn[]
      stage: 'values' | 'merge' | 'answer'
      output: Schema
    }
  /** Rows of dates in windows of time: the start of each window as its first column. */
  | { step: 'window'; on: string; every: string; keys: readonly string[]; aggs: readonly ExprNode[] }

/** Steps that leave the rows as they are. */
export type ColumnStep = Extract<Step, { step: 'select' | 'withColumns' }>

/** @throws {Error} where columns of one partition do not stand beside those of another: a fault of the plan */
export function requireSameRows(left: number, right: number): void {
  if (left !== right) throw new Error(`${right} rows cannot stand beside ${left}`)
}

/** Where a partition's rows come from. What differs between partitions is the task's own first argument. */
export type TableSource =
  /** The argument is a frame, of which these columns are wanted, or all. */
  | { source: 'frame'; columns?: readonly string[] }
  /** The argument is a list of frames or parts of them, one after another; empty ones give no rows. */
  | { source: 'frames'; schema: Schema }
  /** The argument is `RowRange[]`. `columns` are read and no others. */
  | { source: 'parquet'; schema: Schema; columns: readonly string[]; hive: Schema; predicate?: ExprNode }
  /** The argument is `FileRange[]`. */
  | CsvSource
  | JsonSource
  | { source: 'ipc'; schema: Schema; columns: readonly string[] }
  /** The argument is a list of records. */
  | { source: 'records'; schema: Schema }
  /** A list of values for each column. */
  | { source: 'columns'; schema: Schema }

export interface JsonSource {
  source: 'jsonLines'
  schema: Schema
  columns: readonly string[]
  compression: Compression
  /** The columns whose types were guessed from the file's beginning. */
  guessed?: readonly string[]
}

export interface CsvSource {
  source: 'csv'
  /** Of the file, all columns. */
  schema: Schema
  columns: readonly string[]
  delimiter: string
  quote: string
  header: boolean
  nullValues: readonly string[]
  comment?: string
  compression: Compression
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1'
  /** Rows with too few cells get nulls and those with too many lose them, rather than being an error. */
  ragged: boolean
}

export type Compression = 'none' | 'gzip' | 'zstd' | 'brotli' | 'deflate'

/** Rows of a parquet file: `[path, size, version, first row, end row, hive values, how it is reached]`. */
export type RowRange = readonly [
  path: string,
  size: number,
  version: string,
  start: number,
  end: number,
  hive?: readonly (string | null)[],
  reached?: Reached,
]

/** Bytes of a file: `[path, size, version, start, end, how it is reached]`; all of it where `end` is −1. */
export type FileRange = readonly [
  path: string,
  size: number,
  version: string,
  start: number,
  end: number,
  reached?: Reached,
]

/** How a file is opened that does not lie on a disk. */
export interface Reached {
  readonly storage?: StorageOptions | undefined
  readonly contents?: Uint8Array | undefined
}

/** The file of some rows or bytes. */
export const fileOf = (range: RowRange | FileRange): PlannedFile => {
  const [path, size, version, , , beside, last] = range as RowRange
  const reached = Array.isArray(beside) ? last : ((beside as Reached | undefined) ?? last)
  return { path, size, version, ...reached }
}

/** What becomes of the rows. */
export type TableSink =
  | { sink: 'frame' }
  /** Split by the hash of the keys. */
  | {
      sink: 'hash'
      keys: readonly ExprNode[]
      count: number
      stage: ShuffleStage
      /** The task's own argument at this place says to how many of the targets rows go; to all when absent. */
      chosen?: number
      /** Columns of categories that may go as codes: whoever gets a part gets the texts of the split too. */
      coded?: readonly string[]
    }
  /** Split by the order of a key, at the bounds that the task's own argument `slot` holds. */
  | {
      sink: 'range'
      key: ExprNode
      count: number
      descending: boolean
      nullsFirst: boolean
      slot: number
      stage: ShuffleStage
      /** Columns of categories that may go as codes: whoever gets a part gets the texts of the split too. */
      coded?: readonly string[]
    }
  /** Cut into `count` runs of nearly the same length. */
  | { sink: 'cut'; count: number }
  /** Some values of a key from which bounds are chosen; beside them the rows, unless it stands `alone`. */
  | { sink: 'sampled'; key: ExprNode; alone?: boolean }
  /** A part for each frame of the list that the task's own argument `slot` holds: what `steps` make of the rows with that frame as their argument. */
  | { sink: 'each'; steps: readonly Step[]; slot: number; count: number }
  | { sink: 'rows' }
  /** What the rows add to a sketch. */
  | { sink: 'sketch'; spec: SketchSpec }
  /** The first rows up to a count of all partitions; `slot` holds how many came before. */
  | { sink: 'take'; count: number; slot: number }
  /** The task's own argument `slot` holds the path. */
  | { sink: 'write'; format: WriteFormat; slot: number; options: WriteChoices }

/** How many parts a split gives. */
export const partsOf = (sink: Extract<TableSink, { sink: 'hash' | 'range' | 'cut' }>): number =>
  sink.sink === 'cut' ? sink.count : sink.stage.parts

/** In how many parts the results of a sink's tasks come; nothing where they are whole. Behind the targets are the texts of codes. */
export function resultParts(sink: TableSink): number | undefined {
  switch (sink.sink) {
    case 'each':
      return sink.count
    case 'cut':
      return sink.count
    case 'hash':
    case 'range':
      return partsOf(sink) + (sink.coded ? 1 : 0)
    default:
      return undefined
  }
}

export type WriteFormat = 'parquet' | 'csv' | 'jsonLines' | 'ipc'

export interface WriteChoices {
  compression: string
  delimiter?: string
  header?: boolean
  nullValue?: string
  /** Columns whose values become folders, `name=value`. */
  partitionBy?: readonly string[]
  /** How a store such as S3 is reached. */
  storage?: StorageOptions
  /** Makes the name that files have until all are there. */
  staging?: string
  schema: Schema
}
