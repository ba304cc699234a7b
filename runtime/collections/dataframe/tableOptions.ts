// The names of the options that tables' methods, readers and writers have, so that a misspelt one is an error.

import type { OptionNames } from '../../kernels/optionNames.ts'
import type { JoinHow } from '../../kernels/table/steps.ts'
import { TableArgumentError } from './build.ts'
import type { PivotOptions } from './pivot.ts'
import type { TableParquetOptions } from './readParquet.ts'
import type { TableCsvOptions, TableJsonOptions } from './readText.ts'
import type { RecordOptions } from './sources.ts'
import type { AsofOptions, JoinOptions } from './verbs/join.ts'
import type { SortOptions } from './verbs/sort.ts'
import type { TableWriteOptions } from './write.ts'

export const SORT_OPTIONS: OptionNames<SortOptions> = { descending: true, nulls: true, partitions: true }

export const JOIN_OPTIONS: OptionNames<JoinOptions> = {
  on: true,
  leftOn: true,
  rightOn: true,
  how: true,
  suffix: true,
  broadcast: true,
  partitions: true,
}

export const ASOF_OPTIONS: OptionNames<AsofOptions> = {
  on: true,
  leftOn: true,
  rightOn: true,
  by: true,
  strategy: true,
  tolerance: true,
  suffix: true,
  broadcast: true,
}

export const PIVOT_OPTIONS: OptionNames<PivotOptions & { columns?: unknown }> = {
  index: true,
  on: true,
  values: true,
  agg: true,
  columns: true,
}

export const RECORD_OPTIONS: OptionNames<RecordOptions> = { schema: true, partitions: true }

export const PARQUET_OPTIONS: OptionNames<TableParquetOptions> = {
  columns: true,
  hive: true,
  partitionBytes: true,
  storage: true,
}

export const JSON_OPTIONS: OptionNames<TableJsonOptions> = {
  schema: true,
  compression: true,
  blockSize: true,
  sampleRows: true,
  storage: true,
}

export const CSV_OPTIONS: OptionNames<TableCsvOptions> = {
  ...JSON_OPTIONS,
  delimiter: true,
  quote: true,
  header: true,
  nullValues: true,
  comment: true,
  encoding: true,
  ragged: true,
}

export const WRITE_OPTIONS: OptionNames<TableWriteOptions> = {
  compression: true,
  partitionBy: true,
  delimiter: true,
  header: true,
  nullValue: true,
  storage: true,
  mode: true,
}

const HOWS: OptionNames<Record<JoinHow, unknown>> = {
  inner: true,
  left: true,
  outer: true,
  semi: true,
  anti: true,
  cross: true,
}

/** @throws {TableArgumentError} when tables are not joined in that way */
export function requireJoinHow(how: string): asserts how is JoinHow {
  if (Object.hasOwn(HOWS, how)) return
  const instead =
    how === 'right'
      ? ": call it on the other table, with how: 'left'"
      : how === 'full'
        ? ": it is called 'outer' here"
        : `: it has ${Object.keys(HOWS).join(', ')}`
  throw new TableArgumentError(`join has no how ${JSON.stringify(how)}${instead}`)
}
