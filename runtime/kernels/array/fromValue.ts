// Arrays from what JavaScript has: nested lists, typed arrays, single values.

import { givenText } from '../givenText.ts'
import {
  type Complex,
  type Data,
  type DType,
  DTypeError,
  type DTypeName,
  dtypeOf,
  dtypeOfScalar,
  FLOAT64,
  INT64,
  isComplex,
  NAT,
  promote,
  type TimeUnit,
} from './dtype.ts'
import { evaluate } from './evaluate.ts'
import { zeroData } from './memory.ts'
import { NdArray } from './ndArray.ts'
import { checkedShape, resolveShape, ShapeError, shapeText, sizeOf } from './shape.ts'

const VIEWS: [unknown, DTypeName][] = [
  [Uint8Array, 'uint8'],
  [Uint8ClampedArray, 'uint8'],
  [Int8Array, 'int8'],
  [Int16Array, 'int16'],
  [Uint16Array, 'uint16'],
  [Int32Array, 'int32'],
  [Uint32Array, 'uint32'],
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [BigInt64Array, 'int64'],
  [BigUint64Array, 'uint64'],
]

/**
 * An array of any value that is one.
 * @throws {ShapeError} when lists of one depth differ in length
 * @throws {DTypeError} when something is no element
 */
export function fromValue(
  value: unknown,
  options: { dtype?: DTypeName; shape?: readonly number[] } = {},
): NdArray {
  const wanted = options.dtype === undefined ? undefined : dtypeOf(options.dtype)
  const made = unshaped(value, wanted)
  const cast = wanted ? made.ofType(wanted) : made
  return options.shape !== undefined
    ? (cast.$reshape(resolveShape(options.shape, cast.size)) as NdArray)
    : cast
}

function unshaped(value: unknown, wanted: DType | undefined): NdArray {
  if (value instanceof NdArray) return value
  if (ArrayBuffer.isView(value)) {
    const found = VIEWS.find(
      ([View]) => Object.getPrototypeOf(value) === (View as typeof Uint8Array).prototype,
    )
    if (!found && !(value instanceof Uint8Array))
      throw new DTypeError(`${givenText(value)} is no typed array of numbers`)
    const data = value as unknown as Data
    const type = dtypeOf(found?.[1] ?? 'uint8')
    const plain =
      data.constructor === type.View ? data : new type.View(data.buffer, data.byteOffset, data.length)
    // Two numbers each where complex elements are wanted.
    if (wanted?.lanes === 2 && wanted.View === type.View) return new NdArray(wanted, [data.length / 2], plain)
    if (wanted?.unit && type === INT64) return new NdArray(wanted, [data.length], plain)
    return new NdArray(type, [data.length], plain)
  }
  const shape: number[] = []
  for (let level = value; Array.isArray(level); level = level[0]) shape.push(level.length)
  const items: unknown[] = []
  flatten(value, shape, 0, items)
  if (items.every((item) => item instanceof NdArray) && items.length > 0)
    return stackOf(items as NdArray[], shape)
  const type = typeOfItems(items, wanted)
  const data = zeroData(type, items.length)
  for (let i = 0; i < items.length; i++) putElement(data, i, items[i], type)
  return new NdArray(type, shape, data)
}

function flatten(value: unknown, shape: readonly number[], depth: number, into: unknown[]): void {
  if (depth === shape.length) {
    if (Array.isArray(value)) throw new ShapeError('the lists of an array are of different depth')
    into.push(value)
    return
  }
  if (!Array.isArray(value) || value.length !== shape[depth])
    throw new ShapeError(
      `the lists of an array are of different length: one at depth ${depth + 1} has ${Array.isArray(value) ? value.length : 'no'} items, the first ${shape[depth]}`,
    )
  for (const part of value) flatten(part, shape, depth + 1, into)
}

