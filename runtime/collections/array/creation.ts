// Arrays from nothing: values, numbered places, and what the client has.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import {
  ArrayArgumentError,
  requireFlag,
  requireFunction,
  requireList,
  requireNumber,
  requireObject,
  requireWhole,
  wrong,
} from '../../kernels/array/arguments.ts'
import { givenKernel } from '../../kernels/array/blockTask.ts'
import { userCall } from '../../kernels/array/calls.ts'
import {
  type DType,
  type DTypeName,
  dtypeOf,
  dtypeOfScalar,
  FLOAT64,
  INT64,
  type Scalar,
} from '../../kernels/array/dtype.ts'
import { fromValue, fullOf } from '../../kernels/array/fromValue.ts'
import { blockIndex } from '../../kernels/array/grid.ts'
import type { ShapeRank } from '../../kernels/array/kinds.ts'
import { NdArray } from '../../kernels/array/ndArray.ts'
import { checkedShape, ShapeError } from '../../kernels/array/shape.ts'
import { givenText } from '../../kernels/givenText.ts'
import { type OptionNames, requireOneOf, requireOptions } from '../../kernels/optionNames.ts'
import { nodeOf } from '../delayed/node.ts'
import type { Delayed } from '../delayed/types.ts'
import { ChunkedArray } from './chunkedArray.ts'
import { type ChunkSpec, normalChunks } from './chunks.ts'
import { ArrayNode, FusedNode } from './expression.ts'
import { inCall } from './inCall.ts'
import { broadcastNode, castNode, mapNode, NODE, nodeIn, nodeOfArray } from './operands.ts'
import { CallNode } from './taskNodes.ts'

/** Options of creation. */
export interface CreateOptions<D extends DTypeName = DTypeName> {
  dtype?: D
  chunks?: ChunkSpec
}

const CREATE: OptionNames<CreateOptions> = { dtype: true, chunks: true }

type Shape = number | readonly number[]

/** A node of one value. */
export function constantNode(
  shape: readonly number[],
  value: Scalar,
  dtype: DType,
  chunks?: ChunkSpec,
): ArrayNode {
  const one = fullOf([], value, dtype).item() as Scalar
  return new FusedNode(
    'full',
    { op: 'constant', value: one },
    [],
    dtype,
    shape,
    normalChunks(chunks, shape, dtype.bytes),
  )
}

/** A node of the numbers `base + Σ steps·place`. */
export function placeNode(
  label: string,
  shape: readonly number[],
  base: number,
  steps: readonly number[],
  dtype: DType,
  chunks?: ChunkSpec,
): ArrayNode {
  return new FusedNode(
    label,
    { op: 'place', base, steps },
    [],
    dtype,
    shape,
    normalChunks(chunks, shape, dtype.bytes),
  )
}

/**
 * An array of zeros.
 * @example (await array.zeros([2, 2]).compute()).toList() // [[0, 0], [0, 0]]
 */
export function zeros<const S extends Shape, D extends DTypeName = 'float64'>(
  shape: S,
  options: CreateOptions<D> = {},
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('zeros', () => {
    requireOptions('zeros', options, CREATE)
    return full(shape, 0, { dtype: 'float64' as D, ...options }) as never
  })
}

/**
 * An array of ones.
 * @example await array.ones([1000, 1000]).sum().compute() // 1000000
 */
export function ones<const S extends Shape, D extends DTypeName = 'float64'>(
  shape: S,
  options: CreateOptions<D> = {},
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('ones', () => {
    requireOptions('ones', options, CREATE)
    return full(shape, 1, { dtype: 'float64' as D, ...options }) as never
  })
}

/** An array whose elements may be anything: zeros here. */
export const empty = zeros

/**
 * An array of one value. Numbers become float64, BigInts int64, unless the dtype is told.
 * @example (await array.full([2], 7n).compute()).dtype // 'int64'
 */
export function full<const S extends Shape, D extends DTypeName = DTypeName>(
  shape: S,
  value: Scalar,
  options: CreateOptions<D> = {},
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('full', () => {
    requireOptions('full', options, CREATE)
    const dtype = options.dtype !== undefined ? dtypeOf(options.dtype) : dtypeOfScalar(value)
    return new ChunkedArray<D, ShapeRank<S>>(constantNode(checkedShape(shape), value, dtype, options.chunks))
  })
}

