// What blocks compute with: the functions behind the methods of `NdArray`.

import { type DType, type DTypeName, dtypeOf, isScalar } from './dtype.ts'
import './arithmetic.ts'
import './comparison.ts'
import { requireOptions } from '../optionNames.ts'
import { type BlockEngine, provideEngine } from './engine.ts'
import { evaluate, writeInto } from './evaluate.ts'
import { foldDType } from './fold.ts'
import { fromValue, fullOf, ticksOf } from './fromValue.ts'
import { cast, type Fused, mapped, type Weak } from './fused.ts'
import { parseIndices, placeOf } from './indexing.ts'
import { unsetData } from './memory.ts'
import { NdArray, rankOfIndex } from './ndArray.ts'
import { reductionNamed } from './reduction.ts'
import { type ReduceRequest, requireReduceOptions } from './reductionMethods.ts'
import { axesOf, axisOf, broadcastShapes, rowStrides, ShapeError, shapeText, sizeOf } from './shape.ts'
import { argsortAlong, quantilesOf, sortAlong } from './sorting.ts'
import { promoteAll } from './ufunc.ts'
import { UFUNC_OPTIONS, type UfuncOptions } from './unaryMethods.ts'

/** An array as a leaf of an expression over a shape. */
export const leafOf = (array: NdArray, shape: readonly number[] = array.shape): Fused => ({
  kind: 'leaf',
  dtype: array.type,
  array: shape === array.shape ? array : (array.$broadcast(shape) as NdArray),
})

/** A scalar as it stands beside arrays; a `Date` becomes an array without axes. */
export function operandOf(value: unknown): NdArray | Weak {
  if (value instanceof NdArray) return value
  if (isScalar(value)) return { weak: value }
  if (value instanceof Date)
    return fromValue(ticksOf(value, dtypeOf('datetime64[ms]')), { dtype: 'datetime64[ms]' })
  return fromValue(value)
}

function map(name: string, given: readonly unknown[], options?: UfuncOptions): NdArray {
  requireOptions(name, options, UFUNC_OPTIONS)
  const args = given.map(operandOf)
  const where = options?.where === undefined ? undefined : (operandOf(options.where) as NdArray)
  const out = options?.out === undefined ? undefined : operandOf(options.out)
  const arrays = [...args, ...(where ? [where] : []), ...(out ? [out] : [])].filter(
    (arg) => arg instanceof NdArray,
  )
  const shape = broadcastShapes(arrays.map((array) => array.shape))
  const expression = (arg: NdArray | Weak): Fused | Weak =>
    arg instanceof NdArray ? leafOf(arg, shape) : arg
  let root = mapped(name, args.map(expression))
  if (where) {
    const { dtype } = root
    root = cast(mapped('where', [expression(where), root, out ? expression(out) : { weak: false }]), dtype)
  }
  return evaluate(root, shape)
}

function reduce(array: NdArray, request: ReduceRequest): NdArray {
  requireReduceOptions(request)
  const { name, axis, ...options } = request
  const axes = axesOf(axis, array.shape.length)
  if (name === 'ptp')
    return map(
      'subtract',
      ['max', 'min'].map((each) => reduce(array, { ...request, name: each })),
    )
  if (/^(nan)?(quantile|median)$/.test(name))
    return quantilesOf(array, axes, request.at ?? 0.5, {
      ...options,
      skipNaN: name.startsWith('nan'),
      median: name.endsWith('median'),
    })
  const reduction = reductionNamed(name)!
  const place = { start: array.shape.map(() => 0), shape: array.shape }
  const state = reduction.partial(leafOf(array), array.shape, axes, options, place)
  const count = axes.reduce((product, each) => product * array.shape[each], 1)
  const result = reduction.finish(state, count, options, array.type)
  if (request.keepDims) return result
  return result.$reshape(result.shape.filter((_, i) => !axes.includes(i))) as NdArray
}

function accumulate(
  array: NdArray,
  name: 'add' | 'multiply',
  axis: number | undefined,
  dtype: DTypeName | undefined,
): NdArray {
  if (axis === undefined) return accumulate(array.ravel() as NdArray, name, 0, dtype)
  const along = axisOf(axis, array.shape.length)
  const type = dtype ? dtypeOf(dtype) : foldDType(name, array.type)
  const result = array.astype(type.name) as NdArray
  const length = result.shape[along]
  const { data } = result
  // Step by step along the axis: each layer takes the one before it.
  for (let i = 1; i < length; i++) {
    const own = result.$run(along, i, 1) as NdArray
    const before = result.$run(along, i - 1, 1) as NdArray
    writeInto(mapped(name, [leafOf(before), leafOf(own)]), own.shape, data, own.strides, own.offset, type)
  }
  return result
}

function concatenate(arrays: readonly NdArray[], axis: number): NdArray {
  const along = axisOf(axis, arrays[0].shape.length)
  for (const array of arrays)
    if (
      array.shape.length !== arrays[0].shape.length ||
      array.shape.some((n, i) => i !== along && n !== arrays[0].shape[i])
    )
      throw new ShapeError(
        `arrays of shapes ${arrays.map((each) => shapeText(each.shape)).join(' and ')} cannot be joined along axis ${axis}: all other axes must be equal`,
      )
  const type = promoteAll(arrays.map((array) => array.type))
  const shape = [...arrays[0].shape]
  shape[along] = arrays.reduce((sum, array) => sum + array.shape[along], 0)
  const data = unsetData(type, sizeOf(shape))
  const strides = rowStrides(shape)
  let at = 0
  for (const array of arrays) {
    writeInto(leafOf(array), array.shape, data, strides, at * strides[along], type)
    at += array.shape[along]
  }
  return new NdArray(type, shape, data)
}

