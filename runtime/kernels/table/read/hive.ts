// Values that stand in the folders of a table: `year=2024/part.parquet`.

import type { Cell } from '../columns/column.ts'
import type { DataType } from '../dataType.ts'
import type { Schema } from '../schema.ts'
import { parseCell } from './csvCells.ts'

const NONE = '__HIVE_DEFAULT_PARTITION__'

/** Names and texts in the folders of a path, outermost first. */
export function hiveParts(path: string): [name: string, value: string | null][] {
  return path
    .split(/[\\/]/)
    .slice(0, -1)
    .map((part) => /^([^=]+)=(.*)$/.exec(part))
    .filter((match) => match !== null)
    .map(([, name, value]) => [name, value === NONE ? null : decodeURIComponent(value)])
}

/** Columns for the folders that all paths have: whole numbers, dates, else texts. */
export function hiveSchema(paths: readonly string[]): Schema {
  const all = paths.map((path) => new Map(hiveParts(path)))
  const names = [...(all[0]?.keys() ?? [])].filter((name) => all.every((each) => each.has(name)))
  return names.map((name) => {
    const values = all.map((each) => each.get(name) ?? null).filter((value) => value !== null)
    const isType = (type: DataType): boolean =>
      values.length > 0 && values.every((value) => parseCell(value, type) !== undefined)
    return { name, type: isType('int64') ? 'int64' : isType('date') ? 'date' : 'string' }
  })
}

export const hiveCell = (value: string | null, type: DataType): Cell =>
  value === null ? null : (parseCell(value, type) ?? null)
