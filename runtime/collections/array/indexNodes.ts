// Nodes of indices: reshaping, taking, masks and assignment.

import { trueplaces } from '../../kernels/array/blockEngine.ts'
import {
  type AssignOwn,
  assignCall,
  maskCall,
  reshapeCall,
  takeCall,
  takeLazyCall,
} from '../../kernels/array/calls.ts'
import { BOOL, promote } from '../../kernels/array/dtype.ts'
import { fromValue } from '../../kernels/array/fromValue.ts'
import { blockRegion, type Chunks, type Region } from '../../kernels/array/grid.ts'
import { type AxisIndex, parseIndices, placeOf, type Run } from '../../kernels/array/indexing.ts'
import { NdArray, rankOfIndex } from '../../kernels/array/ndArray.ts'
import {
  broadcastShapes,
  rowStrides,
  ShapeError,
  shapeText,
  sizeOf,
  UNKNOWN_LENGTH,
} from '../../kernels/array/shape.ts'
import { commonCuts, evenChunks } from './chunks.ts'
import { type ArrayNode, FusedNode, indexedChunks } from './expression.ts'
import { broadcastNode, castNode, mapNode, nodeFor, nodeIn } from './operands.ts'
import { CallNode } from './taskNodes.ts'

export const whole = (count: number): Run => ({ start: 0, step: 1, count })
const wholeIndex = (count: number): AxisIndex => ({ kind: 'run', ...whole(count) })

export function indexNode(node: ArrayNode, indices: readonly AxisIndex[]): ArrayNode {
  const shape = indices.flatMap((index) =>
    index.kind === 'run' ? [index.count] : index.kind === 'new' ? [1] : [],
  )
  const isWhole = indices.every(
    (index, axis) =>
      index.kind === 'run' &&
      index.step === 1 &&
      index.start === 0 &&
      Object.is(index.count, node.shape[axis]),
  )
  if (isWhole && indices.length === node.shape.length) return node
  return new FusedNode(
    'slice',
    { op: 'index', indices },
    [node],
    node.dtype,
    shape,
    indexedChunks(indices, node.chunks),
  )
}

/** @throws {ShapeError} when part of an axis is taken whose length is not known */
export function requireKnown(indices: readonly AxisIndex[], shape: readonly number[]): void {
  let axis = 0
  for (const index of indices) {
    if (index.kind === 'new') continue
    const unknown = Number.isNaN(shape[axis])
    axis += index.kind === 'list' ? index.axes : 1
    if (unknown && !(index.kind === 'run' && index.start === 0 && index.step === 1))
      throw new ShapeError(`only ':' takes from an axis whose ${UNKNOWN_LENGTH}`)
  }
}

/**
 * The elements row by row in another shape: each task takes the smallest region that holds its own run of them.
 * @throws {ShapeError} when lengths are not known
 */
export function reshapeNode(node: ArrayNode, shape: readonly number[]): ArrayNode {
  if (shape.length === node.shape.length && shape.every((length, axis) => length === node.shape[axis]))
    return node
  if (node.shape.some(Number.isNaN))
    throw new ShapeError(
      `shape ${shapeText(node.shape)} is not known before computing: call computeChunkSizes() first`,
    )
  const size = sizeOf(shape)
  const viewed = onesOnly(node, shape)
  if (viewed) return viewed
  const blocks = sizeOf(node.chunks.map((lengths) => lengths.length))
  const chunks = slabs(shape, Math.max(1, Math.ceil(size / Math.max(1, blocks))))
  const strides = rowStrides(shape)
  const input = rowStrides(node.shape)
  return new CallNode({
    label: 'reshape',
    inputs: [node],
    dtype: node.dtype,
    shape,
    chunks,
    fn: reshapeCall as never,
    params: {},
    regions: (_block, region) => {
      const counts = region.map((run) => run.count)
      const count = sizeOf(counts)
      const first = region.reduce((sum, run, axis) => sum + run.start * strides[axis], 0)
      const box = boundingBox(first, count, node.shape, input)
      const skip = first - box.reduce((sum, run, axis) => sum + run.start * input[axis], 0)
      return { regions: [box], own: { skip, shape: counts } }
    },
  })
}

