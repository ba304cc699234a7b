// Functions that look at other rows, in JavaScript.

import { type DataType, isInteger } from '../dataType.ts'
import type { ExprNode } from '../expression.ts'
import type { Cell, Column } from './column.ts'
import { NotInColumnsError } from './elementFunctions.ts'
import { compareCells } from './groupRows.ts'

export function windowed(node: Extract<ExprNode, { kind: 'call' }>, { cells, type: from }: Column): Cell[] {
  const type = node.type ?? 'null'
  const { options = {} } = node
  switch (node.fn) {
    case 'shift':
      return shifted(cells, Number(options.n ?? 1))
    case 'diff': {
      const before = shifted(cells, Number(options.n ?? 1))
      return cells.map((cell, i) => difference(cell, before[i], from, type))
    }
    case 'cumSum':
      return running(cells, (total, cell) => plus(total ?? (type === 'float64' ? 0 : 0n), cell, type))
    case 'cumProd':
      return running(cells, (total, cell) => Number(total ?? 1) * Number(cell))
    case 'cumMin':
      return running(cells, (best, cell) => further(best, cell, -1))
    case 'cumMax':
      return running(cells, (best, cell) => further(best, cell, 1))
    case 'cumCount': {
      let count = 0
      return cells.map((cell) => {
        if (cell !== null) count++
        return count
      })
    }
    case 'rank':
      return ranks(cells, String(options.method ?? 'average'), options.descending === true)
    case 'forwardFill':
      return filled(cells)
    case 'backwardFill':
      return filled([...cells].reverse()).reverse()
    case 'reverse':
      return [...cells].reverse()
    case 'rollingSum':
    case 'rollingMean':
    case 'rollingMin':
    case 'rollingMax':
    case 'rollingStd':
    case 'rollingVar':
    case 'rollingMedian':
      return rolling(
        node.fn,
        cells,
        Number(options.window),
        Number(options.minPeriods ?? options.window),
        options.center === true,
      )
    default:
      throw new NotInColumnsError(node.fn)
  }
}

const shifted = (cells: readonly Cell[], by: number): Cell[] => cells.map((_, i) => cells[i - by] ?? null)

function plus(a: Cell, b: Cell, type: DataType): Cell {
  if (type === 'float64') return Number(a) + Number(b)
  const total = BigInt(a as bigint) + BigInt(b as bigint)
  return type === 'uint64' ? BigInt.asUintN(64, total) : BigInt.asIntN(64, total)
}

function difference(cell: Cell, before: Cell, from: DataType, type: DataType): Cell {
  if (cell === null || before === null) return null
  if (from === 'date') return BigInt((cell as number) - (before as number)) * 86_400_000_000n
  if (typeof cell === 'bigint') return cell - (before as bigint)
  const value = Number(cell) - Number(before)
  return type === 'int64' ? BigInt(value) : isInteger(type) ? value : value
}

/** A running state; an absent value gives none and leaves it as it is. */
function running(cells: readonly Cell[], next: (state: Cell, cell: Cell) => Cell): Cell[] {
  let state: Cell = null
  return cells.map((cell) => {
    if (cell === null) return null
    state = next(state, cell)
    return state
  })
}

/** The one of two that lies further in a direction; NaN only where there is nothing else. */
function further(best: Cell, cell: Cell, direction: 1 | -1): Cell {
  if (best === null || Number.isNaN(best)) return cell
  return !Number.isNaN(cell) && compareCells(cell, best) * direction > 0 ? cell : best
}

function filled(cells: readonly Cell[]): Cell[] {
  let last: Cell = null
  return cells.map((cell) => {
    if (cell !== null) last = cell
    return last
  })
}

function ranks(cells: readonly Cell[], method: string, descending: boolean): Cell[] {
  const order = cells.map((_, i) => i).filter((i) => cells[i] !== null)
  order.sort((a, b) => compareCells(cells[a], cells[b]) * (descending ? -1 : 1) || a - b)
  const out: Cell[] = new Array(cells.length).fill(null)
  let dense = 0
  for (let at = 0; at < order.length; ) {
    let end = at + 1
    while (end < order.length && compareCells(cells[order[end]], cells[order[at]]) === 0) end++
    dense++
    for (let i = at; i < end; i++) {
      switch (method) {
        case 'min':
          out[order[i]] = at + 1
          break
        case 'max':
          out[order[i]] = end
          break
        case 'dense':
          out[order[i]] = dense
          break
        case 'ordinal':
          out[order[i]] = i + 1
          break
        default:
          out[order[i]] = (at + 1 + end) / 2
      }
    }
    at = end
  }
  return out
}

function rolling(
  fn: string,
  cells: readonly Cell[],
  window: number,
  minPeriods: number,
  center: boolean,
): Cell[] {
  const behind = center ? Math.floor(window / 2) : window - 1
  return cells.map((_, i) => {
    const from = Math.max(0, i - behind)
    const own = cells
      .slice(from, Math.max(0, i - behind + window))
      .filter((cell) => cell !== null) as number[]
    if (own.length < minPeriods) return null
    const total = own.reduce((sum, value) => sum + value, 0)
    switch (fn) {
      case 'rollingSum':
        return total
      case 'rollingMean':
        return own.length === 0 ? null : total / own.length
      case 'rollingMin':
        return own.length === 0 ? null : Math.min(...own)
      case 'rollingMax':
        return own.length === 0 ? null : Math.max(...own)
      case 'rollingMedian': {
        const sorted = [...own].sort(compareCells)
        const middle = (sorted.length - 1) / 2
        return sorted.length === 0 ? null : (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2
      }
      default: {
        if (own.length < 2) return null
        const mean = total / own.length
        const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (own.length - 1)
        return fn === 'rollingVar' ? variance : Math.sqrt(variance)
      }
    }
  })
}
