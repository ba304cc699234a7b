// What stands between the brackets of an index: parsed, checked against a shape, told axis by axis.

import { isComplex } from './dtype.ts'
import { ShapeError, shapeText, UNKNOWN_LENGTH } from './shape.ts'

/** Evenly spaced elements along one axis. */
export interface Run {
  start: number
  step: number
  count: number
}

/** A slice by its bounds, where `null` stands for "from the end that comes first" and "to the other end". */
export interface SliceSpec {
  start?: number | null
  stop?: number | null
  step?: number | null
}

/**
 * One index: a place (negative from the end), `'start:stop:step'`, `'...'` for all axes between, `null` for a new axis,
 * a list of places or of bools.
 */
export type BasicIndex = number | bigint | string | null | SliceSpec
export type IndexList = readonly number[] | readonly bigint[] | readonly boolean[]

/** What an index does with the next axis of the array. */
export type AxisIndex =
  | ({ kind: 'run' } & Run)
  | { kind: 'place'; place: number }
  | { kind: 'new' }
  | { kind: 'list'; list: unknown; axes: number }

const SLICE = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/

/**
 * A slice of an axis, as Python has it: bounds beyond the ends are cut off.
 * @throws {ShapeError} when the step is 0, or the length is not known and not all is taken
 * @example runOf({ step: -1 }, 3) // { start: 2, step: -1, count: 3 }
 */
export function runOf({ start, stop, step }: SliceSpec, length: number): Run {
  const by = step ?? 1
  for (const bound of [start ?? 0, stop ?? 0, by])
    if (!Number.isInteger(bound))
      throw new ShapeError(`a slice has whole bounds and a whole step, not ${bound}`)
  if (by === 0) throw new ShapeError('the step of a slice is not 0')
  if (Number.isNaN(length)) {
    if ((start ?? 0) === 0 && stop == null && by === 1) return { start: 0, step: 1, count: length }
    throw new ShapeError(`only ':' takes from an axis whose ${UNKNOWN_LENGTH}`)
  }
  const clip = (bound: number): number => {
    const from = bound < 0 ? bound + length : bound
    return by > 0 ? Math.min(Math.max(from, 0), length) : Math.min(Math.max(from, -1), length - 1)
  }
  const first = start == null ? (by > 0 ? 0 : length - 1) : clip(start)
  const last = stop == null ? (by > 0 ? length : -1) : clip(stop)
  return { start: first, step: by, count: Math.max(0, Math.ceil((last - first) / by)) }
}

/** @throws {ShapeError} when the text is no slice */
export function parseSlice(text: string): SliceSpec {
  const found = SLICE.exec(text)
  if (!found)
    throw new ShapeError(`${JSON.stringify(text)} is no slice: write 'start:stop:step', '...' or ':'`)
  const [start, stop, step] = found.slice(1).map((part) => (part === undefined ? undefined : Number(part)))
  return { start, stop, step }
}

/**
 * Says for each index what it does; what is not indexed is taken whole.
 * @param rankOf how many axes a list index takes: 1, or a bool array's rank; nothing for what is no list
 * @throws {ShapeError} when there are too many indices, or one is out of range
 */
export function parseIndices(
  indices: readonly unknown[],
  shape: readonly number[],
  rankOf: (index: unknown) => number | undefined,
): AxisIndex[] {
  const taken = indices.reduce<number>((sum, index) => {
    if (index === null || index === '...') return sum
    return sum + (rankOf(index) ?? 1)
  }, 0)
  if (taken > shape.length)
    throw new ShapeError(`${taken} indices are too many for an array of shape ${shapeText(shape)}`)
  if (indices.filter((index) => index === '...').length > 1)
    throw new ShapeError("an index has one '...' at most")
  const all = indices.includes('...') ? indices : [...indices, '...']
  const parsed: AxisIndex[] = []
  let axis = 0
  for (const index of all) {
    if (index === '...') {
      for (let n = shape.length - taken; n > 0; n--)
        parsed.push({ kind: 'run', start: 0, step: 1, count: shape[axis++] })
      continue
    }
    if (index === null) {
      parsed.push({ kind: 'new' })
      continue
    }
    const axes = rankOf(index)
    if (axes !== undefined) {
      parsed.push({ kind: 'list', list: index, axes })
      axis += axes
      continue
    }
    parsed.push(axisIndex(index, axis, shape))
    axis++
  }
  return parsed
}

function axisIndex(index: unknown, axis: number, shape: readonly number[]): AxisIndex {
  const length = shape[axis]
  if (typeof index === 'number' || typeof index === 'bigint')
    return { kind: 'place', place: placeOf(Number(index), axis, shape) }
  if (typeof index === 'string') return { kind: 'run', ...runOf(parseSlice(index), length) }
  if (
    typeof index === 'object' &&
    index !== null &&
    !isComplex(index) &&
    Object.getPrototypeOf(index) === Object.prototype
  )
    return { kind: 'run', ...runOf(index as SliceSpec, length) }
  throw new ShapeError(
    `${typeof index === 'object' ? 'that object' : String(index)} is no index: use numbers, 'start:stop:step', '...', null, lists of numbers, or bools`,
  )
}

/**
 * A place along an axis, counted from the front.
 * @throws {ShapeError} when it is out of range
 */
export function placeOf(index: number, axis: number, shape: readonly number[]): number {
  const length = shape[axis]
  if (Number.isNaN(length))
    throw new ShapeError(`index ${index} is along axis ${axis}, whose ${UNKNOWN_LENGTH}`)
  if (!Number.isInteger(index) || index < -length || index >= length)
    throw new ShapeError(`index ${index} is out of range for axis ${axis} of shape ${shapeText(shape)}`)
  return index < 0 ? index + length : index
}
