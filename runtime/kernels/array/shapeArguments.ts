// What the methods of shapes are given, made plain: orders of axes, places, widths.

import { givenText } from '../givenText.ts'
import { wrong } from './arguments.ts'
import { axisOf, ShapeError, shapeText } from './shape.ts'

/** How many elements to add in front and behind: of each axis, of all alike, or one number for all. */
export type PadWidth = number | readonly [number, number] | readonly (readonly [number, number])[]

/** The places of a list's elements, each as often as it is told. */
export function repeatedPlaces(times: readonly number[], length: number): number[] {
  if (!Array.isArray(times)) throw wrong('repeat', 'a whole number, or a list of them', times)
  if (times.length !== length)
    throw new ShapeError(`repeat got ${times.length} counts for ${length} elements: one for each`)
  for (const each of times) requireCount('repeat', each)
  return times.flatMap((count, place) => new Array<number>(count).fill(place))
}

/** The order of axes in which some stand at other places. */
export function movedOrder(
  from: number | readonly number[],
  to: number | readonly number[],
  rank: number,
): number[] {
  const [sources, targets] = [from, to].map((axes) => {
    if (typeof axes !== 'number' && !Array.isArray(axes))
      throw wrong('moveaxis', 'an axis and its place, or a list of each', axes)
    return (typeof axes === 'number' ? [axes] : (axes as number[])).map((axis) => axisOf(axis, rank))
  })
  if (
    sources.length !== targets.length ||
    [sources, targets].some((axes) => new Set(axes).size < axes.length)
  )
    throw new ShapeError(
      `moveaxis takes as many axes as places, none of them twice: not ${shapeText(sources)} and ${shapeText(targets)}`,
    )
  const order = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !sources.includes(axis))
  const moves = targets.map((target, i) => [target, sources[i]]).sort((a, b) => a[0] - b[0])
  for (const [target, source] of moves) order.splice(target, 0, source)
  return order
}

/** @throws {ShapeError} when `times` is no whole number from 0 on */
export function requireCount(what: string, times: number): void {
  if (!Number.isInteger(times) || times < 0)
    throw new ShapeError(`${what} takes whole numbers from 0 on, not ${givenText(times)}`)
}

/** How much to add in front of and behind each axis. */
export function padWidths(width: PadWidth, rank: number): [number, number][] {
  if (typeof width !== 'number' && (!Array.isArray(width) || width.length === 0))
    throw wrong('pad', 'a width, a pair of them, or a list of pairs', width)
  const list = typeof width === 'number' ? [[width, width]] : typeof width[0] === 'number' ? [width] : width
  const pairs = list as [number, number][]
  for (const pair of pairs)
    if (!Array.isArray(pair) || pair.length !== 2)
      throw wrong('pad', 'widths as pairs, in front and behind', pair)
  for (const each of pairs.flat()) requireCount('pad', each)
  if (pairs.length === 1) return Array.from({ length: rank }, () => pairs[0])
  if (pairs.length !== rank) throw new ShapeError(`pad got ${pairs.length} pairs of widths for ${rank} axes`)
  return pairs
}
