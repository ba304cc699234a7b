// Works out resolved expressions on columns of cells.

import { type DataType, isInteger, isList } from '../dataType.ts'
import { type ExprNode, type Literal, nameOf } from '../expression.ts'
import { ruleOf } from '../functionCatalogue.ts'
import { aggregated } from './aggregate.ts'
import { castCell } from './cast.ts'
import type { Cell, Column } from './column.ts'
import { ELEMENT, NotInColumnsError } from './elementFunctions.ts'
import { groupRows, keyText } from './groupRows.ts'
import { cellFromValue } from './values.ts'
import { windowed } from './window.ts'

/** Columns of the same length. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: number
}

/** The values of an expression: one a row, or a single one for all of them. */
export interface Values {
  readonly cells: readonly Cell[]
  readonly single: boolean
}

/** An expression as a column; a single value stands in every row. */
export function columnOf(node: ExprNode, table: Table): Column {
  const { cells, single } = evaluate(node, table)
  return {
    name: nameOf(node),
    type: node.type ?? 'null',
    cells: single ? new Array<Cell>(table.rows).fill(cells[0]) : cells,
  }
}

export function evaluate(node: ExprNode, table: Table): Values {
  switch (node.kind) {
    case 'column': {
      const column = table.columns.find(({ name }) => name === node.name)
      return { cells: column?.cells ?? [], single: false }
    }
    case 'literal':
      return { cells: [literalCell(node.value, node.type ?? 'null')], single: true }
    case 'alias':
      return evaluate(node.args[0], table)
    case 'cast': {
      const [input] = node.args
      const { cells, single } = evaluate(input, table)
      const from = input.type ?? 'null'
      return { cells: cells.map((cell) => castCell(cell, from, node.to, node.strict)), single }
    }
    case 'struct': {
      const names = Object.keys((node.type as { struct: Record<string, DataType> }).struct)
      return rowWise(node.args, table, (cells) =>
        Object.fromEntries(names.map((name, i) => [name, cells[i]])),
      )
    }
    case 'when':
      return rowWise(node.args, table, (cells) => {
        for (let i = 0; i + 1 < cells.length; i += 2) if (cells[i] === true) return cells[i + 1]
        return cells[cells.length - 1]
      })
    case 'over':
      return over(node, table)
    case 'call':
      return call(node, table)
  }
}

const literalCell = (value: Literal, type: DataType): Cell =>
  value === null || typeof value === 'string' || typeof value === 'boolean'
    ? value
    : typeof value === 'number' && !isInteger(type)
      ? value
      : cellFromValue(value, type)

/** Calls for every row, or once where every argument is the same for all. */
function rowWise(args: readonly ExprNode[], table: Table, fn: (cells: Cell[]) => Cell): Values {
  const values = args.map((arg) => evaluate(arg, table))
  const single = values.every((each) => each.single)
  const cells: Cell[] = []
  for (let row = 0; row < (single ? 1 : table.rows); row++)
    cells.push(fn(values.map((each) => each.cells[each.single ? 0 : row])))
  return { cells, single }
}

function call(node: Extract<ExprNode, { kind: 'call' }>, table: Table): Values {
  const { kind } = ruleOf(node.fn)
  if (kind === 'aggregate') {
    const input = node.args[0] && columnOf(node.args[0], table)
    return { cells: [aggregated(node, input, table.rows)], single: true }
  }
  if (kind === 'window') return { cells: windowed(node, columnOf(node.args[0], table)), single: false }
  return rowWise(node.args, table, element(node))
}

/** The function of one row, absent values included. */
function element(node: Extract<ExprNode, { kind: 'call' }>): (cells: Cell[]) => Cell {
  const context = {
    types: node.args.map((arg) => arg.type ?? 'null'),
    type: node.type ?? 'null',
    options: node.options ?? {},
  }
  switch (node.fn) {
    case 'and':
      return ([a, b]) => (a === false || b === false ? false : a === null || b === null ? null : true)
    case 'or':
      return ([a, b]) => (a === true || b === true ? true : a === null || b === null ? null : false)
    case 'isNull':
      return ([value]) => value === null
    case 'isNotNull':
      return ([value]) => value !== null
    case 'fillNull':
      return ([value, other]) => (value === null ? other : value)
    case 'isIn': {
      const list = node.args[1] as Extract<ExprNode, { kind: 'literal' }>
      const inner = isList(context.types[1]) ? context.types[1].list : 'null'
      const members = new Set(
        (list.value as readonly Literal[]).map((value) => keyText([literalCell(value, inner)])),
      )
      return ([value]) => (value === null ? null : members.has(keyText([value])))
    }
    case 'clip':
    case 'list.contains':
    case 'fillNaN': {
      const fn = ELEMENT[node.fn]
      return (cells) => (cells[0] === null ? null : (fn as NonNullable<typeof fn>)(cells, context))
    }
  }
  const fn = ELEMENT[node.fn]
  if (!fn) throw new NotInColumnsError(node.fn)
  return (cells) => (cells.includes(null) ? null : fn(cells, context))
}

/** Within the rows that agree in all keys, at their places. */
function over(node: Extract<ExprNode, { kind: 'over' }>, table: Table): Values {
  const keys = node.args.slice(1).map((key) => columnOf(key, table))
  const cells: Cell[] = new Array(table.rows)
  for (const rows of groupRows(keys, table.rows)) {
    const own = taken(table, rows)
    const values = evaluate(node.args[0], own)
    rows.forEach((row, i) => {
      cells[row] = values.cells[values.single ? 0 : i]
    })
  }
  return { cells, single: false }
}

/** Some rows of a table, in that order. */
export function taken(table: Table, rows: readonly number[]): Table {
  return {
    rows: rows.length,
    columns: table.columns.map((column) => ({ ...column, cells: rows.map((row) => column.cells[row]) })),
  }
}
