// Products of arrays: matmul, dot, tensordot, outer, and Einstein's summation, which all of them are.

import { requireText, wrong } from '../../kernels/array/arguments.ts'
import { einsumCall } from '../../kernels/array/einsum.ts'
import type { Run } from '../../kernels/array/indexing.ts'
import { axisOf, ShapeError, shapeText, sizeOf, UNKNOWN_LENGTH } from '../../kernels/array/shape.ts'
import { promoteAll } from '../../kernels/array/ufunc.ts'
import { ChunkedArray } from './chunkedArray.ts'
import { commonCuts } from './chunks.ts'
import { asarray } from './creation.ts'
import type { ArrayNode } from './expression.ts'
import { inCall } from './inCall.ts'
import { indexNode, whole } from './indexNodes.ts'
import { NODE } from './operands.ts'
import { reduceNode } from './reductions.ts'
import { CallNode } from './taskNodes.ts'

/** A task of a product reads at most about this many bytes of its operands. */
const PANEL_BYTES = 256 * 1024 * 1024

const letter = (i: number): string => String.fromCharCode(0x100 + i)

function summationNode(operands: readonly string[], result: string, nodes: readonly ArrayNode[]): ArrayNode {
  const lists = new Map<string, (readonly number[])[]>()
  operands.forEach((names, i) => {
    ;[...names].forEach((name, axis) => {
      lists.set(name, [...(lists.get(name) ?? []), nodes[i].chunks[axis]])
    })
  })
  const cuts = new Map<string, readonly number[]>()
  for (const [name, own] of lists) {
    const lengths = own.map((list) => list.reduce((a, b) => a + b, 0))
    const long = own.filter((_, i) => lengths[i] !== 1)
    const different = new Set(lengths.filter((length) => length !== 1))
    if (different.size > 1)
      throw new ShapeError(
        `arrays of shapes ${nodes.map((node) => shapeText(node.shape)).join(' and ')} cannot be multiplied: lengths ${[...different].join(' and ')} of one axis differ`,
      )
    cuts.set(name, commonCuts(long.length > 0 ? long : own))
  }
  const dtype = promoteAll(nodes.map((node) => node.dtype))
  if (dtype.unit) throw new ShapeError(`${dtype.name} cannot be multiplied`)
  const summed = [...cuts.keys()].filter((name) => !result.includes(name))
  const groups = partsOf(summed, cuts, operands, nodes)
  const chunks = [groups.map(() => 1), ...[...result].map((name) => cuts.get(name)!)]
  const lengthOf = (name: string): number => cuts.get(name)!.reduce((a, b) => a + b, 0)
  const node = new CallNode({
    label: 'einsum',
    name: 'matmul',
    inputs: nodes,
    dtype,
    shape: [groups.length, ...[...result].map(lengthOf)],
    chunks,
    fn: einsumCall as never,
    params: { summation: { operands, result } },
    passing: true,
    regions: (_block, [group, ...rest]) => ({
      regions: operands.map((names, i) =>
        [...names].map((name, axis): Run => {
          const length = nodes[i].shape[axis]
          if (length === 1 && lengthOf(name) !== 1) return whole(1)
          const at = result.indexOf(name)
          if (at >= 0) return rest[at]
          return name === summed[0] ? groups[group.start] : whole(length)
        }),
      ),
    }),
  })
  if (groups.length > 1) return reduceNode(node, { name: 'sum', axis: 0, dtype: dtype.name })
  return indexNode(
    node,
    node.shape.map((count, axis) =>
      axis === 0 ? { kind: 'place', place: 0 } : { kind: 'run', ...whole(count) },
    ),
  )
}