const likeOf = <D extends DTypeName, R extends number>(
  call: string,
  other: ChunkedArray<D, R>,
  value: Scalar,
): ChunkedArray<D, R> => {
  if (!nodeIn(other)) throw wrong(call, 'an array made by the functions of array', other)
  const { dtype, shape, chunks } = other[NODE]
  return new ChunkedArray(
    new FusedNode(
      'full',
      { op: 'constant', value: fullOf([], value, dtype).item() as Scalar },
      [],
      dtype,
      shape,
      chunks,
    ),
  )
}
/** Zeros in the shape, dtype and chunks of another array. */
export const zerosLike = <D extends DTypeName, R extends number>(
  other: ChunkedArray<D, R>,
): ChunkedArray<D, R> => likeOf('zerosLike', other, 0)
/** Ones in the shape, dtype and chunks of another array. */
export const onesLike = <D extends DTypeName, R extends number>(
  other: ChunkedArray<D, R>,
): ChunkedArray<D, R> => likeOf('onesLike', other, 1)
/** One value in the shape, dtype and chunks of another array. */
export const fullLike = <D extends DTypeName, R extends number>(
  other: ChunkedArray<D, R>,
  value: Scalar,
): ChunkedArray<D, R> => inCall('fullLike', () => likeOf('fullLike', other, value))

/**
 * Numbers from `start` up to, without, `stop`. Numbers give float64, BigInts int64.
 * @throws {ArrayArgumentError} when the step is 0
 * @example (await array.arange(2, 10, 3).compute()).toList() // [2, 5, 8]
 */
export function arange<D extends DTypeName = 'float64'>(
  stop: number | bigint,
  options?: CreateOptions<D>,
): ChunkedArray<D, 1>
export function arange<D extends DTypeName = 'float64'>(
  start: number | bigint,
  stop: number | bigint,
  step?: number | bigint | CreateOptions<D>,
  options?: CreateOptions<D>,
): ChunkedArray<D, 1>
export function arange(
  first: number | bigint,
  ...rest: (number | bigint | CreateOptions | undefined)[]
): ChunkedArray<DTypeName, 1> {
  return inCall('arange', () => {
    const given = [first, ...rest]
    while (given.length > 1 && given[given.length - 1] === undefined) given.pop()
    const options = typeof given[given.length - 1] === 'object' ? (given.pop() as CreateOptions) : {}
    while (given.length > 2 && given[given.length - 1] === undefined) given.pop()
    const numbers = given.map((each) => {
      if (typeof each !== 'number' && typeof each !== 'bigint')
        throw wrong('arange', 'where to stop, or start, stop and a step, as numbers', each)
      return each
    })
    if (numbers.length === 0 || numbers.length > 3)
      throw new ArrayArgumentError(`arange takes one number to three, not ${numbers.length}`)
    requireOptions('arange', options, CREATE)
    const [start, stop, step] =
      numbers.length === 1
        ? [0, Number(numbers[0]), 1]
        : [Number(numbers[0]), Number(numbers[1]), Number(numbers[2] ?? 1)]
    if (step === 0) throw new ArrayArgumentError('arange needs a step that is not 0')
    const length = Math.max(0, Math.ceil((stop - start) / step))
    if (!Number.isFinite(length))
      throw new ArrayArgumentError(`arange(${start}, ${stop}, ${step}) has no end`)
    const dtype =
      options.dtype !== undefined ? dtypeOf(options.dtype) : typeof first === 'bigint' ? INT64 : FLOAT64
    const whole = Number.isInteger(start) && Number.isInteger(step)
    if (whole)
      return new ChunkedArray(
        castNode(
          placeNode('arange', [length], start, [step], dtype.kind === 'c' ? FLOAT64 : dtype, options.chunks),
          dtype,
        ),
      )
    // As NumPy: start + place · (what one step adds to the start).
    const by = start + step - start
    const places = placeNode('arange', [length], 0, [1], FLOAT64, options.chunks)
    return new ChunkedArray(
      castNode(mapNode('add', [mapNode('multiply', [places, { weak: by }]), { weak: start }]), dtype),
    )
  })
}

