// Functions that count and find: histograms, unique elements, the greatest few, places in sorted lists.

import {
  ArrayArgumentError,
  requireCount,
  requireFlag,
  requireNumber,
  wrong,
} from '../../kernels/array/arguments.ts'
import { BOOL, DTypeError, FLOAT64, INT64 } from '../../kernels/array/dtype.ts'
import { blockRegion } from '../../kernels/array/grid.ts'
import { axisOf, ShapeError, shapeText, sizeOf } from '../../kernels/array/shape.ts'
import {
  addCounts,
  bincountCall,
  histogramCall,
  isinCall,
  joinTopk,
  joinUnique,
  searchCall,
  topkCall,
  uniqueCall,
} from '../../kernels/array/statistics.ts'
import { givenText } from '../../kernels/givenText.ts'
import { requireOptions } from '../../kernels/optionNames.ts'
import { ChunkedArray } from './chunkedArray.ts'
import { asarray, placeNode } from './creation.ts'
import type { ArrayNode } from './expression.ts'
import { inArgument, inCall } from './inCall.ts'
import { reshapeNode, whole } from './indexNodes.ts'
import { castNode, mapNode, NODE } from './operands.ts'
import { reduceNode } from './reductions.ts'
import { CallNode, PickNode, TreeNode } from './taskNodes.ts'

const flatOf = (value: unknown): ArrayNode => {
  const node = asarray(value)[NODE]
  return node.shape.length === 1 ? node : reshapeNode(node, [sizeOf(node.shape)])
}
const wholeOf = (node: ArrayNode): ReturnType<typeof whole>[] => node.shape.map(whole)

/** @throws {ArrayArgumentError} unless it is left out, or has a least and a greatest value */
function requireRange(range: unknown): void {
  if (range === undefined) return
  const isRange =
    Array.isArray(range) &&
    range.length === 2 &&
    range.every((edge) => Number.isFinite(edge)) &&
    range[0] <= range[1]
  if (!isRange) throw wrong('histogram: range', 'the least and the greatest value, e.g. [0, 1]', range)
}

/** What each element counts. */
const weightsOf = (weights: unknown): ArrayNode | undefined =>
  weights === undefined ? undefined : inArgument('weights', () => flatOf(weights))

/** The counts of a histogram and the edges of its bins. */
export interface Histogram {
  counts: ChunkedArray<'int64' | 'float64', 1>
  edges: ChunkedArray<'float64', 1>
}

/**
 * How many elements fall into each bin; the last one has both of its edges.
 * @param bins how many of equal width, or their edges
 * @example (await array.histogram([1, 2, 2, 5], 2).counts.compute()).toList() // [3n, 1n]
 */
export function histogram(
  of: unknown,
  bins: number | readonly number[] = 10,
  options: { range?: readonly [number, number]; weights?: unknown; density?: boolean } = {},
): Histogram {
  return inCall('histogram', () => {
    requireOptions('histogram', options, { range: true, weights: true, density: true })
    if (options.density !== undefined) requireFlag('histogram: density', options.density)
    requireRange(options.range)
    const values = flatOf(of)
    const weights = weightsOf(options.weights)
    if (weights && weights.shape[0] !== values.shape[0])
      throw new ShapeError(`${weights.shape[0]} weights do not fit ${values.shape[0]} elements`)
    const edges = edgesNode(values, bins, options.range)
    const [count] = edges.shape
    if (count < 2) throw new ArrayArgumentError('a histogram has at least one bin')
    const blocks = values.chunks[0].length
    const parts = new CallNode({
      label: 'histogram',
      inputs: [values, edges, ...(weights ? [weights] : [])],
      dtype: weights ? FLOAT64 : INT64,
      shape: [blocks, count - 1],
      chunks: [new Array(blocks).fill(1), [count - 1]],
      fn: histogramCall as never,
      params: { weighted: weights !== undefined },
      regions: (block) => {
        const own = blockRegion(block, values.chunks)
        return { regions: [own, wholeOf(edges), ...(weights ? [own] : [])] }
      },
    })
    const counts = reduceNode(parts, { name: 'sum', axis: 0 })
    if (!options.density) return { counts: new ChunkedArray(counts), edges: new ChunkedArray(edges) }
    const total = reduceNode(counts, { name: 'sum', axis: 0 })
    const widths = new ChunkedArray(edges).diff()[NODE]
    return {
      counts: new ChunkedArray(mapNode('divide', [mapNode('divide', [counts, widths]), total])),
      edges: new ChunkedArray(edges),
    }
  })
}

