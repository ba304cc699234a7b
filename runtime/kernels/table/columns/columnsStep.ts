// The steps of a partition on columns of cells.

import type { DataType } from '../dataType.ts'
import { type ExprNode, nameOf } from '../expression.ts'
import type { Frame } from '../frame.ts'
import { columnsOfFrames } from '../frameColumns.ts'
import { joined } from '../read/columnsOfSource.ts'
import type { Schema } from '../schema.ts'
import { sketchedColumns } from '../sketch/groupSketches.ts'
import { requireSameRows, type SortKey, type Step } from '../steps.ts'
import { userStep } from '../userStep.ts'
import { asofJoined } from './asof.ts'
import type { Cell, Column } from './column.ts'
import { columnOf, evaluate, type Table, taken } from './evaluate.ts'
import { compareCells, groupRows, keyText } from './groupRows.ts'
import { joinedTables } from './join.ts'
import { recentRows, rolled } from './rolling.ts'

export async function columnsStep(table: Table, step: Step, args: readonly unknown[]): Promise<Table> {
  switch (step.step) {
    case 'select':
      return selected(table, step.exprs)
    case 'withColumns': {
      const made = step.exprs.map((expr) => columnOf(expr, table))
      const kept = table.columns.map((column) => made.find(({ name }) => name === column.name) ?? column)
      return {
        columns: [
          ...kept,
          ...made.filter(({ name }) => !table.columns.some((column) => column.name === name)),
        ],
        rows: table.rows,
      }
    }
    case 'filter':
      return where(table, (row, test) => test[row] === true, columnOf(step.predicate, table).cells)
    case 'aggregate':
      return aggregate(
        table,
        step.keys.map((key) => columnOf(key, table)),
        step.aggs,
      )
    case 'sort': {
      const order = sortedRows(table, step.keys)
      return taken(table, step.limit === undefined ? order : order.slice(0, step.limit))
    }
    case 'unique':
      return unique(table, step.subset, step.keep)
    case 'slice': {
      const from = step.offset < 0 ? Math.max(0, table.rows + step.offset) : step.offset
      return taken(table, range(from, Math.min(table.rows, from + step.length)))
    }
    case 'explode':
      return exploded(table, step.columns)
    case 'unpivot':
      return unpivoted(table, step)
    case 'join':
      return joinedTables(table, rightSide(args[step.slot], step.rightSchema), step)
    case 'asof':
      return asofJoined(table, rightSide(args[step.slot], step.rightSchema), step)
    case 'own': {
      const [before, own] = args[0] as Frame[]
      return taken(table, range(before.rows, before.rows + own.rows))
    }
    case 'number': {
      const first = BigInt(args[step.slot] as number | bigint)
      const cells = range(0, table.rows).map((row) => first + BigInt(row))
      return { rows: table.rows, columns: [{ name: step.name, type: 'int64', cells }, ...table.columns] }
    }
    case 'beside': {
      const others = rightSide(args[step.slot], step.schema)
      requireSameRows(table.rows, others.rows)
      const own = step.schema.flatMap(({ name }) => others.columns.filter((column) => column.name === name))
      return { rows: table.rows, columns: [...table.columns, ...own] }
    }
    case 'fold':
      return folded(table, step)
    case 'every':
      return where(table, (row) => row % step.n === step.n >> 1, [])
    case 'sample':
      return where(table, (row) => isWithin(step, draw(step.seed, Number(args[step.slot]), row)), [])
    case 'window': {
      const at = table.columns.find(({ name }) => name === step.on) as Column
      const kept = where(table, (row) => at.cells[row] !== null, [])
      const start = columnOf(truncateNode(step.on, at.type, step.every), kept)
      const keys = step.keys.map((name) => kept.columns.find((column) => column.name === name) as Column)
      return aggregate(kept, [start, ...keys], step.aggs)
    }
    case 'rolling': {
      const edge = step.edge === undefined ? null : (args[step.edge] as Frame | null)
      return rolled(table, step, edge?.rows ?? 0)
    }
    case 'recent':
      return recentRows(table, step)
    case 'sketch':
      return { columns: sketchedColumns(step, table.columns), rows: table.rows }
    case 'map':
    case 'mapGroups': {
      const columns = await userStep(step, table.columns, table.rows, args)
      return { columns, rows: columns[0]?.cells.length ?? 0 }
    }
  }
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

const truncateNode = (on: string, type: DataType, every: string): ExprNode => ({
  kind: 'call',
  fn: 'dt.truncate',
  args: [{ kind: 'column', name: on, type }],
  options: { every },
  type,
})

function selected(table: Table, exprs: readonly ExprNode[]): Table {
  const values = exprs.map((expr) => evaluate(expr, table))
  // Single values alone make one row.
  const rows = values.length > 0 && values.every((each) => each.single) ? 1 : table.rows
  const columns = exprs.map((expr, i): Column => {
    const { cells, single } = values[i]
    return {
      name: nameOf(expr),
      type: expr.type ?? 'null',
      cells: single ? new Array<Cell>(rows).fill(cells[0]) : cells,
    }
  })
  return { columns, rows }
}

function where(
  table: Table,
  keep: (row: number, test: readonly Cell[]) => boolean,
  test: readonly Cell[],
): Table {
  const rows: number[] = []
  for (let row = 0; row < table.rows; row++) if (keep(row, test)) rows.push(row)
  return taken(table, rows)
}

function aggregate(table: Table, keys: readonly Column[], aggs: readonly ExprNode[]): Table {
  const groups = keys.length === 0 ? [range(0, table.rows)] : groupRows(keys, table.rows)
  const cells: Cell[][] = aggs.map(() => [])
  for (const rows of groups) {
    const own = taken(table, rows)
    aggs.forEach((agg, i) => {
      const values = evaluate(agg, own)
      cells[i].push(values.single ? values.cells[0] : [...values.cells])
    })
  }
  const made = aggs.map(
    (agg, i): Column => ({ name: nameOf(agg), type: agg.type ?? 'null', cells: cells[i] }),
  )
  const firsts = keys.map((key) => ({ ...key, cells: groups.map(([row]) => key.cells[row]) }))
  return { columns: [...firsts, ...made], rows: groups.length }
}

/** Rows in the order of the keys; rows that agree in all keep their order. */
function sortedRows(table: Table, keys: readonly SortKey[]): number[] {
  const columns = keys.map(({ by }) => columnOf(by, table).cells)
  return range(0, table.rows).sort((a, b) => {
    for (let i = 0; i < keys.length; i++) {
      const left = columns[i][a]
      const right = columns[i][b]
      if (left === null || right === null) {
        if (left === right) continue
        return (left === null) === keys[i].nullsFirst ? -1 : 1
      }
      const order = typeof left === 'boolean' ? Number(left) - Number(right) : compareCells(left, right)
      if (order !== 0) return keys[i].descending ? -order : order
    }
    return a - b
  })
}

/** Columns of one row as several rows. */
function folded(table: Table, { label, columns, rows }: Extract<Step, { step: 'fold' }>): Table {
  const named = new Map(table.columns.map((column) => [column.name, column]))
  const made = columns.map((name, i): Column => {
    const own = rows.map(({ from }) => named.get(from[i]) as Column)
    return { name, type: own[0].type, cells: own.map(({ cells }) => cells[0]) }
  })
  const names: Column = { name: label, type: 'string', cells: rows.map(({ name }) => name) }
  return { columns: [names, ...made], rows: rows.length }
}

function unique(table: Table, subset: readonly string[], keep: 'first' | 'last' | 'any' | 'none'): Table {
  const keys = subset.map((name) => table.columns.find((column) => column.name === name) as Column)
  const rows = groupRows(keys, table.rows)
    .filter((group) => keep !== 'none' || group.length === 1)
    .map((group) => (keep === 'last' ? (group.at(-1) as number) : group[0]))
  return taken(
    table,
    rows.sort((a, b) => a - b),
  )
}

function exploded(table: Table, names: readonly string[]): Table {
  const rows: number[] = []
  const parts = new Map<string, Cell[]>(names.map((name) => [name, []]))
  const lists = names.map((name) => table.columns.find((column) => column.name === name) as Column)
  for (let row = 0; row < table.rows; row++) {
    const length = Math.max(1, (lists[0].cells[row] as readonly Cell[] | null)?.length ?? 0)
    for (const { name, cells } of lists) {
      const list = cells[row] as readonly Cell[] | null
      if (Math.max(1, list?.length ?? 0) !== length)
        throw new RangeError(
          `explode: the lists of ${names.join(' and ')} are not equally long in row ${row}`,
        )
      for (let i = 0; i < length; i++) parts.get(name)?.push(list?.[i] ?? null)
    }
    for (let i = 0; i < length; i++) rows.push(row)
  }
  const all = taken(table, rows)
  return {
    rows: rows.length,
    columns: all.columns.map((column) => {
      const cells = parts.get(column.name)
      return cells ? { name: column.name, type: (column.type as { list: DataType }).list, cells } : column
    }),
  }
}

function unpivoted(table: Table, step: Extract<Step, { step: 'unpivot' }>): Table {
  const on = step.on.map((name) => table.columns.find((column) => column.name === name) as Column)
  const index = table.columns.filter(({ name }) => step.index.includes(name))
  const cells = on.flatMap((column) => [...column.cells])
  return {
    rows: table.rows * on.length,
    columns: [
      ...index.map((column) => ({ ...column, cells: on.flatMap(() => [...column.cells]) })),
      {
        name: step.variable,
        type: 'string',
        cells: on.flatMap(({ name }) => new Array<Cell>(table.rows).fill(name)),
      },
      { name: step.value, type: on[0]?.type ?? 'null', cells },
    ],
  }
}

/** A number from 0 to 1 that is a row's own. */
const isWithin = ({ from, until }: { from: number; until: number }, drawn: number): boolean =>
  drawn >= from && drawn < until

function draw(seed: number, partition: number, row: number): number {
  let hash = 0x811c9dc5
  for (const letter of keyText([seed, partition, row]))
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32
}

function rightSide(value: unknown, schema: Schema): Table {
  const frames = (Array.isArray(value) ? value : [value]) as Frame[]
  return {
    columns: joined(schema, columnsOfFrames(frames)),
    rows: frames.reduce((sum, { rows }) => sum + rows, 0),
  }
}