/** The first axis that is added up, in parts that fit in memory. */
function partsOf(
  summed: readonly string[],
  cuts: ReadonlyMap<string, readonly number[]>,
  operands: readonly string[],
  nodes: readonly ArrayNode[],
): Run[] {
  if (summed.length === 0) return [whole(1)]
  const bytesOf = (share: number): number =>
    operands.reduce((sum, names, i) => {
      const lengths = [...names].map((name, axis) => {
        if (name === summed[0]) return share
        return summed.includes(name) ? nodes[i].shape[axis] : Math.max(...cuts.get(name)!)
      })
      return sum + sizeOf(lengths) * nodes[i].dtype.bytes
    }, 0)
  const parts: Run[] = []
  let start = 0
  let count = 0
  for (const length of cuts.get(summed[0])!) {
    if (count > 0 && bytesOf(count + length) > PANEL_BYTES) {
      parts.push({ start, step: 1, count })
      start += count
      count = 0
    }
    count += length
  }
  return [...parts, { start, step: 1, count }]
}

/**
 * Einstein's summation.
 * @param subscripts e.g. `'ij,jk->ik'`; `...` stands for axes that broadcast
 * @throws {ShapeError} when axes of one name differ in length, or names and axes do not match
 * @example (await array.einsum('i,i->', [1, 2], [3, 4]).compute()) // 11
 */
export function einsum(subscripts: string, ...operands: unknown[]): ChunkedArray {
  return inCall('einsum', () => {
    requireText('einsum', subscripts, "a text such as 'ij,jk->ik', and the arrays behind it")
    const nodes = operands.map((each) => asarray(each)[NODE])
    const text = subscripts.replace(/\s/g, '')
    const found = /^([A-Za-z.,]*?)(?:->([A-Za-z.]*))?$/.exec(text)
    const inputs = found?.[1].split(',') ?? []
    if (!found || inputs.length !== nodes.length)
      throw new ShapeError(
        `${JSON.stringify(subscripts)} names ${inputs.length} arrays, and ${nodes.length} were given`,
      )
    const extra = inputs.map((names, i) =>
      names.includes('...') ? nodes[i].shape.length - names.replace('...', '').length : 0,
    )
    const most = Math.max(0, ...extra)
    const dots = (count: number): string =>
      Array.from({ length: count }, (_, i) => letter(most - count + i)).join('')
    const named = inputs.map((names, i) => names.replace('...', dots(extra[i])))
    named.forEach((names, i) => {
      if (names.length !== nodes[i].shape.length)
        throw new ShapeError(
          `${JSON.stringify(inputs[i])} names ${names.length} axes, and the array has shape ${shapeText(nodes[i].shape)}`,
        )
    })
    const all = [...named.join('')]
    const implicit =
      dots(most) +
      [...new Set(all)]
        .filter((name) => /[A-Za-z]/.test(name) && all.filter((other) => other === name).length === 1)
        .sort()
        .join('')
    const result = found[2] === undefined ? implicit : found[2].replace('...', dots(most))
    for (const name of result)
      if (!all.includes(name) || [...result].filter((other) => other === name).length > 1)
        throw new ShapeError(
          `the result ${JSON.stringify(found[2])} has an axis that no array has, or one twice`,
        )
    return new ChunkedArray(summationNode(named, result, nodes))
  })
}

/**
 * The product of matrices in the last two axes; axes in front broadcast, a list is a row or a column as needed.
 * @example (await array.matmul([[1, 2], [3, 4]], [1, 1]).compute()).toList() // [3, 7]
 */
export function matmul(a: unknown, b: unknown): ChunkedArray {
  return inCall('matmul', () => {
    const [x, y] = [asarray(a)[NODE], asarray(b)[NODE]]
    if (x.shape.length === 0 || y.shape.length === 0)
      throw new ShapeError('matmul takes arrays with axes: use multiply for single values')
    const [inner, other] = [x.shape[x.shape.length - 1], y.shape[Math.max(0, y.shape.length - 2)]]
    requireKnownLengths([inner, other], 'multiplied')
    if (inner !== other)
      throw new ShapeError(
        `matrices of shapes ${shapeText(x.shape)} and ${shapeText(y.shape)} have no product: the inner lengths ${inner} and ${other} differ`,
      )
    const rows = x.shape.length > 1 ? 'i' : ''
    const columns = y.shape.length > 1 ? 'k' : ''
    const outer = Math.max(x.shape.length, y.shape.length) - 2
    const dots = (rank: number): string =>
      Array.from({ length: Math.max(0, rank - 2) }, (_, n) => letter(outer - Math.max(0, rank - 2) + n)).join(
        '',
      )
    const [left, right] = [dots(x.shape.length), dots(y.shape.length)]
    const longer = left.length >= right.length ? left : right
    return new ChunkedArray(
      summationNode([`${left}${rows}j`, `${right}j${columns}`], `${longer}${rows}${columns}`, [x, y]),
    )
  })
}

