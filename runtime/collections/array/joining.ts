// Functions of several arrays: joining them, choosing among them.

import { requireList, wrong } from '../../kernels/array/arguments.ts'
import { isScalar, type Scalar } from '../../kernels/array/dtype.ts'
import { axisOf, ShapeError, shapeText } from '../../kernels/array/shape.ts'
import type { ChunkedArray as Chunked } from './chunkedArray.ts'
import { ChunkedArray } from './chunkedArray.ts'
import { asarray } from './creation.ts'
import { inCall } from './inCall.ts'
import { concatenateNode } from './indexNodes.ts'
import { mapNode, NODE, operandOf } from './operands.ts'

/** @throws {ShapeError} when there is nothing to join */
function requireArrays(call: string, arrays: unknown): void {
  requireList(call, arrays, 'a list of arrays')
  if ((arrays as readonly unknown[]).length === 0) throw new ShapeError(`there is nothing to ${call}`)
}

/**
 * Arrays one behind the other along an axis.
 * @throws {ShapeError} when other axes differ
 * @example (await array.concatenate([array.zeros([1, 2]), array.ones([2, 2])]).compute()).shape // [3, 2]
 */
export function concatenate(arrays: readonly unknown[], axis = 0): Chunked {
  return inCall('concatenate', () => {
    requireArrays('concatenate', arrays)
    const nodes = arrays.map((each) => asarray(each)[NODE])
    return new ChunkedArray(concatenateNode(nodes, axisOf(axis, nodes[0].shape.length)))
  })
}

/**
 * Arrays of one shape along a new axis.
 * @example (await array.stack([[1, 2], [3, 4]], 1).compute()).toList() // [[1, 3], [2, 4]]
 */
export function stack(arrays: readonly unknown[], axis = 0): Chunked {
  return inCall('stack', () => {
    requireArrays('stack', arrays)
    const all = arrays.map(asarray)
    for (const each of all)
      if (shapeText(each.shape) !== shapeText(all[0].shape))
        throw new ShapeError(
          `arrays of shapes ${all.map(({ shape }) => shapeText(shape)).join(' and ')} cannot be stacked: they must be equal`,
        )
    return concatenate(
      all.map((each) => each.expandDims(axis)),
      axis,
    )
  })
}

/**
 * One array of nested lists of arrays: the innermost are joined along the last axis, and so on outwards.
 * @example (await array.block([[[[1]], [[2]]], [[[3]], [[4]]]]).compute()).toList() // [[1, 2], [3, 4]]
 */
export function block(parts: unknown): Chunked {
  return inCall('block', () => {
    const depth = (part: unknown): number =>
      Array.isArray(part) &&
      part.some((each) => Array.isArray(each) || each instanceof ChunkedArray) &&
      !isNumbers(part)
        ? 1 + Math.max(...part.map(depth))
        : 0
    const levels = depth(parts)
    const join = (part: unknown, left: number): Chunked => {
      if (left === 0 || !Array.isArray(part)) return asarray(part)
      return concatenate(
        part.map((each) => {
          const own = join(each, left - 1)
          return own.shape.length === 0 ? own.reshape([1]) : own
        }),
        -left,
      )
    }
    const isDeep = levels > 2 ? 2 : levels
    return join(parts, isDeep)
  })
}

/** Whether a nested list holds nothing but numbers: it is an array itself then. */
function isNumbers(part: readonly unknown[]): boolean {
  return part.every((each) =>
    Array.isArray(each) ? isNumbers(each) && each.every((x) => !Array.isArray(x)) : typeof each === 'number',
  )
}

/** Arrays below one another. */
export const vstack = (arrays: readonly unknown[]): Chunked =>
  inCall('vstack', () => {
    requireArrays('vstack', arrays)
    const rows = arrays.map(asarray)
    return concatenate(rows.map((array) => (array.shape.length < 2 ? array.reshape([1, array.size]) : array)))
  })
/** Arrays beside one another. */
export const hstack = (arrays: readonly unknown[]): Chunked =>
  inCall('hstack', () => {
    requireArrays('hstack', arrays)
    return concatenate(arrays, asarray(arrays[0]).shape.length === 1 ? 0 : 1)
  })
/** Arrays behind one another. */
export const dstack = (arrays: readonly unknown[]): Chunked =>
  inCall('dstack', () => {
    requireArrays('dstack', arrays)
    return concatenate(
      arrays.map((each) => {
        const array = asarray(each)
        if (array.shape.length === 1) return array.reshape([1, array.size, 1])
        return array.shape.length === 2 ? array.expandDims(2) : array
      }),
      2,
    )
  })

/**
 * The first where a mask is true, the second elsewhere.
 * @example (await array.where([true, false], 1, 2).compute()).toList() // [1, 2]
 */
export function where(mask: unknown, a: unknown, b: unknown): Chunked {
  return inCall('where', () => {
    if (a === undefined || b === undefined)
      throw new ShapeError(
        'where takes a mask and what stands where it is true and where it is false: places of true elements are not known before computing, x.slice(mask) gives the elements',
      )
    return new ChunkedArray(mapNode('where', [asarray(mask)[NODE], operandOf(a), operandOf(b)]))
  })
}

/**
 * For each element the choice of the first mask that is true.
 * @example (await array.select([[true, false], [true, true]], [[1, 1], [2, 2]]).compute()).toList() // [1, 2]
 */
export function select(
  masks: readonly unknown[],
  choices: readonly unknown[],
  otherwise: Scalar = 0,
): Chunked {
  return inCall('select', () => {
    requireList('select', masks, 'a list of masks')
    requireList('select', choices, 'a list of choices')
    if (!isScalar(otherwise)) throw wrong('select', 'one element where no mask is true', otherwise)
    if (masks.length !== choices.length || masks.length === 0)
      throw new ShapeError(
        `select got ${masks.length} masks and ${choices.length} choices: as many of both, at least one`,
      )
    const last = choices.length - 1
    let chosen = where(masks[last], choices[last], otherwise)
    for (let i = last - 1; i >= 0; i--) chosen = where(masks[i], choices[i], chosen)
    return chosen
  })
}