function stackOf(arrays: readonly NdArray[], shape: readonly number[]): NdArray {
  const wide = arrays.map((array) => array.expandDims(0) as NdArray)
  const joined = wide.length === 1 ? wide[0] : (wide[0].$concatenate(wide.slice(1), 0) as NdArray)
  return joined.$reshape([...shape, ...arrays[0].shape]) as NdArray
}

function typeOfItems(items: readonly unknown[], wanted: DType | undefined): DType {
  let type: DType | undefined
  let textUnit: TimeUnit | undefined
  for (const item of items) {
    if (typeof item === 'string' && (wanted?.kind === 'M' || wanted === undefined)) {
      if (wanted === undefined && !/^-?\d{4,}-\d\d|^NaT$/.test(item))
        throw new DTypeError(`${givenText(item)} is no element of an array`)
      textUnit = 'ms'
      continue
    }
    const own = dtypeOfScalar(item)
    if (type === own) continue
    type = type ? promote(type, own) : own
  }
  if (textUnit) return wanted?.kind === 'M' ? wanted : dtypeOf('datetime64[ms]')
  if (!type) return wanted ?? FLOAT64
  // What is written as numbers is put in directly, so that integers of 64 bits keep all their digits.
  return wanted && (wanted.unit || !type.unit) && (wanted.kind === 'c' || type.kind !== 'c') ? wanted : type
}

/** Writes a JavaScript value as an element. */
export function putElement(data: Data, index: number, value: unknown, type: DType): void {
  if (type.kind === 'c') {
    const { re, im }: Complex = isComplex(value) ? value : { re: Number(value), im: 0 }
    data[2 * index] = re
    data[2 * index + 1] = im
  } else if (type.kind === 'M') data[index] = ticksOf(value, type)
  else if (type.kind === 'b')
    data[index] = isComplex(value) ? Number(value.re !== 0 || value.im !== 0) : value ? 1 : 0
  else if (type.big)
    data[index] = typeof value === 'number' ? BigInt(Math.trunc(value)) : BigInt(value as bigint)
  else data[index] = Number(value)
}

const PER_MS: Record<TimeUnit, [bigint, bigint]> = {
  D: [1n, 86_400_000n],
  h: [1n, 3_600_000n],
  m: [1n, 60_000n],
  s: [1n, 1000n],
  ms: [1n, 1n],
  us: [1000n, 1n],
  ns: [1_000_000n, 1n],
}

/** The ticks of a `Date`, of ISO 8601 text (UTC), or ticks as they are. */
export function ticksOf(value: unknown, type: DType): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(Math.trunc(value))
  if (value === 'NaT') return NAT
  const ms = value instanceof Date ? value.getTime() : Date.parse(zoned(String(value)))
  if (Number.isNaN(ms)) {
    if (value instanceof Date) return NAT
    throw new DTypeError(`${JSON.stringify(value)} is no time: write it as 2024-05-01T12:30:00`)
  }
  const [times, per] = PER_MS[type.unit!]
  const ticks = BigInt(ms) * times
  const fraction = /\.\d{3}(\d{1,6})/.exec(String(value))?.[1]
  const finer = fraction && times > 1n ? BigInt(fraction.padEnd(6, '0')) / (times === 1000n ? 1000n : 1n) : 0n
  return (ticks >= 0n || ticks % per === 0n ? ticks / per : ticks / per - 1n) + finer
}

const zoned = (text: string): string =>
  /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`

/** An array of one value. */
export function fullOf(shape: number | readonly number[], value: unknown, type?: DType): NdArray {
  const list = checkedShape(shape)
  const one = unshaped(value, type)
  const cast = type ? one.ofType(type) : one
  if (cast.size === 1 && sizeOf(list) !== 1) {
    const wide = cast.restrided(
      list,
      list.map(() => 0),
      cast.offset,
    )
    return evaluate({ kind: 'leaf', dtype: wide.type, array: wide }, list)
  }
  if (cast.size !== 1)
    throw new ShapeError(`one value fills an array, not one of shape ${shapeText(cast.shape)}`)
  return cast.$reshape(list) as NdArray
}
