// Nodes of reductions, of sums so far, and of order along an axis.

import type { GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import { ArrayArgumentError } from '../../kernels/array/arguments.ts'
import { scanCall, scanShift, scanTotal, sortCall } from '../../kernels/array/calls.ts'
import { DTypeError, type DTypeName, dtypeOf, INT64 } from '../../kernels/array/dtype.ts'
import { foldDType } from '../../kernels/array/fold.ts'
import { blockCounts, blockIndex } from '../../kernels/array/grid.ts'
import { reductionNamed } from '../../kernels/array/reduction.ts'
import { type ReduceRequest, requireReduceOptions } from '../../kernels/array/reductionMethods.ts'
import { axesOf, axisOf, ShapeError, shapeText, sizeOf, UNKNOWN_LENGTH } from '../../kernels/array/shape.ts'
import { givenText } from '../../kernels/givenText.ts'
import { ArrayNode } from './expression.ts'
import { reshapeNode, whole } from './indexNodes.ts'
import { mapNode } from './operands.ts'
import { groupFields } from './planning.ts'
import { quantileNode } from './quantiles.ts'
import { CallNode, ReduceNode } from './taskNodes.ts'

/**
 * The node of a reduction.
 * @throws {ShapeError} when an axis is not there, or there is nothing to reduce
 */
export function reduceNode(node: ArrayNode, request: ReduceRequest): ArrayNode {
  requireReduceOptions(request)
  const { name, axis, at, method, ...options } = request
  const axes = axesOf(axis, node.shape.length)
  if (name === 'ptp')
    return mapNode('subtract', [
      reduceNode(node, { ...request, name: 'max' }),
      reduceNode(node, { ...request, name: 'min' }),
    ])
  if (/^(nan)?(quantile|median)$/.test(name)) return quantileNode(node, axes, request)
  if (!reductionNamed(name)) throw new ArrayArgumentError(`there is no reduction ${givenText(name)}`)
  if (options.dtype) dtypeOf(options.dtype)
  if (node.dtype.kind === 'M' && /sum|prod|mean|var|std/.test(name))
    throw new DTypeError(`${node.dtype.name} has no ${name}`)
  if (/arg(min|max)/.test(name) && node.shape.some(Number.isNaN))
    throw new ShapeError(`${name} tells places, and there are none yet along an axis whose ${UNKNOWN_LENGTH}`)
  const empty = axes.some((each) => node.shape[each] === 0)
  const kept = node.shape.filter((_, i) => !axes.includes(i))
  if (empty && /min|max/.test(name) && sizeOf(kept) > 0)
    throw new ShapeError(
      `${name} of no elements is not defined (shape ${shapeText(node.shape)}, axes ${shapeText(axes)})`,
    )
  return new ReduceNode(node, name, axes, options)
}

/** Sorted along an axis, or the places that would sort: each task has the axis whole. */
export function sortNode(node: ArrayNode, axis: number, places: boolean): ArrayNode {
  const along = axisOf(axis, node.shape.length)
  const length = node.shape[along]
  return new CallNode({
    label: places ? 'argsort' : 'sort',
    inputs: [node],
    dtype: places ? INT64 : node.dtype,
    shape: node.shape,
    chunks: node.chunks.map((own, i) => (i === along ? [length] : own)),
    fn: sortCall as never,
    params: { axis: along, places },
    regions: (_block, region) => ({ regions: [region.map((run, i) => (i === along ? whole(length) : run))] }),
  })
}

/** Sums so far along an axis: each block by itself, then the totals in front of each. */
export function accumulateNode(
  node: ArrayNode,
  name: 'add' | 'multiply',
  axis: number | undefined,
  dtype: DTypeName | undefined,
): ArrayNode {
  if (axis === undefined) return accumulateNode(reshapeNode(node, [sizeOf(node.shape)]), name, 0, dtype)
  const along = axisOf(axis, node.shape.length)
  const type = dtype ? dtypeOf(dtype) : foldDType(name, node.dtype)
  const params = { name, axis: along, dtype: type.name }
  const scanned = new CallNode({
    label: name === 'add' ? 'cumsum' : 'cumprod',
    inputs: [node],
    dtype: type,
    shape: node.shape,
    chunks: node.chunks,
    fn: scanCall as never,
    params,
    regions: (_block, region) => ({ regions: [region] }),
  })
  return node.chunks[along].length === 1 ? scanned : new ScanNode(scanned, params)
}

class ScanNode extends ArrayNode {
  readonly #scanned: ArrayNode
  readonly #params: { name: 'add' | 'multiply'; axis: number; dtype: DTypeName }

  constructor(scanned: ArrayNode, params: { name: 'add' | 'multiply'; axis: number; dtype: DTypeName }) {
    super(scanned.label, scanned.dtype, scanned.shape, scanned.chunks)
    this.#scanned = scanned
    this.#params = params
  }

  inputs(): readonly GraphNode[] {
    return [this.#scanned]
  }

  needs(): readonly GraphNode[] {
    return [this.#scanned]
  }

  build(graph: TaskGraph): readonly unknown[] {
    const scanned = graph.built(this.#scanned)!
    const { axis } = this.#params
    const bound = [this.#params]
    const total = graph.addGroup({ fn: scanTotal, bound, ...groupFields(this, `${this.label}-total`) })
    const shift = graph.addGroup({ fn: scanShift, bound, ...groupFields(this, this.label) })
    const stride = sizeOf(blockCounts(this.chunks).slice(axis + 1))
    const totals = new Map<number, unknown>()
    return scanned.map((block, number) => {
      const index = blockIndex(number, this.chunks)[axis]
      const before = totals.get(number - stride)
      if (index + 1 < this.chunks[axis].length)
        totals.set(number, graph.addTask(total, before === undefined ? [block] : [block, before]))
      return index === 0 ? block : graph.addTask(shift, [block, before])
    })
  }
}
