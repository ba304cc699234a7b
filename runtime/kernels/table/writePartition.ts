// Writes one partition to a file, or to a folder for each value of some columns.

import type { WrittenInMemory } from '../bag/write.ts'
import type { Column } from './columns/column.ts'
import { timeText } from './columns/dates.ts'
import { columnOf, taken } from './columns/evaluate.ts'
import { groupRows } from './columns/groupRows.ts'
import { valueFromCell } from './columns/values.ts'
import { isDatetime } from './dataType.ts'
import type { Engine, OpenFrame } from './engine.ts'
import type { TableSink } from './steps.ts'

/** Gives the paths that were written, or what the program puts into its memory. With `partitionBy`, the path's folder is what the values' folders stand in. */
export async function writePartition(
  engine: Engine,
  frame: OpenFrame,
  { format, options }: Extract<TableSink, { sink: 'write' }>,
  path: string,
): Promise<(string | WrittenInMemory)[]> {
  const { partitionBy = [], schema } = options
  if (partitionBy.length === 0) {
    return [await engine.write(frame, format, path, options)]
  }
  const columns = engine.toColumns(frame)
  const keys = partitionBy.map((name) => columns.find((column) => column.name === name) as Column)
  const kept = schema.filter(({ name }) => !partitionBy.includes(name))
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  const written: (string | WrittenInMemory)[] = []
  for (const rows of groupRows(keys, frame.rows)) {
    const own = taken({ columns, rows: frame.rows }, rows)
    const folders = keys.map(({ name, type, cells }) => `${name}=${folderText(cells[rows[0]], type)}`)
    const target = `${path.slice(0, cut)}/${folders.join('/')}${path.slice(cut)}`
    const part = kept.map(({ name, type }) => columnOf({ kind: 'column', name, type }, own))
    written.push(await engine.write(engine.fromColumns(part, kept), format, target, options))
  }
  return written
}

function folderText(cell: Column['cells'][number], type: Column['type']): string {
  if (cell === null) return '__HIVE_DEFAULT_PARTITION__'
  if (type === 'date' || isDatetime(type)) return encodeURIComponent(timeText(cell as number, type))
  return encodeURIComponent(String(valueFromCell(cell, type)))
}
