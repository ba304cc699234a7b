// Nodes of quantiles: of all elements by counting, along an axis in blocks that have it whole.

import { ArrayArgumentError } from '../../kernels/array/arguments.ts'
import { quantileCall } from '../../kernels/array/calls.ts'
import { DTypeError, dtypeOf, FLOAT64 } from '../../kernels/array/dtype.ts'
import { blockRegion, type Chunks } from '../../kernels/array/grid.ts'
import type { ReduceRequest } from '../../kernels/array/reductionMethods.ts'
import {
  addTallies,
  narrowCall,
  type Selection,
  selectedCall,
  tallyCall,
} from '../../kernels/array/selection.ts'
import { sizeOf } from '../../kernels/array/shape.ts'
import type { ArrayNode } from './expression.ts'
import { whole } from './indexNodes.ts'
import { rechunkNode } from './rechunking.ts'
import { CallNode, TreeNode } from './taskNodes.ts'

/** A task has at most so many bytes of elements at once, as long as one row along the axes is not larger. */
const BLOCK_BYTES_MAX = 64 * 2 ** 20

const bytesOf = (shape: readonly number[], { dtype }: ArrayNode): number => sizeOf(shape) * dtype.bytes

/**
 * Quantiles over axes. Those of all elements are found by counting, where they are many: no task has them all. Those along
 * an axis have it whole, in blocks of bounded size.
 * @throws {RangeError} when a part is not within 0 and 1
 * @throws {DTypeError} for complex numbers and times
 */
export function quantileNode(given: ArrayNode, axes: readonly number[], request: ReduceRequest): ArrayNode {
  const { name, at = 0.5, method, keepDims } = request
  if ('cMm'.includes(given.dtype.kind)) throw new DTypeError(`${given.dtype.name} has no quantiles`)
  const parts = typeof at === 'number' ? [at] : at
  for (const part of parts)
    if (typeof part !== 'number' || !(part >= 0 && part <= 1))
      throw new ArrayArgumentError(`quantiles are asked for from 0 to 1 (percentiles to 100), not at ${part}`)
  if (axes.length === given.shape.length && bytesOf(given.shape, given) > BLOCK_BYTES_MAX)
    return selectedNode(given, request)
  const node = boundedAlong(given, axes, BLOCK_BYTES_MAX)
  const outer = typeof at === 'number' ? [] : [parts.length]
  const keep = <T>(list: readonly T[], one: T): T[] =>
    list.flatMap((each, i) => (axes.includes(i) ? (keepDims ? [one] : []) : [each]))
  const params = {
    axes,
    at,
    method,
    skipNaN: name.startsWith('nan'),
    median: name.endsWith('median'),
    keepDims,
  }
  const kept = node.shape.map((_, i) => i).filter((i) => !axes.includes(i))
  return new CallNode({
    label: name,
    inputs: [node],
    dtype: node.dtype.name === 'float32' ? node.dtype : dtypeOf('float64'),
    shape: [...outer, ...keep(node.shape, 1)],
    chunks: [...outer.map((n) => [n]), ...keep<readonly number[]>(node.chunks, [1])],
    fn: quantileCall as never,
    params,
    regions: (_block, region) => {
      const own = region.slice(outer.length)
      return {
        regions: [
          node.shape.map((length, i) =>
            axes.includes(i) ? whole(length) : own[keepDims ? i : kept.indexOf(i)],
          ),
        ],
      }
    },
  })
}

/** The array with axes in one chunk, and the others cut so that blocks stay within a size; as it is where they do. */
export function boundedAlong(node: ArrayNode, axes: readonly number[], bytesMax: number): ArrayNode {
  if (node.shape.some(Number.isNaN)) return node
  const lengths = node.chunks.map((own, i) => (axes.includes(i) ? node.shape[i] : Math.max(0, ...own)))
  let times = Math.ceil(bytesOf(lengths, node) / bytesMax)
  if (times <= 1) return node
  const chunks = node.chunks.map((own, i): readonly number[] => {
    if (axes.includes(i)) return [node.shape[i]]
    const most = Math.max(1, Math.floor(lengths[i] / times))
    times = Math.ceil((times * most) / Math.max(1, lengths[i]))
    return own.flatMap((length) => cutTo(length, most))
  })
  return rechunkNode(node, chunks)
}

