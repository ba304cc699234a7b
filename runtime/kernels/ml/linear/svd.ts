// Singular values and vectors of small square matrices.

export interface Svd {
  /** U·S, column by column: column j begins at j·n. */
  scaled: Float64Array
  /** V, column by column. */
  v: Float64Array
  singular: Float64Array
}

/** The singular values of a square matrix, row by row, in no order, with their vectors. One-sided Jacobi: Hestenes (1958); as in Golub and Van Loan, section 8.6.3. */
export function svdOf(r: Float64Array, n: number): Svd {
  const scaled = new Float64Array(n * n)
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    v[i * n + i] = 1
    for (let j = 0; j < n; j++) scaled[j * n + i] = r[i * n + j]
  }
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        let pp = 0
        let qq = 0
        let pq = 0
        for (let i = 0; i < n; i++) {
          const a = scaled[p * n + i]
          const b = scaled[q * n + i]
          pp += a * a
          qq += b * b
          pq += a * b
        }
        if (Math.abs(pq) <= 1e-15 * Math.sqrt(pp) * Math.sqrt(qq) || pq === 0) continue
        rotated = true
        const zeta = (qq - pp) / (2 * pq)
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta))
        const c = 1 / Math.sqrt(1 + t * t)
        const s = c * t
        rotate(scaled, p * n, q * n, n, c, s)
        rotate(v, p * n, q * n, n, c, s)
      }
    if (!rotated) break
  }
  const singular = new Float64Array(n)
  for (let j = 0; j < n; j++) {
    let squares = 0
    for (let i = j * n; i < (j + 1) * n; i++) squares += scaled[i] * scaled[i]
    singular[j] = Math.sqrt(squares)
  }
  return { scaled, v, singular }
}

function rotate(data: Float64Array, p: number, q: number, n: number, c: number, s: number): void {
  for (let i = 0; i < n; i++) {
    const a = data[p + i]
    const b = data[q + i]
    data[p + i] = c * a - s * b
    data[q + i] = s * a + c * b
  }
}