/** A view, where only axes of length 1 come or go. */
function onesOnly(node: ArrayNode, shape: readonly number[]): ArrayNode | undefined {
  const long = (list: readonly number[]): number[] => list.filter((length) => length !== 1)
  const [a, b] = [long(node.shape), long(shape)]
  if (a.length !== b.length || a.some((length, i) => length !== b[i])) return undefined
  const places = indexNode(
    node,
    node.shape.map((count): AxisIndex => (count === 1 ? { kind: 'place', place: 0 } : wholeIndex(count))),
  )
  return indexNode(
    places,
    shape.map((count): AxisIndex => (count === 1 ? { kind: 'new' } : wholeIndex(count))),
  )
}

/** Chunks whose blocks hold elements that follow one another: trailing axes whole, one cut, those in front one by one. */
function slabs(shape: readonly number[], size: number): number[][] {
  let left = size
  let cut = false
  const chunks = new Array<number[]>(shape.length)
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]
    if (cut) chunks[axis] = evenChunks(length, 1)
    else if (length <= left) {
      chunks[axis] = [length]
      left = Math.floor(left / Math.max(1, length))
    } else {
      chunks[axis] = evenChunks(length, Math.max(1, left))
      cut = true
    }
  }
  return chunks
}

/** The smallest region that holds `count` elements from the `first` on and that lies row by row. */
function boundingBox(
  first: number,
  count: number,
  shape: readonly number[],
  strides: readonly number[],
): Run[] {
  if (count === 0) return shape.map((length) => ({ start: 0, step: 1, count: Math.min(length, 0) }))
  const last = first + count - 1
  let differs = false
  return shape.map((length, axis) => {
    if (differs) return whole(length)
    const from = Math.floor(first / strides[axis]) % length
    const to = Math.floor(last / strides[axis]) % length
    if (to !== from) differs = true
    return { start: from, step: 1, count: to - from + 1 }
  })
}

export function transposeNode(node: ArrayNode, axes: readonly number[]): ArrayNode {
  if (axes.every((axis, i) => axis === i)) return node
  return new FusedNode(
    'transpose',
    { op: 'transpose', axes },
    [node],
    node.dtype,
    axes.map((axis) => node.shape[axis]),
    axes.map((axis) => node.chunks[axis]),
  )
}

/** @throws {ShapeError} when another axis than the joined one differs */
export function concatenateNode(nodes: readonly ArrayNode[], axis: number): ArrayNode {
  const [first] = nodes
  for (const node of nodes)
    if (
      node.shape.length !== first.shape.length ||
      node.shape.some((length, i) => i !== axis && !Object.is(length, first.shape[i]))
    )
      throw new ShapeError(
        `arrays of shapes ${nodes.map((each) => shapeText(each.shape)).join(' and ')} cannot be joined along axis ${axis}: all other axes must be equal`,
      )
  if (nodes.length === 1) return first
  if (nodes.some((node) => Number.isNaN(node.shape[axis])))
    throw new ShapeError(`arrays cannot be joined along axis ${axis}, of which one's ${UNKNOWN_LENGTH}`)
  const dtype = nodes.map((node) => node.dtype).reduce((a, b) => promote(a, b))
  const cast = nodes.map((node) => castNode(node, dtype))
  const shape = first.shape.map((length, i) =>
    i === axis ? nodes.reduce((sum, node) => sum + node.shape[axis], 0) : length,
  )
  const chunks: Chunks = first.chunks.map((_, i) =>
    i === axis
      ? joinLengths(nodes.map((node) => node.chunks[axis]))
      : commonCuts(nodes.map((node) => node.chunks[i])),
  )
  return new FusedNode('concatenate', { op: 'concatenate', axis }, cast, dtype, shape, chunks)
}

const joinLengths = (lists: readonly (readonly number[])[]): number[] => {
  const joined = lists.flat().filter((length) => length !== 0)
  return joined.length > 0 ? joined : [0]
}

