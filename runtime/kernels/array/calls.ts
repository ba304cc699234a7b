// Functions on regions that are not element by element: reshaping, taking, assigning, sums so far, order along an axis.

import { kernel } from '../kernel.ts'
import { type DTypeName, dtypeOf } from './dtype.ts'
import { blockEngine } from './engine.ts'
import { fromValue } from './fromValue.ts'
import { NdArray } from './ndArray.ts'
import type { QuantileMethod } from './reductionMethods.ts'
import { shapeText, sizeOf } from './shape.ts'
import { quantilesOf } from './sorting.ts'

/** A run of elements, row by row, out of the smallest region that holds them. */
export const reshapeCall = kernel(
  'array.reshape',
  ({ own }: { own: { skip: number; shape: number[] } }, array: NdArray): NdArray => {
    const flat = array.contiguous()
    return flat.restrided([sizeOf(own.shape)], [1], flat.offset + own.skip).reshape(own.shape) as NdArray
  },
)

/** Elements at places along an axis, which are told from where the region begins. */
export const takeCall = kernel(
  'array.take',
  ({ axis, own }: { axis: number; own: Float64Array }, array: NdArray): NdArray =>
    blockEngine().take(array, fromValue(own), axis),
)

/** Elements at places that another array tells. */
export const takeLazyCall = kernel(
  'array.takeLazy',
  ({ axis }: { axis: number }, array: NdArray, places: NdArray): NdArray =>
    blockEngine().take(array, places, axis),
)

/** The elements where a mask is true. */
export const maskCall = kernel(
  'array.mask',
  ({ axis }: { axis: number }, array: NdArray, mask: NdArray): NdArray =>
    blockEngine().masked(array, mask, axis),
)

export interface AssignOwn {
  /** Per axis: the first element of the block that is replaced, and every how many; or a list of places. */
  runs: readonly ({ start: number; step: number; count: number } | { places: readonly number[] })[]
  /** The shape of the values, with an axis for each of the array's. */
  shape: readonly number[]
}

/** A block with some of its elements replaced. */
export const assignCall = kernel(
  'array.assign',
  ({ own }: { own: AssignOwn | null }, array: NdArray, value: NdArray): NdArray => {
    if (!own) return array
    const copy = array.copy() as NdArray
    const list = own.runs.findIndex((run) => 'places' in run)
    const runs = own.runs.map((run, axis) =>
      'places' in run
        ? ({ kind: 'run', start: 0, step: 1, count: array.shape[axis] } as const)
        : ({ kind: 'run', ...run } as const),
    )
    const target = copy.$index(runs) as NdArray
    const values = value.$reshape(own.shape) as NdArray
    if (list < 0) {
      target.set(['...'], values)
      return copy
    }
    const { places } = own.runs[list] as { places: readonly number[] }
    const wide = values.broadcastTo(
      target.shape.map((length, axis) => (axis === list ? places.length : length)),
    ) as NdArray
    // Of several values for one place the last one stays.
    places.forEach((place, i) => {
      if (place < 0) return
      const layer = target.$run(list, place, 1) as NdArray
      layer.set(['...'], wide.$run(list, i, 1) as NdArray)
    })
    return copy
  },
)

interface ScanParams {
  name: 'add' | 'multiply'
  axis: number
  dtype: DTypeName
}

/** Sums so far within one block. */
export const scanCall = kernel(
  'array.scan',
  ({ name, axis, dtype }: ScanParams, array: NdArray): NdArray =>
    blockEngine().accumulate(array, name, axis, dtype),
)

/** The total of all blocks in front of the next one. */
export const scanTotal = kernel(
  'array.scanTotal',
  ({ name, axis }: ScanParams, scanned: NdArray, before?: NdArray): NdArray => {
    const length = scanned.shape[axis]
    if (length === 0)
      return (
        before ??
        (blockEngine().full(
          scanned.shape.map((n, i) => (i === axis ? 1 : n)),
          name === 'add' ? 0 : 1,
          scanned.type,
        ) as NdArray)
      )
    const last = scanned.$run(axis, length - 1, 1) as NdArray
    return before ? blockEngine().map(name, [before, last]) : (last.copy() as NdArray)
  },
)

/** A block's sums so far, with the total in front of it. */
export const scanShift = kernel(
  'array.scanShift',
  ({ name }: ScanParams, scanned: NdArray, before: NdArray): NdArray =>
    blockEngine().map(name, [before, scanned]),
)

