// What is drawn of an array: a plane of two axes, or a line of one, at a place along all others. Pure.

import type { ArrayDisplay } from '../../runtime/protocol/runs.ts'

/** Numbers that are here, row by row. */
export interface Elements {
  values: Float64Array
  /** How many are here along each axis. */
  shape: number[]
  /** Every so-many-th of the whole array is here. */
  steps: readonly number[]
}

/** Which part is looked at. */
export interface PlaneView {
  /** Axes that run down and to the right. A line runs along `columns` alone. */
  rows: number
  columns: number
  /** The place along every axis, of what is here; those of `rows` and `columns` do not count. */
  places: readonly number[]
}

export interface Plane {
  height: number
  width: number
  values: Float64Array
  min: number
  max: number
}

export function elementsOf({ values, shape, steps }: ArrayDisplay): Elements {
  // The bytes may lie anywhere in a message.
  const own = values.slice()
  return {
    values: new Float64Array(own.buffer, 0, own.byteLength >> 3),
    shape: shape.map((length, axis) => Math.ceil(length / steps[axis])),
    steps,
  }
}

/** The last two axes, at the beginning of all others. */
export function firstView({ shape }: Elements): PlaneView {
  return {
    rows: Math.max(0, shape.length - 2),
    columns: shape.length - 1,
    places: shape.map(() => 0),
  }
}

/** @param view of a line when `rows` and `columns` are the same axis: it is then one row high */
export function planeOf({ values, shape }: Elements, { rows, columns, places }: PlaneView): Plane {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
  const from = shape.reduce(
    (sum, _, axis) => (axis === rows || axis === columns ? sum : sum + places[axis] * strides[axis]),
    0,
  )
  const height = rows === columns ? 1 : shape[rows]
  const width = shape[columns]
  const plane = new Float64Array(height * width)
  let [min, max] = [Infinity, -Infinity]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = values[from + (rows === columns ? 0 : y * strides[rows]) + x * strides[columns]]
      plane[y * width + x] = value
      if (!Number.isFinite(value)) continue
      if (value < min) min = value
      if (value > max) max = value
    }
  return { height, width, values: plane, min, max }
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

/** Red, green and blue, 0 to 255, of a part of the scale from 0 to 1. */
export function heatColour(part: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, part)) * (STOPS.length - 1)
  const [low, high] = [STOPS[Math.floor(at)], STOPS[Math.ceil(at)]]
  const between = at - Math.floor(at)
  return [0, 1, 2].map((i) => Math.round(low[i] + (high[i] - low[i]) * between)) as [number, number, number]
}

/** The plane as pixels, one a number: red, green, blue and opacity. What is no finite number is clear. */
export function heatPixels({ values, min, max }: Plane): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * values.length)
  const scale = max > min ? 1 / (max - min) : 0
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) return
    pixels.set([...heatColour((value - min) * scale), 255], 4 * i)
  })
  return pixels
}

/**
 * The least and the most of a line within each of so many equal stretches: what a line drawn that wide covers.
 * @example stretches([1, 5, 2, 3], 2) // [[1, 5], [2, 3]]
 */
export function stretches(values: ArrayLike<number>, width: number): ([number, number] | undefined)[] {
  const count = Math.max(1, Math.min(width, values.length))
  return Array.from({ length: count }, (_, stretch) => {
    const end = Math.floor(((stretch + 1) * values.length) / count)
    let found: [number, number] | undefined
    for (let i = Math.floor((stretch * values.length) / count); i < end; i++) {
      const value = values[i]
      if (!Number.isFinite(value)) continue
      found = found ? [Math.min(found[0], value), Math.max(found[1], value)] : [value, value]
    }
    return found
  })
}

/** A plane as comma-separated values: a line of text a row. */
export function planeCsv({ height, width, values }: Plane): string {
  const lines: string[] = []
  for (let y = 0; y < height; y++) lines.push(values.subarray(y * width, (y + 1) * width).join(','))
  return `${lines.join('\r\n')}\r\n`
}

/**
 * A number in at most seven digits.
 * @example shortNumber(0.1 + 0.2) // '0.3'
 */
export const shortNumber = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(7))) : String(value)
