// What a partition's task is told: where items come from, what is done to each, and what becomes of them. Plain data.

import type { StorageOptions } from '../files/fileSystem.ts'
import type { PlannedFile } from '../files/sourceFile.ts'
import type { ShuffleStage } from '../shuffleStage.ts'

export type UserFunction = (...args: never[]) => unknown

/** Where a partition's items come from. What differs between partitions is the task's own first argument. */
export type SourceSpec =
  /** The argument is the list of items. */
  | { source: 'items' }
  /** The argument is a list of lists, one after another. */
  | { source: 'lists' }
  /** The argument is a list of lists as a shuffle gives them, packed. */
  | { source: 'parts' }
  /** The argument is `[start, count, step]`. */
  | { source: 'range' }
  /** The argument is a `FileRange`. */
  | TextSource
  | CsvSource
  /** The argument is a `RowGroup`. */
  | ParquetSource
  /** The argument is a list of `FileRange`s. */
  | AvroSource

export interface TextSource {
  source: 'text'
  encoding: TextEncoding
  /** What is done about bytes that are not valid in `encoding`. */
  errors: 'strict' | 'replace'
  compression: ReadCompression
  /** Items are `[line, path]`. */
  includePath?: boolean
  /** The whole of each file is one item. */
  whole?: boolean
}

export interface CsvSource {
  source: 'csv'
  encoding: TextEncoding
  errors: 'strict' | 'replace'
  compression: ReadCompression
  delimiter: string
  quote: string
  /** Column names; absent: the first line of each file has them. `false`: rows are lists of texts. */
  header?: readonly string[] | false
  /** Columns that are not texts; an empty cell of these is `null`. */
  types: Readonly<Record<string, CellType>>
}

export const CELL_TYPES = ['number', 'boolean', 'date', 'bigint'] as const
export type CellType = (typeof CELL_TYPES)[number]

export interface ParquetSource {
  source: 'parquet'
  columns?: readonly string[]
  int64: 'number' | 'bigint'
  /** `rows`: an item a row. `columns`: one item a row group, its columns as lists or typed arrays. */
  shape: 'rows' | 'columns'
}

export interface AvroSource {
  source: 'avro'
  /** What whole numbers of 64 bits become. */
  int64: 'number' | 'bigint'
}

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'latin1'] as const
export type TextEncoding = (typeof ENCODINGS)[number]
export const COMPRESSIONS = ['none', 'gzip', 'zstd', 'brotli', 'deflate'] as const
export type Compression = (typeof COMPRESSIONS)[number]
/** `byName`: what each file's ending says. */
export type ReadCompression = Compression | 'byName'

/** How a file is reached that does not lie on a disk: by which store, or by its contents themselves. */
export interface Reached {
  storage?: StorageOptions | undefined
  contents?: Uint8Array | undefined
}

/** Part of a file, in bytes. Size and version make the key change when the file does. */
export type FileRange = readonly [
  path: string,
  size: number,
  version: string,
  start: number,
  end: number,
  reached?: Reached,
]

/** A row group of a parquet file: its rows from `rowStart` up to `rowEnd`. */
export type RowGroup = readonly [
  path: string,
  size: number,
  version: string,
  rowStart: number,
  rowEnd: number,
  reached?: Reached,
]

/** The file of a range or a row group. */
export const plannedFile = ([path, size, version, , , reached]: FileRange | RowGroup): PlannedFile => ({
  path,
  size,
  version,
  ...reached,
})

/** What stands beside the items in a call: the same for all, an item of another bag at the same place. */
export type Rest =
  | { rest: 'value'; value: unknown }
  /** The same for all; the task's own argument `slot` holds it. */
  | { rest: 'single'; slot: number }
  /** The task's own argument `slot` holds a partition with as many items. */
  | { rest: 'partition'; slot: number }

/** What is done to each item, or to the partition. `concurrency` bounds how many promises are awaited at once. */
export type Op =
  | { op: 'map'; fn: UserFunction; rest: readonly Rest[]; concurrency: number }
  | { op: 'starmap'; fn: UserFunction; rest: readonly Rest[]; concurrency: number }
  | { op: 'filter'; fn: UserFunction; keep: boolean; concurrency: number }
  | { op: 'flatMap'; fn: UserFunction; rest: readonly Rest[]; concurrency: number }
  | { op: 'flatten' }
  | { op: 'pluck'; keys: readonly PropertyKey[]; one: boolean; fallback?: { value: unknown } }
  | { op: 'mapPartitions'; fn: UserFunction; rest: readonly Rest[] }
  | { op: 'zip'; rest: readonly Rest[] }
  | { op: 'json' }
  /** The task's own argument `slot` holds the partition's number. */
  | { op: 'sample'; from: number; until: number; seed: number; slot: number }

/** How a partition becomes a small state, and states become one result. */
export type ReducerSpec =
  | { reducer: 'count' }
  | { reducer: 'sum' }
  | { reducer: 'product' }
  | { reducer: 'moments'; give: 'mean' | 'var' | 'std'; ddof: number }
  | { reducer: 'extreme'; give: 'min' | 'max' }
  | { reducer: 'any'; fn?: UserFunction }
  | { reducer: 'all'; fn?: UserFunction }
  | { reducer: 'topK'; k: number; key?: UserFunction }
  | { reducer: 'fold'; fn: UserFunction; combine: UserFunction; initial?: { value: unknown } }
  | { reducer: 'frequencies' }
  | { reducer: 'distinct'; key?: UserFunction }
  | {
      reducer: 'foldby'
      key: UserFunction
      fn: UserFunction
      combine: UserFunction
      initial?: { value: unknown }
    }
  | { reducer: 'choices'; k: number; seed: number }
  /** The user's own: each gets a whole list, of items and then of what `chunk` and `combine` gave. */
  | { reducer: 'custom'; chunk: UserFunction; combine?: UserFunction; aggregate: UserFunction }

/** What becomes of a partition's items. */
export type Sink =
  | { sink: 'list' }
  | { sink: 'reduce'; reducer: ReducerSpec }
  /** Reduces here, and splits the state's keys over `count` partitions by their hash. */
  | { sink: 'reduceAndSplit'; reducer: ReducerSpec; count: number; stage: ShuffleStage }
  /** Splits items over `count` partitions by the hash of their key. */
  | { sink: 'split'; key: UserFunction; count: number; stage: ShuffleStage }
  /** Cuts into `count` lists, one after another, of nearly the same length. */
  | { sink: 'cut'; count: number }
  | { sink: 'accumulate'; fn: UserFunction; initial?: { value: unknown }; slot?: number }
  /** Takes items until there are `count` in all; the task's own argument `slot` says how many, or what, came before. */
  | { sink: 'take'; count: number; slot?: number }
  /** The task's own argument `slot` holds the path. */
  | {
      sink: 'write'
      format: 'text' | 'jsonLines'
      compression: Compression
      encoding: TextEncoding
      storage?: StorageOptions | undefined
      /** Makes the name that files have until all are there. */
      staging?: string | undefined
      slot: number
    }

/** In how many parts the results of a sink's tasks come; nothing where they are whole. */
export function resultParts(sink: Sink): number | undefined {
  if (sink.sink === 'cut') return sink.count
  return 'stage' in sink ? sink.stage.parts : undefined
}