/**
 * `count` numbers from `start` to `stop`, evenly spaced.
 * @example (await array.linspace(0, 1, 5).compute()).toList() // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace<D extends DTypeName = 'float64'>(
  start: number,
  stop: number,
  count = 50,
  options: CreateOptions<D> & { endpoint?: boolean } = {},
): ChunkedArray<D, 1> {
  return inCall('linspace', () => {
    requireOptions('linspace', options, { ...CREATE, endpoint: true })
    for (const each of [start, stop]) requireNumber('linspace', each)
    if (options.endpoint !== undefined) requireFlag('linspace: endpoint', options.endpoint)
    if (typeof count !== 'number') throw wrong('linspace', 'how many numbers there are', count)
    const [length] = checkedShape(count)
    const endpoint = options.endpoint ?? true
    const parts = endpoint ? length - 1 : length
    const step = (stop - start) / parts
    const places = placeNode('linspace', [length], 0, [1], FLOAT64, options.chunks)
    const line =
      parts > 0
        ? mapNode('add', [mapNode('multiply', [places, { weak: step }]), { weak: start }])
        : mapNode('add', [places, { weak: start }])
    // The last one is exactly the stop.
    const exact =
      endpoint && length > 1
        ? mapNode('where', [mapNode('equal', [places, { weak: length - 1 }]), { weak: stop }, line])
        : line
    return new ChunkedArray(castNode(exact, dtypeOf(options.dtype === undefined ? 'float64' : options.dtype)))
  })
}

/**
 * Ones along a diagonal, zeros elsewhere; `eye(rows, options)` is square.
 * @param offset 0 for the main diagonal, 1 for the one above it
 * @example (await array.eye(2).compute()).toList() // [[1, 0], [0, 1]]
 */
export function eye<D extends DTypeName = 'float64'>(
  rows: number,
  columns: number | (CreateOptions<D> & { offset?: number }) = rows,
  options: CreateOptions<D> & { offset?: number } = {},
): ChunkedArray<D, 2> {
  return inCall('eye', () => {
    if (typeof columns === 'object') return eye(rows, rows, columns)
    requireOptions('eye', options, { ...CREATE, offset: true })
    const { offset = 0 } = options
    requireWhole('eye: offset', offset)
    const shape = checkedShape([rows, columns])
    const distance = placeNode('eye', shape, 0, [-1, 1], FLOAT64, options.chunks)
    return new ChunkedArray(
      castNode(
        mapNode('equal', [distance, { weak: offset }]),
        dtypeOf(options.dtype === undefined ? 'float64' : options.dtype),
      ),
    )
  })
}

/** The number of each element's place along each axis: one array an axis. */
export function indices<D extends DTypeName = 'int64'>(
  shape: number | readonly number[],
  options: CreateOptions<D> = {},
): ChunkedArray<D>[] {
  return inCall('indices', () => {
    requireOptions('indices', options, CREATE)
    const list = checkedShape(shape)
    const dtype = options.dtype === undefined ? INT64 : dtypeOf(options.dtype)
    return list.map((_, axis) => {
      const steps = list.map((__, i) => (i === axis ? 1 : 0))
      return new ChunkedArray(castNode(placeNode('indices', list, 0, steps, INT64, options.chunks), dtype))
    })
  })
}

/**
 * Arrays of coordinates from one list of them an axis.
 * @example (await array.meshgrid([array.arange(2), array.arange(3)])[0].compute()).shape // [3, 2]
 */
export function meshgrid(axes: readonly unknown[], options: { indexing?: 'xy' | 'ij' } = {}): ChunkedArray[] {
  return inCall('meshgrid', () => {
    requireOptions('meshgrid', options, { indexing: true })
    const { indexing = 'xy' } = options
    requireOneOf('meshgrid: indexing', indexing, ['xy', 'ij'])
    requireList('meshgrid', axes, 'a list of coordinates, one list an axis')
    const nodes = axes.map((axis) => (asarray(axis).ravel() as ChunkedArray)[NODE])
    const order = nodes.map((_, i) => (indexing === 'xy' && nodes.length > 1 && i < 2 ? 1 - i : i))
    const shape = nodes.map((_, i) => nodes[order[i]].shape[0])
    return nodes.map((node, i) => {
      const at = order.indexOf(i)
      const wide = new ChunkedArray(node).reshape(
        shape.map((_, axis) => (axis === at ? node.shape[0] : 1)),
      ) as ChunkedArray
      return new ChunkedArray(broadcastNode(wide[NODE], shape))
    })
  })
}

