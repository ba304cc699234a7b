// Shapes: counting, broadcasting, axes.

import { givenText } from '../givenText.ts'
import { kernel } from '../kernel.ts'

/** Ends what is said of an axis that was masked, for example. */
export const UNKNOWN_LENGTH = 'length is not known before computing: call computeChunkSizes() first'

/** Shapes do not go together, or a number names no axis or element. */
export class ShapeError extends RangeError {
  override name = 'ShapeError'
}
kernel('error.ShapeError', ShapeError)

/** How many elements a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1
  for (const length of shape) size *= length
  return size
}

/** A shape as NumPy writes it: `(2, 3)`, `(4,)`; `?` for a length that is not known before computing. */
export function shapeText(shape: readonly number[]): string {
  const lengths = shape.map((length) => (Number.isNaN(length) ? '?' : String(length)))
  return lengths.length === 1 ? `(${lengths[0]},)` : `(${lengths.join(', ')})`
}

/** Strides, in elements, of an array that lies row by row without gaps. */
export function rowStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride
    stride *= shape[i]
  }
  return strides
}

/**
 * The shape that all shapes broadcast to.
 * @throws {ShapeError} when they do not, with all of them in its text
 * @example broadcastShapes([[3, 1], [4]]) // [3, 4]
 */
export function broadcastShapes(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  const result = new Array<number>(rank).fill(1)
  for (const shape of shapes)
    for (let i = 0; i < shape.length; i++) {
      const at = rank - shape.length + i
      const length = shape[i]
      // NaN is a length that is not known before computing: it goes with itself and with 1.
      if (length === 1 || length === result[at] || (Number.isNaN(length) && Number.isNaN(result[at])))
        continue
      if (result[at] === 1) result[at] = length
      else throw unlike(shapes)
    }
  return result
}

function unlike(shapes: readonly (readonly number[])[]): ShapeError {
  const hint = shapes.flat().some(Number.isNaN) ? `: the ${UNKNOWN_LENGTH}` : ''
  return new ShapeError(`shapes ${shapes.map(shapeText).join(' and ')} do not broadcast together${hint}`)
}

/**
 * An axis counted from the front.
 * @throws {ShapeError} when there is no such axis
 */
export function axisOf(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new ShapeError(
      `axis ${typeof axis === 'number' ? axis : givenText(axis)} is not there: the array has ${rank === 1 ? '1 axis' : `${rank} axes`}${rank > 0 ? ` (${-rank} to ${rank - 1})` : ''}`,
    )
  return axis < 0 ? axis + rank : axis
}

/** Axes counted from the front, sorted; all of them where none are named. */
export function axesOf(axis: number | readonly number[] | undefined | null, rank: number): number[] {
  if (axis === undefined || axis === null) return Array.from({ length: rank }, (_, i) => i)
  if (typeof axis !== 'number' && !Array.isArray(axis))
    throw new ShapeError(`${givenText(axis)} names no axis: give a number, or a list of them`)
  const axes = (typeof axis === 'number' ? [axis] : axis).map((each) => axisOf(each, rank))
  if (new Set(axes).size < axes.length) throw new ShapeError(`axes ${shapeText(axes)} name one axis twice`)
  return axes.sort((a, b) => a - b)
}

/**
 * A shape with one −1 filled in so that it holds `size` elements.
 * @throws {ShapeError} when no shape of that form does
 * @example resolveShape([2, -1], 6) // [2, 3]
 */
export function resolveShape(given: readonly number[], size: number): number[] {
  const shape = listOf('a shape', given) as number[]
  if (Number.isNaN(size)) throw new ShapeError(`an array cannot be reshaped whose ${UNKNOWN_LENGTH}`)
  const open = shape.filter((length) => length === -1).length
  const rest = sizeOf(shape.filter((length) => length !== -1))
  const bad = shape.some((length) => !Number.isInteger(length) || length < -1)
  const filled =
    open === 1 && rest > 0 ? shape.map((length) => (length === -1 ? size / rest : length)) : [...shape]
  if (bad || open > 1 || sizeOf(filled) !== size || !filled.every(Number.isInteger))
    throw new ShapeError(`${size} elements cannot be reshaped to ${givenShape(shape)}`)
  return filled
}

/** The shape left when axes are reduced. */
export function reducedShape(shape: readonly number[], axes: readonly number[], keepDims = false): number[] {
  if (keepDims) return shape.map((length, i) => (axes.includes(i) ? 1 : length))
  return shape.filter((_, i) => !axes.includes(i))
}

/** What was given for a shape, as it was given. */
const givenShape = (list: readonly unknown[]): string =>
  list.length === 1 ? `(${givenText(list[0])},)` : `(${list.map(givenText).join(', ')})`

/** The numbers of a list or of a typed array. */
function listOf(what: string, given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return [...given]
  if (ArrayBuffer.isView(given) && !(given instanceof DataView))
    return Array.from(given as Uint8Array, Number)
  throw new ShapeError(`${what} is a length, or a list of them, not ${givenText(given)}`)
}

/** @throws {ShapeError} unless every length is a whole number ≥ 0 */
export function checkedShape(shape: number | readonly number[]): number[] {
  const list: readonly unknown[] = typeof shape === 'number' ? [shape] : listOf('a shape', shape)
  for (const length of list)
    if (!Number.isSafeInteger(length) || (length as number) < 0)
      throw new ShapeError(`${givenShape(list)} is no shape: lengths are whole numbers from 0 on`)
  return list as number[]
}