export const quantileCall = kernel(
  'array.quantile',
  (
    {
      axes,
      at,
      ...options
    }: {
      axes: readonly number[]
      at: number | readonly number[]
      method?: QuantileMethod
      skipNaN: boolean
      keepDims?: boolean
      median?: boolean
    },
    array: NdArray,
  ): NdArray => quantilesOf(array, axes, at, options),
)

export const sortCall = kernel(
  'array.sort',
  ({ axis, places }: { axis: number; places: boolean }, array: NdArray): NdArray =>
    places ? blockEngine().argsort(array, axis) : blockEngine().sort(array, axis),
)

export interface UserCall {
  fn: (...args: never[]) => unknown
  /** The dtype that the function was said to give. */
  dtype: DTypeName
  /** Which method, for messages. */
  method: string
  rest: readonly unknown[]
  own?: {
    index: readonly number[]
    shape: readonly (number | null)[]
    start: readonly number[]
    trim?: readonly (readonly [number, number])[]
  }
}

/** A block of another shape or dtype than was told. */
export class BlockResultError extends TypeError {
  override name = 'BlockResultError'
}
kernel('error.BlockResultError', BlockResultError)

/** A function of the user's on blocks. What it gives is held to what was told when the array was built. */
export const userCall = kernel(
  'array.user',
  async ({ fn, dtype, method, rest, own }: UserCall, ...arrays: NdArray[]): Promise<NdArray> => {
    const info = { blockIndex: own!.index, start: own!.start }
    const given = await (fn as (...args: unknown[]) => unknown)(...arrays, ...rest, info)
    const result = given instanceof NdArray ? given : (NdArray.from(given) as NdArray)
    const trimmed = own?.trim ? trim(result, own.trim) : result
    return held(trimmed, { name: fn.name, method, dtype, shape: own!.shape }, given instanceof NdArray)
  },
)

export interface UserCallOfSeveral extends Omit<UserCall, 'dtype' | 'own'> {
  dtypes: readonly DTypeName[]
  own?: { index: readonly number[]; start: readonly number[]; shapes: readonly (readonly number[])[] }
}

/** The same of a function that gives several blocks, as a list. */
export const userCallOfSeveral = kernel(
  'array.userOfSeveral',
  async ({ fn, dtypes, method, rest, own }: UserCallOfSeveral, ...arrays: NdArray[]): Promise<NdArray[]> => {
    const info = { blockIndex: own!.index, start: own!.start }
    const given = await (fn as (...args: unknown[]) => unknown)(...arrays, ...rest, info)
    if (!Array.isArray(given) || given.length !== dtypes.length)
      throw new BlockResultError(
        `${method}: ${fn.name || 'the function'} gives a list of ${dtypes.length} blocks by its signature, and gave ${Array.isArray(given) ? given.length : `a value of type ${typeof given}`}`,
      )
    return given.map((each: unknown, i) => {
      const block = each instanceof NdArray ? each : (NdArray.from(each) as NdArray)
      const told = { name: fn.name, method, dtype: dtypes[i], shape: own!.shapes[i] }
      return held(block, told, each instanceof NdArray)
    })
  },
)

interface Told {
  name: string
  method: string
  dtype: DTypeName
  shape: readonly (number | null)[]
}

/** A block, once it is of the shape and dtype that were told; numbers of the user's own become that dtype. */
function held(block: NdArray, { name, method, dtype, shape }: Told, isArray: boolean): NdArray {
  const who = name || 'the function'
  if (
    block.shape.length !== shape.length ||
    block.shape.some((length, axis) => shape[axis] !== null && shape[axis] !== length)
  )
    throw new BlockResultError(
      `${method}: ${who} gave a block of shape ${shapeText(block.shape)} where ${shapeText(shape.map((n) => n ?? Number.NaN))} was expected: say so by the option chunks`,
    )
  if (block.type === dtypeOf(dtype)) return block
  if (!isArray) return block.astype(dtype) as NdArray
  throw new BlockResultError(
    `${method}: ${who} gave ${block.dtype} where ${dtype} was expected: say so by the option dtype`,
  )
}

const trim = (array: NdArray, depths: readonly (readonly [number, number])[]): NdArray =>
  array.$index(
    array.shape.map((length, axis) => ({
      kind: 'run',
      start: depths[axis][0],
      step: 1,
      count: length - depths[axis][0] - depths[axis][1],
    })),
  ) as NdArray

/** The lengths of a block. */
export const shapeKernel = kernel('array.shape', (array: NdArray): number[] => [...array.shape])
