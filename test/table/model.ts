// The naive model of expressions: one row after another, on plain cells, with nothing shared with the engines.

import type { Cell } from '../../runtime/kernels/table/columns/column.ts'
import type { ExprNode, Literal } from '../../runtime/kernels/table/expression.ts'

export type Row = Readonly<Record<string, Cell>>

const DAY = 86_400_000

/** A value of one row; integers of 64 bits are bigints, dates are days, datetimes are microseconds. */
export function valueIn(node: ExprNode, row: Row, all: readonly Row[]): Cell {
  switch (node.kind) {
    case 'column':
      return row[node.name]
    case 'literal':
      return node.value as Cell
    case 'alias':
      return valueIn(node.args[0], row, all)
    case 'cast':
      throw new Error('the model does not cast')
    case 'struct':
      throw new Error('the model has no structs')
    case 'when': {
      const { args } = node
      for (let i = 0; i + 1 < args.length; i += 2)
        if (valueIn(args[i], row, all) === true) return valueIn(args[i + 1], row, all)
      return valueIn(args[args.length - 1], row, all)
    }
    case 'over': {
      const key = (each: Row): string =>
        node.args
          .slice(1)
          .map((arg) => same(valueIn(arg, each, all)))
          .join('|')
      const mine = key(row)
      return valueIn(
        node.args[0],
        row,
        all.filter((each) => key(each) === mine),
      )
    }
    case 'call':
      return called(node, row, all)
  }
}

/** A text that equal values share. */
export const same = (value: Cell): string =>
  typeof value === 'number' && value === 0 ? '0' : `${typeof value}:${String(value)}`

const number = (value: Cell): number => Number(value as number)

/** −1, 0 or 1; NaN is the largest number, texts go by code points. */
export function order(a: Cell, b: Cell): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  if (typeof a === 'bigint' || typeof b === 'bigint') {
    if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0
  }
  const [x, y] = [number(a), number(b)]
  if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 1
  if (Number.isNaN(y)) return -1
  return x < y ? -1 : x > y ? 1 : 0
}

function called(node: Extract<ExprNode, { kind: 'call' }>, row: Row, all: readonly Row[]): Cell {
  const { fn, args, options = {} } = node
  const aggregate = AGGREGATES[fn]
  if (aggregate)
    return aggregate(
      args.length > 0 ? all.map((each) => valueIn(args[0], each, all)) : all.map(() => true),
      options as Record<string, number>,
    )
  const values = fn === 'isIn' ? [valueIn(args[0], row, all)] : args.map((arg) => valueIn(arg, row, all))
  switch (fn) {
    case 'and':
      return values.includes(false) ? false : values.includes(null) ? null : true
    case 'or':
      return values.includes(true) ? true : values.includes(null) ? null : false
    case 'isNull':
      return values[0] === null
    case 'isNotNull':
      return values[0] !== null
    case 'fillNull':
      return values[0] ?? values[1]
  }
  if (values.includes(null)) return null
  const [a, b] = values
  switch (fn) {
    case 'add':
      return typeof a === 'bigint'
        ? BigInt.asIntN(64, a + BigInt(b as number))
        : (a as number) + (b as number)
    case 'sub':
      return typeof a === 'bigint'
        ? BigInt.asIntN(64, a - BigInt(b as number))
        : (a as number) - (b as number)
    case 'mul':
      return typeof a === 'bigint'
        ? BigInt.asIntN(64, a * BigInt(b as number))
        : (a as number) * (b as number)
    case 'div':
      return number(a) / number(b)
    case 'neg':
      return typeof a === 'bigint' ? BigInt.asIntN(64, -a) : -(a as number)
    case 'abs':
      return typeof a === 'bigint' ? (a < 0n ? BigInt.asIntN(64, -a) : a) : Math.abs(a as number)
    case 'eq':
      return order(a, b) === 0
    case 'neq':
      return order(a, b) !== 0
    case 'lt':
      return order(a, b) < 0
    case 'lte':
      return order(a, b) <= 0
    case 'gt':
      return order(a, b) > 0
    case 'gte':
      return order(a, b) >= 0
    case 'not':
      return !a
    case 'isNaN':
      return Number.isNaN(a)
    case 'isIn': {
      const list = (args[1] as Extract<ExprNode, { kind: 'literal' }>).value as readonly Literal[]
      return list.some((each) => each !== null && order(a, each as Cell) === 0)
    }
    case 'str.length':
      return [...(a as string)].length
    case 'str.toUpperCase':
      return (a as string).toUpperCase()
    case 'str.contains':
      return (a as string).includes(b as string)
    case 'str.startsWith':
      return (a as string).startsWith(b as string)
    case 'str.slice':
      return [...(a as string)]
        .slice(
          Number(options.offset),
          options.length === undefined ? undefined : Number(options.offset) + Number(options.length),
        )
        .join('')
    case 'dt.year':
      return new Date(number(a) * DAY).getUTCFullYear()
    case 'dt.month':
      return new Date(number(a) * DAY).getUTCMonth() + 1
    case 'dt.day':
      return new Date(number(a) * DAY).getUTCDate()
    case 'dt.weekday':
      return new Date(number(a) * DAY).getUTCDay() || 7
    default:
      throw new Error(`the model does not know ${fn}`)
  }
}

type Aggregate = (values: Cell[], options: Record<string, number>) => Cell
const present = (values: Cell[]): Cell[] => values.filter((value) => value !== null)

/** Aggregates of a group's values. */
export const AGGREGATES: Record<string, Aggregate | undefined> = {
  len: (values) => values.length,
  count: (values) => present(values).length,
  nullCount: (values) => values.length - present(values).length,
  nUnique: (values) => new Set(values.map(same)).size,
  sum: (values) => {
    const some = present(values)
    // Whole numbers of 64 bits wrap; other cells of a test are float64.
    return some.some((value) => typeof value === 'bigint')
      ? BigInt.asIntN(
          64,
          some.reduce<bigint>((total, value) => total + (value as bigint), 0n),
        )
      : some.reduce<number>((total, value) => total + number(value), 0)
  },
  mean: (values) => {
    const some = present(values)
    return some.length === 0
      ? null
      : some.reduce<number>((total, value) => total + number(value), 0) / some.length
  },
  min: (values) => extreme(values, -1),
  max: (values) => extreme(values, 1),
  first: (values) => values[0] ?? null,
  last: (values) => values.at(-1) ?? null,
  std: (values, { ddof = 1 }) => {
    const some = present(values).map(number)
    if (some.length <= ddof) return null
    const mean = some.reduce((total, value) => total + value, 0) / some.length
    return Math.sqrt(some.reduce((total, value) => total + (value - mean) ** 2, 0) / (some.length - ddof))
  },
  median: (values) => {
    const some = present(values).sort(order).map(number)
    if (some.length === 0) return null
    const middle = (some.length - 1) / 2
    return (some[Math.floor(middle)] + some[Math.ceil(middle)]) / 2
  },
  any: (values) => values.includes(true),
  all: (values) => !values.includes(false),
}

/** NaN counts only where there is nothing else. */
function extreme(values: Cell[], sign: number): Cell {
  const some = present(values)
  const real = some.filter((value) => !Number.isNaN(value))
  return (real.length > 0 ? real : some).reduce<Cell>(
    (best, value) => (best === null || order(value, best) * sign > 0 ? value : best),
    null,
  )
}
