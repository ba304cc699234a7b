// Reductions: each is a state per block, a way to join states, and a way to end. So blocks and trees of blocks agree.

import { BOOL, type DType, dtypeOf, FLOAT64, floatFor, realOf } from './dtype.ts'
import { evaluate } from './evaluate.ts'
import { type BlockPlace, extremePlaces, finishPlaces, joinPlaces } from './extremePlace.ts'
import { type FoldName, fold, foldDType } from './fold.ts'
import { cast, type Fused, mapped } from './fused.ts'
import { joinMoments, momentsOf, varianceOf } from './moments.ts'
import type { NdArray } from './ndArray.ts'
import type { ReduceOptions } from './reductionMethods.ts'
import { ShapeError } from './shape.ts'

/**
 * What travels between the steps of a reduction: arrays with length 1 along the reduced axes. Blocks may be empty: what has
 * no value for that keeps nothing of them.
 */
export type ReduceState = NdArray[]

export interface Reduction {
  /** The dtype of the result. */
  output(dtype: DType, options: ReduceOptions): DType
  partial(
    root: Fused,
    shape: readonly number[],
    axes: readonly number[],
    options: ReduceOptions,
    place: BlockPlace,
  ): ReduceState
  join(states: readonly ReduceState[]): ReduceState
  /** @param count elements that were reduced to each place */
  finish(state: ReduceState, count: number, options: ReduceOptions, input: DType): NdArray
}

const leaf = (array: NdArray): Fused => ({ kind: 'leaf', dtype: array.type, array })

/** Folds arrays of one shape into one, place by place. */
function foldArrays(name: FoldName, arrays: readonly NdArray[]): NdArray {
  if (arrays.length === 1) return arrays[0]
  const ufunc = { add: 'add', multiply: 'multiply' }[name as 'add'] ?? name
  const joined = arrays.slice(1).reduce((sum, array) => mapped(ufunc, [sum, leaf(array)]), leaf(arrays[0]))
  return evaluate(joined, arrays[0].shape)
}

const withDType = (root: Fused, { dtype }: ReduceOptions): Fused =>
  dtype ? cast(root, dtypeOf(dtype)) : root
const isFloat = (dtype: DType): boolean => dtype.kind === 'f' || dtype.kind === 'c'

/** NaNs replaced by what does not change the result. */
function withoutNaN(root: Fused, neutral: number): Fused {
  return isFloat(root.dtype) ? mapped('where', [mapped('isnan', [root]), { weak: neutral }, root]) : root
}

function folding(name: FoldName, prepare: (root: Fused) => Fused = (root) => root): Reduction {
  const arithmetic = name === 'add' || name === 'multiply'
  return {
    output: (dtype, options) => foldDType(name, options.dtype && arithmetic ? dtypeOf(options.dtype) : dtype),
    partial: (root, shape, axes, options, place) => {
      if (NEEDS_ELEMENTS.has(name) && isEmptyPart(place, shape, axes)) return []
      const own = prepare(arithmetic ? withDType(root, options) : root)
      if (arithmetic && own.dtype.kind === 'M')
        throw new ShapeError(`${own.dtype.name} has no ${name === 'add' ? 'sum' : 'product'}`)
      return [fold(name, own, shape, axes)]
    },
    join: (states) => {
      const kept = states.filter((state) => state.length > 0).map(([state]) => state)
      return kept.length === 0 ? [] : [foldArrays(name, kept)]
    },
    finish: ([state]) => {
      if (!state) throw new ShapeError(`the ${name} of no elements is not defined`)
      return state
    },
  }
}

/** Folds without a value for no elements. */
const NEEDS_ELEMENTS: ReadonlySet<FoldName> = new Set(['minimum', 'maximum', 'fmin', 'fmax'])

/** Whether a block has nothing to reduce where the whole array has, or may have, something. */
const isEmptyPart = (place: BlockPlace, shape: readonly number[], axes: readonly number[]): boolean =>
  axes.some((axis) => shape[axis] === 0) && !axes.some((axis) => place.shape[axis] === 0)

