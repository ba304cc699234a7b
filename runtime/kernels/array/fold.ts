// Folding: sums, products and extremes of fused expressions, strip by strip, in NumPy's order of adding.

import { BOOL, type Data, type DType, FLOAT64, INT64, NAT, UINT64 } from './dtype.ts'
import { eachOuter, evaluate, Strips } from './evaluate.ts'
import { cast, type Fused, permuted } from './fused.ts'
import { STRIP } from './loop.ts'
import { zeroData } from './memory.ts'
import { NdArray } from './ndArray.ts'
import { pairwiseSum } from './pairwise.ts'
import { H } from './scalarMath.ts'
import { reducedShape, rowStrides, ShapeError, shapeText, sizeOf } from './shape.ts'
import { ufuncNamed } from './ufunc.ts'

/** The element-wise functions that fold: their results do not depend on more than the order of adding. */
export type FoldName =
  | 'add'
  | 'multiply'
  | 'minimum'
  | 'maximum'
  | 'fmin'
  | 'fmax'
  | 'logicalAnd'
  | 'logicalOr'

const IDENTITIES: Partial<Record<FoldName, number>> = { add: 0, multiply: 1, logicalAnd: 1, logicalOr: 0 }

/** The dtype that a fold adds up in. */
export function foldDType(name: FoldName, dtype: DType): DType {
  if (name === 'logicalAnd' || name === 'logicalOr') return BOOL
  if (name !== 'add' && name !== 'multiply') return dtype
  if (dtype.kind === 'b' || dtype.kind === 'i') return INT64
  return dtype.kind === 'u' ? UINT64 : dtype
}

interface Folder {
  /** Folds a buffer's first `count` values into element `at` of `out`. */
  along(buffer: Data, count: number, out: Data, at: number): void
  /** Folds each value into an element of its own. */
  across(buffer: Data, count: number, out: Data, at: number, step: number): void
}

const folders = new Map<string, Folder>()

/** The loops of a fold for one dtype: generated, so that each sees only one kind of memory. */
function folderFor(name: FoldName, dtype: DType): Folder {
  const key = `${name} ${dtype.name}`
  let folder = folders.get(key)
  if (!folder) {
    const ufunc = ufuncNamed(name)
    const complex = dtype.kind === 'c'
    const code = (text: string): { re: string; im?: string } =>
      complex ? { re: text, im: `${text}i` } : { re: text }
    const made = ufunc.emit([dtype, dtype], [code('a'), code('b')], dtype)
    const load = (to: string, from: string, at: string): string =>
      complex
        ? `const ${to} = ${from}[2 * (${at})], ${to}i = ${from}[2 * (${at}) + 1];`
        : `const ${to} = ${from}[${at}];`
    const store = (at: string): string =>
      complex
        ? `const re = ${made.re}; const im = ${made.im}; out[2 * (${at})] = re; out[2 * (${at}) + 1] = im;`
        : `out[${at}] = ${made.re};`
    const source = `return {
  along(buffer, count, out, at) {
    ${complex ? 'let a = out[2 * at], ai = out[2 * at + 1];' : 'let a = out[at];'}
    for (let i = 0; i < count; i++) {
      ${load('b', 'buffer', 'i')}
      ${complex ? `const re = ${made.re}; ai = ${made.im}; a = re;` : `a = ${made.re};`}
    }
    ${complex ? 'out[2 * at] = a; out[2 * at + 1] = ai;' : 'out[at] = a;'}
  },
  across(buffer, count, out, at, step) {
    for (let i = 0, p = at; i < count; i++, p += step) {
      ${load('a', 'out', 'p')}
      ${load('b', 'buffer', 'i')}
      ${store('p')}
    }
  },
}`
    folder = new Function('H', 'NAT', source)(H, NAT) as Folder
    folders.set(key, folder)
  }
  return folder
}

/**
 * Folds an expression along axes, which are kept with length 1.
 * @throws {ShapeError} when there is nothing to fold and the fold has no value for that
 */
