// Products of matrices: in WebAssembly for floats, by plain loops for the rest.

import { type DType, FLOAT64, promote } from './dtype.ts'
import { gemmModule } from './gemmWasm.ts'
import { unsetData, zeroData } from './memory.ts'
import { NdArray } from './ndArray.ts'
import { ShapeError, shapeText } from './shape.ts'
import { instantiate } from './wasmBytes.ts'

interface GemmExports {
  memory: { buffer: ArrayBuffer }
  panel(a: number, b: number, c: number, down: number, across: number, length: number, rowBytes: number): void
}

/** Sides of the parts that are worked on at a time: of the result, and of the common axis. */
const ROWS = 1024
const COLUMNS = 1024
const LENGTH = 256
const STRIP_ROWS = 128
const PAGE = 65536

let engine: (GemmExports & { doubles: Float64Array }) | undefined

/** Where packed panels and the result lie in WebAssembly's memory, in bytes. */
const A_AT = 0
const B_AT = STRIP_ROWS * LENGTH * 8
const C_AT = B_AT + LENGTH * COLUMNS * 8

function gemmEngine(): GemmExports & { doubles: Float64Array } {
  if (!engine) {
    const made = instantiate<GemmExports>(gemmModule((C_AT + ROWS * COLUMNS * 8) / PAGE))
    engine = { memory: made.memory, panel: made.panel, doubles: new Float64Array(made.memory.buffer) }
  }
  return engine
}

/** Something that reads elements of a matrix of doubles by strides. */
interface Matrix {
  data: Float64Array
  offset: number
  row: number
  column: number
}

const matrixOf = (array: NdArray): Matrix => {
  const own = array.type === FLOAT64 ? array : (array.astype('float64') as NdArray)
  return { data: own.data as Float64Array, offset: own.offset, row: own.strides[0], column: own.strides[1] }
}

const upTo4 = (count: number): number => Math.ceil(count / 4) * 4

/** Four rows at a time, the elements of one column behind one another; missing rows are zero. */
function packRows(
  to: Float64Array,
  at: number,
  m: Matrix,
  i0: number,
  rows: number,
  k0: number,
  length: number,
): void {
  let p = at
  for (let i = 0; i < rows; i += 4) {
    const from = m.offset + (i0 + i) * m.row + k0 * m.column
    if (i + 4 <= rows) {
      for (let k = 0; k < length; k++) {
        const q = from + k * m.column
        to[p] = m.data[q]
        to[p + 1] = m.data[q + m.row]
        to[p + 2] = m.data[q + 2 * m.row]
        to[p + 3] = m.data[q + 3 * m.row]
        p += 4
      }
    } else
      for (let k = 0; k < length; k++)
        for (let r = 0; r < 4; r++) to[p++] = i + r < rows ? m.data[from + k * m.column + r * m.row] : 0
  }
}

/** C = A·B for matrices of doubles. */
function multiplyDoubles(
  a: Matrix,
  b: Matrix,
  rows: number,
  length: number,
  columns: number,
  out: Float64Array,
): void {
  const { panel, doubles } = gemmEngine()
  // A matrix turned round is one with its strides changed for each other: columns are packed as rows are.
  const bTurned: Matrix = { data: b.data, offset: b.offset, row: b.column, column: b.row }
  for (let j0 = 0; j0 < columns; j0 += COLUMNS) {
    const n = Math.min(COLUMNS, columns - j0)
    const width = upTo4(n)
    for (let i0 = 0; i0 < rows; i0 += ROWS) {
      const m = Math.min(ROWS, rows - i0)
      doubles.fill(0, C_AT / 8, C_AT / 8 + upTo4(m) * width)
      for (let k0 = 0; k0 < length; k0 += LENGTH) {
        const k = Math.min(LENGTH, length - k0)
        packRows(doubles, B_AT / 8, bTurned, j0, n, k0, k)
        for (let s = 0; s < m; s += STRIP_ROWS) {
          const strip = Math.min(STRIP_ROWS, m - s)
          packRows(doubles, A_AT / 8, a, i0 + s, strip, k0, k)
          panel(A_AT, B_AT, C_AT + s * width * 8, upTo4(strip) / 4, width / 4, k, width * 8)
        }
      }
      for (let i = 0; i < m; i++) {
        const from = C_AT / 8 + i * width
        out.set(doubles.subarray(from, from + n), (i0 + i) * columns + j0)
      }
    }
  }
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
    else if (rows > 0 && columns > 0) multiplyDoubles(matrixOf(a), matrixOf(b), rows, length, columns, out)
    const product = new NdArray(FLOAT64, [rows, columns], out)
    return type === FLOAT64 ? product : (product.astype(type.name) as NdArray)
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
  const x = (a.astype(type.name) as NdArray).toTypedArray() as Float64Array
  const y = (b.astype(type.name) as NdArray).toTypedArray() as Float64Array
  const data = zeroData(type, rows * columns)
  const result = new NdArray(type, [rows, columns], data)
  if (type.kind === 'c') {
    const out = data as Float64Array
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < length; k++) {
        const [re, im] = [x[2 * (i * length + k)], x[2 * (i * length + k) + 1]]
        for (let j = 0; j < columns; j++) {
          const [p, q] = [2 * (k * columns + j), 2 * (i * columns + j)]
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
