// Types of columns: what a cell may be, written as plain data so that schemas travel.

import { kernel } from '../kernel.ts'

export type TimeUnit = 'ms' | 'us' | 'ns'

export type IntegerType = 'int8' | 'int16' | 'int32' | 'int64' | 'uint8' | 'uint16' | 'uint32' | 'uint64'
export type SimpleType =
  | IntegerType
  | 'boolean'
  | 'float32'
  | 'float64'
  | 'string'
  | 'category'
  | 'binary'
  | 'date'
  | 'time'
  | 'null'

/**
 * What the cells of a column are. `'datetime'` and `'duration'` are short for microseconds without a time zone.
 * @example const amount: DataType = 'int64'
 * @example const at: DataType = { datetime: 'us', zone: 'Europe/Berlin' }
 */
export type DataType =
  | SimpleType
  | 'datetime'
  | 'duration'
  | { readonly datetime: TimeUnit; readonly zone?: string | undefined }
  | { readonly duration: TimeUnit }
  | { readonly list: DataType }
  | { readonly struct: Readonly<Record<string, DataType>> }

export const INTEGERS: readonly IntegerType[] = [
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
]

const SIMPLE: readonly string[] = [
  ...INTEGERS,
  'boolean',
  'float32',
  'float64',
  'string',
  'category',
  'binary',
  'date',
  'time',
  'null',
]

/** A type that no column can have. */
export class DataTypeError extends TypeError {
  override name = 'DataTypeError'
}
kernel('error.DataTypeError', DataTypeError)

/**
 * A type with nothing left short.
 * @throws {DataTypeError} when it is none
 */
export function fullType(type: DataType): DataType {
  if (type === 'datetime') return { datetime: 'us' }
  if (type === 'duration') return { duration: 'us' }
  if (typeof type === 'string') {
    if (SIMPLE.includes(type)) return type
    throw new DataTypeError(
      `${JSON.stringify(type)} is no type of a column: there are ${SIMPLE.join(', ')}, datetime, duration, ` +
        "{ datetime: 'us', zone }, { duration: 'us' }, { list: type } and { struct: { name: type } }",
    )
  }
  if (typeof type === 'object' && type !== null) {
    if ('list' in type) return { list: fullType(type.list) }
    if ('struct' in type)
      return {
        struct: Object.fromEntries(Object.entries(type.struct).map(([name, each]) => [name, fullType(each)])),
      }
    if ('datetime' in type && isUnit(type.datetime))
      return type.zone === undefined
        ? { datetime: type.datetime }
        : { datetime: type.datetime, zone: type.zone }
    if ('duration' in type && isUnit(type.duration)) return { duration: type.duration }
  }
  throw new DataTypeError(`${JSON.stringify(type)} is no type of a column`)
}

const isUnit = (unit: unknown): unit is TimeUnit => unit === 'ms' || unit === 'us' || unit === 'ns'

/**
 * A type as people read it.
 * @example typeText({ list: 'int64' }) // 'list<int64>'
 */
export function typeText(type: DataType): string {
  if (typeof type === 'string') return type
  if ('list' in type) return `list<${typeText(type.list)}>`
  if ('struct' in type)
    return `struct<${Object.entries(type.struct)
      .map(([name, each]) => `${name}: ${typeText(each)}`)
      .join(', ')}>`
  if ('datetime' in type) return `datetime<${type.datetime}${type.zone ? `, ${type.zone}` : ''}>`
  return `duration<${type.duration}>`
}

export const sameType = (a: DataType, b: DataType): boolean => typeText(a) === typeText(b)

export const isInteger = (type: DataType): type is IntegerType => INTEGERS.includes(type as IntegerType)
export const isFloat = (type: DataType): boolean => type === 'float64' || type === 'float32'
export const isNumeric = (type: DataType): boolean => isInteger(type) || isFloat(type)
export const isText = (type: DataType): boolean => type === 'string' || type === 'category'
export const isDatetime = (
  type: DataType,
): type is { readonly datetime: TimeUnit; readonly zone?: string | undefined } =>
  typeof type === 'object' && 'datetime' in type
export const isDuration = (type: DataType): type is { readonly duration: TimeUnit } =>
  typeof type === 'object' && 'duration' in type
export const isList = (type: DataType): type is { readonly list: DataType } =>
  typeof type === 'object' && 'list' in type
export const isStruct = (type: DataType): type is { readonly struct: Readonly<Record<string, DataType>> } =>
  typeof type === 'object' && 'struct' in type

/** Whole numbers that JavaScript holds as `bigint`, since a `number` cannot hold them all. */
export const isWide = (type: DataType): boolean => type === 'int64' || type === 'uint64'

const bits = (type: IntegerType): number => Number(type.replace(/\D/g, ''))
const signed = (type: IntegerType): boolean => type.startsWith('int')

/** The smallest and largest whole number of a type. */
export function integerRange(type: IntegerType): [bigint, bigint] {
  const width = BigInt(bits(type))
  return signed(type) ? [-(2n ** (width - 1n)), 2n ** (width - 1n) - 1n] : [0n, 2n ** width - 1n]
}

/** The type that can hold the values of both; nothing where there is none. */
export function commonType(a: DataType, b: DataType): DataType | undefined {
  if (sameType(a, b)) return a
  if (a === 'null') return b
  if (b === 'null') return a
  if (isNumeric(a) && isNumeric(b)) return commonNumber(a, b)
  if (isText(a) && isText(b)) return 'string'
  if (a === 'date' && isDatetime(b)) return b
  if (isDatetime(a) && b === 'date') return a
  if (isDatetime(a) && isDatetime(b) && a.zone === b.zone)
    return { ...a, datetime: finer(a.datetime, b.datetime) }
  if (isDuration(a) && isDuration(b)) return { duration: finer(a.duration, b.duration) }
  if (isList(a) && isList(b)) {
    const inner = commonType(a.list, b.list)
    return inner && { list: inner }
  }
  return undefined
}

function commonNumber(a: DataType, b: DataType): DataType {
  if (!isInteger(a) || !isInteger(b)) {
    const narrow = (type: DataType): boolean => type === 'float32' || (isInteger(type) && bits(type) <= 16)
    return narrow(a) && narrow(b) ? 'float32' : 'float64'
  }
  if (signed(a) === signed(b)) return bits(a) >= bits(b) ? a : b
  const [plus, minus] = signed(a) ? [b, a] : [a, b]
  const width = Math.max(bits(plus) * 2, bits(minus))
  // Nothing whole holds both int64 and uint64.
  return width > 64 ? 'float64' : (`int${width}` as IntegerType)
}

const UNITS: readonly TimeUnit[] = ['ms', 'us', 'ns']
const finer = (a: TimeUnit, b: TimeUnit): TimeUnit => (UNITS.indexOf(a) >= UNITS.indexOf(b) ? a : b)

/** How many of a unit a second has. */
export const TICKS: Readonly<Record<TimeUnit, number>> = { ms: 1e3, us: 1e6, ns: 1e9 }

/** About how many bytes a cell takes. */
export function cellBytes(type: DataType): number {
  if (isInteger(type)) return bits(type) / 8
  if (typeof type === 'object')
    return 'list' in type ? 32 : 'struct' in type ? 8 * Object.keys(type.struct).length : 8
  switch (type) {
    case 'boolean':
      return 1
    case 'float32':
    case 'date':
    case 'category':
      return 4
    case 'string':
    case 'binary':
      return 20
    default:
      return 8
  }
}
