// Writes the rows that an expression gave to a file, all of them: what an editor shows is cut.

import type { ChunkedArray } from '../collections/array/chunkedArray.ts'
import { isChunked } from '../collections/array/chunkedArray.ts'
import { fromArray as asChunked, concatenate } from '../collections/array/index.ts'
import { Bag } from '../collections/bag/bag.ts'
import { DataFrame } from '../collections/dataframe/dataframe.ts'
import { fromArray, fromRecords } from '../collections/dataframe/index.ts'
import { Table } from '../collections/dataframe/table.ts'
import type { DTypeName } from '../kernels/array/dtype.ts'
import { listTableOf, valueAt } from '../kernels/bag/listTable.ts'
import type { RowsFile } from '../protocol/runs.ts'
import { arrayOfNumbers } from './arrayNumbers.ts'
import { LIMITS } from './display.ts'
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
  const array = isChunked(value) ? value : arrayOfNumbers(value)
  if (array) return frameOfArray(isChunked(array) ? array : asChunked(array))
  if (value instanceof DataFrame || value instanceof Table) return await new FramePages(value).whole()
  return fromRecords(recordsOf(value instanceof Bag ? await value.compute() : value), { partitions: 1 })
}

/** No wider table is written: columns of a file each cost some. */
const COLUMNS_MAX = 20_000

/**
 * A row for each along the first axis and a column for each along the second, as `dataframe.fromArray` has it. Of more axes rows go
 * through all but the last; of complex numbers the real parts stand in front of the imaginary ones.
 */
function frameOfArray(array: ChunkedArray): DataFrame {
  const { shape } = array
  const last = shape.at(-1) ?? 1
  const rows = (shape.length > 2 ? array.reshape([-1, last]) : array) as ChunkedArray
  const width = rows.shape[1] ?? 1
  const isComplex = array.dtype.startsWith('complex')
  if (width * (isComplex ? 2 : 1) > COLUMNS_MAX)
    throw new NoRowsError(
      `an array of ${shape.join(' × ')} has ${width} columns, and a table at most ${COLUMNS_MAX}: save it by toZarr() or toNpy()`,
    )
  if (!isComplex) return fromArray(rows as ChunkedArray<DTypeName, 2>) as DataFrame
  const wide = (rows.shape.length === 1 ? rows.reshape([-1, 1]) : rows) as ChunkedArray
  const both = concatenate([wide.real(), wide.imag()] as ChunkedArray[], 1) as ChunkedArray
  const columns = ['real', 'imag'].flatMap((part) =>
    Array.from({ length: width }, (_, i) => (width === 1 ? part : `${i} ${part}`)),
  )
  return fromArray(both as ChunkedArray<DTypeName, 2>, { columns }) as DataFrame
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isRecord)) return value
  const list = listTableOf(value, { rows: Infinity, columns: LIMITS.columns }) ?? listTableOf(value, LIMITS)
  if (!list)
    throw new NoRowsError(
      'only a table, an array, or a list of records, of lists of one length or of plain values, can be saved as rows of a file',
    )
  const { rows, form, columns } = list
  return rows.map((row) =>
    Object.fromEntries(columns.map((name, column) => [name, valueAt(form, row, column)])),
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
