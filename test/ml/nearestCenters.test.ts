// Nearest centers in WebAssembly against plain loops: any shape, ties, weights, strips, the same labels for any cut.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { denseBlock } from '../../runtime/kernels/ml/block.ts'
import { gatherRows, nearestOf } from '../../runtime/kernels/ml/clusters/assign.ts'
import { type Centers, squareTo } from '../../runtime/kernels/ml/clusters/centers.ts'
import { hashedFraction } from '../../runtime/kernels/ml/trees/rowHash.ts'
import { close } from './kit.ts'

const SEED = 11
const numbers = (count: number, seed: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => 4 * hashedFraction(seed, i) - 2)
const centersOf = (
  count: number,
  columns: number,
  data = numbers(count * columns, SEED + count),
): Centers => ({
  who: 'test',
  count,
  columns,
  data,
})

/** By plain loops: the first center whose square is least. */
function nearestByLoops(centers: Centers, x: ReturnType<typeof denseBlock>): number[] {
  return Array.from({ length: x.rows }, (_, row) => {
    const squares = Array.from({ length: centers.count }, (_, c) => squareTo(centers, c, x, row))
    return squares.indexOf(Math.min(...squares))
  })
}

const SHAPES = [1, 2, 3, 4, 5, 7, 8, 20, 33].flatMap((columns) =>
  [1, 2, 3, 4, 5, 9, 50].flatMap((count) => [0, 1, 3, 4, 6, 131].map((rows) => ({ columns, count, rows }))),
)

test(`labels, sums, totals and squares are those of plain loops, for ${SHAPES.length} shapes (seed ${SEED})`, () => {
  for (const { columns, count, rows } of SHAPES) {
    const what = `${rows} rows of ${columns} columns, ${count} centers`
    const centers = centersOf(count, columns)
    const x = denseBlock(rows, columns, numbers(rows * columns, SEED + rows))
    const labels = nearestByLoops(centers, x)
    assert.deepEqual(Array.from(nearestOf(centers, x)), labels, what)
    for (const weights of [null, numbers(rows, SEED + 5).map(Math.abs)]) {
      const weight = new Float64Array(count)
      const sums = new Float64Array(count * columns)
      let inertia = 0
      labels.forEach((label, row) => {
        const own = weights ? weights[row] : 1
        weight[label] += own
        inertia += own * squareTo(centers, label, x, row)
        for (let i = 0; i < columns; i++) sums[label * columns + i] += own * x.data[row * columns + i]
      })
      const gathered = gatherRows(centers, x, weights)
      close(gathered.weight, weight, 1e-12, what)
      close(gathered.sums, sums, 1e-12, what)
      close(gathered.inertia, inertia, 1e-12, what)
    }
  }
})

test('of centers that are equally near the first counts, in whichever lane it is', () => {
  const x = denseBlock(5, 2, numbers(10, 1))
  for (let first = 0; first < 9; first++) {
    // Far centers, then the same near one over and over.
    const data = Float64Array.from({ length: 2 * 13 }, (_, i) => (i < 2 * first ? 100 + i : 0.5))
    assert.deepEqual(Array.from(nearestOf(centersOf(13, 2, data), x)), Array(5).fill(first))
  }
})

test('rows beyond one strip, and rows cut anywhere, have the same labels to the last one', () => {
  const [rows, columns] = [20_000, 9]
  const centers = centersOf(17, columns)
  const x = denseBlock(rows, columns, numbers(rows * columns, 3))
  const whole = nearestOf(centers, x)
  assert.deepEqual(Array.from(whole), nearestByLoops(centers, x))
  for (const at of [1, 2, 3, 4097, 19_999]) {
    const parts = [x.data.subarray(0, at * columns), x.data.subarray(at * columns)].map((data) =>
      nearestOf(centers, denseBlock(data.length / columns, columns, data)),
    )
    assert.deepEqual([...parts[0], ...parts[1]], Array.from(whole))
  }
})

test('what one call left in memory does not reach the next', () => {
  const many = centersOf(40, 6)
  gatherRows(many, denseBlock(50, 6, numbers(300, 4)), null)
  const few = centersOf(3, 5)
  const x = denseBlock(7, 5, numbers(35, 6))
  assert.deepEqual(Array.from(nearestOf(few, x)), nearestByLoops(few, x))
})
