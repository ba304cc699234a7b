// The chunked array: NumPy's array as an expression, computed block by block. Every method only builds.

import { inspect } from 'node:util'
import { placeOfCall } from '../../graph/callPlace.ts'
import type { Collection } from '../../graph/collection.ts'
import { heldAs, remakeHeld } from '../../graph/heldCollection.ts'
import { announceNode, buildNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import {
  ArrayArgumentError,
  requireCount,
  requireFlag,
  requireObject,
  wrong,
} from '../../kernels/array/arguments.ts'
import { assembleBlocks, wholeKernel } from '../../kernels/array/blockTask.ts'
import { BOOL, type DTypeName, dtypeOf, type Scalar } from '../../kernels/array/dtype.ts'
import { fromValue, fullOf } from '../../kernels/array/fromValue.ts'
import { blockCounts, type Chunks, chunkStarts } from '../../kernels/array/grid.ts'
import type { AxisIndex } from '../../kernels/array/indexing.ts'
import type { Family, Member, ScalarOf, Typed } from '../../kernels/array/kinds.ts'
import { NdArray, rankOfIndex } from '../../kernels/array/ndArray.ts'
import type { ReduceRequest } from '../../kernels/array/reductionMethods.ts'
import { axisOf, ShapeError, shapeText, sizeOf, UNKNOWN_LENGTH } from '../../kernels/array/shape.ts'
import { ShapeMethods } from '../../kernels/array/shapeMethods.ts'
import { UFUNC_OPTIONS, type UfuncOptions } from '../../kernels/array/unaryMethods.ts'
import { givenText } from '../../kernels/givenText.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import { callOf, computeAll, persist } from '../compute.ts'
import { prepareInputs } from '../delayed/node.ts'
import { requireTaskOptions } from '../taskOptions.ts'
import { visualize } from '../visualize.ts'
import {
  applyAlongAxis,
  type BlockInfo,
  type MapBlocksOptions,
  type MapOverlapOptions,
  mapBlocks,
  mapOverlap,
} from './blockFunctions.ts'
import { type AxisChunks, type ChunkSpec, chunksByAxis, normalChunks } from './chunks.ts'
import { explained } from './explain.ts'
import { type ArrayNode, FusedNode, HeldNode, type StepOptions } from './expression.ts'
import { inArgument, nameCalls } from './inCall.ts'
import {
  assignNode,
  concatenateNode,
  indexNode,
  maskedNode,
  requireKnown,
  reshapeNode,
  takeLazyNode,
  takeNode,
  transposeNode,
} from './indexNodes.ts'
import { dot, matmul } from './linear.ts'
import { broadcastNode, castNode, mapNode, NODE, nodeFor, nodeIn, operandOf } from './operands.ts'
import { rechunkNode } from './rechunking.ts'
import { accumulateNode, reduceNode, sortNode } from './reductions.ts'
import { topkNode } from './statistics.ts'
import { storeBlocks, writeNpyFile, writeZarrFolder, type ZarrOptions } from './storage.ts'

/** The family of chunked arrays. */
export interface LazyFamily extends Family {
  readonly member: ChunkedArray<Extract<this['D'], DTypeName>, Extract<this['R'], number>>
}

/** What computing an array gives: its one element where it has no axes, else a block with all of them. */
export type ComputedArray<D extends DTypeName, R extends number> = number extends R
  ? NdArray<D>
  : R extends 0
    ? ScalarOf<D>
    : NdArray<D, R>

/**
 * An array of any size, in blocks. Methods are NumPy's; shape, dtype and chunks are known at once, and what does not fit is
 * refused at once. Element-wise steps fuse into one loop a block, with the reduction that ends them.
 * @example await array.arange(10).reshape([2, 5]).sum().compute() // 45
 */
export class ChunkedArray<D extends DTypeName = DTypeName, R extends number = number>
  extends ShapeMethods<LazyFamily, D, R>
  implements Collection<ComputedArray<D, R>>
{
  readonly collectionKind = 'array'
  readonly #node: ArrayNode

  /** @internal Arrays are made by the functions of `array`. */
  constructor(node: ArrayNode) {
    super()
    this.#node = node
    node.place ??= placeOfCall()
  }

  get [NODE](): ArrayNode {
    return this.#node
  }

  get dtype(): D {
    return this.#node.dtype.name as D
  }

  /** Elements along each axis; NaN where that is not known before computing. */
  get shape(): readonly number[] {
    return this.#node.shape
  }

  get ndim(): R {
    return this.#node.shape.length as R
  }

  /** Lengths of the chunks along each axis. */
  get chunks(): Chunks {
    return this.#node.chunks
  }

  /** How many blocks there are along each axis. */
  get numBlocks(): number[] {
    return blockCounts(this.#node.chunks)
  }

  /** Bytes of all elements. */
  get nbytes(): number {
    return this.size * this.#node.dtype.bytes
  }

  // — What an executor asks for

  /** @internal */
  announce(graph: TaskGraph): void {
    announceNode(graph, this.#node)
  }
  /** @internal */
  prepare(): Promise<void> {
    return prepareInputs(this.#node)
  }
  // Of `Collection`, and so part of the public types.
  buildTasks(graph: TaskGraph): readonly unknown[] {
    return buildNode(graph, this.#node)
  }
  /** @internal */
  buildValue(graph: TaskGraph): unknown {
    const blocks = buildNode(graph, this.#node)
    const group = graph.addGroup({
      fn: wholeKernel,
      bound: [this.numBlocks],
      name: 'array',
      kind: 'array.whole',
    })
    return graph.addTask(group, blocks)
  }
  // Of `Collection`, and so part of the public types.
  assemble(results: readonly unknown[]): ComputedArray<D, R> {
    const whole = assembleBlocks(this.numBlocks, results as NdArray[])
    return (whole.shape.length === 0 ? whole.item() : whole) as ComputedArray<D, R>
  }
  // Of `Collection`, and so part of the public types.
  standingOn(references: readonly unknown[]): ChunkedArray<D, R> {
    const { dtype, shape, chunks } = this.#node
    return new ChunkedArray(new HeldNode(dtype, shape, chunks, references))
  }
  /** @internal */
  [heldAs](): HeldArray {
    const { dtype, shape, chunks } = this.#node
    return { dtype: dtype.name, shape, chunks }
  }

  // — Asking for values

  /**
   * Computes the array on the cluster that is there; without one, a local cluster is started.
   * @returns a block with all elements; of an array without axes its one element
   * @throws {Error} what a task threw
   * @example (await array.ones([3]).add(1).compute()).toList() // [2, 2, 2]
   */
  async compute(): Promise<ComputedArray<D, R>> {
    return (await computeAll([this], callOf('compute')))[0] as ComputedArray<D, R>
  }

  /**
   * Computes the blocks and keeps them on the cluster: an array that stands on them.
   * @example
   * const x = await array.random.normal({ shape: [100, 100], seed: 1 }).persist()
   * x.shape // [100, 100]
   */
  async persist(): Promise<ChunkedArray<D, R>> {
    return (await persist(this))[0] as ChunkedArray<D, R>
  }

  /** The same array with lengths known: computes the blocks and keeps them. Needed after a mask, before what depends on lengths. */
  async computeChunkSizes(): Promise<ChunkedArray<D, R>> {
    if (!this.shape.some(Number.isNaN)) return this
    const { persistWithShapes } = await import('./unknownSizes.ts')
    return new ChunkedArray(await persistWithShapes(this.#node, this))
  }

  /** What will run: the tasks of each kind, what is fused into them, and the source of their loops. */
  explain(): string {
    return explained(this)
  }

  /** Draws the tasks into a file, `.svg` or `.png`; without a path, gives the drawing as SVG text. */
  visualize(path?: string): Promise<string> {
    return visualize(this, path)
  }

  /** Lets the tasks of this step run with options: `retries`, `resources`, `priority`, `pure`. */
  with(options: StepOptions): ChunkedArray<D, R> {
    requireObject('with', options, 'options, e.g. { retries: 2 }')
    requireTaskOptions('with', options, { pure: true })
    if (options.pure !== undefined) requireFlag('with: pure', options.pure)
    const node = this.#node
    const copy = Object.assign(Object.create(Object.getPrototypeOf(node) as object) as ArrayNode, node)
    const made =
      node instanceof FusedNode
        ? copy
        : new FusedNode(node.label, { op: 'cast' }, [node], node.dtype, node.shape, node.chunks)
    made.options = { ...node.options, ...options }
    return new ChunkedArray(made)
  }

  // — Writing

  /** Computes the array and writes it into one `.npy` file. */
  toNpy(path: string): Promise<void> {
    return writeNpyFile(this.#node, path)
  }

  /** Computes the array and writes it into a Zarr folder, a chunk a block; version 3 with zstd unless told. */
  toZarr(path: string, options?: ZarrOptions): Promise<void> {
    return writeZarrFolder(this.#node, path, options)
  }

  /** Computes the blocks and calls a function with each, on the worker that has it: what it does with it is its own business. */
  store(fn: (block: NdArray<D, R>, info: BlockInfo) => unknown): Promise<void> {
    return storeBlocks(this.#node, fn)
  }

  // — Cutting

  /**
   * The same elements in other chunks. Tasks that follow read the parts that they need; where that would bring most blocks
   * to most tasks (from rows to columns), blocks are cut into pieces first, as soon as they are there.
   * @param chunks of all axes, or of some by their numbers: the others stay as they are
   * @example array.ones([4, 6]).rechunk([2, -1]).chunks // [[2, 2], [6]]
   * @example array.ones([4, 6], { chunks: 3 }).rechunk({ 1: -1 }).chunks // [[3, 1], [6]]
   */
  rechunk(given: ChunkSpec | Readonly<Record<number, AxisChunks>>): ChunkedArray<D, R> {
    if (given === undefined) throw wrong('rechunk', 'chunks', given)
    const chunks =
      typeof given === 'object' && given !== null && !Array.isArray(given)
        ? chunksByAxis(given as never, this.chunks)
        : (given as ChunkSpec)
    return new ChunkedArray(rechunkNode(this.#node, normalChunks(chunks, this.shape, this.#node.dtype.bytes)))
  }

  /** One block, or a run of them along each axis, as an array of its own. */
  blocks(...index: (number | string)[]): ChunkedArray<D, R> {
    if (index.length > this.chunks.length)
      throw new ShapeError(`${index.length} indices of blocks are too many for ${this.chunks.length} axes`)
    for (const each of index)
      if (each !== undefined && typeof each !== 'number' && typeof each !== 'string')
        throw wrong('blocks', "numbers, and runs such as '1:3'", each)
    const numbers = fromValue(
      Array.from({ length: sizeOf(this.numBlocks) }, (_, i) => i),
      { shape: this.numBlocks },
    )
    const kept = this.chunks.map((lengths, axis) => {
      const along = numbers.slice(...this.chunks.map((_, i) => (i === axis ? ':' : 0))) as NdArray
      const chosen =
        index[axis] === undefined
          ? along
          : (along.slice(
              typeof index[axis] === 'number'
                ? `${index[axis]}:${Number(index[axis]) + 1 || ''}`
                : index[axis],
            ) as NdArray)
      const stride = sizeOf(this.numBlocks.slice(axis + 1))
      return Array.from(
        chosen.toTypedArray() as Float64Array,
        (number) => Math.floor(Number(number) / stride) % lengths.length,
      )
    })
    kept.forEach((list, axis) => {
      if (list.length === 0)
        throw new ShapeError(
          `${givenText(index[axis])} names no block along axis ${axis}, which has ${this.chunks[axis].length}`,
        )
    })
    const starts = this.chunks.map(chunkStarts)
    const parts = kept.map((list, axis) =>
      list.map(
        (chunk): AxisIndex => ({
          kind: 'run',
          start: starts[axis][chunk],
          step: 1,
          count: this.chunks[axis][chunk],
        }),
      ),
    )
    return parts.reduce<ChunkedArray<D, R>>((array, runs, axis) => {
      const cut = runs.map((run) =>
        indexNode(
          array[NODE],
          array.shape.map((count, i) => (i === axis ? run : { kind: 'run', start: 0, step: 1, count })),
        ),
      )
      return new ChunkedArray(concatenateNode(cut, axis))
    }, this)
  }

  /** The elements as another dtype, cast as NumPy casts. */
  astype<E extends DTypeName>(dtype: E): Member<LazyFamily, E, R> {
    return new ChunkedArray(castNode(this.#node, dtypeOf(dtype))) as never
  }

  /** Sorted along an axis, which each task then has whole; NaN last. */
  sort(axis: number = -1): ChunkedArray<D, R> {
    return new ChunkedArray(sortNode(this.#node, axis, false))
  }

  /** The places that would sort along an axis. */
  argsort(axis: number = -1): ChunkedArray<'int64', R> {
    return new ChunkedArray(sortNode(this.#node, axis, true))
  }

  /** The product of matrices with another array. */
  matmul(other: unknown): ChunkedArray {
    return matmul(this, other)
  }

  /** The product with another array over its last axis. */
  dot(other: unknown): ChunkedArray {
    return dot(this, other)
  }

  /** The greatest `k` elements along an axis in falling order; with a negative `k` the least ones, rising. */
  topk(k: number, axis: number = -1): ChunkedArray<D, R> {
    return new ChunkedArray(topkNode(this.#node, k, axis))
  }

  /** The places of what `topk` gives. */
  argtopk(k: number, axis: number = -1): ChunkedArray<'int64', R> {
    const along = axisOf(axis, this.shape.length)
    if (!Number.isInteger(k) || k === 0) throw wrong('argtopk', 'a whole number that is not 0', k)
    const count = Math.min(Math.abs(k), this.shape[along])
    const order = this.argsort(along) as ChunkedArray<'int64', R>
    return (
      k > 0 ? order.$run(along, this.shape[along] - 1, count, -1) : order.$run(along, 0, count)
    ) as ChunkedArray<'int64', R>
  }

  /**
   * A function called once a block. It gets a block (then those of other arrays, further arguments, and where it is) and
   * gives a block, or nested lists.
   * @example (await array.arange(4, { chunks: 2 }).mapBlocks((block) => block.multiply(10)).compute()).toList() // [0, 10, 20, 30]
   */
  mapBlocks<E extends DTypeName = D>(
    fn: (block: NdArray<D, R>, ...rest: never[]) => unknown,
    options?: MapBlocksOptions & { dtype?: E },
  ): ChunkedArray<E> {
    return mapBlocks(this as never, fn as never, options) as never
  }

  /**
   * A function called once a block, with some elements of the blocks beside it, which are cut off again.
   * @example (await array.arange(6, { chunks: 3 }).mapOverlap((b) => b.roll(1, 0), { depth: 1 }).compute()).toList() // [0, 0, 1, 2, 3, 4]
   */
  mapOverlap<E extends DTypeName = D>(
    fn: (block: NdArray<D, R>, ...rest: never[]) => unknown,
    options: MapOverlapOptions & { dtype?: E },
  ): ChunkedArray<E, R> {
    return mapOverlap(this as never, fn as never, options) as never
  }

  /**
   * A function of one axis, called for every row along it.
   * @param options `length` of what it gives, where that is more than one element
   * @example (await array.arange(4).reshape([2, 2]).applyAlongAxis((row) => row.sum(), 1).compute()).toList() // [1, 5]
   */
  applyAlongAxis<E extends DTypeName = D>(
    fn: (row: NdArray<D, 1>, ...rest: never[]) => unknown,
    axis: number,
    options?: { dtype?: E; length?: number; args?: readonly unknown[] },
  ): ChunkedArray<E> {
    return applyAlongAxis(this as never, fn as never, axis, options) as never
  }

  /**
   * Blocks of neighbours made one by a reduction, e.g. for a smaller picture; lengths must be multiples of the factors.
   * @param factors how many elements become one, by axis
   * @example (await array.arange(6).coarsen('mean', { 0: 2 }).compute()).toList() // [0.5, 2.5, 4.5]
   */
  coarsen(reduction: ReduceRequest['name'], factors: Record<number, number>): ChunkedArray<DTypeName, R> {
    const rank = this.shape.length
    requireObject('coarsen', factors, 'factors by axis, e.g. { 0: 2 }')
    for (const [axis, factor] of Object.entries(factors)) {
      axisOf(Number(axis), rank)
      requireCount('coarsen', factor, 1)
    }
    const by = this.shape.map((_, axis) => factors[axis] ?? factors[axis - rank] ?? 1)
    this.shape.forEach((length, axis) => {
      if (Number.isNaN(length) && by[axis] !== 1)
        throw new ShapeError(`coarsen cannot divide an axis whose ${UNKNOWN_LENGTH}`)
      if (length % by[axis] !== 0)
        throw new ArrayArgumentError(
          `axis ${axis} of shape ${shapeText(this.shape)} is no multiple of ${by[axis]}: cut it first, e.g. slice('0:${length - (length % by[axis])}')`,
        )
    })
    const split = this.shape.flatMap((length, axis) => [length / by[axis], by[axis]])
    const wide = reshapeNode(this.#node, split)
    return new ChunkedArray(reduceNode(wide, { name: reduction, axis: by.map((_, axis) => 2 * axis + 1) }))
  }

  // — What the shared methods stand on

  /** @internal */
  $map(name: string, others: readonly unknown[], options?: UfuncOptions): unknown {
    requireOptions(name, options, UFUNC_OPTIONS)
    const args = (name === 'where' ? [others[0], this, others[1]] : [this, ...others]).map(operandOf)
    const node = mapNode(name, args)
    const { where, out } = options ?? {}
    const rest = out === undefined ? { weak: false } : inArgument('out', () => operandOf(out))
    if (where === undefined) return new ChunkedArray(node)
    return inArgument('where', () => {
      const mask = castNode(nodeFor(where), BOOL)
      return new ChunkedArray(castNode(mapNode('where', [mask, node, rest]), node.dtype))
    })
  }
  /** @internal */
  $reduce(request: ReduceRequest): unknown {
    return new ChunkedArray(reduceNode(this.#node, request))
  }
  /** @internal */
  $accumulate(name: 'add' | 'multiply', axis: number | undefined, dtype: DTypeName | undefined): unknown {
    return new ChunkedArray(accumulateNode(this.#node, name, axis, dtype))
  }
  /** @internal */
  $index(indices: readonly AxisIndex[]): unknown {
    requireKnown(indices, this.shape)
    return new ChunkedArray(indexNode(this.#node, indices))
  }
  /** @internal */
  $transpose(axes: readonly number[]): unknown {
    return new ChunkedArray(transposeNode(this.#node, axes))
  }
  /** @internal */
  $broadcast(shape: readonly number[]): unknown {
    return new ChunkedArray(broadcastNode(this.#node, shape))
  }
  /** @internal */
  $reshape(shape: readonly number[]): unknown {
    return new ChunkedArray(reshapeNode(this.#node, shape))
  }
  /** @internal */
  $concatenate(others: readonly unknown[], axis: number): unknown {
    return new ChunkedArray(concatenateNode([this.#node, ...others.map(nodeFor)], axis))
  }
  /** @internal */
  $take(places: unknown, axis: number): unknown {
    const lazy = nodeIn(places)
    if (lazy) return new ChunkedArray(takeLazyNode(this.#node, lazy, axis))
    const known =
      places instanceof NdArray
        ? places
        : fromValue(places, Array.isArray(places) && places.length === 0 ? { dtype: 'int64' } : {})
    return new ChunkedArray(takeNode(this.#node, known, axis))
  }
  /** @internal */
  $masked(mask: unknown, axis: number): unknown {
    return new ChunkedArray(maskedNode(this.#node, mask, axis))
  }
  /** @internal */
  $full(shape: readonly number[], value: Scalar): unknown {
    const { dtype } = this.#node
    const one = fullOf([], value, dtype).item() as Scalar
    const chunks = normalChunks('auto', shape, dtype.bytes)
    return new ChunkedArray(new FusedNode('full', { op: 'constant', value: one }, [], dtype, shape, chunks))
  }
  /** @internal */
  $rankOfIndex(index: unknown): { axes: number; mask: boolean } | undefined {
    return rankOfIndex(index)
  }
  /** @internal */
  $assign(indices: readonly unknown[], value: unknown): unknown {
    return new ChunkedArray(assignNode(this.#node, indices, value as Typed))
  }

  override toString(): string {
    const lengths = this.chunks.map((list) =>
      new Set(list).size === 1
        ? String(list[0])
        : `${list.slice(0, 3).join(', ')}${list.length > 3 ? ', …' : ''}`,
    )
    return `array(shape=${shapeText(this.shape)}, dtype=${this.dtype}, chunks=(${lengths.join(' × ')}), ${sizeOf(this.numBlocks)} blocks)`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

nameCalls(ChunkedArray.prototype)

/** Whether a value is a chunked array. */
export const isChunked = (value: unknown): value is ChunkedArray => value instanceof ChunkedArray

/** What an array is beside its blocks. */
interface HeldArray {
  dtype: DTypeName
  shape: readonly number[]
  chunks: Chunks
}

remakeHeld('array', (description, references) => {
  const { dtype, shape, chunks } = description as HeldArray
  return new ChunkedArray(new HeldNode(dtypeOf(dtype), shape, chunks, references))
})
