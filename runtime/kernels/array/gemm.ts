// Products of matrices: in WebAssembly for floats, by plain loops for the rest.

import { type DType, FLOAT64, promote } from './dtype.ts'
import { type Matrix, multiplyDoubles } from './gemmEngine.ts'
import { unsetData, zeroData } from './memory.ts'
import { NdArray } from './ndArray.ts'
import { ShapeError, shapeText } from './shape.ts'

const matrixOf = (array: NdArray): Matrix => {
  const own = array.ofType(FLOAT64)
  return { data: own.data as Float64Array, offset: own.offset, row: own.strides[0], column: own.strides[1] }
}

/**
 * The product of two matrices.
 * @throws {ShapeError} when the inner lengths differ
 */
export function matrixProduct(a: NdArray, b: NdArray): NdArray {
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.shape[1] !== b.shape[0])
    throw new ShapeError(
      `matrices of shapes ${shapeText(a.shape)} and ${shapeText(b.shape)} have no product: the inner lengths differ`,
    )
  const type = promote(a.type, b.type)
  const [rows, length] = a.shape
  const columns = b.shape[1]
  if (type.kind === 'f') {
    const out = unsetData(FLOAT64, rows * columns) as Float64Array
    if (length === 0) out.fill(0)
    else if (rows > 0 && columns > 0) multiplyDoubles(matrixOf(a), matrixOf(b), [rows, length, columns], out)
    const product = new NdArray(FLOAT64, [rows, columns], out)
    return product.ofType(type)
  }
  return plainProduct(a, b, type, rows, length, columns)
}

function plainProduct(
  a: NdArray,
  b: NdArray,
  type: DType,
  rows: number,
  length: number,
  columns: number,
): NdArray {
  const x = a.ofType(type).toTypedArray() as Float64Array
  const y = b.ofType(type).toTypedArray() as Float64Array
  const data = zeroData(type, rows * columns)
  const result = new NdArray(type, [rows, columns], data)
  if (type.kind === 'c') {
    const out = data as Float64Array
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < length; k++) {
        const re = x[2 * (i * length + k)]
        const im = x[2 * (i * length + k) + 1]
        for (let j = 0; j < columns; j++) {
          const p = 2 * (k * columns + j)
          const q = 2 * (i * columns + j)
          out[q] += re * y[p] - im * y[p + 1]
          out[q + 1] += re * y[p + 1] + im * y[p]
        }
      }
    return result
  }
  if (type.kind === 'b') {
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < length; k++)
        if (x[i * length + k])
          for (let j = 0; j < columns; j++) if (y[k * columns + j]) data[i * columns + j] = 1
    return result
  }
  if (type.big) {
    const [p, q, out] = [x as unknown as BigInt64Array, y as unknown as BigInt64Array, data as BigInt64Array]
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < length; k++)
        for (let j = 0; j < columns; j++)
          out[i * columns + j] = BigInt.asIntN(
            64,
            out[i * columns + j] + p[i * length + k] * q[k * columns + j],
          )
    return result
  }
  // Small integers wrap as their memory does: sums of 32 bits keep all that counts.
  const out = data as unknown as Int32Array
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < length; k++) {
      const value = x[i * length + k]
      for (let j = 0; j < columns; j++) out[i * columns + j] += Math.imul(value, y[k * columns + j])
    }
  return result
}
