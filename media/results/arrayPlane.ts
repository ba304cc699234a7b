// What is drawn of an array: a plane of two axes, or a line of one, at a place along all others. Pure.

import type { Region, RegionRequest } from '../../runtime/protocol/regions.ts'
import type { ArrayDisplay } from '../../runtime/protocol/runs.ts'
import { type ArrayView, isLine } from './arrayView.ts'
import { type ComplexPart, doublesOf, drawnNumbers, elementTexts } from './elementText.ts'

/** Numbers that are here, row by row. */
export interface Elements {
  values: Float64Array
  textAt(index: number): string
  /** How many are here along each axis. */
  shape: number[]
  /** Every so-many-th of the whole array is here, from the first on. */
  steps: readonly number[]
}

export interface Plane {
  height: number
  width: number
  values: Float64Array
  /** Of a line that is told by stretches: the most of each, beside the least in `values`. */
  most?: Float64Array
  /** Of such a line: how many elements of each stretch are no finite numbers. */
  missing?: Float64Array
  textAt(index: number): string
  min: number
  max: number
  /** The place of its first element in the whole array, and how many of the whole each stands for. */
  from: { row: number; column: number }
  step: { row: number; column: number }
}

export function elementsOf(
  { dtype, values, exact, shape, steps }: ArrayDisplay,
  part: ComplexPart = 'absolute',
): Elements {
  return {
    values: drawnNumbers(values, exact, part),
    textAt: elementTexts(dtype, values, exact),
    shape: shape.map((length, axis) => Math.ceil(length / steps[axis])),
    steps,
  }
}

/** Of the elements that are here those in view, as far as they are. */
export function planeOf({ values, textAt, shape, steps }: Elements, view: ArrayView): Plane {
  const { rows, columns, places, down, right } = view
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
  const corner = shape.reduce(
    (sum, _, axis) =>
      axis === rows || axis === columns ? sum : sum + Math.floor(places[axis] / steps[axis]) * strides[axis],
    0,
  )
  const line = isLine(view)
  const [top, left] = [
    line ? 0 : Math.floor(down.from / steps[rows]),
    Math.floor(right.from / steps[columns]),
  ]
  const height = line ? 1 : Math.ceil(down.to / steps[rows]) - top
  const width = Math.ceil(right.to / steps[columns]) - left
  const plane = new Float64Array(height * width)
  const indexOf = (y: number, x: number): number =>
    corner + (line ? 0 : (top + y) * strides[rows]) + (left + x) * strides[columns]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) plane[y * width + x] = values[indexOf(y, x)]
  return {
    height,
    width,
    values: plane,
    textAt: (index) => textAt(indexOf(Math.floor(index / width), index % width)),
    ...boundsOf(plane),
    from: { row: line ? 0 : top * steps[rows], column: left * steps[columns] },
    step: { row: line ? 1 : steps[rows], column: steps[columns] },
  }
}

/** A part that was asked for, which comes row by row of the array; a plane may run the other way. */
export function planeOfRegion(
  { values, exact, most, missing }: Region,
  { ranges }: RegionRequest,
  view: ArrayView,
  dtype: string,
  part: ComplexPart = 'absolute',
): Plane {
  const line = isLine(view)
  const [down, right] = [ranges[view.rows], ranges[view.columns]]
  const many = ({ start, stop, step }: typeof right): number => Math.ceil((stop - start) / step)
  const [height, width] = [line ? 1 : many(down), many(right)]
  const given = drawnNumbers(values, exact, part)
  const turned = view.rows > view.columns
  const indexOf = (index: number): number =>
    turned ? (index % width) * height + Math.floor(index / width) : index
  const plane = turned ? given.map((_, index) => given[indexOf(index)]) : given
  const text = elementTexts(dtype, values, exact)
  const highs = most && doublesOf(most)
  const [least, largest] = [boundsOf(plane), highs && boundsOf(highs)]
  return {
    height,
    width,
    values: plane,
    ...(highs && { most: highs }),
    ...(missing && { missing: doublesOf(missing) }),
    textAt: (index) => text(indexOf(index)),
    min: least.min,
    max: largest?.max ?? least.max,
    from: { row: line ? 0 : down.start, column: right.start },
    step: { row: line ? 1 : down.step, column: right.step },
  }
}

function boundsOf(values: Float64Array): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min, max }
}

/** Stops of a scale that grows lighter evenly, also for those who do not tell red from green. */
const STOPS = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
] as const

/** Colours of what is no finite number: none of the scale's. */
export const MARKS = { nan: [128, 128, 128], positive: [235, 60, 60], negative: [70, 150, 255] } as const

const markOf = (value: number): readonly [number, number, number] =>
  Number.isNaN(value) ? MARKS.nan : value > 0 ? MARKS.positive : MARKS.negative

/** Red, green and blue, 0 to 255, of a part of the scale from 0 to 1. */
export function heatColour(part: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, part)) * (STOPS.length - 1)
  const [low, high] = [STOPS[Math.floor(at)], STOPS[Math.ceil(at)]]
  const between = at - Math.floor(at)
  return [0, 1, 2].map((i) => Math.round(low[i] + (high[i] - low[i]) * between)) as [number, number, number]
}

/** A plane as pixels, one a number: red, green, blue and opacity. NaN, ∞ and −∞ have colours of their own. */
export function heatPixels({
  values,
  min,
  max,
}: Pick<Plane, 'values' | 'min' | 'max'>): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * values.length)
  const scale = max > min ? 1 / (max - min) : 0
  values.forEach((value, i) => {
    pixels.set(Number.isFinite(value) ? heatColour((value - min) * scale) : markOf(value), 4 * i)
    pixels[4 * i + 3] = 255
  })
  return pixels
}

/** A stretch of a line as it is drawn. */
export interface LinePart {
  /** The least and the most; nothing where no element is a finite number. */
  finite: [number, number] | undefined
  /** How many elements are no finite numbers. */
  missing: number
}

/**
 * A line cut into so many equal stretches at most.
 * @example lineParts({ values: [1, 5, 2, NaN] }, 2) // 1 to 5, and 2 with one element that is no number
 */
export function lineParts(
  {
    values,
    most,
    missing,
  }: { values: ArrayLike<number>; most?: ArrayLike<number>; missing?: ArrayLike<number> },
  width: number,
): LinePart[] {
  const count = Math.max(1, Math.min(width, values.length))
  return Array.from({ length: count }, (_, stretch) => {
    const end = Math.floor(((stretch + 1) * values.length) / count)
    const part: LinePart = { finite: undefined, missing: 0 }
    for (let i = Math.floor((stretch * values.length) / count); i < end; i++) {
      const [low, high] = [values[i], most ? most[i] : values[i]]
      part.missing += missing ? missing[i] : Number.isFinite(low) ? 0 : 1
      if (!Number.isFinite(low)) continue
      part.finite = part.finite
        ? [Math.min(part.finite[0], low), Math.max(part.finite[1], high)]
        : [low, high]
    }
    return part
  })
}

/** A plane as comma-separated values: a line of text a row; of stretches one of the least and one of the most. */
export function planeCsv({ height, width, values, most, textAt }: Plane): string {
  const lines: string[] = []
  const plain = (text: string): string => (/[",]/.test(text) ? `"${text}"` : text)
  if (most) lines.push(values.join(','), most.join(','))
  else
    for (let y = 0; y < height; y++)
      lines.push(Array.from({ length: width }, (_, x) => plain(textAt(y * width + x))).join(','))
  return `${lines.join('\r\n')}\r\n`
}
