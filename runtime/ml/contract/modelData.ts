// A model as plain data that JSON keeps exactly: typed arrays, NaN, infinities and −0 are written so that they come back.

/** A model as JSON: what it is, how it was set, and what it learnt. */
export interface ModelData {
  format: 'heddle.ml'
  version: 1
  /** The estimator's name, e.g. `StandardScaler`. */
  kind: string
  params: unknown
  /** Absent (null) before `fit`. */
  fitted: unknown
}

/** Data is no model, or one that this version does not know. */
export class ModelFormatError extends Error {
  override name = 'ModelFormatError'
}

const ARRAYS = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Uint8Array,
  Uint16Array,
  Int8Array,
  Int16Array,
} as const
type ArrayName = keyof typeof ARRAYS

/**
 * A value as JSON keeps it; of a map its pairs.
 * @param nested how an estimator within it is written
 * @example plainOf({ w: new Float64Array([1, NaN]) }) // { w: { $array: 'Float64Array', values: [1, 'NaN'] } }
 */
export function plainOf(value: unknown, nested: (value: object) => unknown = () => undefined): unknown {
  if (typeof value === 'number') return plainNumber(value)
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name
    if (!(name in ARRAYS)) throw new ModelFormatError(`a ${name} cannot be kept as JSON`)
    return { $array: name, values: Array.from(value as Float64Array, numberText) }
  }
  if (Array.isArray(value)) return value.map((each) => plainOf(each, nested))
  if (value instanceof Map) return Array.from(value, (pair) => plainOf(pair, nested))
  const own = nested(value)
  if (own !== undefined) return own
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plainOf(each, nested)]))
}

const isPlainNumber = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0)
const plainNumber = (value: number): unknown =>
  isPlainNumber(value) ? value : { $number: numberText(value) }
const numberText = (value: number): number | string =>
  isPlainNumber(value) ? value : Object.is(value, -0) ? '-0' : String(value)

/** The value that `plainOf` wrote. */
export function valueOfPlain(plain: unknown, nested: (value: ModelData) => unknown): unknown {
  if (typeof plain !== 'object' || plain === null) return plain
  if (Array.isArray(plain)) return plain.map((each) => valueOfPlain(each, nested))
  if ('$number' in plain) return Number(plain.$number)
  if ('$array' in plain) {
    const { $array, values } = plain as unknown as { $array: ArrayName; values: (number | string)[] }
    const Made = ARRAYS[$array]
    if (!Made) throw new ModelFormatError(`this model holds a ${$array}, which is not known`)
    return Made.from(values.map(Number))
  }
  if (isModelData(plain)) return nested(plain)
  return Object.fromEntries(Object.entries(plain).map(([name, each]) => [name, valueOfPlain(each, nested)]))
}

export const isModelData = (value: unknown): value is ModelData =>
  typeof value === 'object' && value !== null && (value as Partial<ModelData>).format === 'heddle.ml'

/** @throws {ModelFormatError} when the data is no model of this version */
export function checkedModel(data: unknown): ModelData {
  if (!isModelData(data))
    throw new ModelFormatError("this is no model of heddle's: toJSON() of an estimator gives one")
  if (data.version !== 1)
    throw new ModelFormatError(
      `this model has version ${String(data.version)}, and this heddle reads version 1: use the heddle that wrote it, or a newer one`,
    )
  return data
}