const cutTo = (length: number, most: number): number[] =>
  length <= most
    ? [length]
    : Array.from({ length: Math.ceil(length / most) }, (_, i) => Math.min(most, length - i * most))

/**
 * Quantiles of all elements, each task of which has one block: passes count how many elements begin with which bits, in the
 * order of their values, until the elements that are looked for are known to the last bit.
 */
export function selectedNode(node: ArrayNode, request: ReduceRequest): ArrayNode {
  const { name, at = 0.5, method, keepDims } = request
  const single = node.dtype.name === 'float32'
  const parts = typeof at === 'number' ? [at] : at
  const most = Math.max(...node.chunks.map((own) => Math.max(...own)), 1)
  const bits = bitsOfPass(parts.length, Math.max(most, sizeOf(node.chunks.map((own) => Math.max(...own)))))
  const asked: Omit<Selection, 'done'> = {
    bits,
    single,
    parts,
    skipNaN: name.startsWith('nan'),
    kind: { method, median: name.endsWith('median') },
  }
  let state: ArrayNode | undefined
  for (let done = 0; done < (single ? 32 : 64); done += bits)
    state = narrowed(name, tallied(name, node, state, { ...asked, done }), state, { ...asked, done })
  const shape = [
    ...(typeof at === 'number' ? [] : [parts.length]),
    ...(keepDims ? node.shape.map(() => 1) : []),
  ]
  const dtype = single ? node.dtype : FLOAT64
  return oneBlock(name, [state!], shape, dtype, selectedCall, { ...asked, done: 0, shape })
}

/** Bits of one pass: its counts take no more room than a block does. They divide the 32 bits of a word. */
function bitsOfPass(parts: number, elements: number): number {
  const fitting = Math.log2(Math.max(1, elements / (2 * parts)))
  return fitting >= 16 ? 16 : fitting >= 8 ? 8 : 4
}

/** How many elements begin with which bits, of those that still may be looked for. */
function tallied(name: string, node: ArrayNode, state: ArrayNode | undefined, params: Selection): ArrayNode {
  const blocks = sizeOf(node.chunks.map((own) => own.length))
  const bins = 2 ** params.bits
  const counts = params.done === 0 ? bins + 1 : 2 * params.parts.length * bins
  const input = new CallNode({
    label: name,
    inputs: state ? [node, state] : [node],
    dtype: FLOAT64,
    shape: [blocks, counts],
    chunks: [new Array(blocks).fill(1), [counts]],
    fn: tallyCall as never,
    params,
    regions: (block) => ({
      regions: [blockRegion(block, node.chunks), ...(state ? [state.shape.map(whole)] : [])],
    }),
    name: `${name}-count`,
  })
  const chunks: Chunks = [[1], [counts]]
  const join = addTallies as never
  return new TreeNode({ label: name, input, axes: [0], join, dtype: FLOAT64, shape: [1, counts], chunks })
}

function narrowed(
  name: string,
  counts: ArrayNode,
  state: ArrayNode | undefined,
  params: Selection,
): ArrayNode {
  const shape = [1 + 6 * params.parts.length]
  return oneBlock(name, state ? [counts, state] : [counts], shape, FLOAT64, narrowCall, params)
}

function oneBlock(
  label: string,
  inputs: readonly ArrayNode[],
  shape: readonly number[],
  dtype: ArrayNode['dtype'],
  fn: unknown,
  params: unknown,
): ArrayNode {
  return new CallNode({
    label,
    inputs,
    dtype,
    shape,
    chunks: shape.map((length) => [length]),
    fn: fn as never,
    params,
    regions: () => ({ regions: inputs.map((input) => input.shape.map(whole)) }),
  })
}
