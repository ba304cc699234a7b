// Tables of parquet files: footers are read when the table is built, columns when it is computed.

import { statSync } from 'node:fs'
import type { FileMetaData } from 'hyparquet'
import { placeOfCall } from '../../graph/callPlace.ts'
import { FileFormatError } from '../../kernels/files/fileErrors.ts'
import { type StorageOptions, schemeOf } from '../../kernels/files/fileSystem.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import type { DataType } from '../../kernels/table/dataType.ts'
import type { ExprNode } from '../../kernels/table/expression.ts'
import { hiveParts, hiveSchema } from '../../kernels/table/read/hive.ts'
import { parquetSchema } from '../../kernels/table/read/parquetColumns.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import { fieldOf, namesOf, type Schema, sameSchema, schemaText } from '../../kernels/table/schema.ts'
import type { RowRange } from '../../kernels/table/steps.ts'
import type { Paths } from '../bag/files.ts'
import { requireColumns } from './build.ts'
import { DataFrame } from './dataframe.ts'
import { mayHold, type RangeOf, rangesOf, valuesAtMost } from './parquetStatistics.ts'
import type { ScanPlan } from './plan.ts'
import { footersOf, reachedBy, tableFiles } from './tableFiles.ts'
import { PARQUET_OPTIONS } from './tableOptions.ts'

export interface TableParquetOptions {
  /** Which columns, all by default. What the plan does not need is not read in any case. */
  columns?: readonly string[]
  /** Whether folders `name=value` are columns; they are by default. */
  hive?: boolean
  /**
   * About how many bytes a partition has; neighbouring row groups of a file become one up to here. By default 64 MB, and less
   * where there would be fewer than about 16 partitions.
   */
  partitionBytes?: number
  /** How a store such as S3 is reached. */
  storage?: StorageOptions
}

/** A row group, or several neighbouring ones of a file: where, and what its statistics say. */
interface Piece {
  range: RowRange
  statistics: ReadonlyMap<string, RangeOf>
}

const PARTITION_BYTES = 64 * 2 ** 20
/** There should be some partitions for every thread, where there are as many row groups. */
const PARTITIONS_WANTED = 16
/** Files of about the same size stay whole, be some a little larger. */
const TOLERANCE = 1.25

/**
 * A table of parquet files, here, on the web or in S3; globs and folders of `name=value` are understood. Only columns and row groups that the plan needs are read.
 * @throws {FileError} when a file is not there, is cut short, or has other columns than the first one
 * @example dataframe.readParquet('flights.parquet').filter(col('delay').gt(60)).select('origin')
 */
export function readParquet<const T = Record<string, unknown>>(
  paths: Paths,
  options: TableParquetOptions = {},
): DataFrame<T> {
  requireOptions('readParquet', options, PARQUET_OPTIONS)
  const { hive: withHive = true, storage } = options
  const files = tableFiles(foldersAsGlobs(paths), storage)
  const hive = withHive ? hiveSchema(files.map(({ path }) => path)) : []
  let schema: Schema | undefined
  const pieces: Piece[] = []
  const footers = footersOf(files, storage)
  const mostBytes = options.partitionBytes ?? partitionBytesOf(footers)
  for (const [at, file] of files.entries()) {
    const { path, size, version } = file
    const metadata = footers[at]
    const reached = reachedBy(file, storage)
    const parts = hive.map(({ name }) => hiveParts(path).find(([part]) => part === name)?.[1] ?? null)
    const rows = (first: number, end: number): RowRange =>
      reached ? [path, size, version, first, end, parts, reached] : [path, size, version, first, end, parts]
    const own = parquetSchema(metadata)
    schema = schema ? withTextsAlike(schema, own) : own
    if (!sameSchema(schema, withTextsAlike(own, schema)))
      throw new FileFormatError(
        path,
        `${path} has other columns than ${files[0].path}: ${schemaText(own)}, not ${schemaText(schema)}. Read them apart and join them with concat.`,
      )
    let start = 0
    let open: { piece: Piece; bytes: number } | undefined
    for (const group of metadata.row_groups) {
      const end = start + Number(group.num_rows)
      const bytes = Number(group.total_byte_size)
      const statistics = rangesOf(group, own)
      if (open && open.bytes + bytes <= mostBytes)
        open = {
          piece: {
            range: rows(open.piece.range[3], end),
            statistics: union(open.piece.statistics, statistics),
          },
          bytes: open.bytes + bytes,
        }
      else {
        if (open) pieces.push(open.piece)
        open = { piece: { range: rows(start, end), statistics }, bytes }
      }
      start = end
    }
    if (open) pieces.push(open.piece)
  }
  const all: Schema = [
    ...(schema ?? []).filter(({ name }) => !hive.some((field) => field.name === name)),
    ...hive,
  ]
  const frame = new DataFrame<T>({ ...scan(pieces, all, hive, undefined), schema: all, place: placeOfCall() })
  if (!options.columns) return frame
  requireColumns('readParquet', options.columns, all)
  return frame.select(...(options.columns as never[])) as unknown as DataFrame<T>
}

