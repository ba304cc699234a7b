// One row against coefficients: their product, and the row added to them.

import type { DenseBlock, SparseBlock } from '../block.ts'

/** Coefficients times one row, plus the intercept. */
export function scoreOf(
  x: DenseBlock | SparseBlock,
  row: number,
  weights: Float64Array,
  from: number,
): number {
  const { columns, data } = x
  if (x.kind === 'sparse') {
    let sum = weights[from + columns]
    for (let at = x.starts[row]; at < x.starts[row + 1]; at++) sum += data[at] * weights[from + x.places[at]]
    return sum
  }
  // Four sums at a time: the additions do not wait for one another.
  let a = weights[from + columns]
  let b = 0
  let c = 0
  let d = 0
  let at = row * columns
  let w = from
  const end = at + columns - 3
  for (; at < end; at += 4, w += 4) {
    a += data[at] * weights[w]
    b += data[at + 1] * weights[w + 1]
    c += data[at + 2] * weights[w + 2]
    d += data[at + 3] * weights[w + 3]
  }
  for (; at < end + 3; at++, w++) a += data[at] * weights[w]
  return a + b + (c + d)
}

/** Adds a row, times a factor, to coefficients; the factor alone to the intercept. */
export function addScaled(
  target: Float64Array,
  from: number,
  x: DenseBlock | SparseBlock,
  row: number,
  factor: number,
): void {
  if (factor === 0) return
  const { columns, data } = x
  if (x.kind === 'sparse')
    for (let at = x.starts[row]; at < x.starts[row + 1]; at++)
      target[from + x.places[at]] += factor * data[at]
  else for (let i = 0, at = row * columns; i < columns; i++, at++) target[from + i] += factor * data[at]
  target[from + columns] += factor
}