function edgesNode(
  values: ArrayNode,
  bins: number | readonly number[],
  range: readonly [number, number] | undefined,
): ArrayNode {
  if (typeof bins !== 'number') {
    if (!Array.isArray(bins) && !ArrayBuffer.isView(bins))
      throw new ArrayArgumentError(
        `histogram takes how many bins there are, or their edges as a list, not ${givenText(bins)}: options come third`,
      )
    if (bins.some((edge, i) => i > 0 && edge < bins[i - 1]))
      throw new ArrayArgumentError('the edges of bins rise')
    return castNode(asarray([...bins])[NODE], FLOAT64)
  }
  if (!Number.isInteger(bins) || bins < 1)
    throw new ArrayArgumentError(`a histogram has a whole number of bins from 1 on, not ${bins}`)
  const places = placeNode('edges', [bins + 1], 0, [1], FLOAT64, -1)
  if (range) {
    const [low, high] = range[0] === range[1] ? [range[0] - 0.5, range[1] + 0.5] : range
    const line = mapNode('add', [mapNode('multiply', [places, { weak: (high - low) / bins }]), { weak: low }])
    return mapNode('where', [mapNode('equal', [places, { weak: bins }]), { weak: high }, line])
  }
  const least = castNode(reduceNode(values, { name: 'min', axis: null }), FLOAT64)
  const most = castNode(reduceNode(values, { name: 'max', axis: null }), FLOAT64)
  const same = mapNode('equal', [least, most])
  const low = mapNode('where', [same, mapNode('subtract', [least, { weak: 0.5 }]), least])
  const high = mapNode('where', [same, mapNode('add', [most, { weak: 0.5 }]), most])
  const step = mapNode('divide', [mapNode('subtract', [high, low]), { weak: bins }])
  const line = mapNode('add', [mapNode('multiply', [places, step]), low])
  return mapNode('where', [mapNode('equal', [places, { weak: bins }]), high, line])
}

/**
 * How often each whole number from 0 on is there. How long the list is shows when it is computed.
 * @example (await array.bincount([1n, 3n, 1n]).compute()).toList() // [0n, 2n, 0n, 1n]
 */
export function bincount(
  of: unknown,
  options: { weights?: unknown; minLength?: number } = {},
): ChunkedArray<'int64' | 'float64', 1> {
  return inCall('bincount', () => {
    requireOptions('bincount', options, { weights: true, minLength: true })
    const { minLength = 0 } = options
    requireCount('bincount: minLength', minLength, 0)
    const values = flatOf(of)
    if (!'biu'.includes(values.dtype.kind))
      throw new DTypeError(
        `bincount counts whole numbers, not ${values.dtype.name}: cast with astype('int64')`,
      )
    const weights = weightsOf(options.weights)
    if (weights && weights.shape[0] !== values.shape[0])
      throw new ShapeError(`${weights.shape[0]} weights do not fit ${values.shape[0]} elements`)
    const parts = new CallNode({
      label: 'bincount',
      inputs: [values, ...(weights ? [weights] : [])],
      dtype: weights ? FLOAT64 : INT64,
      shape: [Number.NaN],
      chunks: [values.chunks[0].map(() => Number.NaN)],
      fn: bincountCall as never,
      params: { minLength, weighted: weights !== undefined },
      regions: (block) => {
        const own = blockRegion(block, values.chunks)
        return { regions: weights ? [own, own] : [own] }
      },
    })
    return new ChunkedArray(
      tree('bincount', parts, [0], addCounts as never, [], [Number.NaN], [[Number.NaN]]),
    )
  })
}

const tree = (
  label: string,
  input: ArrayNode,
  axes: readonly number[],
  join: (...blocks: never[]) => unknown,
  bound: readonly unknown[],
  shape: readonly number[],
  chunks: ArrayNode['chunks'],
): ArrayNode => new TreeNode({ label, input, axes, join, bound, dtype: input.dtype, shape, chunks })

/**
 * The different elements, in order. How many there are shows when it is computed. `inverse` has each element's place
 * among them, in the shape of what was given: `values.slice(inverse)` is that again.
 * @example (await array.unique([3, 1, 3]).values.compute()).toList() // [1, 3]
 */
export function unique(of: unknown): {
  values: ChunkedArray
  counts: ChunkedArray<'int64'>
  inverse: ChunkedArray<'int64'>
} {
  return inCall('unique', () => {
    const values = flatOf(of)
    const parts = new CallNode({
      label: 'unique',
      inputs: [values],
      dtype: values.dtype,
      shape: [Number.NaN],
      chunks: [values.chunks[0].map(() => Number.NaN)],
      fn: uniqueCall as never,
      params: {},
      regions: (block) => ({ regions: [blockRegion(block, values.chunks)] }),
    })
    const joined = tree('unique', parts, [0], joinUnique as never, [], [Number.NaN], [[Number.NaN]])
    const facts = { shape: joined.shape, chunks: joined.chunks }
    const list = new PickNode('unique', joined, 0, { ...facts, dtype: values.dtype })
    const search = { behind: false }
    return {
      values: new ChunkedArray(list),
      inverse: besideWhole('unique', asarray(of)[NODE], list, INT64, searchCall, search, true) as never,
      counts: new ChunkedArray(new PickNode('unique', joined, 1, { ...facts, dtype: INT64 })),
    }
  })
}

