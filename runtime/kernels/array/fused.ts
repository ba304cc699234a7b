// Element-wise expressions over one iteration space: what becomes one generated loop.
//
// A leaf is an array whose strides fit the space (0 where it is broadcast), the number of a place, a random draw at a
// place, or one value. View operations (transposing, slicing, broadcasting) only change the leaves' strides.

import { type DType, dtypeOfScalar, promote, type Scalar, weakDType } from './dtype.ts'
import type { NdArray } from './ndArray.ts'
import type { Distribution } from './randomBits.ts'
import { type Ufunc, ufuncNamed } from './ufunc.ts'

/** Elements of an array. */
export interface Leaf {
  kind: 'leaf'
  dtype: DType
  array: NdArray
}

/** One value everywhere. */
export interface Constant {
  kind: 'constant'
  dtype: DType
  value: Scalar
}

/** The number `base + Σ steps·index`, e.g. of a row or of an element. */
export interface Place {
  kind: 'place'
  dtype: DType
  base: number
  steps: readonly number[]
}

/** The random value that a stream has for the number `base + Σ steps·index`. */
export interface Draw {
  kind: 'draw'
  dtype: DType
  distribution: Distribution
  base: number
  steps: readonly number[]
}

export interface Mapped {
  kind: 'mapped'
  ufunc: Ufunc
  dtype: DType
  /** The dtypes that arguments are cast to. */
  inputs: readonly DType[]
  args: readonly Fused[]
}

/** A change of dtype alone. */
export interface Cast {
  kind: 'cast'
  dtype: DType
  arg: Fused
}

export type Fused = Leaf | Constant | Place | Draw | Mapped | Cast

/** Powers that are cheaper to write otherwise, with the same bits. */
export function simplerName(name: string, first: DType | undefined, second: unknown): string | undefined {
  if (name !== 'power' || !first || (first.kind !== 'f' && first.kind !== 'c')) return undefined
  return second === 2 ? 'square' : second === 0.5 && first.kind === 'f' ? 'sqrt' : undefined
}

/** Applies an element-wise function; scalars yield to the dtypes of arrays where they can. */
export function mapped(name: string, args: readonly (Fused | Weak)[]): Fused {
  const [first, second] = args
  if (name === 'power' && 'kind' in first && 'weak' in second) {
    const simpler = simplerName(name, first.dtype, second.weak)
    if (simpler) return mapped(simpler, [first])
  }
  const ufunc = ufuncNamed(name)
  const dtypes = weakDTypes(
    name,
    args.map((arg) => ('weak' in arg ? arg : arg.dtype)),
  )
  const nodes = args.map(
    (arg, i): Fused => ('weak' in arg ? { kind: 'constant', dtype: dtypes[i], value: arg.weak } : arg),
  )
  const { inputs, output } = ufunc.resolve(dtypes)
  return { kind: 'mapped', ufunc, dtype: output, inputs, args: nodes }
}

/** A JavaScript scalar beside arrays: its dtype follows theirs. */
export interface Weak {
  weak: Scalar
}

const COMPARISONS = new Set(['less', 'lessEqual', 'greater', 'greaterEqual', 'equal', 'notEqual'])

/** The dtypes of a function's arguments, those of scalars chosen by what stands beside them. */
export function weakDTypes(name: string, args: readonly (DType | Weak)[]): DType[] {
  if (!args.some((arg) => 'weak' in arg)) return args as DType[]
  const strong = args.filter((arg, i): arg is DType => !('weak' in arg) && !(name === 'where' && i === 0))
  const beside = strong.length > 0 ? strong.reduce(promote) : undefined
  return args.map((arg) => {
    if (!('weak' in arg)) return arg
    if (!beside) return dtypeOfScalar(arg.weak)
    // A number may be compared with integers that cannot hold it.
    if (COMPARISONS.has(name) && 'iu'.includes(beside.kind) && typeof arg.weak !== 'boolean')
      return dtypeOfScalar(arg.weak)
    return weakDType(arg.weak, beside)
  })
}

export const cast = (arg: Fused, dtype: DType): Fused =>
  arg.dtype === dtype ? arg : { kind: 'cast', dtype, arg }

/** The same expression with every leaf changed: each node once, however many share it. */
export function changeLeaves(
  root: Fused,
  change: (leaf: Leaf | Place | Draw) => Fused,
  seen = new Map<Fused, Fused>(),
): Fused {
  const known = seen.get(root)
  if (known) return known
  let made: Fused
  if (root.kind === 'constant') made = root
  else if (root.kind === 'mapped')
    made = { ...root, args: root.args.map((arg) => changeLeaves(arg, change, seen)) }
  else if (root.kind === 'cast') made = { ...root, arg: changeLeaves(root.arg, change, seen) }
  else made = change(root)
  seen.set(root, made)
  return made
}

/** Axes of the iteration space in another order; −1 stands for a new axis along which all is the same. */
export function permuted(root: Fused, axes: readonly number[], shape: readonly number[]): Fused {
  return changeLeaves(root, (leaf) => {
    if (leaf.kind !== 'leaf') return { ...leaf, steps: axes.map((axis) => (axis < 0 ? 0 : leaf.steps[axis])) }
    const { array } = leaf
    const strides = axes.map((axis) => (axis < 0 ? 0 : array.strides[axis]))
    // A length that is not known is that of the block.
    const own = axes.map((axis, i) => (Number.isNaN(shape[i]) && axis >= 0 ? array.shape[axis] : shape[i]))
    return { ...leaf, array: array.restrided(own, strides, array.offset) }
  })
}
