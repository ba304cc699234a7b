// Writes the rows that an expression gave to a file, all of them: what an editor shows is cut.

import { DataFrame } from '../collections/dataframe/dataframe.ts'
import { fromRecords } from '../collections/dataframe/index.ts'
import { Table } from '../collections/dataframe/table.ts'
import type { RowsFile } from '../protocol/runs.ts'
import { FramePages } from './framePages.ts'

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
  const frame = await frameOf(value)
  const rows = Number(await frame.len().compute())
  // The editor has asked whether a file that is there may go.
  await frame.repartition(1)[WRITERS[format]](path, { mode: 'overwrite' }).compute()
  return rows
}

/** The rows on the cluster: what is there already is not brought here. */
async function frameOf(value: unknown): Promise<DataFrame> {
  if (value instanceof DataFrame || value instanceof Table) return await new FramePages(value).whole()
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord))
    throw new NoRowsError('only a table, or a list of records, can be saved as rows of a file')
  return fromRecords(value as Record<string, unknown>[], { partitions: 1 })
}

const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
