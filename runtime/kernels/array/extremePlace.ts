// Where the least or the greatest element is: per kept place, with the element itself, so that blocks can be compared.

import { INT64 } from './dtype.ts'
import { evaluate } from './evaluate.ts'
import type { Fused } from './fused.ts'
import { NdArray } from './ndArray.ts'
import { reducedShape, rowStrides, ShapeError, shapeText, sizeOf } from './shape.ts'

/** How a block's places are told in the whole array: the place of its first element along each axis, and the whole's shape. */
export interface BlockPlace {
  start: readonly number[]
  shape: readonly number[]
}

/** `[value, place]` for each kept place; a place counts through all reduced axes of the whole array. */
export function extremePlaces(
  root: Fused,
  shape: readonly number[],
  axes: readonly number[],
  greatest: boolean,
  skipNaN: boolean,
  whole: BlockPlace,
): NdArray[] {
  const values = evaluate(root, shape)
  const outShape = reducedShape(shape, axes, true)
  if (sizeOf(shape) === 0) {
    if (sizeOf(outShape) > 0)
      throw new ShapeError(
        `no elements have no ${greatest ? 'greatest' : 'least'} one (shape ${shapeText(shape)})`,
      )
    return [
      new NdArray(values.type, outShape, new values.type.View(0)),
      new NdArray(INT64, outShape, new BigInt64Array(0)),
    ]
  }
  const size = sizeOf(outShape)
  const best = new values.type.View(size * values.type.lanes)
  const places = new BigInt64Array(size)
  const kept = shape.map((_, i) => i).filter((i) => !axes.includes(i))
  const order = [...kept, ...axes]
  const moved = values.transpose(order).contiguous()
  const inner = axes.map((axis) => shape[axis])
  const count = sizeOf(inner)
  const wholeStrides = rowStrides(axes.map((axis) => whole.shape[axis]))
  const first = axes.reduce((sum, axis, i) => sum + whole.start[axis] * wholeStrides[i], 0)
  const innerStrides = rowStrides(inner)
  const data = moved.data
  const complex = values.type.kind === 'c'
  for (let i = 0; i < size; i++) {
    const from = moved.offset + i * count
    const at = complex
      ? complexPlace(data as Float64Array, from, count, greatest, skipNaN)
      : placeOf(data, from, count, greatest, skipNaN)
    let rest = at
    let place = first
    inner.forEach((_, axis) => {
      const index = Math.floor(rest / innerStrides[axis])
      rest -= index * innerStrides[axis]
      place += index * wholeStrides[axis]
    })
    places[i] = BigInt(place)
    for (let lane = 0; lane < values.type.lanes; lane++)
      best[i * values.type.lanes + lane] = data[(from + at) * values.type.lanes + lane]
  }
  return [new NdArray(values.type, outShape, best), new NdArray(INT64, outShape, places)]
}

/** Whether the first beats the second; NaN beats all unless it is left out. */
function beats(a: number | bigint, b: number | bigint, greatest: boolean, skipNaN: boolean): boolean {
  if (Number.isNaN(a)) return !skipNaN && !Number.isNaN(b)
  if (Number.isNaN(b)) return skipNaN
  return greatest ? a > b : a < b
}

function placeOf(
  data: ArrayLike<number | bigint>,
  from: number,
  count: number,
  greatest: boolean,
  skipNaN: boolean,
): number {
  let at = 0
  let best = data[from]
  for (let i = 1; i < count; i++) {
    const value = data[from + i]
    if (beats(value, best, greatest, skipNaN)) {
      at = i
      best = value
    }
  }
  return at
}

function complexPlace(
  x: Float64Array,
  from: number,
  count: number,
  greatest: boolean,
  skipNaN: boolean,
): number {
  const isNaNAt = (i: number): boolean => Number.isNaN(x[2 * i]) || Number.isNaN(x[2 * i + 1])
  let at = from
  for (let i = from + 1; i < from + count; i++) {
    if (isNaNAt(i) || isNaNAt(at)) {
      if (isNaNAt(i) !== isNaNAt(at) && isNaNAt(at) === skipNaN) at = i
      continue
    }
    const re = x[2 * i] - x[2 * at]
    const im = x[2 * i + 1] - x[2 * at + 1]
    if (greatest ? re > 0 || (re === 0 && im > 0) : re < 0 || (re === 0 && im < 0)) at = i
  }
  return at - from
}

/** The better of several blocks' places; of equals the one that comes first. */
export function joinPlaces(states: readonly NdArray[][], greatest: boolean, skipNaN: boolean): NdArray[] {
  const [value, place] = states[0].map((array) => array.copy())
  const lanes = value.type.lanes
  const best = value.data as Float64Array
  const places = place.data as BigInt64Array
  for (const state of states.slice(1)) {
    const other = state[0].contiguous().toTypedArray() as Float64Array
    const otherPlaces = state[1].contiguous().toTypedArray() as BigInt64Array
    for (let i = 0; i < places.length; i++) {
      let wins: boolean
      if (lanes === 2) {
        const both = new Float64Array([best[2 * i], best[2 * i + 1], other[2 * i], other[2 * i + 1]])
        const same = both[0] === both[2] && both[1] === both[3]
        wins = same ? otherPlaces[i] < places[i] : complexPlace(both, 0, 2, greatest, skipNaN) === 1
      } else {
        wins = beats(other[i], best[i], greatest, skipNaN)
        if (!wins && !beats(best[i], other[i], greatest, skipNaN)) wins = otherPlaces[i] < places[i]
      }
      if (!wins) continue
      places[i] = otherPlaces[i]
      for (let lane = 0; lane < lanes; lane++) best[i * lanes + lane] = other[i * lanes + lane]
    }
  }
  return [value, place]
}

/** @throws {ShapeError} where nothing but NaN was found */
export function finishPlaces([value, place]: readonly NdArray[], skipNaN: boolean): NdArray {
  if (skipNaN && (value.type.kind === 'f' || value.type.kind === 'c')) {
    const nan = value.isnan()
    if (nan.any().item()) throw new ShapeError('all elements of a slice are NaN: it has no extreme')
  }
  return place
}
