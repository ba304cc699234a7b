// The numbers of an array as panels draw them: complex ones by their absolute values, truth values as 0 and 1, and exact ones beside them.

import { dtypeOf } from '../kernels/array/dtype.ts'
import { NdArray } from '../kernels/array/ndArray.ts'

/** Typed arrays by the dtypes that hold the same elements. */
const DTYPES = {
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  Float32Array: 'float32',
  Float64Array: 'float64',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
} as const

/** An `NdArray` or a typed array as an array of numbers; nothing for anything else, dates among them. */
export function arrayOfNumbers(value: unknown): NdArray | undefined {
  if (value instanceof NdArray) return isDrawn(value.dtype) ? value : undefined
  if (!ArrayBuffer.isView(value) || Buffer.isBuffer(value)) return undefined
  const dtype = DTYPES[value.constructor.name as keyof typeof DTYPES]
  if (!dtype) return undefined
  const type = dtypeOf(dtype)
  const length = value.byteLength / type.bytes
  return new NdArray(type, [length], new type.View(value.buffer, value.byteOffset, length))
}

/** Whether elements of a dtype are numbers: moments and lengths of time are not. */
export const isDrawn = (dtype: string): boolean => !/^(datetime|timedelta)/.test(dtype)

/** Tells each number, row by row. */
export function eachNumber(
  { data, type, shape, strides, offset }: NdArray,
  tell: (value: number) => void,
): void {
  const at =
    type.kind === 'c'
      ? (index: number): number => Math.hypot(Number(data[2 * index]), Number(data[2 * index + 1]))
      : (index: number): number => Number(data[index])
  const last = shape.length - 1
  const walk = (axis: number, from: number): void => {
    for (let i = 0; i < shape[axis]; i++)
      if (axis === last) tell(at(from + i * strides[axis]))
      else walk(axis + 1, from + i * strides[axis])
  }
  if (last < 0) tell(at(offset))
  else walk(0, offset)
}

/** Float64 of each number, row by row. */
export function numbersOf(array: NdArray): Float64Array {
  const numbers = new Float64Array(array.size)
  let next = 0
  eachNumber(array, (value) => {
    numbers[next++] = value
  })
  return numbers
}

/** The elements themselves, where a number is not all of them: integers of 64 bits, and both parts of complex numbers. */
export function exactOf(array: NdArray): Uint8Array | undefined {
  const { type } = array
  if (type.kind === 'c') {
    const parts = array.copy().toTypedArray()
    return bytesOf(Float64Array.from({ length: parts.length }, (_, i) => Number(parts[i])))
  }
  if (!type.big) return undefined
  return bytesOf(array.copy().toTypedArray())
}

/** The bytes alone, whatever else lies in the same memory. */
export const bytesOf = (numbers: ArrayBufferView): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength).slice()
