// Kinds of elements: their names, sizes, and what two of them become together, as NumPy has it.

import { givenText } from '../givenText.ts'
import { kernel } from '../kernel.ts'

/** Units of `datetime64` and `timedelta64`, coarse to fine. */
export const TIME_UNITS = ['D', 'h', 'm', 's', 'ms', 'us', 'ns'] as const
export type TimeUnit = (typeof TIME_UNITS)[number]

export type IntegerName = 'int8' | 'int16' | 'int32' | 'int64' | 'uint8' | 'uint16' | 'uint32' | 'uint64'
export type FloatName = 'float32' | 'float64'
export type ComplexName = 'complex64' | 'complex128'
export type NumericName = IntegerName | FloatName | ComplexName
export type TimeName = `datetime64[${TimeUnit}]` | `timedelta64[${TimeUnit}]`

/** The name of a kind of elements. `int64` and `uint64` are BigInts in JavaScript, as are times: ticks of their unit. */
export type DTypeName = 'bool' | NumericName | TimeName

/** The typed array that holds elements: of complex ones two numbers each, the real part first. */
export type Data =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

interface DataConstructor {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): Data
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): Data
}

export interface DType {
  readonly name: DTypeName
  /** `b` bool, `i` signed, `u` unsigned, `f` float, `c` complex, `M` datetime, `m` timedelta. */
  readonly kind: 'b' | 'i' | 'u' | 'f' | 'c' | 'M' | 'm'
  /** Bytes of an element. */
  readonly bytes: number
  /** Numbers of the typed array that an element takes: 2 for complex ones. */
  readonly lanes: 1 | 2
  readonly View: DataConstructor
  /** Whether JavaScript holds an element as a BigInt. */
  readonly big: boolean
  readonly unit?: TimeUnit
}

/** A dtype is not known, or several do not go together. */
export class DTypeError extends TypeError {
  override name = 'DTypeError'
}
kernel('error.DTypeError', DTypeError)

const made = new Map<string, DType>()

function define(name: DTypeName, kind: DType['kind'], View: DataConstructor, lanes: 1 | 2 = 1): DType {
  const big = View === BigInt64Array || View === BigUint64Array
  const unit = /\[(\w+)\]/.exec(name)?.[1] as TimeUnit | undefined
  const dtype: DType = {
    name,
    kind,
    bytes: View.BYTES_PER_ELEMENT * lanes,
    lanes,
    View,
    big,
    ...(unit && { unit }),
  }
  made.set(name, dtype)
  return dtype
}

export const BOOL = define('bool', 'b', Uint8Array)
export const INT8 = define('int8', 'i', Int8Array)
export const INT16 = define('int16', 'i', Int16Array)
export const INT32 = define('int32', 'i', Int32Array)
export const INT64 = define('int64', 'i', BigInt64Array)
export const UINT8 = define('uint8', 'u', Uint8Array)
export const UINT16 = define('uint16', 'u', Uint16Array)
export const UINT32 = define('uint32', 'u', Uint32Array)
export const UINT64 = define('uint64', 'u', BigUint64Array)
export const FLOAT32 = define('float32', 'f', Float32Array)
export const FLOAT64 = define('float64', 'f', Float64Array)
export const COMPLEX64 = define('complex64', 'c', Float32Array, 2)
export const COMPLEX128 = define('complex128', 'c', Float64Array, 2)
for (const unit of TIME_UNITS) {
  define(`datetime64[${unit}]`, 'M', BigInt64Array)
  define(`timedelta64[${unit}]`, 'm', BigInt64Array)
}

/** Stands for "no time" among times, as NaN among floats. */
export const NAT = -(2n ** 63n)

/**
 * A dtype by its name.
 * @throws {DTypeError} when there is none of that name
 * @example dtypeOf('int16').bytes // 2
 */
export function dtypeOf(name: DTypeName): DType {
  const dtype = made.get(name)
  if (dtype) return dtype
  throw new DTypeError(
    `there is no dtype ${givenText(name)}: use one of ${[...made.keys()].slice(0, 13).join(', ')}, datetime64[unit] or timedelta64[unit]`,
  )
}

/** The integer of a kind and size. */
function integer(kind: 'i' | 'u', bytes: number): DType {
  return dtypeOf(`${kind === 'u' ? 'u' : ''}int${bytes * 8}` as IntegerName)
}

