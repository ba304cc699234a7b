// How fast matrices are multiplied here, and whether rightly: what `heddle doctor` tells.

import '../kernels/array/blockEngine.ts'
import { matrixProduct } from '../kernels/array/gemm.ts'
import { NdArray } from '../kernels/array/ndArray.ts'

const SIDE = 384

/** Multiplies two matrices of whole numbers, whose product is known, a few times. */
export function measuredProduct(): { exact: boolean; gigaflops: number } {
  const a = NdArray.from(
    Float64Array.from({ length: SIDE * SIDE }, (_, i) => (i % 7) - 3),
    { shape: [SIDE, SIDE] },
  )
  let best = Number.POSITIVE_INFINITY
  let product = a
  for (let run = 0; run < 5; run++) {
    const began = performance.now()
    product = matrixProduct(a, a) as typeof a
    best = Math.min(best, performance.now() - began)
  }
  // The rows of the product add up to what the rows of the factors do.
  const sums = matrixProduct(a, a.sum(1).reshape([SIDE, 1]) as NdArray)
  const exact = product.sum(1).equal(sums.ravel()).all().item() === true
  return { exact, gigaflops: (2 * SIDE ** 3) / best / 1e6 }
}
