// Functions of the user's on blocks: one by one, with their neighbours, or by named axes.

import {
  ArrayArgumentError,
  requireArgs,
  requireCount,
  requireFlag,
  requireFunction,
  requireList,
  requireObject,
  requireText,
  wrong,
} from '../../kernels/array/arguments.ts'
import { userCall } from '../../kernels/array/calls.ts'
import { type DTypeName, dtypeOf, isScalar, type Scalar } from '../../kernels/array/dtype.ts'
import { blockIndex, type Chunks, chunkStarts } from '../../kernels/array/grid.ts'
import type { Run } from '../../kernels/array/indexing.ts'
import type { NdArray } from '../../kernels/array/ndArray.ts'
import { axisOf, broadcastShapes, ShapeError, shapeText, UNKNOWN_LENGTH } from '../../kernels/array/shape.ts'
import type { PadMode } from '../../kernels/array/shapeMethods.ts'
import { alongAxisCall } from '../../kernels/array/statistics.ts'
import { givenText } from '../../kernels/givenText.ts'
import { type OptionNames, requireOptions } from '../../kernels/optionNames.ts'
import { ChunkedArray } from './chunkedArray.ts'
import { broadcastChunks, commonCuts } from './chunks.ts'
import { asarray } from './creation.ts'
import type { ArrayNode } from './expression.ts'
import { inArgument, inCall } from './inCall.ts'
import { whole } from './indexNodes.ts'
import { NODE } from './operands.ts'
import { CallNode } from './taskNodes.ts'

/** What a function on blocks is told beside them, last among its arguments. */
export interface BlockInfo {
  /** The block's number along each axis of the result. */
  blockIndex: readonly number[]
  /** Where the block begins in the result. */
  start: readonly number[]
}

type AnyFunction = (...args: never[]) => unknown

export interface MapBlocksOptions {
  /** The dtype that the function gives; the first array's own by default. */
  dtype?: DTypeName
  /** Other arrays, whose blocks at the same place follow; they broadcast. */
  with?: readonly unknown[]
  /** Further arguments, the same for all blocks. */
  args?: readonly unknown[]
  /** The lengths that the function gives for each block, where they are others: one length an axis, or all. */
  chunks?: readonly (number | readonly number[])[]
  /** Axes that the function leaves out. They must be one block long. */
  dropAxis?: number | readonly number[]
  /** Where the function adds axes of length 1, or as `chunks` says. */
  newAxis?: number | readonly number[]
}

const MAP_BLOCKS: OptionNames<MapBlocksOptions> = {
  dtype: true,
  with: true,
  args: true,
  chunks: true,
  dropAxis: true,
  newAxis: true,
}

/** The axes that an option names. */
function axesIn(option: string, axes: number | readonly number[] | undefined): readonly number[] {
  if (axes === undefined) return []
  if (typeof axes === 'number') return [axes]
  requireList(`mapBlocks: ${option}`, axes, 'an axis, or a list of them')
  return axes
}

/** @throws {ArrayArgumentError} unless lengths of blocks are left out, or told by axis */
function requireChunkLengths(chunks: unknown): void {
  if (chunks === undefined) return
  const isLength = (length: unknown): boolean => Number.isInteger(length) && (length as number) >= 0
  const isRight =
    Array.isArray(chunks) &&
    chunks.every((each) => isLength(each) || (Array.isArray(each) && each.every(isLength)))
  if (!isRight)
    throw wrong('mapBlocks: chunks', 'a list of the lengths along each axis, e.g. [2, [3, 3, 1]]', chunks)
}

/** @throws {ArrayArgumentError} unless lengths are left out, or told by name */
export function requireLengths(what: string, lengths: unknown): void {
  if (lengths === undefined) return
  requireObject(what, lengths, "lengths by axes' names, e.g. { k: 3 }")
  for (const length of Object.values(lengths as object)) requireCount(what, length, 0)
}

