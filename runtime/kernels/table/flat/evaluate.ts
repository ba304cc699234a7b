// Expressions over flat columns: aggregates of groups, and the little arithmetic that states of aggregates are made and answered
// with. What is not known here gives nothing, and an engine does it.

import { type DataType, isFloat, isInteger, isWide, sameType } from '../dataType.ts'
import { type ExprNode, nameOf } from '../expression.ts'
import { ruleOf } from '../functionCatalogue.ts'
import { aggregated } from './aggregate.ts'
import { castColumn, floatsOf } from './castColumn.ts'
import { isShift } from './flatExpressions.ts'
import type { FlatColumn } from './flatFrame.ts'
import { type Groups, isThere } from './groupNumbers.ts'
import { takenRows } from './takeRows.ts'

/** What expressions are worked out on. */
export interface Scope {
  readonly columns: readonly FlatColumn[]
  readonly rows: number
  /** Absent where nothing is aggregated. */
  readonly groups?: Groups
}

/** A column with a cell for each row, each group, or one for all. */
interface Operand {
  readonly per: 'row' | 'group' | 'all'
  readonly column: FlatColumn
}

type Call = Extract<ExprNode, { kind: 'call' }>

/**
 * A column under the name of its expression, with a cell for each group where there are groups, else for each row.
 * @returns nothing where the expression is an engine's
 */
export function evaluated(node: ExprNode, scope: Scope): FlatColumn | undefined {
  const made = operand(node, scope)
  if (made?.per !== (scope.groups ? 'group' : 'row')) return undefined
  return { ...made.column, name: nameOf(node) }
}

function operand(node: ExprNode, scope: Scope): Operand | undefined {
  switch (node.kind) {
    case 'column': {
      const column = scope.columns.find(({ name }) => name === node.name)
      // A column of categories may have come as texts.
      return column && sameType(column.type, node.type ?? column.type) ? { per: 'row', column } : undefined
    }
    case 'alias':
      return operand(node.args[0], scope)
    case 'literal':
      return literal(node.value, node.type ?? 'null')
    case 'cast': {
      const input = operand(node.args[0], scope)
      const column = input && castColumn(input.column, node.to)
      return column && { per: input.per, column }
    }
    case 'call':
      return ruleOf(node.fn).kind === 'aggregate' ? aggregate(node, scope) : arithmetic(node, scope)
    case 'when':
      return chosen(node, scope)
    default:
      return undefined
  }
}

function literal(value: unknown, type: DataType): Operand | undefined {
  if (value !== null && typeof value !== 'number') return undefined
  if (!isFloat(type) && !(isInteger(type) && !isWide(type))) return undefined
  const field = {
    name: 'literal',
    type: 'float64',
    form: 'values',
    values: Float64Array.of(value ?? 0),
  } as const
  return {
    per: 'all',
    column:
      value === null ? { ...field, nullCount: 1, validity: new Uint8Array(1) } : { ...field, nullCount: 0 },
  }
}

function aggregate(node: Call, scope: Scope): Operand | undefined {
  const { groups, rows } = scope
  if (!groups || node.args.length > 1) return undefined
  if (node.args.length === 0) {
    const column = aggregated(node, undefined, groups)
    return column && { per: 'group', column }
  }
  const input = operand(node.fn === 'sum' ? withoutCast(node.args[0]) : node.args[0], scope)
  if (!input || input.per === 'all') return undefined
  const column = aggregated(node, spread(input, 'row', rows, groups), groups)
  return column && { per: 'group', column }
}

/** Sums of whole numbers as floats need no floats of each. */
const withoutCast = (node: ExprNode): ExprNode =>
  node.kind === 'cast' && node.to === 'float64' && node.args[0].type === 'int32' ? node.args[0] : node

/** Arguments of one length. */
function together(
  nodes: readonly ExprNode[],
  scope: Scope,
): { per: Operand['per']; columns: FlatColumn[]; rows: number } | undefined {
  const made: Operand[] = []
  for (const node of nodes) {
    const each = operand(node, scope)
    if (!each) return undefined
    made.push(each)
  }
  const per = (['row', 'group', 'all'] as const).find((each) => made.some((one) => one.per === each)) ?? 'all'
  const rows = per === 'row' ? scope.rows : per === 'group' ? (scope.groups?.count ?? 0) : 1
  return { per, columns: made.map((each) => spread(each, per, rows, scope.groups)), rows }
}