/** Elements at places that are known, along an axis; `places` may have several axes. */
export function takeNode(node: ArrayNode, places: NdArray, axis: number): ArrayNode {
  if ('bcMm'.includes(places.type.kind)) throw new ShapeError(`places are whole numbers, not ${places.dtype}`)
  const list = Float64Array.from(places.astype('float64').toTypedArray() as Float64Array, (place) =>
    placeOf(place, axis, node.shape),
  )
  const size = Math.max(1, ...node.chunks[axis])
  const lengths = evenChunks(list.length, size)
  const chunks = node.chunks.map((own, i) => (i === axis ? lengths : own))
  const taken = new CallNode({
    label: 'take',
    inputs: [node],
    dtype: node.dtype,
    shape: node.shape.map((length, i) => (i === axis ? list.length : length)),
    chunks,
    fn: takeCall as never,
    params: { axis },
    regions: (_block, region) => {
      const { start, count } = region[axis]
      const own = list.slice(start, start + count)
      let [low, high] = [Number.POSITIVE_INFINITY, -1]
      for (const place of own) {
        if (place < low) low = place
        if (place > high) high = place
      }
      const from = count === 0 ? 0 : low
      const box = region.map((run, i) =>
        i === axis ? { start: from, step: 1, count: count === 0 ? 0 : high - low + 1 } : run,
      )
      return { regions: [box], own: own.map((place) => place - from) }
    },
  })
  if (places.shape.length === 1) return taken
  return reshapeNode(taken, [...node.shape.slice(0, axis), ...places.shape, ...node.shape.slice(axis + 1)])
}

/** Elements at places that are themselves to be computed. */
export function takeLazyNode(node: ArrayNode, places: ArrayNode, axis: number): ArrayNode {
  if (places.shape.length !== 1)
    throw new ShapeError(
      `places that are not computed yet have one axis, not shape ${shapeText(places.shape)}`,
    )
  return new CallNode({
    label: 'take',
    inputs: [node, places],
    dtype: node.dtype,
    shape: node.shape.map((length, i) => (i === axis ? places.shape[0] : length)),
    chunks: node.chunks.map((own, i) => (i === axis ? places.chunks[0] : own)),
    fn: takeLazyCall as never,
    params: { axis },
    regions: (_block, region) => ({
      regions: [region.map((run, i) => (i === axis ? whole(node.shape[axis]) : run)), [region[axis]]],
    }),
  })
}

/** The elements where a mask is true; how many is not known before computing, unless the mask is known. */
export function maskedNode(node: ArrayNode, mask: unknown, axis: number): ArrayNode {
  const lazy = nodeIn(mask)
  const known = lazy ? undefined : mask instanceof NdArray ? mask : fromValue(mask, { dtype: 'bool' })
  const maskShape = lazy?.shape ?? known!.shape
  const covered = node.shape.slice(axis, axis + maskShape.length)
  if (covered.length !== maskShape.length || covered.some((length, i) => !Object.is(length, maskShape[i])))
    throw new ShapeError(
      `a mask of shape ${shapeText(maskShape)} does not fit an array of shape ${shapeText(node.shape)}`,
    )
  const flatShape = [
    ...node.shape.slice(0, axis),
    sizeOf(maskShape),
    ...node.shape.slice(axis + maskShape.length),
  ]
  const flat = maskShape.length === 1 ? node : reshapeNode(node, flatShape)
  if (known) return takeNode(flat, fromValue(BigInt64Array.from(trueplaces(known), BigInt)), axis)
  const flatMask = maskShape.length === 1 ? lazy! : reshapeNode(lazy!, [sizeOf(maskShape)])
  return new CallNode({
    label: 'mask',
    inputs: [flat, flatMask],
    dtype: node.dtype,
    shape: flat.shape.map((length, i) => (i === axis ? Number.NaN : length)),
    chunks: flat.chunks.map((own, i) => (i === axis ? own.map(() => Number.NaN) : own)),
    fn: maskCall as never,
    params: { axis },
    regions: (block) => {
      const region = blockRegion(block, flat.chunks)
      return { regions: [region, [region[axis]]] }
    },
  })
}

