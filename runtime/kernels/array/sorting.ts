// Order along an axis: sorting, places that would sort, quantiles.

import { type Data, type DType, INT64 } from './dtype.ts'
import { NdArray } from './ndArray.ts'
import type { QuantileMethod } from './reductionMethods.ts'
import { axisOf, ShapeError, shapeText, sizeOf } from './shape.ts'

/** The array with an axis moved to the end, in memory of its own, as rows. */
function rowsOf(array: NdArray, axis: number): { rows: NdArray; length: number; count: number } {
  const rows = (array.moveaxis(axis, -1) as NdArray).copy()
  const length = rows.shape[rows.shape.length - 1]
  return { rows, length, count: length === 0 ? 0 : rows.size / length }
}

/** Whether element a comes after element b: NaN comes last, complex numbers go by their real parts first. */
function after(data: Data, type: DType, a: number, b: number): boolean {
  if (type.kind === 'c') {
    const x = data as Float64Array
    const ar = x[2 * a]
    const ai = x[2 * a + 1]
    const br = x[2 * b]
    const bi = x[2 * b + 1]
    const aNaN = Number.isNaN(ar) || Number.isNaN(ai)
    const bNaN = Number.isNaN(br) || Number.isNaN(bi)
    if (aNaN || bNaN) return aNaN && !bNaN
    return ar > br || (ar === br && ai > bi)
  }
  const p = data[a]
  const q = data[b]
  if (type.unit && (p === -(2n ** 63n) || q === -(2n ** 63n))) return p === -(2n ** 63n) && q !== p
  return p > q || (Number.isNaN(p) && !Number.isNaN(q))
}

/** Sorted along an axis. */
export function sortAlong(array: NdArray, axis: number): NdArray {
  const along = axisOf(axis, array.shape.length)
  const { rows, length, count } = rowsOf(array, along)
  const { data, type } = rows
  if (type.kind === 'c' || type.unit) {
    const order = rowOrders(rows, length, count)
    return takeOrder(rows, order, length).moveaxis(-1, along) as NdArray
  }
  for (let i = 0; i < count; i++) (data.subarray(i * length, (i + 1) * length) as Float64Array).sort()
  return rows.moveaxis(-1, along) as NdArray
}

function takeOrder(rows: NdArray, order: Uint32Array, length: number): NdArray {
  const { type } = rows
  const made = new type.View(rows.data.length)
  for (let i = 0; i < order.length; i++) {
    const from = Math.floor(i / length) * length + order[i]
    for (let lane = 0; lane < type.lanes; lane++)
      made[i * type.lanes + lane] = rows.data[from * type.lanes + lane]
  }
  return new NdArray(type, rows.shape, made)
}

/** For each row, the places in order; equal elements keep theirs. */
function rowOrders(rows: NdArray, length: number, count: number): Uint32Array {
  const order = new Uint32Array(length * count)
  for (let row = 0; row < count; row++) {
    const from = row * length
    const places = Array.from({ length }, (_, i) => i)
    places.sort((a, b) =>
      after(rows.data, rows.type, from + a, from + b)
        ? 1
        : after(rows.data, rows.type, from + b, from + a)
          ? -1
          : a - b,
    )
    order.set(places, from)
  }
  return order
}

/** The places that would sort along an axis. */
export function argsortAlong(array: NdArray, axis: number): NdArray {
  const along = axisOf(axis, array.shape.length)
  const { rows, length, count } = rowsOf(array, along)
  const order = rowOrders(rows, length, count)
  return new NdArray(INT64, rows.shape, BigInt64Array.from(order, BigInt)).moveaxis(-1, along) as NdArray
}

/**
 * Quantiles over axes, which are left out; a list of parts gives an axis in front.
 * @throws {RangeError} when a part is not within 0 and 1
 */
export function quantilesOf(
  array: NdArray,
  axes: readonly number[],
  at: number | readonly number[],
  options: { method?: QuantileMethod; skipNaN: boolean; keepDims?: boolean; median?: boolean },
): NdArray {
  const parts = typeof at === 'number' ? [at] : at
  for (const part of parts)
    if (!(part >= 0 && part <= 1))
      throw new RangeError(`quantiles are asked for from 0 to 1 (percentiles to 100), not at ${part}`)
  if (array.type.kind === 'c' || array.type.unit) throw new ShapeError(`${array.dtype} has no quantiles`)
  const kept = array.shape.map((_, i) => i).filter((i) => !axes.includes(i))
  const single = array.type.name === 'float32'
  const rows = (array.transpose([...kept, ...axes]) as NdArray).astype(single ? 'float32' : 'float64')
  const keptShape = kept.map((axis) => array.shape[axis])
  const count = sizeOf(keptShape)
  const length = rows.size / Math.max(1, count)
  if (length === 0 && count > 0 && !options.skipNaN && !options.median)
    throw new ShapeError(`no elements have no quantile (shape ${shapeText(array.shape)})`)
  const results = new rows.type.View(parts.length * count) as Float64Array
  for (let row = 0; row < count; row++) {
    const values = (rows.data as Float64Array).subarray(row * length, (row + 1) * length).sort()
    // NaN stands at the end.
    let known = length
    while (known > 0 && Number.isNaN(values[known - 1])) known--
    const bad = known === 0 || (known < length && !options.skipNaN)
    parts.forEach((part, i) => {
      const [low, high] = placesAround(known, part, options)
      results[i * count + row] = bad
        ? Number.NaN
        : quantileBetween(values[low], values[high], known, part, options)
    })
  }
  const outer = typeof at === 'number' ? [] : [parts.length]
  const shape = options.keepDims ? array.shape.map((n, i) => (axes.includes(i) ? 1 : n)) : keptShape
  return new NdArray(rows.type, [...outer, ...shape], results)
}

/** How a quantile is asked for: the middle, or a part and how it is told between two elements. */
export interface QuantileKind {
  method?: QuantileMethod | undefined
  median?: boolean
}

/** The places, among so many elements in order, of the two between which a quantile lies. */
export function placesAround(count: number, part: number, { median }: QuantileKind): [number, number] {
  if (median) return [(count - 1) >> 1, count >> 1]
  const low = Math.floor(part * (count - 1))
  return [low, Math.min(low + 1, count - 1)]
}

/**
 * A quantile between the elements at its two places, to the last bit as NumPy tells it.
 * @param count elements in all
 */
export function quantileBetween(
  a: number,
  b: number,
  count: number,
  part: number,
  { method = 'linear', median }: QuantileKind,
): number {
  if (median) return count % 2 === 1 ? a : (a + b) / 2
  const place = part * (count - 1)
  const low = Math.floor(place)
  const share = place - low
  switch (method) {
    case 'lower':
      return a
    case 'higher':
      return share === 0 ? a : b
    case 'midpoint':
      return share === 0 ? a : (a + b) / 2
    case 'nearest':
      return share < 0.5 || (share === 0.5 && low % 2 === 0) ? a : b
    case 'linear':
      break
    default:
      throw new RangeError(
        `there is no quantile method ${JSON.stringify(method)}: use linear, lower, higher, midpoint or nearest`,
      )
  }
  const difference = b - a
  return share >= 0.5 ? b - difference * (1 - share) : a + difference * share
}
