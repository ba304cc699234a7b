// Least squares of any number of rows by their triangle: R of the QR factorisation of [1, X, y], block by block.
//
// R holds all that least squares needs, and its condition is that of X where the normal equations' is the square of it.
// Triangles are merged by factorising them again, one below the other: Demmel, Grigori, Hoemmen and Langou,
// "Communication-optimal parallel and sequential QR" (2012), TSQR. Golub and Van Loan, algorithm 5.2.1, for the factors.

import { kernel } from '../../kernel.ts'
import { type Block, denseOf, requireFinite, type Sample } from '../block.ts'
import { MlDataError } from '../mlErrors.ts'
import { numbersToLearn } from '../sample.ts'

/** Rows that are factorised at once: they and the triangle stay in the cache. */
const PANEL_ROWS = 256

/** The upper triangle of [1, X, y], each row scaled by the root of its weight. */
export interface Triangle {
  /** Features + 2. */
  size: number
  /** size × size, row by row; below the diagonal zeros. */
  r: Float64Array
  rows: number
  weight: number
}

/**
 * The triangle of one block. Without an intercept the first column is zeros; with one, rows are factorised by what they are
 * apart from the block's first, so that columns far from 0 lose nothing: of the triangle only its first row hangs on that.
 */
export const triangleOfBlock = kernel(
  'ml.triangle',
  ({ who, intercept }: { who: string; intercept: boolean }, sample: Sample): Triangle => {
    requireFinite(sample.x, who)
    const y = numbersToLearn(who, sample.y)
    const { rows, columns, data } = denseOf(sample.x, who)
    const size = columns + 2
    const work = new Float64Array((size + PANEL_ROWS) * size)
    const origin = new Float64Array(size)
    if (intercept && rows > 0) {
      origin.set(data.subarray(0, columns), 1)
      origin[size - 1] = y[0]
    }
    let weight = 0
    for (let begin = 0; begin < rows; begin += PANEL_ROWS) {
      const count = Math.min(PANEL_ROWS, rows - begin)
      for (let i = 0; i < count; i++) {
        const row = begin + i
        const own = sample.weight ? sample.weight[row] : 1
        const root = Math.sqrt(own)
        weight += own
        const at = (size + i) * size
        work[at] = intercept ? root : 0
        for (let column = 0; column < columns; column++)
          work[at + 1 + column] = root * (data[row * columns + column] - origin[1 + column])
        work[at + size - 1] = root * (y[row] - origin[size - 1])
      }
      triangulate(work, size + count, size)
    }
    shiftBy(work, size, origin, 1)
    return { size, r: work.slice(0, size * size), rows, weight }
  },
)

/**
 * Moves the rows that a triangle stands for, whose first row begins at `at`, by `origin`, or back. What rounding alone may
 * have left of a mean becomes 0, so that columns that are constant stay so.
 */
function shiftBy(r: Float64Array, size: number, origin: Float64Array, sign: 1 | -1, at = 0): void {
  for (let column = 1; column < size; column++) {
    const before = r[at + column]
    const moved = before + sign * origin[column] * r[at]
    r[at + column] = Math.abs(moved) <= 4 * Number.EPSILON * Math.abs(before) ? 0 : moved
  }
}

/** The triangle of rows that have no targets: those are zeros. */
export const triangleOfRows = kernel(
  'ml.triangleOfRows',
  (settings: { who: string; intercept: boolean }, x: Block): Triangle =>
    triangleOfBlock(settings, { x, y: new Float64Array(x.rows), weight: null }),
)

/** Two triangles as one. */
export const mergeTriangles = kernel('ml.mergeTriangles', (a: Triangle, b: Triangle): Triangle => {
  const { size } = a
  const work = new Float64Array(2 * size * size)
  work.set(a.r)
  work.set(b.r, size * size)
  // Around the mean of one of them, for the same reason as within a block.
  const origin = Float64Array.from({ length: size }, (_, i) => (i > 0 && a.r[0] !== 0 ? a.r[i] / a.r[0] : 0))
  shiftBy(work, size, origin, -1)
  shiftBy(work, size, origin, -1, size * size)
  triangulate(work, 2 * size, size)
  shiftBy(work, size, origin, 1)
  return { size, r: work.slice(0, size * size), rows: a.rows + b.rows, weight: a.weight + b.weight }
})

/** Householder reflections in place, whose first `size` rows are a triangle already: below it all becomes zero. */
function triangulate(work: Float64Array, rows: number, size: number): void {
  const dots = new Float64Array(size)
  for (let k = 0; k < size; k++) {
    let squares = 0
    for (let i = size; i < rows; i++) squares += work[i * size + k] ** 2
    if (squares === 0) continue
    const head = work[k * size + k]
    const norm = Math.sqrt(head * head + squares)
    const alpha = head > 0 ? -norm : norm
    const first = head - alpha
    // v = [first, work[size.., k]]; the rows between k and `size` are zero in column k.
    const beta = 2 / (first * first + squares)
    for (let j = k; j < size; j++) dots[j] = first * work[k * size + j]
    for (let i = size; i < rows; i++) {
      const v = work[i * size + k]
      if (v !== 0) for (let j = k; j < size; j++) dots[j] += v * work[i * size + j]
    }
    for (let j = k; j < size; j++) work[k * size + j] -= beta * dots[j] * first
    for (let i = size; i < rows; i++) {
      const v = work[i * size + k] * beta
      if (v !== 0) for (let j = k + 1; j < size; j++) work[i * size + j] -= v * dots[j]
      work[i * size + k] = 0
    }
  }
}

/** Least squares with the intercept eliminated: `|r·w − q|² + rest`, and how the intercept follows from w. */
export interface CentredProblem {
  features: number
  /** features × features, upper triangle, row by row. */
  r: Float64Array
  q: Float64Array
  /** What no w explains. */
  rest: number
  /** Weighted means of the features, and of the targets; zeros without an intercept. */
  means: Float64Array
  meanTarget: number
}

/** The problem that a triangle stands for. */
export function centredProblem(
  { size, r, weight }: Triangle,
  intercept: boolean,
  who: string,
): CentredProblem {
  if (!(weight > 0))
    throw new MlDataError(`${who} cannot learn: there are no rows, or sampleWeight is 0 everywhere`)
  const features = size - 2
  const inner = new Float64Array(features * features)
  const q = new Float64Array(features)
  for (let i = 0; i < features; i++) {
    for (let j = i; j < features; j++) inner[i * features + j] = r[(i + 1) * size + j + 1]
    q[i] = r[(i + 1) * size + size - 1]
  }
  const means = new Float64Array(features)
  if (intercept) for (let j = 0; j < features; j++) means[j] = r[j + 1] / r[0]
  return {
    features,
    r: inner,
    q,
    rest: r[size * size - 1] ** 2,
    means,
    meanTarget: intercept ? r[size - 1] / r[0] : 0,
  }
}

/** The intercept that belongs to coefficients. */
export const interceptOf = ({ means, meanTarget }: CentredProblem, coefficients: Float64Array): number =>
  coefficients.reduce((rest, each, i) => rest - each * means[i], meanTarget)
