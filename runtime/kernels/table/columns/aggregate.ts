// Aggregates of one column, in JavaScript.

import { type DataType, isDatetime, isDuration } from '../dataType.ts'
import type { ExprNode } from '../expression.ts'
import { codeOf } from '../sketch/hyperLogLog.ts'
import type { Cell, Column } from './column.ts'
import { NotInColumnsError } from './elementFunctions.ts'
import { compareCells, keyText } from './groupRows.ts'
import { hashWords } from './hash.ts'

/** The aggregate of a column; `len` has none. */
export function aggregated(
  node: Extract<ExprNode, { kind: 'call' }>,
  input: Column | undefined,
  rows: number,
): Cell {
  const cells = input?.cells ?? []
  const present = cells.filter((cell) => cell !== null)
  const type = node.type ?? 'null'
  const { options = {} } = node
  switch (node.fn) {
    case 'len':
      return rows
    case 'count':
      return present.length
    case 'nullCount':
      return cells.length - present.length
    case 'nUnique':
      return new Set(cells.map((cell) => keyText([cell]))).size
    case 'sum':
      return sum(present, type)
    case 'product':
      return present.reduce<number>((product, cell) => product * Number(cell), 1)
    case 'mean':
      return spanned(mean(present), type)
    case 'median':
      return spanned(quantile(present, 0.5, 'linear'), type)
    case 'quantile':
      return spanned(quantile(present, Number(options.q), String(options.interpolation ?? 'linear')), type)
    case 'var':
    case 'std': {
      const ddof = Number(options.ddof ?? 1)
      if (present.length <= ddof) return null
      const centre = mean(present) as number
      const squares = present.reduce<number>((total, cell) => total + (Number(cell) - centre) ** 2, 0)
      const variance = squares / (present.length - ddof)
      return node.fn === 'var' ? variance : Math.sqrt(variance)
    }
    case 'min':
      return extreme(present, -1)
    case 'max':
      return extreme(present, 1)
    case 'first':
      return cells[0] ?? null
    case 'last':
      return cells.at(-1) ?? null
    case 'any':
      return present.includes(true)
    case 'all':
      return !present.includes(false)
    case 'implode':
      return [...cells]
    case 'distinct':
      return distinct(present)
    case 'hashCodes':
      return [...new Set(cells.map((cell) => codeOf(...hashWords(keyText([cell])))))]
    case 'quantileOfLists': {
      const values = present.flatMap((list) => list as Cell[]).filter((value) => value !== null)
      return quantile(values, Number(options.q), String(options.interpolation ?? 'linear'))
    }
    case 'gather': {
      const all = (present as readonly (readonly Cell[])[]).flat(1)
      return options.distinct ? distinct(all) : all
    }
    default:
      throw new NotInColumnsError(node.fn)
  }
}

/** Each value once, where it first stands. */
const distinct = (cells: readonly Cell[]): Cell[] => [
  ...new Map(cells.map((cell) => [keyText([cell]), cell])).values(),
]

const bits = (type: DataType): number => Number(String(type).replace(/\D/g, ''))

function sum(present: readonly Cell[], type: DataType): Cell {
  if (type === 'float64') return present.reduce<number>((total, cell) => total + Number(cell), 0)
  const total = present.reduce<bigint>((all, cell) => all + BigInt(cell as number), 0n)
  return type === 'uint64' ? BigInt.asUintN(bits(type), total) : BigInt.asIntN(64, total)
}

function mean(present: readonly Cell[]): number | null {
  if (present.length === 0) return null
  return present.reduce<number>((total, cell) => total + Number(cell), 0) / present.length
}

/** A fraction of ticks is cut off, as polars does. */
const spanned = (value: number | null, type: DataType): Cell =>
  value !== null && (isDuration(type) || isDatetime(type)) ? BigInt(Math.trunc(value)) : value

export function quantile(present: readonly Cell[], q: number, interpolation: string): number | null {
  if (present.length === 0) return null
  const sorted = [...present].sort(compareCells).map(Number)
  const at = q * (sorted.length - 1)
  const [low, high] = [Math.floor(at), Math.ceil(at)]
  switch (interpolation) {
    case 'lower':
      return sorted[low]
    case 'higher':
      return sorted[high]
    case 'nearest':
      return sorted[Math.round(at)]
    case 'midpoint':
      return (sorted[low] + sorted[high]) / 2
    default:
      return low === high ? sorted[low] : sorted[low] + (sorted[high] - sorted[low]) * (at - low)
  }
}

/** NaN is neither the smallest nor the largest while there is any other number. */
function extreme(present: readonly Cell[], sign: 1 | -1): Cell {
  let best: Cell = null
  for (const cell of present) {
    if (typeof cell === 'number' && Number.isNaN(cell)) {
      best ??= cell
      continue
    }
    const better =
      best === null ||
      (typeof best === 'number' && Number.isNaN(best)) ||
      (typeof cell === 'boolean' ? Number(cell) - Number(best) : compareCells(cell, best)) * sign > 0
    if (better) best = cell
  }
  return best
}