function partitionBytesOf(footers: readonly FileMetaData[]): number {
  const groups = footers.flatMap((footer) => footer.row_groups)
  const total = groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0)
  return Math.min(PARTITION_BYTES, (TOLERANCE * total) / PARTITIONS_WANTED)
}

function scan(
  pieces: readonly Piece[],
  schema: Schema,
  hive: Schema,
  predicate: ExprNode | undefined,
  of = pieces.length,
): ScanPlan {
  const ranges = pieces.map(({ range }) => range)
  return {
    kind: 'scan',
    label: 'readParquet',
    source: {
      source: 'parquet',
      schema,
      columns: namesOf(schema),
      hive,
      ...(predicate ? { predicate } : {}),
    },
    partitions: Math.max(1, ranges.length),
    argument: (i) => (ranges.length > 0 ? [ranges[i]] : []),
    inputs: [],
    rows: ranges.reduce((sum, [, , , start, end]) => sum + end - start, 0),
    valuesAtMost: (name) => valuesAtMost(pieces.map(({ statistics }) => statistics.get(name))),
    ...(pieces.length < of ? { detail: `${pieces.length} of ${of} pieces by their statistics` } : {}),
    narrowed: (columns, wanted) => {
      const fields = columns.map((name) => fieldOf(schema, name))
      const test = wanted && resolve(wanted, schema)
      const kept = test
        ? pieces.filter((piece) => mayHold(test, (name) => rangeIn(piece, name, hive)))
        : pieces
      return scan(kept, fields, hive, undefined, of)
    },
  }
}

function rangeIn({ range, statistics }: Piece, name: string, hive: Schema): RangeOf | undefined {
  const at = hive.findIndex((field) => field.name === name)
  if (at < 0) return statistics.get(name)
  const text = range[5]?.[at] ?? null
  return text === null ? undefined : hiveRange(text, hive[at].type)
}

function hiveRange(text: string, type: DataType): RangeOf | undefined {
  const value = type === 'int64' ? BigInt(text) : type === 'date' ? Date.parse(text) / 86_400_000 : text
  return { min: value, max: value, nulls: false }
}

function union(a: ReadonlyMap<string, RangeOf>, b: ReadonlyMap<string, RangeOf>): Map<string, RangeOf> {
  const both = new Map<string, RangeOf>()
  for (const [name, left] of a) {
    const right = b.get(name)
    if (right)
      both.set(name, {
        min: left.min < right.min ? left.min : right.min,
        max: left.max > right.max ? left.max : right.max,
        nulls: left.nulls || right.nulls,
      })
  }
  return both
}

/** Columns that are categories in one file and texts in another are texts. */
const withTextsAlike = (schema: Schema, other: Schema): Schema =>
  schema.map((field, i) =>
    field.type === 'category' && other[i]?.type === 'string' ? { ...field, type: 'string' } : field,
  )

/** A folder stands for the parquet files in it, at any depth. */
function foldersAsGlobs(paths: Paths): Paths {
  const list = typeof paths === 'string' || paths instanceof URL ? [paths] : paths
  // What is no list is refused where files are found.
  if (!Array.isArray(list)) return paths
  return list.map((path) =>
    typeof path === 'string' && isFolder(path) ? `${path.replace(/[\\/]$/, '')}/**/*.parquet` : path,
  )
}

const isFolder = (path: string): boolean =>
  schemeOf(path) === 'file' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