/** Places along an axis as plain numbers from the front. */
export function placesOf(
  places: unknown,
  axis: number,
  shape: readonly number[],
): { list: Float64Array; shape: number[] } {
  const array =
    places instanceof NdArray
      ? places
      : fromValue(places, Array.isArray(places) && places.length === 0 ? { dtype: 'int64' } : {})
  if (array.type.kind === 'c' || array.type.unit || array.type.kind === 'b')
    throw new ShapeError(`places are whole numbers, not ${array.dtype}`)
  const list = Float64Array.from(array.astype('float64').toTypedArray() as Float64Array)
  for (let i = 0; i < list.length; i++) list[i] = placeOf(list[i], axis, shape)
  return { list, shape: [...array.shape] }
}

function take(array: NdArray, places: unknown, axis: number): NdArray {
  const { list, shape } = placesOf(places, axis, array.shape)
  const outer = array.shape.slice(0, axis)
  const inner = array.shape.slice(axis + 1)
  const { lanes } = array.type
  const run = sizeOf(inner) * lanes
  const rows = sizeOf(outer)
  const source = array.contiguous()
  const { data } = source
  const made = unsetData(array.type, rows * list.length * sizeOf(inner))
  const from = source.offset * lanes
  const length = array.shape[axis]
  let at = 0
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < list.length; i++) {
      const begin = from + (row * length + list[i]) * run
      if (run <= 8) for (let k = 0; k < run; k++) made[at + k] = data[begin + k]
      else made.set(data.subarray(begin, begin + run) as never, at)
      at += run
    }
  return new NdArray(array.type, [...outer, ...shape, ...inner], made)
}

/** Where a mask is true, row by row. */
export function trueplaces(mask: NdArray): number[] {
  const data = mask.contiguous().toTypedArray()
  const places: number[] = []
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) places.push(i)
  return places
}

function masked(array: NdArray, given: unknown, axis: number): NdArray {
  const mask = given instanceof NdArray ? given : fromValue(given, { dtype: 'bool' })
  const covered = array.shape.slice(axis, axis + mask.shape.length)
  if (covered.length !== mask.shape.length || covered.some((length, i) => length !== mask.shape[i]))
    throw new ShapeError(
      `a mask of shape ${shapeText(mask.shape)} does not fit an array of shape ${shapeText(array.shape)}`,
    )
  const flat = array.$reshape([
    ...array.shape.slice(0, axis),
    sizeOf(covered),
    ...array.shape.slice(axis + mask.shape.length),
  ])
  return take(flat as NdArray, trueplaces(mask), axis)
}

function set(array: NdArray, indices: readonly unknown[], value: unknown): void {
  const parsed = parseIndices(indices, array.shape, (index) => rankOfIndex(index)?.axes)
  if (!parsed.some((index) => index.kind === 'list')) {
    const target = array.$index(parsed) as NdArray
    const given = operandOf(value)
    const source = given instanceof NdArray ? given : (fullOf([], given.weak, array.type) as NdArray)
    const shape = broadcastShapes([target.shape, source.shape])
    if (sizeOf(shape) !== target.size || shape.length > target.shape.length)
      throw new ShapeError(
        `a value of shape ${shapeText(source.shape)} does not fit ${shapeText(target.shape)}`,
      )
    const own = source.data === array.data ? source.copy() : source
    writeInto(
      leafOf(own as NdArray, target.shape),
      target.shape,
      array.data,
      target.strides,
      target.offset,
      array.type,
    )
    return
  }
  // Lists: the places of all elements are indexed the same way, which says where each value goes.
  const places = fromValue(
    Float64Array.from({ length: array.size }, (_, i) => i),
    { shape: array.shape },
  )
  const chosen = places.slice(...(indices as [])) as NdArray
  const given = operandOf(value)
  const source = given instanceof NdArray ? given : (fullOf([], given.weak, array.type) as NdArray)
  const values = (source.broadcastTo(chosen.shape) as NdArray).ofType(array.type).copy() as NdArray
  const flat = Float64Array.from(chosen.toTypedArray() as Float64Array)
  const strides = rowStrides(array.shape)
  const { lanes } = array.type
  flat.forEach((place, i) => {
    let rest = place
    let at = array.offset
    strides.forEach((stride, axis) => {
      const index = Math.floor(rest / stride)
      rest -= index * stride
      at += index * array.strides[axis]
    })
    for (let lane = 0; lane < lanes; lane++) array.data[at * lanes + lane] = values.data[i * lanes + lane]
  })
}

const engine: BlockEngine = {
  from: fromValue,
  cast: (array: NdArray, dtype: DType) => evaluate(leafOf(array), array.shape, dtype),
  map,
  reduce,
  accumulate,
  concatenate,
  take,
  masked,
  full: (shape, value, dtype) => fullOf(shape, value, dtype),
  set,
  sort: (array, axis) => (axis === null ? sortAlong(array.ravel() as NdArray, 0) : sortAlong(array, axis)),
  argsort: argsortAlong,
}
provideEngine(engine)
