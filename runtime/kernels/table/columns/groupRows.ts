// Rows that agree in their keys, and how cells are compared: NaN equals NaN, −0 equals 0, texts go by code points.

import type { Cell, Column } from './column.ts'

/** The rows of each group, groups in the order in which they first come. */
export function groupRows(keys: readonly Column[], rows: number): number[][] {
  const groups = new Map<string, number[]>()
  for (let row = 0; row < rows; row++) {
    const key = keyText(keys.map(({ cells }) => cells[row]))
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()]
}

/** Cells as a text that is the same only for equal ones. */
export function keyText(cells: readonly Cell[]): string {
  let text = ''
  for (const cell of cells) text += `${oneText(cell)}\u0001`
  return text
}

function oneText(cell: Cell): string {
  switch (typeof cell) {
    case 'string':
      return `s${cell.length}:${cell}`
    case 'number':
      return `n${cell === 0 ? 0 : cell}`
    case 'bigint':
      return `i${cell}`
    case 'boolean':
      return cell ? 't' : 'f'
  }
  if (cell === null) return '-'
  if (cell instanceof Uint8Array) return `b${Buffer.from(cell).toString('base64')}`
  if (Array.isArray(cell)) return `[${cell.map(oneText).join(',')}]`
  return `{${Object.entries(cell)
    .map(([name, part]) => `${name}=${oneText(part as Cell)}`)
    .join(',')}}`
}

/** Which of two cells that are there comes first; NaN is the largest number. */
export function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b)
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
    return a - b || 0
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  const [left, right] = [a as bigint, b as bigint]
  return left < right ? -1 : left > right ? 1 : 0
}

/** By code points, as UTF-8 sorts; JavaScript's own order puts pairs of surrogates too early. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left === right) continue
    // A half of a pair stands for a code point beyond all single ones.
    const leftPair = left >= 0xd800 && left < 0xe000
    const rightPair = right >= 0xd800 && right < 0xe000
    return leftPair === rightPair ? left - right : leftPair ? 1 : -1
  }
  return a.length - b.length
}
