// A part of an array that is here, as a panel asks for it: elements by strides, or the least and the most of stretches of a line. Pure.

import type { NdArray } from '../kernels/array/ndArray.ts'
import type { AxisRange, Region, RegionRequest } from '../protocol/regions.ts'
import { bytesOf, exactOf, numbersOf } from './arrayNumbers.ts'

/** A part was asked for that the array does not have. */
export class RegionError extends RangeError {
  override name = 'RegionError'
}

/** No more elements, or stretches, travel at once. */
export const REGION_MAX = 262_144

const placesIn = ({ start, stop, step }: AxisRange): number => Math.ceil((stop - start) / step)

/** @throws {RegionError} when a request does not fit an array of this shape, or is for too much */
export function requireRegion(shape: readonly number[], { ranges, extremes }: RegionRequest): void {
  const isRange = ({ start, stop, step }: AxisRange, axis: number): boolean =>
    [start, stop, step].every(Number.isInteger) &&
    start >= 0 &&
    stop > start &&
    stop <= shape[axis] &&
    step > 0
  const words = (): string => ranges.map(({ start, stop, step }) => `${start}:${stop}:${step}`).join(', ')
  if (ranges.length !== shape.length || !ranges.every(isRange))
    throw new RegionError(`[${words()}] is no part of an array of ${shape.join(' × ')}`)
  if (extremes && ranges.filter(({ start, stop }) => stop - start > 1).length > 1)
    throw new RegionError(`[${words()}] is no line: one axis alone can be longer than an element`)
  const many = ranges.reduce((product, range) => product * placesIn(range), 1)
  if (many > REGION_MAX)
    throw new RegionError(`[${words()}] has ${many} elements: at most ${REGION_MAX} are given at once`)
}

/** A range as an index of `slice`. */
export const sliceOf = ({ start, stop, step }: AxisRange): string => `${start}:${stop}:${step}`

/**
 * @throws {RegionError}
 * @example regionOf(NdArray.from([1, 2, 3, 4]), { ranges: [{ start: 1, stop: 4, step: 2 }] }).values // of 2 and 4
 */
export function regionOf(array: NdArray, request: RegionRequest): Region {
  requireRegion(array.shape, request)
  const { ranges, extremes } = request
  if (!extremes) return elementsOf(array.slice(...ranges.map(sliceOf)) as NdArray)
  const line = numbersOf(array.slice(...ranges.map((range) => sliceOf({ ...range, step: 1 }))) as NdArray)
  const step = lengthwise(ranges).step
  const stretches = Math.ceil(line.length / step)
  const [least, most, missing] = [0, 1, 2].map(() => new Float64Array(stretches))
  least.fill(Number.NaN)
  most.fill(Number.NaN)
  line.forEach((value, i) => {
    const at = Math.floor(i / step)
    if (!Number.isFinite(value)) missing[at]++
    else {
      if (!(value >= least[at])) least[at] = value
      if (!(value <= most[at])) most[at] = value
    }
  })
  return { values: bytesOf(least), most: bytesOf(most), missing: bytesOf(missing) }
}

/** The range that a line runs along. */
export const lengthwise = (ranges: readonly AxisRange[]): AxisRange =>
  ranges.find(({ start, stop }) => stop - start > 1) ?? ranges[0]

/** All elements of an array that is here. */
export function elementsOf(array: NdArray): Region {
  const exact = exactOf(array)
  return { values: bytesOf(numbersOf(array)), ...(exact && { exact }) }
}
