// Which part of an array is looked at, and what is to be asked for so that it can be drawn. Places are those of the whole array. Pure.

import type { AxisRange, RegionRequest } from '../../runtime/protocol/regions.ts'

/** A stretch along an axis: from a place on, up to another that is left out. */
export interface Stretch {
  from: number
  to: number
}

export interface ArrayView {
  /** Axes that run down and to the right. A line runs along `columns` alone, and `rows` is the same axis. */
  rows: number
  columns: number
  /** The place along every axis; those along `rows` and `columns` do not count. */
  places: readonly number[]
  down: Stretch
  right: Stretch
}

/** So many elements of a heat map come at once, at most. */
const MAP_MAX = 131_072
/** A line of more elements than this is told by stretches. */
const LINE_MAX = 4000
const LINE_STRETCHES = 1000

/** The last two axes, whole, at the beginning of all others. */
export function firstView(shape: readonly number[]): ArrayView {
  const rows = Math.max(0, shape.length - 2)
  const columns = shape.length - 1
  return wholeOf(shape, { rows, columns, places: shape.map(() => 0) })
}

/** All of the axes that are drawn. */
export const wholeOf = (
  shape: readonly number[],
  { rows, columns, places }: Pick<ArrayView, 'rows' | 'columns' | 'places'>,
): ArrayView => ({
  rows,
  columns,
  places,
  down: { from: 0, to: shape[rows] },
  right: { from: 0, to: shape[columns] },
})

/** The same along one axis alone. */
export const lineOf = (view: ArrayView): ArrayView => ({ ...view, rows: view.columns, down: view.right })

export const isLine = ({ rows, columns }: ArrayView): boolean => rows === columns

/** Whether not all of the axes that are drawn is in view. */
export const isZoomed = (shape: readonly number[], { rows, columns, down, right }: ArrayView): boolean =>
  lengthOf(down) < shape[rows] || lengthOf(right) < shape[columns]

export const lengthOf = ({ from, to }: Stretch): number => to - from

/**
 * Looks closer, or from farther away, and keeps what is at a part of the stretch where it is.
 * @param by how many times as much is seen then, e.g. 0.5
 * @param at 0 is the beginning of the stretch, 1 its end
 * @example zoomed({ from: 0, to: 100 }, 100, 0.5, 0.5) // { from: 25, to: 75 }
 */
export function zoomed(stretch: Stretch, length: number, by: number, at: number): Stretch {
  const before = lengthOf(stretch)
  // At least one element more or less, so that every step does something.
  const wanted =
    by < 1 ? Math.min(before - 1, Math.round(before * by)) : Math.max(before + 1, Math.round(before * by))
  const after = Math.min(length, Math.max(Math.min(CLOSEST, length), wanted))
  return within(Math.round(stretch.from + (before - after) * at), after, length)
}

/** So few elements are seen at the closest. */
const CLOSEST = 4

/** The same length, so many elements on, as far as there are any. */
export const moved = (stretch: Stretch, length: number, by: number): Stretch =>
  within(Math.round(stretch.from + by), lengthOf(stretch), length)

function within(from: number, long: number, length: number): Stretch {
  const start = Math.min(length - long, Math.max(0, from))
  return { from: start, to: start + long }
}

/** The part of an array that draws a view: every so-many-th element, or of a long line its stretches. */
export function regionFor(view: ArrayView, byStretches: boolean): RegionRequest {
  const { rows, columns, places, down, right } = view
  const one = (place: number): AxisRange => ({ start: place, stop: place + 1, step: 1 })
  const ranges = places.map(one)
  if (isLine(view)) {
    const long = lengthOf(right)
    const step = long > LINE_MAX ? Math.ceil(long / LINE_STRETCHES) : 1
    ranges[columns] = { start: right.from, stop: right.to, step }
    return { ranges, ...(step > 1 && byStretches && { extremes: true }) }
  }
  const steps = [1, 1]
  const met = (which: 0 | 1): number => Math.ceil(lengthOf(which === 0 ? down : right) / steps[which])
  while (met(0) * met(1) > MAP_MAX) steps[met(0) > met(1) ? 0 : 1]++
  // Begun at a multiple, so that what moves does not flicker.
  const range = ({ from, to }: Stretch, step: number): AxisRange => ({
    start: from - (from % step),
    stop: to,
    step,
  })
  ranges[rows] = range(down, steps[0])
  ranges[columns] = range(right, steps[1])
  return { ranges }
}

/** Whether elements that are here, every so-many-th along each axis, draw it about as finely as what is asked for. */
export const isHere = ({ ranges, extremes }: RegionRequest, steps: readonly number[]): boolean =>
  !extremes &&
  ranges.every(({ start, stop, step }, axis) =>
    stop - start === 1 ? start % steps[axis] === 0 : steps[axis] <= 1.25 * step,
  )