/** A function called once a block. */
export function mapBlocks(
  first: ChunkedArray,
  fn: AnyFunction,
  options: MapBlocksOptions = {},
): ChunkedArray {
  requireFunction('mapBlocks', fn)
  requireOptions('mapBlocks', options, MAP_BLOCKS)
  requireArgs('mapBlocks', options.args)
  if (options.with !== undefined) requireList('mapBlocks: with', options.with, 'a list of arrays')
  if (options.dtype !== undefined) dtypeOf(options.dtype)
  requireChunkLengths(options.chunks)
  const inputs = [first, ...(options.with ?? []).map(asarray)].map((each) => each[NODE])
  const shape = broadcastShapes(inputs.map((input) => input.shape))
  const grid = broadcastChunks(
    inputs.map((input) => input.chunks),
    shape,
  )
  const dropped = inArgument('dropAxis', () =>
    axesIn('dropAxis', options.dropAxis).map((axis) => axisOf(axis, shape.length)),
  )
  for (const axis of dropped)
    if (grid[axis].length > 1)
      throw new ShapeError(
        `axis ${axis} has ${grid[axis].length} blocks: only one that is a single block can be dropped; rechunk first`,
      )
  // For each axis of the result, the axis of the grid that it is; −1 for a new one.
  const source = shape.map((_, axis) => axis).filter((axis) => !dropped.includes(axis))
  const added = axesIn('newAxis', options.newAxis)
  for (const axis of added) requireCount('mapBlocks: newAxis', axis, 0)
  for (const axis of [...added].sort((a, b) => a - b)) {
    if (axis > source.length)
      throw new ShapeError(`newAxis: axis ${axis} does not follow the ${source.length} that there are`)
    source.splice(axis, 0, -1)
  }
  const chunks = source.map((axis, i): readonly number[] => {
    const told = options.chunks?.[i]
    if (Array.isArray(told)) return told as number[]
    const lengths = axis < 0 ? [1] : grid[axis]
    return typeof told === 'number' ? lengths.map(() => told) : lengths
  })
  return callOn('mapBlocks', fn, inputs, options.dtype ?? first.dtype, chunks, options.args ?? [], (index) =>
    inputs.map((input) =>
      input.shape.map((length, axis): Run => {
        const at = axis + shape.length - input.shape.length
        if (length === 1 && shape[at] !== 1) return whole(1)
        const place = source.indexOf(at)
        const block = place < 0 ? 0 : index[place]
        return { start: startOf(grid[at], block), step: 1, count: grid[at][block] }
      }),
    ),
  )
}

const startOf = (lengths: readonly number[], block: number): number => chunkStarts(lengths)[block]

function callOn(
  method: string,
  fn: AnyFunction,
  inputs: readonly ArrayNode[],
  dtype: DTypeName,
  chunks: Chunks,
  rest: readonly unknown[],
  regions: (index: readonly number[], region: readonly Run[]) => Run[][],
  trim?: (index: readonly number[]) => readonly (readonly [number, number])[],
): ChunkedArray {
  return new ChunkedArray(
    new CallNode({
      label: method,
      name: fn.name || method,
      inputs,
      dtype: dtypeOf(dtype),
      shape: chunks.map((lengths) => lengths.reduce((sum, length) => sum + length, 0)),
      chunks,
      fn: userCall as never,
      params: { fn, dtype, method, rest },
      regions: (block, region) => {
        const index = blockIndex(block, chunks)
        return {
          regions: regions(index, region),
          own: {
            index,
            start: region.map((run, axis) => (chunks[axis].some(Number.isNaN) ? Number.NaN : run.start)),
            shape: region.map((run) => (Number.isNaN(run.count) ? null : run.count)),
            ...(trim && { trim: trim(index) }),
          },
        }
      },
    }),
  )
}

export interface MapOverlapOptions {
  /** How many elements of the neighbours a block gets on each side: one number, or by axis. */
  depth: number | readonly number[] | Record<number, number>
  /** What stands beyond the ends of the array; `'none'` gives blocks at the ends less. */
  boundary?: 'reflect' | 'periodic' | 'nearest' | 'none' | Scalar
  /** Whether the function gives the neighbours' elements back, to be cut off; true by default. */
  trim?: boolean
  dtype?: DTypeName
  args?: readonly unknown[]
}

const MAP_OVERLAP: OptionNames<MapOverlapOptions> = {
  depth: true,
  boundary: true,
  trim: true,
  dtype: true,
  args: true,
}

const MODES: Record<string, PadMode> = { reflect: 'symmetric', periodic: 'wrap', nearest: 'edge' }

