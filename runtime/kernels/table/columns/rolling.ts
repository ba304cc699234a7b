// Windows of time that end at each row, on columns of cells.

import type { DataType } from '../dataType.ts'
import { TICKS } from '../dataType.ts'
import { nameOf } from '../expression.ts'
import type { Step } from '../steps.ts'
import type { Cell, Column } from './column.ts'
import { MS_A_DAY, periodMs } from './dates.ts'
import { evaluate, type Table, taken } from './evaluate.ts'
import { groupRows } from './groupRows.ts'

type RollingStep = Extract<Step, { step: 'rolling' }>

/** A length of time in what a column of this type counts in: days, or ticks of its unit. */
export function periodTicks(period: string, type: DataType): bigint {
  const ms = periodMs(period)
  if (type === 'date') return BigInt(ms / MS_A_DAY)
  const { datetime } = type as { datetime: 'ms' | 'us' | 'ns' }
  return BigInt(ms) * BigInt(TICKS[datetime] / 1000)
}

const timesOf = (table: Table, on: string): bigint[] =>
  (table.columns.find(({ name }) => name === on) as Column).cells.map((cell) => BigInt(cell as number))

/** @param edge how many of the first rows only belong to the windows of others */
export function rolled(table: Table, step: RollingStep, edge: number): Table {
  const times = timesOf(table, step.on)
  const period = periodTicks(step.period, step.type)
  const column = (name: string): Column => table.columns.find((each) => each.name === name) as Column
  const keys = step.by.map(column)
  const cells: Cell[][] = step.aggs.map(() => new Array<Cell>(table.rows))
  const [withFirst, withLast] = [
    step.closed === 'left' || step.closed === 'both',
    step.closed === 'right' || step.closed === 'both',
  ]
  for (const rows of keys.length === 0 ? [times.map((_, row) => row)] : groupRows(keys, table.rows)) {
    let [from, to] = [0, 0]
    for (const row of rows) {
      const first = times[row] - period
      while (from < rows.length && (withFirst ? times[rows[from]] < first : times[rows[from]] <= first))
        from++
      while (to < rows.length && (withLast ? times[rows[to]] <= times[row] : times[rows[to]] < times[row]))
        to++
      if (row < edge) continue
      const own = taken(table, rows.slice(from, Math.max(from, to)))
      step.aggs.forEach((agg, i) => {
        const values = evaluate(agg, own)
        cells[i][row] = values.single ? values.cells[0] : [...values.cells]
      })
    }
  }
  const kept = [...step.by, step.on].map(column)
  return {
    rows: table.rows - edge,
    columns: [
      ...kept.map((each) => ({ ...each, cells: each.cells.slice(edge) })),
      ...step.aggs.map((agg, i) => ({
        name: nameOf(agg),
        type: agg.type ?? 'null',
        cells: cells[i].slice(edge),
      })),
    ],
  }
}

/** The rows that windows of later rows may reach back to. */
export function recentRows(table: Table, step: Extract<Step, { step: 'recent' }>): Table {
  const times = timesOf(table, step.on)
  if (times.length === 0) return table
  const last = times.reduce((a, b) => (a > b ? a : b))
  const first = last - periodTicks(step.period, step.type)
  return taken(
    table,
    times.flatMap((time, row) => (time >= first ? [row] : [])),
  )
}
