// The strongest directions of very many features, by subspace iteration: blocks are only multiplied with.
//
// Halko, Martinsson and Tropp, "Finding structure with randomness" (2011), algorithm 4.4: Xᵀ(X·Q) again and again, made
// orthogonal in between.

import { kernel } from '../../kernel.ts'
import { type Block, denseOf, requireFinite } from '../block.ts'

/** Directions: columns × width, row by row. */
export interface Basis {
  who: string
  columns: number
  width: number
  data: Float64Array
}

/** Xᵀ(X·Q) of one block. */
export const gramTimes = kernel('ml.gramTimes', (basis: Basis, block: Block): Float64Array => {
  const { who, columns, width, data: q } = basis
  requireFinite(block, who)
  const made = new Float64Array(columns * width)
  const along = new Float64Array(width)
  const x = block.kind === 'sparse' ? block : denseOf(block, who)
  for (let row = 0; row < x.rows; row++) {
    const from = x.kind === 'sparse' ? x.starts[row] : row * columns
    const to = x.kind === 'sparse' ? x.starts[row + 1] : from + columns
    const places = x.kind === 'sparse' ? x.places : null
    along.fill(0)
    for (let at = from; at < to; at++) {
      const value = x.data[at]
      const base = (places ? places[at] : at - from) * width
      for (let k = 0; k < width; k++) along[k] += value * q[base + k]
    }
    for (let at = from; at < to; at++) {
      const value = x.data[at]
      const base = (places ? places[at] : at - from) * width
      for (let k = 0; k < width; k++) made[base + k] += value * along[k]
    }
  }
  return made
})

/** Columns made orthogonal and of length 1, in place, twice over for accuracy (Gram and Schmidt). */
export function orthogonalise({ columns, width, data }: Basis): void {
  for (let k = 0; k < width; k++) {
    for (let again = 0; again < 2; again++)
      for (let j = 0; j < k; j++) {
        let dot = 0
        for (let i = 0; i < columns; i++) dot += data[i * width + j] * data[i * width + k]
        for (let i = 0; i < columns; i++) data[i * width + k] -= dot * data[i * width + j]
      }
    let squares = 0
    for (let i = 0; i < columns; i++) squares += data[i * width + k] ** 2
    const norm = Math.sqrt(squares)
    for (let i = 0; i < columns; i++) data[i * width + k] = norm === 0 ? 0 : data[i * width + k] / norm
  }
}

/** Per column the sum, and the sum of squares of all: what the variance of rows needs. */
export interface ColumnSums {
  rows: number
  sums: Float64Array
  squares: number
}

export const columnSums = kernel('ml.columnSums', (who: string, block: Block): ColumnSums => {
  const x = block.kind === 'sparse' ? block : denseOf(block, who)
  const sums = new Float64Array(x.columns)
  let squares = 0
  for (let at = 0; at < x.data.length; at++) {
    const value = x.data[at]
    sums[x.kind === 'sparse' ? x.places[at] : at % x.columns] += value
    squares += value * value
  }
  return { rows: x.rows, sums, squares }
})

export const mergeColumnSums = kernel('ml.mergeColumnSums', (a: ColumnSums, b: ColumnSums): ColumnSums => {
  if (a.rows === 0) return b
  if (b.rows === 0) return a
  return {
    rows: a.rows + b.rows,
    sums: a.sums.map((own, i) => own + b.sums[i]),
    squares: a.squares + b.squares,
  }
})