/** The greatest `k` elements along an axis in falling order; with a negative `k` the least, rising. */
export function topkNode(node: ArrayNode, k: number, axis: number): ArrayNode {
  const along = axisOf(axis, node.shape.length)
  if (!Number.isInteger(k) || k === 0)
    throw new ArrayArgumentError(`topk takes a whole number that is not 0, not ${k}`)
  const lengths = node.chunks[along].map((length) => Math.min(length, Math.abs(k)))
  const total = Math.min(node.shape[along], Math.abs(k))
  const params = { k, axis: along }
  const parts = new CallNode({
    label: 'topk',
    inputs: [node],
    dtype: node.dtype,
    shape: node.shape.map((length, i) => (i === along ? lengths.reduce((a, b) => a + b, 0) : length)),
    chunks: node.chunks.map((own, i) => (i === along ? lengths : own)),
    fn: topkCall as never,
    params,
    regions: (block) => ({ regions: [blockRegion(block, node.chunks)] }),
  })
  const shape = node.shape.map((length, i) => (i === along ? total : length))
  return tree(
    'topk',
    parts,
    [along],
    joinTopk as never,
    [params],
    shape,
    node.chunks.map((own, i) => (i === along ? [total] : own)),
  )
}

/** A function of each block of an array, with another array whole beside it. */
function besideWhole(
  label: string,
  values: ArrayNode,
  other: ArrayNode,
  dtype: ArrayNode['dtype'],
  fn: unknown,
  params: unknown,
  otherFirst = false,
): ChunkedArray {
  return new ChunkedArray(
    new CallNode({
      label,
      inputs: otherFirst ? [other, values] : [values, other],
      dtype,
      shape: values.shape,
      chunks: values.chunks,
      fn: fn as never,
      params,
      regions: (_block, region) => ({
        regions: otherFirst ? [wholeOf(other), region] : [region, wholeOf(other)],
      }),
    }),
  )
}

/**
 * Where values would be put into a sorted list: in front of equal ones, or behind them.
 * @example (await array.searchsorted([1, 2, 3], [2.5, 0]).compute()).toList() // [2n, 0n]
 */
export function searchsorted(
  sorted: unknown,
  values: unknown,
  where: 'left' | 'right' | { side?: 'left' | 'right' } = 'left',
): ChunkedArray<'int64'> {
  return inCall('searchsorted', () => {
    if (typeof where === 'object') requireOptions('searchsorted', where, { side: true })
    const { side = 'left' } = typeof where === 'object' ? where : { side: where }
    if (side !== 'left' && side !== 'right')
      throw new ArrayArgumentError(`searchsorted: side is 'left' or 'right', not ${givenText(side)}`)
    const list = asarray(sorted)[NODE]
    if (list.shape.length !== 1)
      throw new ShapeError(
        `searchsorted looks into a list of one axis, not of shape ${shapeText(list.shape)}`,
      )
    return besideWhole(
      'searchsorted',
      asarray(values)[NODE],
      list,
      INT64,
      searchCall,
      { behind: side === 'right' },
      true,
    ) as never
  })
}

/**
 * The number of the bin that each element falls into: 0 in front of the first edge.
 * @example (await array.digitize([0.5, 2, 9], [1, 2, 3]).compute()).toList() // [0n, 2n, 3n]
 */
export function digitize(
  of: unknown,
  bins: readonly number[],
  options: { right?: boolean } = {},
): ChunkedArray<'int64'> {
  return inCall('digitize', () => {
    requireOptions('digitize', options, { right: true })
    if (!Array.isArray(bins) && !ArrayBuffer.isView(bins))
      throw wrong('digitize', 'the edges of bins as a list', bins)
    for (const edge of bins) requireNumber('digitize: bins', edge)
    const { right = false } = options
    requireFlag('digitize: right', right)
    const rising = bins.every((edge, i) => i === 0 || edge >= bins[i - 1])
    const falling = bins.every((edge, i) => i === 0 || edge <= bins[i - 1])
    if (!rising && !falling) throw new ArrayArgumentError('the bins of digitize rise or fall')
    const list = castNode(asarray([...bins])[NODE], FLOAT64)
    return besideWhole(
      'digitize',
      asarray(of)[NODE],
      list,
      INT64,
      searchCall,
      { behind: !right, backwards: !rising },
      true,
    ) as never
  })
}

/**
 * Whether each element is among others.
 * @example (await array.isin([1, 2, 3], [3, 1]).compute()).toList() // [true, false, true]
 */
export function isin(of: unknown, test: unknown, options: { invert?: boolean } = {}): ChunkedArray<'bool'> {
  return inCall('isin', () => {
    requireOptions('isin', options, { invert: true })
    const { invert = false } = options
    requireFlag('isin: invert', invert)
    return besideWhole('isin', asarray(of)[NODE], flatOf(test), BOOL, isinCall, { invert }) as never
  })
}
