// Rows of any source as columns of cells, read in JavaScript.

import { FileFormatError } from '../../files/fileErrors.ts'
import { columnsFromIpc } from '../arrow.ts'
import type { Cell, Column } from '../columns/column.ts'
import { columnsFromRecords, columnsFromValues } from '../columns/values.ts'
import { type Frame, isFrame } from '../frame.ts'
import { columnsOfFrames } from '../frameColumns.ts'
import type { Schema } from '../schema.ts'
import type { FileRange, RowRange, TableSource } from '../steps.ts'
import { recordBytes, requireUnchanged } from './byteRange.ts'
import { csvColumns } from './csvCells.ts'
import { csvDecoded } from './csvDecoded.ts'
import { csvText, linesBefore } from './csvText.ts'
import { hiveCell } from './hive.ts'
import { jsonColumns } from './jsonLines.ts'
import { parquetColumns } from './parquetColumns.ts'

/** Some rows of a program's columns. */
export interface ColumnValues {
  /** The number of the first row among all of the table. */
  readonly first: number
  /** For each column as many values as there are rows. */
  readonly lists: readonly ArrayLike<unknown>[]
}

export async function columnsOfSource(source: TableSource, argument: unknown): Promise<Column[]> {
  switch (source.source) {
    case 'frame':
      return source.columns
        ? columnsNamed(columnsOfFrames([argument as Frame])[0], source.columns)
        : columnsOfFrames([argument as Frame])[0]
    case 'frames': {
      const frames = (isFrame(argument) ? [argument] : argument) as Frame[]
      return joined(source.schema, columnsOfFrames(frames))
    }
    case 'records':
      return columnsFromRecords(argument as readonly unknown[], source.schema)
    case 'columns': {
      const { first, lists } = argument as ColumnValues
      return columnsFromValues(lists, source.schema, first)
    }
    case 'csv': {
      const [ranges, quoted] = argument as [FileRange[], boolean[]]
      const parts: Column[][] = []
      for (const [i, range] of ranges.entries()) {
        const { bytes, firstLine } = await csvText(source, range, quoted[i] ?? false)
        const text = csvDecoded(bytes, source.encoding, range[0])
        parts.push(csvColumns(text, source, range[0], await firstLine()))
      }
      return joined(fieldsNamed(source.schema, source.columns), parts)
    }
    case 'jsonLines': {
      const parts: Column[][] = []
      for (const range of argument as FileRange[]) {
        const bytes = await recordBytes(range, source.compression)
        const text = new TextDecoder().decode(bytes)
        try {
          parts.push(jsonColumns(text, source, range[0]))
        } catch (error) {
          // Which line of the file it is, is known once those before are counted.
          if (!(error instanceof FileFormatError) || range[3] <= 0) throw error
          jsonColumns(text, source, range[0], 1 + (await linesBefore(range, bytes)))
          throw error
        }
      }
      return joined(fieldsNamed(source.schema, source.columns), parts)
    }
    case 'ipc': {
      const parts: Column[][] = []
      for (const range of argument as FileRange[]) {
        requireUnchanged(range[0], range[1], range[2])
        parts.push(columnsNamed(await ipcFile(range), source.columns))
      }
      return joined(fieldsNamed(source.schema, source.columns), parts)
    }
    case 'parquet': {
      const own = source.columns.filter((name) => !source.hive.some((field) => field.name === name))
      const parts: Column[][] = []
      for (const range of argument as RowRange[]) {
        requireUnchanged(range[0], range[1], range[2])
        const read = await parquetColumns(range, own, source.schema)
        const rows = read[0]?.cells.length ?? range[4] - range[3]
        const values = source.hive.map((field, i): Column => {
          const cell = hiveCell(range[5]?.[i] ?? null, field.type)
          return { ...field, cells: new Array<Cell>(rows).fill(cell) }
        })
        parts.push(columnsNamed([...read, ...values], source.columns))
      }
      return joined(fieldsNamed(source.schema, source.columns), parts)
    }
  }
}

async function ipcFile(range: FileRange): Promise<Column[]> {
  const [path] = range
  const bytes = await recordBytes(range, 'none')
  try {
    return columnsFromIpc(bytes)
  } catch (cause) {
    throw new FileFormatError(
      path,
      `${path} is no readable Arrow file: ${(cause as Error).message}. Copy or write it again.`,
      cause,
    )
  }
}

const fieldsNamed = (schema: Schema, names: readonly string[]): Schema =>
  names.flatMap((name) => schema.filter((field) => field.name === name))

const columnsNamed = (columns: readonly Column[], names: readonly string[]): Column[] =>
  names.flatMap((name) => columns.filter((column) => column.name === name))

/** Columns of several parts, one behind the other. */
export function joined(schema: Schema, parts: readonly (readonly Column[])[]): Column[] {
  return schema.map(({ name, type }) => {
    const own = parts.map((part) => part.find((column) => column.name === name)?.cells ?? [])
    return { name, type, cells: own.length === 1 ? own[0] : own.flat(1) }
  })
}
