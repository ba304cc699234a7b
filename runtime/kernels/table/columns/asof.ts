// Joins with the nearest earlier (or later) row.

import { TICKS } from '../dataType.ts'
import type { Step } from '../steps.ts'
import type { Cell, Column } from './column.ts'
import { MS_A_DAY, parseEvery } from './dates.ts'
import { type Table, taken } from './evaluate.ts'
import { compareCells, keyText } from './groupRows.ts'

type AsofStep = Extract<Step, { step: 'asof' }>

export function asofJoined(left: Table, right: Table, step: AsofStep): Table {
  const { spec } = step
  const column = (table: Table, name: string): Column =>
    table.columns.find((each) => each.name === name) as Column
  /** Rows by their time; those without one are behind, or are none. */
  const sorted = (table: Table, on: string, absentToo: boolean): Table => {
    const { cells } = column(table, on)
    const present = cells.flatMap((cell, row) => (cell === null ? [] : [row]))
    const absent = absentToo ? cells.flatMap((cell, row) => (cell === null ? [row] : [])) : []
    return taken(table, [...present.sort((a, b) => compareCells(cells[a], cells[b]) || a - b), ...absent])
  }
  const [ours, theirs] = [sorted(left, spec.leftOn, true), sorted(right, spec.rightOn, false)]
  const at = column(ours, spec.leftOn).cells
  const other = column(theirs, spec.rightOn).cells
  const groups = new Map<string, number[]>()
  for (let row = 0; row < theirs.rows; row++) {
    const cells = spec.rightBy.map((name) => column(theirs, name).cells[row])
    // As in other joins, an absent key agrees with nothing.
    if (cells.includes(null)) continue
    const key = keyText(cells)
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const tolerance = toleranceOf(spec.tolerance, column(ours, spec.leftOn))
  const match = at.map((cell, row) => {
    if (cell === null) return -1
    const rows = groups.get(keyText(spec.leftBy.map((name) => column(ours, name).cells[row]))) ?? []
    const before = rows.findLast((each) => compareCells(other[each], cell) <= 0)
    const after = rows.find((each) => compareCells(other[each], cell) >= 0)
    const best =
      spec.strategy === 'backward'
        ? before
        : spec.strategy === 'forward'
          ? after
          : nearer(cell, other, before, after)
    return best !== undefined && distance(cell, other[best]) <= tolerance ? best : -1
  })
  const dropped = new Set([...spec.rightBy, ...(spec.rightOn === spec.leftOn ? [spec.rightOn] : [])])
  const added = theirs.columns
    .filter(({ name }) => !dropped.has(name))
    .map((each) => ({
      ...each,
      name: ours.columns.some(({ name }) => name === each.name) ? `${each.name}${step.suffix}` : each.name,
      cells: match.map((row): Cell => (row < 0 ? null : each.cells[row])),
    }))
  return { columns: [...ours.columns, ...added], rows: ours.rows }
}

const distance = (a: Cell, b: Cell): number => Math.abs(Number(a) - Number(b))

function nearer(
  cell: Cell,
  other: readonly Cell[],
  before: number | undefined,
  after: number | undefined,
): number | undefined {
  if (before === undefined || after === undefined) return before ?? after
  return distance(cell, other[after]) <= distance(cell, other[before]) ? after : before
}

function toleranceOf(tolerance: number | string | undefined, { type }: Column): number {
  if (tolerance === undefined) return Number.POSITIVE_INFINITY
  if (typeof tolerance === 'number') return tolerance
  const { count, unit } = parseEvery(tolerance) as { count: number; unit: string }
  const ms = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: MS_A_DAY, w: 7 * MS_A_DAY }[unit] ?? 1
  if (type === 'date') return (count * ms) / MS_A_DAY
  return count * ms * (typeof type === 'object' && 'datetime' in type ? TICKS[type.datetime] / 1000 : 1)
}