/** @throws {ArrayArgumentError} unless it says over how many axes, or over which of both */
function requireAxes(axes: unknown, most: number): void {
  const isCount = Number.isInteger(axes) && (axes as number) >= 0 && (axes as number) <= most
  const isPair = Array.isArray(axes) && axes.length === 2
  if (!isCount && !isPair)
    throw wrong('tensordot', `a number of axes from 0 to ${most}, or axes of the one and of the other`, axes)
}

/** Products added up over axes of both: the last `axes` of the first with the first ones of the second, or named ones. */
export function tensordot(
  a: unknown,
  b: unknown,
  axes: number | readonly [number | readonly number[], number | readonly number[]] = 2,
): ChunkedArray {
  return inCall('tensordot', () => {
    const [x, y] = [asarray(a)[NODE], asarray(b)[NODE]]
    requireAxes(axes, Math.min(x.shape.length, y.shape.length))
    const list = (own: number | readonly number[]): readonly number[] =>
      typeof own === 'number' ? [own] : own
    const [left, right] =
      typeof axes === 'number'
        ? [
            Array.from({ length: axes }, (_, i) => x.shape.length - axes + i),
            Array.from({ length: axes }, (_, i) => i),
          ]
        : [
            list(axes[0]).map((axis) => axisOf(axis, x.shape.length)),
            list(axes[1]).map((axis) => axisOf(axis, y.shape.length)),
          ]
    if (left.length !== right.length)
      throw new ShapeError('tensordot adds up as many axes of the one array as of the other')
    left.forEach((axis, i) => {
      requireKnownLengths([x.shape[axis], y.shape[right[i]]], 'multiplied')
      if (x.shape[axis] !== y.shape[right[i]])
        throw new ShapeError(
          `arrays of shapes ${shapeText(x.shape)} and ${shapeText(y.shape)} cannot be multiplied over axes ${shapeText(left)} and ${shapeText(right)}: lengths differ`,
        )
    })
    const names = x.shape.map((_, axis) => letter(axis))
    const others = y.shape.map((_, axis) =>
      right.includes(axis) ? names[left[right.indexOf(axis)]] : letter(100 + axis),
    )
    const result = [
      ...names.filter((_, axis) => !left.includes(axis)),
      ...others.filter((_, axis) => !right.includes(axis)),
    ]
    return new ChunkedArray(summationNode([names.join(''), others.join('')], result.join(''), [x, y]))
  })
}

/** The product of two arrays as NumPy's `dot` has it: over the last axis of the first and the second to last of the other. */
export function dot(a: unknown, b: unknown): ChunkedArray {
  return inCall('dot', () => {
    const [x, y] = [asarray(a), asarray(b)]
    if (x.shape.length === 0 || y.shape.length === 0) return x.multiply(y) as ChunkedArray
    return tensordot(x, y, [x.shape.length - 1, Math.max(0, y.shape.length - 2)])
  })
}

/** All products of an element of the one array with one of the other. */
export const outer = (a: unknown, b: unknown): ChunkedArray =>
  inCall('outer', () => einsum('i,j->ij', asarray(a).ravel(), asarray(b).ravel()))

/** Whether rows of one go with rows of the other cannot be seen before lengths are known. */
function requireKnownLengths(lengths: readonly number[], done: string): void {
  if (lengths.some(Number.isNaN))
    throw new ShapeError(`arrays cannot be ${done} over an axis whose ${UNKNOWN_LENGTH}`)
}