/** A function called once a block, with some elements of the blocks beside it. */
export function mapOverlap(first: ChunkedArray, fn: AnyFunction, options: MapOverlapOptions): ChunkedArray {
  requireFunction('mapOverlap', fn)
  requireObject('mapOverlap', options, 'options with the depth, e.g. { depth: 1 }')
  requireOptions('mapOverlap', options, MAP_OVERLAP)
  requireArgs('mapOverlap', options.args)
  if (options.dtype !== undefined) dtypeOf(options.dtype)
  const { depth, boundary = 'reflect', trim = true } = options
  requireFlag('mapOverlap: trim', trim)
  if (!isScalar(boundary) && typeof boundary !== 'string')
    throw wrong('mapOverlap: boundary', BOUNDARIES, boundary)
  if (typeof depth !== 'number' && (typeof depth !== 'object' || depth === null))
    throw wrong('mapOverlap: depth', 'a whole number ≥ 0, or one by axis', depth)
  const rank = first.shape.length
  const depths = first.shape.map((_, axis) => {
    if (typeof depth === 'number') return depth
    return Array.isArray(depth)
      ? (depth[axis] as number)
      : ((depth as Record<number, number>)[axis] ?? (depth as Record<number, number>)[axis - rank] ?? 0)
  })
  for (const each of depths)
    if (!Number.isInteger(each) || each < 0)
      throw new ArrayArgumentError(`a depth is a whole number from 0 on, not ${givenText(each)}`)
  const { chunks } = first
  if (first.shape.some((length, axis) => Number.isNaN(length) && depths[axis] > 0))
    throw new ShapeError(`mapOverlap needs neighbours along an axis whose ${UNKNOWN_LENGTH}`)
  const pads = depths.map((each): [number, number] => [each, each])
  const none = boundary === 'none'
  const padded = none
    ? first
    : typeof boundary === 'string'
      ? (first.pad(pads, MODES[boundary] ?? refuseBoundary(boundary)) as ChunkedArray)
      : (first.pad(pads, 'constant', { value: boundary }) as ChunkedArray)
  // Without anything beyond the ends, the blocks there have neighbours on one side alone.
  const sides = (index: readonly number[]): [number, number][] =>
    depths.map((each, axis) => {
      if (!none) return [each, each]
      const start = startOf(chunks[axis], index[axis])
      const end = start + chunks[axis][index[axis]]
      return [Math.min(each, start), Math.min(each, first.shape[axis] - end)]
    })
  const result = trim
    ? chunks
    : chunks.map((lengths, axis) =>
        lengths.map(
          (length, i) =>
            length + sides(chunks.map((_, a) => (a === axis ? i : 0)))[axis].reduce((a, b) => a + b),
        ),
      )
  return callOn(
    'mapOverlap',
    fn,
    [padded[NODE]],
    options.dtype ?? first.dtype,
    result,
    options.args ?? [],
    (index) => [
      sides(index).map(([before, after], axis): Run => {
        const start = startOf(chunks[axis], index[axis])
        return {
          start: none ? start - before : start,
          step: 1,
          count: chunks[axis][index[axis]] + before + after,
        }
      }),
    ],
    trim ? sides : undefined,
  )
}

const BOUNDARIES = 'reflect, periodic, nearest, none, or a number'

const refuseBoundary = (boundary: string): never => {
  throw new ArrayArgumentError(`there is no boundary ${JSON.stringify(boundary)}: use ${BOUNDARIES}`)
}

/**
 * A function on blocks whose axes are named: axes of one name go together, those that the result lacks come whole.
 * @param out the names of the result's axes, e.g. `'ij'`
 * @param pairs arrays, each followed by the names of its axes
 * @example (await array.blockwise((a, b) => a.expandDims(1).multiply(b), 'ij', [[1, 2], 'i', [3, 4], 'j']).compute()).toList() // [[3, 4], [6, 8]]
 */
export function blockwise(
  fn: (...blocks: NdArray[]) => unknown,
  out: string,
  pairs: readonly unknown[],
  options: { dtype?: DTypeName; newAxes?: Record<string, number>; args?: readonly unknown[] } = {},
): ChunkedArray {
  return inCall('blockwise', () => {
    requireFunction('blockwise', fn)
    requireOptions('blockwise', options, { dtype: true, newAxes: true, args: true })
    requireText('blockwise', out, "the names of the result's axes, e.g. 'ij'")
    requireList('blockwise', pairs, 'a list of arrays, each followed by the names of its axes')
    requireArgs('blockwise', options.args)
    requireLengths('blockwise: newAxes', options.newAxes)
    if (options.dtype !== undefined) dtypeOf(options.dtype)
    const plan = planBlockwise(pairs, options.newAxes ?? {})
    if (plan.inputs.length === 0)
      throw wrong('blockwise', 'arrays, each followed by the names of its axes', pairs)
    const chunks = plan.chunksOf(out)
    const dtype = options.dtype ?? plan.inputs[0].dtype.name
    return callOn(
      'blockwise',
      fn as AnyFunction,
      plan.inputs,
      dtype,
      chunks,
      options.args ?? [],
      (_index, region) => plan.regions(out, region),
    )
  })
}

