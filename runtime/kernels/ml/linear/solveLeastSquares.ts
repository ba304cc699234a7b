// Solutions of a small least-squares problem: the least one, with a ridge, or with coordinates drawn to zero.

import { svdOf } from './svd.ts'
import type { CentredProblem } from './triangle.ts'

/**
 * The coefficients that minimise `|X·w − y|² + ridge·|w|²`; without a ridge, where several do, the shortest of them.
 * @returns the coefficients, the rank, and the singular values in falling order
 */
export function leastSquares(
  { r, q, features }: CentredProblem,
  ridge: number,
  rows: number,
): { coefficients: Float64Array; rank: number; singular: Float64Array } {
  const { scaled, v, singular } = svdOf(r, features)
  const cut = Number.EPSILON * Math.max(rows, features) * Math.max(0, ...singular)
  const coefficients = new Float64Array(features)
  let rank = 0
  for (let j = 0; j < features; j++) {
    if (ridge === 0 && singular[j] <= cut) continue
    if (singular[j] > cut) rank++
    let dot = 0
    for (let i = 0; i < features; i++) dot += scaled[j * features + i] * q[i]
    const factor = dot / (singular[j] * singular[j] + ridge)
    if (singular[j] === 0 && ridge > 0) continue
    for (let i = 0; i < features; i++) coefficients[i] += factor * v[j * features + i]
  }
  return { coefficients, rank, singular: singular.slice().sort().reverse() }
}

/** How coordinate descent ended. */
export interface DescentResult {
  coefficients: Float64Array
  iterations: number
  /** The duality gap, which bounds how far the objective is from its minimum. */
  gap: number
}

/**
 * Minimises `|X·w − y|²/2 + l1·|w|₁ + l2·|w|²/2` by cyclic coordinate descent over the Gram matrix: Friedman, Hastie
 * and Tibshirani, "Regularization paths for generalized linear models via coordinate descent" (2010). It ends when the
 * duality gap is at most `tolerance`·|y|², as scikit-learn's does.
 */
export function coordinateDescent(
  { r, q, rest, features: n }: CentredProblem,
  options: { l1: number; l2: number; tolerance: number; maxIterations: number; positive: boolean },
): DescentResult {
  const { l1, l2, maxIterations, positive } = options
  const gram = new Float64Array(n * n)
  const target = new Float64Array(n)
  let squares = rest
  for (let k = 0; k < n; k++) {
    squares += q[k] * q[k]
    for (let i = k; i < n; i++) {
      target[i] += r[k * n + i] * q[k]
      for (let j = k; j < n; j++) gram[i * n + j] += r[k * n + i] * r[k * n + j]
    }
  }
  const w = new Float64Array(n)
  /** gram·w. */
  const fitted = new Float64Array(n)
  const tolerance = options.tolerance * squares
  let gap = Number.POSITIVE_INFINITY
  let iterations = 0
  while (iterations < maxIterations) {
    iterations++
    let largest = 0
    let moved = 0
    for (let i = 0; i < n; i++) {
      const own = gram[i * n + i]
      if (own === 0) continue
      const before = w[i]
      const pull = target[i] - fitted[i] + own * before
      const size = Math.max(Math.abs(pull) - l1, 0)
      w[i] = (positive && pull < 0 ? 0 : Math.sign(pull) * size) / (own + l2)
      if (w[i] !== before) for (let j = 0; j < n; j++) fitted[j] += (w[i] - before) * gram[i * n + j]
      moved = Math.max(moved, Math.abs(w[i] - before))
      largest = Math.max(largest, Math.abs(w[i]))
    }
    if (largest === 0 || moved / largest < options.tolerance || iterations === maxIterations) {
      gap = dualityGap()
      if (gap <= tolerance) break
    }
  }
  return { coefficients: w, iterations, gap }

  function dualityGap(): number {
    let wTarget = 0
    let wFitted = 0
    let norm1 = 0
    let norm2 = 0
    let dual = 0
    for (let i = 0; i < n; i++) {
      wTarget += w[i] * target[i]
      wFitted += w[i] * fitted[i]
      norm1 += Math.abs(w[i])
      norm2 += w[i] * w[i]
      const slope = target[i] - fitted[i] - l2 * w[i]
      dual = Math.max(dual, positive ? slope : Math.abs(slope))
    }
    const residual = squares - 2 * wTarget + wFitted
    const scale = dual > l1 ? l1 / dual : 1
    const primal = dual > l1 ? (residual * (1 + scale * scale)) / 2 : residual
    return primal + l1 * norm1 - scale * (squares - wTarget) + (l2 / 2) * (1 + scale * scale) * norm2
  }
}