/**
 * An array of what the client has: nested lists, a typed array, a block.
 * @example (await array.fromArray([[1, 2], [3, 4]], { chunks: 1 }).sum(0).compute()).toList() // [4, 6]
 */
export function fromArray<D extends DTypeName = DTypeName>(
  value: unknown,
  options: CreateOptions<D> & { shape?: readonly number[] } = {},
): ChunkedArray<D> {
  return inCall('fromArray', () => {
    requireOptions('fromArray', options, { ...CREATE, shape: true })
    const { chunks, ...rest } = options
    const block =
      value instanceof NdArray && options.dtype === undefined && options.shape === undefined
        ? value
        : fromValue(value, rest)
    return new ChunkedArray(nodeOfArray(block, normalChunks(chunks, block.shape, block.type.bytes)))
  })
}

/** The array that a value is: itself, where it is one. */
export function asarray(value: unknown): ChunkedArray {
  return nodeIn(value) ? (value as ChunkedArray) : inCall('asarray', () => fromArray(value))
}

/**
 * An array whose blocks a function gives.
 * @param fn gets the places of the block's elements, one block an axis, and where the block begins
 * @example (await array.fromFunction((i, j) => i.multiply(10).add(j), { shape: [2, 2] }).compute()).toList() // [[0, 1], [10, 11]]
 */
export function fromFunction<const S extends Shape, D extends DTypeName = 'float64'>(
  fn: (...places: NdArray<'float64'>[]) => unknown,
  options: CreateOptions<D> & { shape: S },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('fromFunction', () => {
    requireObject('fromFunction', options, 'options with the shape, e.g. { shape: [2, 2] }')
    requireOptions('fromFunction', options, { ...CREATE, shape: true })
    requireFunction('fromFunction', fn)
    const shape = checkedShape(options.shape)
    const dtype = dtypeOf(options.dtype === undefined ? 'float64' : options.dtype)
    const chunks = normalChunks(options.chunks, shape, dtype.bytes)
    const inputs = shape.map((_, axis) =>
      placeNode(
        'indices',
        shape,
        0,
        shape.map((__, i) => (i === axis ? 1 : 0)),
        FLOAT64,
        chunks,
      ),
    )
    return new ChunkedArray(
      new CallNode({
        label: 'fromFunction',
        name: fn.name || 'fromFunction',
        inputs,
        dtype,
        shape,
        chunks,
        fn: userCall as never,
        params: { fn, dtype: dtype.name, method: 'fromFunction', rest: [] },
        regions: (block, region) => ({
          regions: inputs.map(() => region),
          own: {
            index: blockIndex(block, chunks),
            start: region.map((run) => run.start),
            shape: region.map((run) => run.count),
          },
        }),
      }),
    )
  })
}

class DelayedBlockNode extends ArrayNode {
  readonly #value: GraphNode

  constructor(value: GraphNode, dtype: DType, shape: readonly number[]) {
    super(
      'fromDelayed',
      dtype,
      shape,
      shape.map((length) => [length]),
    )
    this.#value = value
  }

  inputs(): readonly GraphNode[] {
    return [this.#value]
  }

  needs(): readonly GraphNode[] {
    return [this.#value]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const group = graph.addGroup({ fn: givenKernel, name: 'fromDelayed', kind: 'array.fromDelayed' })
    return [graph.addTask(group, [graph.built(this.#value)![0]])]
  }
}

/**
 * An array of one block, which a delayed value gives: a block, or nested lists.
 * @throws {ShapeError} when the shape is not told
 */
export function fromDelayed<const S extends readonly number[], D extends DTypeName>(
  value: Delayed<unknown>,
  options: { shape: S; dtype: D },
): ChunkedArray<D, ShapeRank<S>> {
  return inCall('fromDelayed', () => {
    const node = nodeOf(value)
    if (!node)
      throw new ArrayArgumentError(
        `fromDelayed takes a delayed value, not ${givenText(value)}: use fromArray`,
      )
    requireOptions('fromDelayed', options, { shape: true, dtype: true })
    if (options?.shape === undefined || options.dtype === undefined)
      throw new ShapeError('fromDelayed needs the shape and the dtype of what will come')
    const shape = checkedShape(options.shape)
    return new ChunkedArray(new DelayedBlockNode(node, dtypeOf(options.dtype), shape))
  })
}
