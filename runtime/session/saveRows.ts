// Writes the rows that an expression gave to a file, all of them: what an editor shows is cut.

import { fromRecords } from '../collections/dataframe/index.ts'
import { Table } from '../collections/dataframe/table.ts'
import type { RowsFile } from '../protocol/runs.ts'

/** The value has no rows that a file of a table could hold. */
export class NoRowsError extends Error {
  override name = 'NoRowsError'
}

const WRITERS = { csv: 'toCsv', parquet: 'toParquet', arrow: 'toIpc' } as const

/**
 * Written by the cluster, as one file.
 * @returns how many rows
 * @throws {NoRowsError}
 */
export async function saveRows(value: unknown, { path, format }: RowsFile): Promise<number> {
  const records = value instanceof Table ? value.toRecords() : value
  if (!Array.isArray(records) || records.length === 0 || !records.every(isRecord))
    throw new NoRowsError('only a table, or a list of records, can be saved as rows of a file')
  const schema = value instanceof Table ? { schema: value.schema } : {}
  const frame = fromRecords(records as object[], { partitions: 1, ...schema })
  // The editor has asked whether a file that is there may go.
  await frame[WRITERS[format]](path, { mode: 'overwrite' }).compute()
  return records.length
}

const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
