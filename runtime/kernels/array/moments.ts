// Counts, means and sums of squared deviations, in one pass: Welford's update, and Chan's way of joining two of them.

import { sumOfFloats } from '../sumOfFloats.ts'
import { COMPLEX64, COMPLEX128, FLOAT64 } from './dtype.ts'
import { eachOuter, Strips } from './evaluate.ts'
import { loopOrder, reorder } from './fold.ts'
import { cast, type Fused, mapped } from './fused.ts'
import { STRIP } from './loop.ts'
import { NdArray } from './ndArray.ts'
import { reducedShape, rowStrides, sizeOf } from './shape.ts'

/** For each kept place: count, mean, sum of squared deviations; of complex numbers the last two of each part. */
export function momentsOf(
  root: Fused,
  shape: readonly number[],
  axes: readonly number[],
  skipNaN: boolean,
): NdArray[] {
  if (root.dtype !== COMPLEX64 && root.dtype !== COMPLEX128)
    return realMoments(cast(root, FLOAT64), shape, axes, skipNaN)
  const [count, mean, squares] = realMoments(cast(mapped('real', [root]), FLOAT64), shape, axes, skipNaN)
  const imaginary = realMoments(cast(mapped('imag', [root]), FLOAT64), shape, axes, skipNaN)
  return [count, mean, squares, imaginary[1], imaginary[2]]
}

function realMoments(
  root: Fused,
  shape: readonly number[],
  axes: readonly number[],
  skipNaN: boolean,
): NdArray[] {
  const outShape = reducedShape(shape, axes, true)
  const size = sizeOf(outShape)
  const [counts, means, squares] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  if (sizeOf(shape) > 0) {
    const own = rowStrides(outShape).map((stride, axis) => (axes.includes(axis) ? 0 : stride))
    const order = loopOrder(shape, axes)
    const strips = new Strips(
      reorder(root, order, shape),
      order.map((axis) => shape[axis]),
      order.map((axis) => own[axis]),
      FLOAT64,
      (outer, inner) => axes.includes(order[outer]) === axes.includes(order[inner]),
    )
    const length = strips.space.shape.at(-1) ?? 1
    const step = strips.space.strides.at(-1)?.at(-1) ?? 0
    const x = strips.buffer as Float64Array
    eachOuter(strips.space, 1, (at) => {
      const place = at[at.length - 1]
      for (let i = 0; i < length; i += STRIP) {
        const n = Math.min(STRIP, length - i)
        strips.fill(at, i, n)
        if (step === 0) addRow(x, n, skipNaN, counts, means, squares, place)
        else if (skipNaN) addKnownAcross(x, n, counts, means, squares, place + i * step, step)
        else addAcross(x, n, counts, means, squares, place + i * step, step)
      }
    })
  }
  return [counts, means, squares].map((data) => new NdArray(FLOAT64, outShape, data))
}

/** A strip into one place: its own moments in two passes over the cache, then joined. */
function addRow(
  x: Float64Array,
  n: number,
  skipNaN: boolean,
  counts: Float64Array,
  means: Float64Array,
  squares: Float64Array,
  at: number,
): void {
  let count = n
  if (skipNaN) {
    count = 0
    for (let i = 0; i < n; i++) if (!Number.isNaN(x[i])) x[count++] = x[i]
    if (count === 0) return
  }
  const mean = sumOfFloats(x, 0, count) / count
  join(counts, means, squares, at, count, mean, squaresOf(x, count, mean))
}

/** The sum of squared deviations, in four sums too. */
function squaresOf(x: Float64Array, count: number, mean: number): number {
  let q0 = 0
  let q1 = 0
  let q2 = 0
  let q3 = 0
  const whole = count - (count % 4)
  for (let i = 0; i < whole; i += 4) {
    const a = x[i] - mean
    const b = x[i + 1] - mean
    const c = x[i + 2] - mean
    const d = x[i + 3] - mean
    q0 += a * a
    q1 += b * b
    q2 += c * c
    q3 += d * d
  }
  for (let i = whole; i < count; i++) {
    const a = x[i] - mean
    q0 += a * a
  }
  return q0 + q1 + (q2 + q3)
}

/** Chan, Golub and LeVeque (1979): the moments of two parts together. */
function join(
  counts: Float64Array,
  means: Float64Array,
  squares: Float64Array,
  at: number,
  count: number,
  mean: number,
  square: number,
): void {
  if (count === 0) return
  const before = counts[at]
  const total = before + count
  if (before === 0) {
    counts[at] = count
    means[at] = mean
    squares[at] = square
    return
  }
  const delta = mean - means[at]
  counts[at] = total
  means[at] += (delta * count) / total
  squares[at] += square + (delta * delta * before * count) / total
}

/** Each value of a strip into a place of its own; all of these places have met as many. */
function addAcross(
  x: Float64Array,
  n: number,
  counts: Float64Array,
  means: Float64Array,
  squares: Float64Array,
  at: number,
  step: number,
): void {
  const count = counts[at] + 1
  for (let i = 0, p = at; i < n; i++, p += step) {
    const delta = x[i] - means[p]
    const mean = means[p] + delta / count
    counts[p] = count
    means[p] = mean
    squares[p] += delta * (x[i] - mean)
  }
}

/** The same without NaNs: places may have met some. */
function addKnownAcross(
  x: Float64Array,
  n: number,
  counts: Float64Array,
  means: Float64Array,
  squares: Float64Array,
  at: number,
  step: number,
): void {
  for (let i = 0, p = at; i < n; i++, p += step) {
    const value = x[i]
    if (Number.isNaN(value)) continue
    const count = ++counts[p]
    const delta = value - means[p]
    means[p] += delta / count
    squares[p] += delta * (value - means[p])
  }
}

/** Moments of equal shapes, joined place by place. */
export function joinMoments(states: readonly NdArray[][]): NdArray[] {
  const joined = states[0].map((array) => array.copy())
  const data = (array: NdArray): Float64Array => array.contiguous().toTypedArray() as Float64Array
  const [counts, ...rest] = joined.map(data)
  for (const state of states.slice(1)) {
    const [otherCounts, ...other] = state.map(data)
    // Both parts of complex numbers have one count: it is added once, after the last of them.
    for (let part = 0; part < rest.length; part += 2) {
      const own = counts.slice()
      for (let i = 0; i < own.length; i++)
        join(own, rest[part], rest[part + 1], i, otherCounts[i], other[part][i], other[part + 1][i])
    }
    for (let i = 0; i < counts.length; i++) counts[i] += otherCounts[i]
  }
  return joined.map((array, i) => new NdArray(array.type, array.shape, [counts, ...rest][i]))
}

/** The variance that moments tell, or its root. */
export function varianceOf(state: readonly NdArray[], ddof: number, root: boolean): NdArray {
  const [count, , squares, , imaginary] = state
  const sum = imaginary ? squares.add(imaginary) : squares
  const data = sum.toTypedArray() as Float64Array
  const counts = count.contiguous().toTypedArray() as Float64Array
  const made = Float64Array.from(data, (value, i) => {
    const divisor = counts[i] - ddof
    // NumPy divides by 0 where ddof takes all: NaN or Infinity.
    const variance = counts[i] === 0 ? Number.NaN : value / Math.max(divisor, 0)
    return root ? Math.sqrt(variance) : variance
  })
  return new NdArray(FLOAT64, sum.shape, made)
}