/** Arrays whose axes have names: how they are cut together. */
export interface BlockwisePlan {
  inputs: readonly ArrayNode[]
  /** How an array with these axes is cut. */
  chunksOf: (out: string) => Chunks
  /** What each input gives for a region of an array with these axes. */
  regions: (out: string, region: readonly Run[]) => Run[][]
}

/** @throws {ShapeError} when axes of one name differ in length, or names and axes do not match */
export function planBlockwise(
  pairs: readonly unknown[],
  newAxes: Readonly<Record<string, number>>,
): BlockwisePlan {
  const inputs: ArrayNode[] = []
  const names: string[] = []
  for (let i = 0; i < pairs.length; i += 2) {
    inputs.push(asarray(pairs[i])[NODE])
    requireText('blockwise', pairs[i + 1], "the names of each array's axes behind it, e.g. 'ij'")
    names.push(pairs[i + 1] as string)
  }
  const lists = new Map<string, (readonly number[])[]>()
  inputs.forEach((input, i) => {
    if (names[i].length !== input.shape.length)
      throw new ShapeError(
        `${JSON.stringify(names[i])} names ${names[i].length} axes, and the array has shape ${shapeText(input.shape)}`,
      )
    for (const [axis, name] of [...names[i]].entries())
      lists.set(name, [...(lists.get(name) ?? []), input.chunks[axis]])
  })
  const cuts = new Map<string, readonly number[]>()
  for (const [name, own] of lists) {
    const lengths = own.map((list) => list.reduce((a, b) => a + b, 0))
    const long = own.filter((_, i) => lengths[i] !== 1 || lengths.every((length) => length === 1))
    if (new Set(lengths.filter((length) => length !== 1)).size > 1)
      throw new ShapeError(`axes named ${name} have lengths ${lengths.join(' and ')}: they must be equal`)
    cuts.set(name, commonCuts(long))
  }
  return {
    inputs,
    chunksOf: (out) =>
      [...out].map(
        (name) => cuts.get(name) ?? (newAxes[name] === undefined ? refuseName(name) : [newAxes[name]]),
      ),
    regions: (out, region) =>
      inputs.map((input, i) =>
        input.shape.map((length, axis): Run => {
          const at = out.indexOf(names[i][axis])
          return at < 0 || (length === 1 && region[at].count !== 1) ? whole(length) : region[at]
        }),
      ),
  }
}

const refuseName = (name: string): never => {
  throw new ShapeError(`the result has an axis ${name}, which no array has: tell its length by newAxes`)
}

/** A function of one axis, called for every row of it. */
export function applyAlongAxis(
  first: ChunkedArray,
  fn: (row: NdArray<DTypeName, 1>, ...rest: never[]) => unknown,
  axis: number,
  options: { dtype?: DTypeName; length?: number; args?: readonly unknown[] } = {},
): ChunkedArray {
  requireFunction('applyAlongAxis', fn)
  requireOptions('applyAlongAxis', options, { dtype: true, length: true, args: true })
  const along = axisOf(axis, first.shape.length)
  requireArgs('applyAlongAxis', options.args)
  if (options.length !== undefined) requireCount('applyAlongAxis: length', options.length, 0)
  const length = options.length === undefined ? null : options.length
  const dtype = dtypeOf(options.dtype === undefined ? first.dtype : options.dtype)
  const keep = <T>(list: readonly T[], one: T): T[] =>
    list.flatMap((each, i) => (i !== along ? [each] : length === null ? [] : [one]))
  return new ChunkedArray(
    new CallNode({
      label: 'applyAlongAxis',
      name: fn.name || 'applyAlongAxis',
      inputs: [first[NODE]],
      dtype,
      shape: keep(first.shape, length ?? 1),
      chunks: keep<readonly number[]>(first.chunks, [length ?? 1]),
      fn: alongAxisCall as never,
      params: {
        fn,
        axis: along,
        rest: options.args ?? [],
        method: 'applyAlongAxis',
        length,
        dtype: dtype.name,
      },
      regions: (_block, region) => {
        const own = [...region]
        if (length === null) own.splice(along, 0, whole(first.shape[along]))
        else own[along] = whole(first.shape[along])
        return { regions: [own] }
      },
    }),
  )
}