/**
 * The dtype that holds what both hold, by NumPy's rules.
 * @throws {DTypeError} when nothing holds both, e.g. times and floats
 * @example promote(INT8, UINT8).name // 'int16'
 */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a
  if (a.unit || b.unit) return promoteTimes(a, b)
  if (a.kind === 'b') return b
  if (b.kind === 'b') return a
  if (a.kind === 'c' || b.kind === 'c') return realBytes(a) <= 4 && realBytes(b) <= 4 ? COMPLEX64 : COMPLEX128
  if (a.kind === 'f' || b.kind === 'f') return realBytes(a) <= 4 && realBytes(b) <= 4 ? FLOAT32 : FLOAT64
  if (a.kind === b.kind) return a.bytes >= b.bytes ? a : b
  const [signed, unsigned] = a.kind === 'i' ? [a, b] : [b, a]
  if (unsigned.bytes < signed.bytes) return signed
  return unsigned.bytes === 8 ? FLOAT64 : integer('i', unsigned.bytes * 2)
}

/** Bytes of the float that an element fits in: integers of up to 16 bits fit in 4. */
function realBytes(dtype: DType): number {
  if (dtype.kind === 'f') return dtype.bytes
  if (dtype.kind === 'c') return dtype.bytes / 2
  return dtype.bytes <= 2 ? 4 : 8
}

function promoteTimes(a: DType, b: DType): DType {
  const finer = (x: DType, y: DType): TimeUnit =>
    TIME_UNITS[Math.max(TIME_UNITS.indexOf(x.unit!), TIME_UNITS.indexOf(y.unit!))]
  if (a.kind === b.kind) return dtypeOf(`${a.kind === 'M' ? 'datetime64' : 'timedelta64'}[${finer(a, b)}]`)
  const [time, other] = a.unit ? [a, b] : [b, a]
  if (time.kind === 'm' && 'biu'.includes(other.kind)) return time
  throw new DTypeError(`${a.name} and ${b.name} have no dtype in common`)
}

/** A complex number as JavaScript holds it. */
export interface Complex {
  re: number
  im: number
}

/** One element as JavaScript holds it. */
export type Scalar = number | bigint | boolean | Complex

export const isComplex = (value: unknown): value is Complex =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Complex).re === 'number' &&
  typeof (value as Complex).im === 'number'

/** Whether it is one element. */
export const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || isComplex(value)

/** The dtype that a JavaScript value has by itself: numbers are float64, BigInts int64. */
export function dtypeOfScalar(value: unknown): DType {
  switch (typeof value) {
    case 'number':
      return FLOAT64
    case 'bigint':
      return value > 2n ** 63n - 1n ? UINT64 : INT64
    case 'boolean':
      return BOOL
  }
  if (isComplex(value)) return COMPLEX128
  if (value instanceof Date) return dtypeOf('datetime64[ms]')
  throw new DTypeError(`${givenText(value)} is no element of an array`)
}

/**
 * The dtype that a JavaScript scalar takes beside an array of `other`: it yields to the array where it can, as
 * Python's scalars do in NumPy 2.
 * @throws {DTypeError} when the array's integers cannot hold it
 */
export function weakDType(value: Scalar, other: DType): DType {
  const own = dtypeOfScalar(value)
  if (own === BOOL) return other
  if (own === COMPLEX128) {
    if (other.kind === 'c') return other
    return other === FLOAT32 ? COMPLEX64 : COMPLEX128
  }
  if (other.kind === 'f' || other.kind === 'c') return other
  if (typeof value === 'number' && !Number.isInteger(value)) return other.unit ? own : FLOAT64
  if (other.kind === 'b') return typeof value === 'number' && !Number.isSafeInteger(value) ? FLOAT64 : INT64
  if (other.kind === 'm') return other
  if (other.kind === 'M') return dtypeOf(`timedelta64[${other.unit!}]`)
  const [low, high] = integerRange(other)
  const integer = BigInt(value as number | bigint)
  if (integer < low || integer > high)
    throw new DTypeError(`${value} does not fit in ${other.name} (${low} to ${high}): cast the array first`)
  return other
}

/** The least and the greatest value of an integer dtype. */
export function integerRange(dtype: DType): [bigint, bigint] {
  const bits = BigInt(dtype.bytes * 8)
  return dtype.kind === 'u' ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n]
}

/** The float that a function such as `sqrt` gives for a dtype. NumPy's float16, of 8-bit integers, is float32 here. */
export function floatFor(dtype: DType): DType {
  if (dtype.kind === 'f' || dtype.kind === 'c') return dtype
  return dtype.bytes <= 2 ? FLOAT32 : FLOAT64
}

/** The real dtype of a complex one's parts; the dtype itself where it is real. */
export function realOf(dtype: DType): DType {
  if (dtype === COMPLEX64) return FLOAT32
  return dtype === COMPLEX128 ? FLOAT64 : dtype
}