/** Whether it is not known before computing how many elements are reduced. */
const isUnknown = ({ shape }: BlockPlace, axes: readonly number[]): boolean =>
  axes.some((axis) => Number.isNaN(shape[axis]))

const joinedSums = (states: readonly ReduceState[]): ReduceState =>
  states[0].map((_, i) =>
    foldArrays(
      'add',
      states.map((state) => state[i]),
    ),
  )

const meanDType = (dtype: DType, options: ReduceOptions): DType => {
  if (options.dtype) return dtypeOf(options.dtype)
  return isFloat(dtype) ? dtype : FLOAT64
}

const mean: Reduction = {
  output: meanDType,
  partial: (root, shape, axes, options, place) => {
    const type = meanDType(root.dtype, options)
    const sum = fold('add', cast(root, type), shape, axes)
    if (!isUnknown(place, axes)) return [sum]
    const count = axes.reduce((product, axis) => product * shape[axis], 1)
    const counted: Fused = { kind: 'constant', dtype: realOf(floatFor(type)), value: count }
    return [
      sum,
      evaluate(
        counted,
        shape.map(() => 1),
      ),
    ]
  },
  join: joinedSums,
  finish: ([sum, counted], count) => sum.divide(counted ?? count) as NdArray,
}

const nanmean: Reduction = {
  output: meanDType,
  partial: (root, shape, axes, options) => {
    const own = cast(root, meanDType(root.dtype, options))
    const known: Fused = isFloat(root.dtype)
      ? mapped('logicalNot', [mapped('isnan', [root])])
      : { kind: 'constant', dtype: BOOL, value: true }
    return [
      fold('add', withoutNaN(own, 0), shape, axes),
      fold('add', cast(known, realOf(floatFor(own.dtype))), shape, axes),
    ]
  },
  join: joinedSums,
  finish: ([sum, count]) => sum.divide(count) as NdArray,
}

function spread(root: boolean, skipNaN: boolean): Reduction {
  const output = (dtype: DType, options: ReduceOptions): DType => realOf(meanDType(dtype, options))
  return {
    output,
    partial: (expression, shape, axes, options) =>
      momentsOf(withDType(expression, options), shape, axes, skipNaN && isFloat(expression.dtype)),
    join: joinMoments,
    finish: (state, _count, options, input) => {
      const variance = varianceOf(state, options.ddof ?? 0, root)
      return variance.astype(output(input, options).name)
    },
  }
}

function placing(greatest: boolean, skipNaN: boolean): Reduction {
  return {
    output: () => dtypeOf('int64'),
    partial: (root, shape, axes, _options, place) =>
      isEmptyPart(place, shape, axes) ? [] : extremePlaces(root, shape, axes, greatest, skipNaN, place),
    join: (states) => {
      const kept = states.filter((state) => state.length > 0)
      return kept.length === 0 ? [] : joinPlaces(kept, greatest, skipNaN)
    },
    finish: (state) => finishPlaces(state, skipNaN),
  }
}

const REDUCTIONS: Record<string, Reduction> = {
  sum: folding('add'),
  prod: folding('multiply'),
  min: folding('minimum'),
  max: folding('maximum'),
  any: folding('logicalOr', (root) => cast(root, BOOL)),
  all: folding('logicalAnd', (root) => cast(root, BOOL)),
  countNonzero: {
    ...folding('add', (root) => cast(root, BOOL)),
    output: () => dtypeOf('int64'),
  },
  nansum: folding('add', (root) => withoutNaN(root, 0)),
  nanprod: folding('multiply', (root) => withoutNaN(root, 1)),
  nanmin: folding('fmin'),
  nanmax: folding('fmax'),
  mean,
  nanmean,
  var: spread(false, false),
  std: spread(true, false),
  nanvar: spread(false, true),
  nanstd: spread(true, true),
  argmin: placing(false, false),
  argmax: placing(true, false),
  nanargmin: placing(false, true),
  nanargmax: placing(true, true),
}

/** The reduction of a name; nothing for those that need all elements at once, such as quantiles. */
export const reductionNamed = (name: string): Reduction | undefined =>
  Object.hasOwn(REDUCTIONS, name) ? REDUCTIONS[name] : undefined
