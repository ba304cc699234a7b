// What stands beside a chunked array: others, blocks, lists and scalars become nodes; shapes are made to fit.

import { type DType, dtypeOf, isScalar, type Scalar } from '../../kernels/array/dtype.ts'
import { fromValue, ticksOf } from '../../kernels/array/fromValue.ts'
import { simplerName, type Weak, weakDTypes } from '../../kernels/array/fused.ts'
import { NdArray } from '../../kernels/array/ndArray.ts'
import { broadcastShapes } from '../../kernels/array/shape.ts'
import { ufuncNamed } from '../../kernels/array/ufunc.ts'
import { broadcastChunks, normalChunks } from './chunks.ts'
import { type ArrayNode, FusedNode } from './expression.ts'
import { leafBytesMax } from './limits.ts'
import { cutToBeRead } from './rechunking.ts'
import { GivenNode } from './taskNodes.ts'

/** By this an array gives its node. */
export const NODE = Symbol('heddle.array.node')

/** The node of a block: within the plan where it is small, as tasks where not. */
export function nodeOfArray(
  array: NdArray,
  chunks = normalChunks('auto', array.shape, array.type.bytes),
): ArrayNode {
  if (array.nbytes > leafBytesMax) return new GivenNode(array, chunks)
  return new FusedNode('fromArray', { op: 'data', array }, [], array.type, array.shape, chunks)
}

/** A node, or a scalar that yields to the dtypes beside it. */
export function operandOf(value: unknown): ArrayNode | Weak {
  const node = nodeIn(value)
  if (node) return node
  if (isScalar(value)) return { weak: value }
  if (value instanceof Date) {
    const dtype = dtypeOf('datetime64[ms]')
    return nodeOfArray(fromValue(ticksOf(value, dtype), { dtype: 'datetime64[ms]' }))
  }
  return nodeOfArray(value instanceof NdArray ? value : fromValue(value))
}

/** The node of a chunked array; nothing for other values. */
export function nodeIn(value: unknown): ArrayNode | undefined {
  return typeof value === 'object' && value !== null ? (value as { [NODE]?: ArrayNode })[NODE] : undefined
}

export function nodeFor(value: unknown): ArrayNode {
  const operand = operandOf(value)
  return 'weak' in operand ? nodeOfArray(fromValue(operand.weak)) : operand
}

const isShape = (node: ArrayNode, shape: readonly number[]): boolean =>
  node.shape.length === shape.length && node.shape.every((length, axis) => Object.is(length, shape[axis]))

/** A node repeated to a shape. */
export function broadcastNode(node: ArrayNode, shape: readonly number[]): ArrayNode {
  if (isShape(node, shape)) return node
  const chunks = broadcastChunks([node.chunks], shape)
  return new FusedNode('broadcastTo', { op: 'broadcast' }, [node], node.dtype, shape, chunks)
}

export function castNode(node: ArrayNode, dtype: DType): ArrayNode {
  if (node.dtype === dtype) return node
  return new FusedNode('astype', { op: 'cast' }, [node], dtype, node.shape, node.chunks)
}

const constantNode = (
  value: Scalar,
  dtype: DType,
  like: { shape: readonly number[]; chunks: ArrayNode['chunks'] },
): ArrayNode => new FusedNode('constant', { op: 'constant', value }, [], dtype, like.shape, like.chunks)

/**
 * The node of an element-wise function.
 * @throws {ShapeError} when shapes do not broadcast, with all of them in its text
 * @throws {DTypeError} when the function has no meaning for the dtypes
 */
export function mapNode(name: string, args: readonly (ArrayNode | Weak)[]): ArrayNode {
  const [first, second] = args
  if (name === 'power' && !('weak' in first) && 'weak' in second) {
    const simpler = simplerName(name, first.dtype, second.weak)
    if (simpler) return mapNode(simpler, [first])
  }
  const arrays = args.filter((arg): arg is ArrayNode => !('weak' in arg))
  const shape = broadcastShapes(arrays.map((array) => array.shape))
  const dtypes = weakDTypes(
    name,
    args.map((arg) => ('weak' in arg ? arg : arg.dtype)),
  )
  const { output } = ufuncNamed(name).resolve(dtypes)
  const chunks = broadcastChunks(
    arrays.map((array) => array.chunks),
    shape,
  )
  const like = { shape, chunks }
  const nodes = args.map((arg, i) =>
    'weak' in arg
      ? constantNode(arg.weak, dtypes[i], like)
      : broadcastNode(isShape(arg, shape) ? cutToBeRead(arg, chunks) : arg, shape),
  )
  return new FusedNode(name, { op: 'map', name }, nodes, output, shape, chunks)
}
