// Products of matrices of doubles: tiles of both sizes, beside three plain loops.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  engineOf,
  type Matrix,
  multiplyDoubles,
  NARROW,
  WIDE,
} from '../../runtime/kernels/array/gemmEngine.ts'

const engines = [engineOf(NARROW), engineOf(WIDE)]

/** Whole numbers, whose products are exact, or thirds, whose sums depend on their order. */
function matrix(rows: number, columns: number, divisor: number, turned: boolean): Matrix {
  const offset = 3
  const data = Float64Array.from(
    { length: offset + rows * columns },
    (_, i) => (((i * 7919) % 1009) - 504) / divisor,
  )
  return turned ? { data, offset, row: 1, column: rows } : { data, offset, row: columns, column: 1 }
}

function plain(
  a: Matrix,
  b: Matrix,
  [rows, length, columns]: readonly [number, number, number],
): Float64Array {
  const out = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < length; k++)
      for (let j = 0; j < columns; j++)
        out[i * columns + j] +=
          a.data[a.offset + i * a.row + k * a.column] * b.data[b.offset + k * b.row + j * b.column]
  return out
}

const SIDES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 47, 48, 49]
const LENGTHS = [1, 7, 8, 9, 256, 257]

test('products of every small size are exact, whichever way the matrices lie', () => {
  for (const rows of SIDES)
    for (const columns of SIDES)
      for (const length of LENGTHS)
        for (const turned of [0, 1, 2, 3]) {
          const dims = [rows, length, columns] as const
          const a = matrix(rows, length, 1, turned % 2 === 1)
          const b = matrix(length, columns, 1, turned > 1)
          const known = plain(a, b, dims)
          for (const engine of engines) {
            const out = new Float64Array(rows * columns).fill(Number.NaN)
            multiplyDoubles(a, b, dims, out, engine)
            assert.deepEqual(out, known, `${dims} ${turned} by tiles of ${engine.tile.rows}`)
          }
        }
})

test('tiles of both sizes give the same to the last bit', () => {
  for (const dims of [
    [130, 600, 70],
    [1030, 300, 20],
    [17, 260, 1029],
  ] as const) {
    const a = matrix(dims[0], dims[1], 3, false)
    const b = matrix(dims[1], dims[2], 7, true)
    const [narrow, wide] = engines.map((engine) => {
      const out = new Float64Array(dims[0] * dims[2])
      multiplyDoubles(a, b, dims, out, engine)
      return out
    })
    assert.deepEqual(wide, narrow)
    const known = plain(a, b, dims)
    const largest = known.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const worst = known.reduce((most, value, i) => Math.max(most, Math.abs(value - wide[i])), 0)
    assert.ok(worst < 1e-12 * largest, `${worst} of ${largest}`)
  }
})