/** The same array with elements at an index replaced. */
export function assignNode(node: ArrayNode, indices: readonly unknown[], value: unknown): ArrayNode {
  const lazyMask = indices.length === 1 ? nodeIn(indices[0]) : undefined
  if (lazyMask?.dtype === BOOL)
    return castNode(mapNode('where', [lazyMask, castNode(nodeFor(value), node.dtype), node]), node.dtype)
  const parsed = parseIndices(indices, node.shape, (index) => rankOfIndex(index)?.axes)
  const lists = parsed.filter((index) => index.kind === 'list')
  if (lists.length === 1 && (lists[0] as { axes: number }).axes > 1 && indices.length === 1) {
    const mask = nodeFor(indices[0] instanceof NdArray ? indices[0] : fromValue(indices[0]))
    return castNode(mapNode('where', [mask, castNode(nodeFor(value), node.dtype), node]), node.dtype)
  }
  if (lists.length > 1 || lists.some((list) => (list as { axes: number }).axes > 1))
    throw new ShapeError('an assignment has one list among its indices, or one mask of all axes')
  let axis = 0
  const runs = parsed.flatMap((index): (Run | { places: number[] })[] => {
    if (index.kind === 'new') return []
    const at = axis++
    if (index.kind === 'place') return [{ start: index.place, step: 1, count: 1 }]
    if (index.kind === 'run') return [index]
    return [{ places: placesOf(index.list, at, node.shape) }]
  })
  const target = parsed.flatMap((index) => {
    if (index.kind === 'place') return []
    if (index.kind === 'new') return [1]
    return [index.kind === 'run' ? index.count : 0]
  })
  let listAt = 0
  parsed.forEach((index) => {
    if (index.kind === 'list')
      target[listAt] = (runs.find((run) => 'places' in run) as { places: number[] }).places.length
    if (index.kind !== 'place') listAt++
  })
  const values = castNode(nodeFor(value), node.dtype)
  const shape = broadcastShapes([target, values.shape])
  if (shape.length !== target.length || shape.some((length, i) => length !== target[i]))
    throw new ShapeError(`a value of shape ${shapeText(values.shape)} does not fit ${shapeText(target)}`)
  // The values with one axis for each of the array's.
  const perAxis = runs.map((run) => ('places' in run ? run.places.length : run.count))
  const wide = reshapeNode(broadcastNode(values, target), perAxis)
  return new CallNode({
    label: 'assign',
    inputs: [node, wide],
    dtype: node.dtype,
    shape: node.shape,
    chunks: node.chunks,
    fn: assignCall as never,
    params: {},
    regions: (_block, region) => assignRegions(region, runs),
  })
}

function placesOf(list: unknown, axis: number, shape: readonly number[]): number[] {
  const array = list instanceof NdArray ? list : fromValue(list)
  if (array.type === BOOL) {
    if (array.shape.length !== 1 || array.shape[0] !== shape[axis])
      throw new ShapeError(
        `a mask of shape ${shapeText(array.shape)} does not fit axis ${axis} of shape ${shapeText(shape)}`,
      )
    return trueplaces(array)
  }
  return Array.from(array.toTypedArray() as Float64Array, (place) => placeOf(Number(place), axis, shape))
}

/** Which values a block needs, and where they go in it. */
function assignRegions(
  region: Region,
  runs: readonly (Run | { places: readonly number[] })[],
): { regions: Region[]; own: AssignOwn | null } {
  const own: AssignOwn['runs'][number][] = []
  const values: Run[] = []
  region.forEach(({ start, count }, axis) => {
    const run = runs[axis]
    if ('places' in run) {
      const isHere = (place: number): boolean => place >= start && place < start + count
      const first = Math.max(0, run.places.findIndex(isHere))
      const last = run.places.findLastIndex(isHere)
      // Values between that belong to other blocks are read along; a place of theirs is below zero.
      const between = run.places.slice(first, last + 1)
      own.push({ places: between.map((place) => (isHere(place) ? place - start : -1)) })
      values.push({ start: first, step: 1, count: between.length })
      return
    }
    const [low, high] = [start, start + count - 1]
    const { step } = run
    const firstK =
      step > 0
        ? Math.max(0, Math.ceil((low - run.start) / step))
        : Math.max(0, Math.ceil((high - run.start) / step))
    const lastK = Math.min(
      run.count - 1,
      step > 0 ? Math.floor((high - run.start) / step) : Math.floor((low - run.start) / step),
    )
    const length = Math.max(0, lastK - firstK + 1)
    own.push({ start: run.start + firstK * step - start, step, count: length })
    values.push({ start: length === 0 ? 0 : firstK, step: 1, count: length })
  })
  const nothing = values.some((run) => run.count === 0)
  return {
    regions: [region, nothing ? values.map((run) => ({ ...run, count: 0 })) : values],
    own: nothing ? null : { runs: own, shape: values.map((run) => run.count) },
  }
}
