// Joins of two tables of columns. An absent key agrees with nothing.

import type { Step } from '../steps.ts'
import type { Cell, Column } from './column.ts'
import { columnOf, type Table, taken } from './evaluate.ts'
import { keyText } from './groupRows.ts'

type JoinStep = Extract<Step, { step: 'join' }>

export function joinedTables(left: Table, right: Table, step: JoinStep): Table {
  if (step.how === 'cross') {
    const pairs: [number, number][] = []
    for (let a = 0; a < left.rows; a++) for (let b = 0; b < right.rows; b++) pairs.push([a, b])
    return combined(left, right, pairs, step)
  }
  const leftKeys = step.leftOn.map((key) => columnOf(key, left).cells)
  const rightKeys = step.rightOn.map((key) => columnOf(key, right).cells)
  const keyAt = (keys: readonly (readonly Cell[])[], row: number): string | undefined => {
    const cells = keys.map((each) => each[row])
    return cells.includes(null) ? undefined : keyText(cells)
  }
  const rowsOf = new Map<string, number[]>()
  for (let row = 0; row < right.rows; row++) {
    const key = keyAt(rightKeys, row)
    if (key === undefined) continue
    const rows = rowsOf.get(key)
    if (rows) rows.push(row)
    else rowsOf.set(key, [row])
  }
  const matches = Array.from({ length: left.rows }, (_, row) => {
    const key = keyAt(leftKeys, row)
    return (key === undefined ? undefined : rowsOf.get(key)) ?? []
  })
  if (step.how === 'semi' || step.how === 'anti') {
    const wanted = step.how === 'semi'
    return taken(
      left,
      matches.flatMap((rows, row) => (rows.length > 0 === wanted ? [row] : [])),
    )
  }
  const pairs: [number, number][] = []
  const matched = new Set<number>()
  matches.forEach((rows, row) => {
    for (const other of rows) {
      pairs.push([row, other])
      matched.add(other)
    }
    if (rows.length === 0 && step.how !== 'inner') pairs.push([row, -1])
  })
  if (step.how === 'outer')
    for (let row = 0; row < right.rows; row++) if (!matched.has(row)) pairs.push([-1, row])
  return combined(left, right, pairs, step)
}

/** Rows side by side; −1 stands for no row. A key that both sides have by name comes once. */
function combined(left: Table, right: Table, pairs: readonly [number, number][], step: JoinStep): Table {
  const keys = new Map<string, string>()
  if (step.how !== 'cross')
    step.leftOn.forEach((node, i) => {
      const other = step.rightOn[i]
      if (other.kind === 'column' && node.kind === 'column') keys.set(other.name, node.name)
    })
  const at = (column: Column, row: number): Cell => (row < 0 ? null : column.cells[row])
  const ofLeft = left.columns.map((column) => {
    const from = [...keys].find(([, own]) => own === column.name)?.[0]
    const other = right.columns.find(({ name }) => name === from)
    return { ...column, cells: pairs.map(([a, b]) => (a < 0 && other ? at(other, b) : at(column, a))) }
  })
  const ofRight = right.columns
    .filter(({ name }) => !keys.has(name))
    .map((column) => ({
      ...column,
      name: left.columns.some(({ name }) => name === column.name)
        ? `${column.name}${step.suffix}`
        : column.name,
      cells: pairs.map(([, b]) => at(column, b)),
    }))
  const columns = [...ofLeft, ...ofRight].filter(({ name }) => step.columns.includes(name))
  return { columns, rows: pairs.length }
}