/** A cell for each of so many rows or groups. */
function spread(
  { per, column }: Operand,
  to: Operand['per'],
  rows: number,
  groups: Groups | undefined,
): FlatColumn {
  if (per === to) return column
  return takenRows(column, per === 'group' && groups ? groups.of : new Int32Array(rows))
}

/** Whole numbers of 32 bits and a literal: beyond 32 bits they begin anew, as the engine's do. */
function shifted({ fn, args: [input, by] }: Call, scope: Scope): Operand | undefined {
  const given = operand(input, scope)
  if (given?.column.form !== 'values' || by.kind !== 'literal') return undefined
  const { per, column } = given
  const { values: from } = column
  if (!(from instanceof Int32Array)) return undefined
  const step = fn === 'sub' ? -Number(by.value) : Number(by.value)
  const values = new Int32Array(from.length)
  for (let i = 0; i < values.length; i++) values[i] = (from[i] + step) | 0
  return { per, column: { ...column, values } }
}

function arithmetic(node: Call, scope: Scope): Operand | undefined {
  if (isShift(node)) return shifted(node, scope)
  const work = FUNCTIONS[node.fn]
  if (!work || (node.type !== 'float64' && node.type !== 'boolean')) return undefined
  const all = together(node.args, scope)
  const floats = all?.columns.map(floatsOf)
  if (!all || !floats?.every((each) => each !== undefined)) return undefined
  const [a, b = a] = floats
  const { rows, per } = all
  const name = node.fn
  if (node.fn === 'fillNull') {
    const values = new Float64Array(rows)
    for (let row = 0; row < rows; row++)
      values[row] = isThere(a.validity, row) ? a.values[row] : b.values[row]
    if (b.nullCount > 0) return undefined
    return { per, column: { name, type: 'float64', nullCount: 0, form: 'values', values } }
  }
  const { validity, nullCount } = bothThere(a, b, rows)
  const field = { name, nullCount, ...(nullCount > 0 && { validity }) }
  if (node.type === 'boolean') {
    const bits = new Uint8Array((rows + 7) >> 3)
    for (let row = 0; row < rows; row++)
      if (work(a.values[row], b.values[row])) bits[row >> 3] |= 1 << (row & 7)
    return { per, column: { ...field, type: 'boolean', form: 'bits', bits } }
  }
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row++) values[row] = Number(work(a.values[row], b.values[row]))
  return { per, column: { ...field, type: 'float64', form: 'values', values } }
}

/** NaN is the largest number and equals itself. */
const isGreater = (a: number, b: number): boolean => a > b || (Number.isNaN(a) && !Number.isNaN(b))

const FUNCTIONS: Partial<Record<Call['fn'], (a: number, b: number) => number | boolean>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: (a) => Math.sqrt(a),
  gt: isGreater,
  fillNull: (a) => a,
}

function bothThere(a: FlatColumn, b: FlatColumn, rows: number): { validity: Uint8Array; nullCount: number } {
  if (a.nullCount === 0 && b.nullCount === 0) return { validity: new Uint8Array(0), nullCount: 0 }
  const validity = new Uint8Array((rows + 7) >> 3)
  let nullCount = 0
  for (let row = 0; row < rows; row++)
    if (isThere(a.validity, row) && isThere(b.validity, row)) validity[row >> 3] |= 1 << (row & 7)
    else nullCount++
  return { validity, nullCount }
}

/** One condition and two numbers. */
function chosen(node: Extract<ExprNode, { kind: 'when' }>, scope: Scope): Operand | undefined {
  if (node.args.length !== 3 || node.type !== 'float64') return undefined
  const all = together(node.args, scope)
  if (!all) return undefined
  const [condition, ...columns] = all.columns
  const [a, b] = columns.map(floatsOf)
  if (condition.form !== 'bits' || !a || !b) return undefined
  const values = new Float64Array(all.rows)
  const validity = new Uint8Array((all.rows + 7) >> 3)
  let nullCount = 0
  for (let row = 0; row < all.rows; row++) {
    const holds = isThere(condition.bits, row) && isThere(condition.validity, row)
    const from = holds ? a : b
    values[row] = from.values[row]
    if (isThere(from.validity, row)) validity[row >> 3] |= 1 << (row & 7)
    else nullCount++
  }
  const field = { name: 'when', type: 'float64', form: 'values', values } as const
  return { per: all.per, column: { ...field, nullCount, ...(nullCount > 0 && { validity }) } }
}