export function fold(
  name: FoldName,
  root: Fused,
  shape: readonly number[],
  axes: readonly number[],
): NdArray {
  const dtype = foldDType(name, root.dtype)
  const outShape = reducedShape(shape, axes, true)
  const identity = IDENTITIES[name]
  const size = sizeOf(shape)
  if (size === 0) {
    if (identity === undefined && sizeOf(outShape) > 0)
      throw new ShapeError(
        `the ${name} of no elements is not defined (shape ${shapeText(shape)}, axes ${shapeText(axes)})`,
      )
    return filled(outShape, dtype, identity ?? 0)
  }
  // Small integers are added as doubles, exactly, and become 64 bits at the end.
  const count = size / sizeOf(outShape)
  const exact = name === 'add' && dtype.big && !root.dtype.big && count < 2 ** (53 - 8 * root.dtype.bytes)
  if (exact) {
    const sums = foldInto('add', cast(root, FLOAT64), shape, axes, outShape, FLOAT64, 0)
    return evaluate({ kind: 'leaf', dtype: FLOAT64, array: sums }, outShape, dtype)
  }
  return foldInto(name, cast(root, dtype), shape, axes, outShape, dtype, identity)
}

function filled(shape: readonly number[], dtype: DType, value: number): NdArray {
  const data = zeroData(dtype, sizeOf(shape))
  if (value !== 0 && dtype.kind !== 'c')
    (data as Float64Array).fill((dtype.big ? BigInt(value) : value) as number)
  if (value !== 0 && dtype.kind === 'c') for (let i = 0; i < data.length; i += 2) data[i] = value
  return new NdArray(dtype, shape, data)
}

function foldInto(
  name: FoldName,
  root: Fused,
  shape: readonly number[],
  axes: readonly number[],
  outShape: readonly number[],
  dtype: DType,
  identity: number | undefined,
): NdArray {
  // Extremes begin with the first element along the axes.
  const result = identity === undefined ? evaluate(root, outShape) : filled(outShape, dtype, identity)
  const out = result.data
  const own = rowStrides(outShape).map((stride, axis) => (axes.includes(axis) ? 0 : stride))
  const order = loopOrder(shape, axes)
  const strips = new Strips(
    reorder(root, order, shape),
    order.map((axis) => shape[axis]),
    order.map((axis) => own[axis]),
    dtype,
    (outer, inner) => axes.includes(order[outer]) === axes.includes(order[inner]),
  )
  const { space, buffer } = strips
  const length = space.shape.at(-1) ?? 1
  const step = space.strides.at(-1)?.at(-1) ?? 0
  const folder = folderFor(name, dtype)
  const pairwise = name === 'add' && (dtype.kind === 'f' || dtype.kind === 'c')
  eachOuter(space, 1, (at) => {
    const place = at[at.length - 1]
    if (step === 0 && pairwise && length > 1) {
      pairwiseSum(strips, at, length, dtype, out, place)
      return
    }
    for (let i = 0; i < length; i += STRIP) {
      const n = Math.min(STRIP, length - i)
      strips.fill(at, i, n)
      if (step === 0) folder.along(buffer, n, out, place)
      else folder.across(buffer, n, out, place + i * step, step)
    }
  })
  return result
}

/** The axes as they are gone through: a short one that is reduced gives way to a long one that is kept. */
export function loopOrder(shape: readonly number[], axes: readonly number[]): number[] {
  const order = shape.map((_, i) => i)
  const last = order.findLast((axis) => shape[axis] !== 1)
  if (last === undefined || !axes.includes(last) || shape[last] >= 8) return order
  const long = order.findLast((axis) => !axes.includes(axis) && shape[axis] >= 8)
  if (long === undefined) return order
  // The kept axis is gone through inside, the others in their order.
  return [...order.filter((axis) => axis !== long), long]
}

/** The expression with its axes in another order. */
export function reorder(root: Fused, order: readonly number[], shape: readonly number[]): Fused {
  if (order.every((axis, i) => axis === i)) return root
  return permuted(
    root,
    order,
    order.map((axis) => shape[axis]),
  )
}
