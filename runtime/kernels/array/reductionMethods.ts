// The methods that give fewer elements, or sums so far: what blocks and lazy arrays have in common.

import { type OptionNames, requireOneOf, requireOptions } from '../optionNames.ts'
import { requireCount, requireFlag, requireNumber, requireObject, wrong } from './arguments.ts'
import { type DTypeName, dtypeOf } from './dtype.ts'
import { ElementwiseMethods } from './elementwiseMethods.ts'
import type { AxisOf, Family, MeanOf, Member, More, RealOf, ReducedRank, SumOf } from './kinds.ts'

/** One axis, several, or (left out) all. */
export type Axis<R extends number> = AxisOf<R> | readonly AxisOf<R>[] | null | undefined

export interface ReduceOptions<K extends boolean = boolean> {
  /** Keeps the reduced axes, with length 1. */
  keepDims?: K
  /** The dtype to add up in. */
  dtype?: DTypeName
  /** For `var` and `std`: the divisor is the count less this; 0 by default. */
  ddof?: number
  /** For lazy arrays: a step of the tree joins this many blocks; 8 by default. */
  splitEvery?: number
}

/** What a reduction is, once its axes are told. */
export interface ReduceRequest extends ReduceOptions {
  name: string
  axis: number | readonly number[] | null | undefined
  /** For quantiles: where, from 0 to 1. */
  at?: number | readonly number[]
  method?: QuantileMethod
}

const OPTIONS: OptionNames<ReduceOptions> = { keepDims: true, dtype: true, ddof: true, splitEvery: true }

/**
 * What the caller of a reduction said, held to what there is.
 * @throws {OptionError} for an option of another name
 */
export function requireReduceOptions({ name, axis: _, at: __, ...options }: ReduceRequest): void {
  const isQuantile = /quantile|percentile/.test(name)
  if (isQuantile) requireOptions(name, options, { ...OPTIONS, method: true })
  else requireOptions<ReduceOptions>(name, options, OPTIONS)
  const { keepDims, dtype, ddof, splitEvery, method } = options
  if (keepDims !== undefined) requireFlag(`${name}: keepDims`, keepDims)
  if (dtype !== undefined) dtypeOf(dtype)
  if (ddof !== undefined) requireNumber(`${name}: ddof`, ddof)
  if (splitEvery !== undefined && splitEvery !== Number.POSITIVE_INFINITY)
    requireCount(`${name}: splitEvery`, splitEvery, 2)
  if (method !== undefined) requireOneOf(`${name}: method`, method, QUANTILE_METHODS)
}

/** Options that are spread: what is no object would be lost without a word. */
function said<O extends object>(name: string, options: O | undefined): O | undefined {
  if (options !== undefined) requireObject(name, options, 'options behind the axis, e.g. { keepDims: true }')
  return options
}

/** The dtype that sums so far are told to have. */
function dtypeIn(name: string, options: { dtype?: DTypeName } | undefined): DTypeName | undefined {
  requireOptions(name, options, { dtype: true })
  if (options?.dtype !== undefined) dtypeOf(options.dtype)
  return options?.dtype
}

/** Where a quantile is asked for: `whole` stands for all elements. */
function partsOf<Q extends number | readonly number[]>(name: string, at: Q, whole: number): Q {
  for (const part of Array.isArray(at) ? (at as readonly unknown[]) : [at])
    if (typeof part !== 'number' || !(part >= 0 && part <= whole))
      throw wrong(name, `a number from 0 to ${whole}, or a list of them`, part)
  return at
}

/** Parts of 100 as parts of 1. */
function sharesOf(name: string, at: number | readonly number[]): number | number[] {
  const parts = partsOf(name, at, 100)
  return typeof parts === 'number' ? parts / 100 : parts.map((each) => each / 100)
}

/** How a quantile between two elements is told, as in NumPy. */
const QUANTILE_METHODS = ['linear', 'lower', 'higher', 'midpoint', 'nearest'] as const
export type QuantileMethod = (typeof QUANTILE_METHODS)[number]

type Reduced<F extends Family, D extends DTypeName, R extends number, A, K> = Member<
  F,
  D,
  ReducedRank<R, A, K> & number
>

export abstract class ReductionMethods<
  F extends Family,
  D extends DTypeName,
  R extends number,
> extends ElementwiseMethods<F, D, R> {
  /** @internal */
  abstract $reduce(request: ReduceRequest): unknown
  /** @internal Sums or products so far along an axis. */
  abstract $accumulate(
    name: 'add' | 'multiply',
    axis: number | undefined,
    dtype: DTypeName | undefined,
  ): unknown

  /** The sum, pairwise: of integers and bools as 64 bits. */
  sum<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, SumOf<D>, R, A, K> {
    return this.$reduce({ ...said('sum', options), name: 'sum', axis }) as never
  }

  /** The product: of integers and bools as 64 bits. */
  prod<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, SumOf<D>, R, A, K> {
    return this.$reduce({ ...said('prod', options), name: 'prod', axis }) as never
  }

  /** The mean; NaN where there is nothing. */
  mean<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, MeanOf<D>, R, A, K> {
    return this.$reduce({ ...said('mean', options), name: 'mean', axis }) as never
  }

  /** The variance. */
  var<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, RealOf<MeanOf<D>>, R, A, K> {
    return this.$reduce({ ...said('var', options), name: 'var', axis }) as never
  }

  /** The standard deviation. */
  std<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, RealOf<MeanOf<D>>, R, A, K> {
    return this.$reduce({ ...said('std', options), name: 'std', axis }) as never
  }

  /** The least element; NaN where one is NaN. */
  min<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, D, R, A, K> {
    return this.$reduce({ ...said('min', options), name: 'min', axis }) as never
  }

  /** The greatest element; NaN where one is NaN. */
  max<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, D, R, A, K> {
    return this.$reduce({ ...said('max', options), name: 'max', axis }) as never
  }

  /** Whether any element is not zero. */
  any<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, 'bool', R, A, K> {
    return this.$reduce({ ...said('any', options), name: 'any', axis }) as never
  }

  /** Whether all elements are not zero. */
  all<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, 'bool', R, A, K> {
    return this.$reduce({ ...said('all', options), name: 'all', axis }) as never
  }

  /** How many elements are not zero. */
  countNonzero<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, 'int64', R, A, K> {
    return this.$reduce({ ...said('countNonzero', options), name: 'countNonzero', axis }) as never
  }

  /** The sum without NaNs. */
  nansum<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, SumOf<D>, R, A, K> {
    return this.$reduce({ ...said('nansum', options), name: 'nansum', axis }) as never
  }

  /** The product without NaNs. */
  nanprod<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, SumOf<D>, R, A, K> {
    return this.$reduce({ ...said('nanprod', options), name: 'nanprod', axis }) as never
  }

  /** The mean without NaNs. */
  nanmean<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, MeanOf<D>, R, A, K> {
    return this.$reduce({ ...said('nanmean', options), name: 'nanmean', axis }) as never
  }

  /** The variance without NaNs. */
  nanvar<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, RealOf<MeanOf<D>>, R, A, K> {
    return this.$reduce({ ...said('nanvar', options), name: 'nanvar', axis }) as never
  }

  /** The standard deviation without NaNs. */
  nanstd<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, RealOf<MeanOf<D>>, R, A, K> {
    return this.$reduce({ ...said('nanstd', options), name: 'nanstd', axis }) as never
  }

  /** The least element that is not NaN. */
  nanmin<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, D, R, A, K> {
    return this.$reduce({ ...said('nanmin', options), name: 'nanmin', axis }) as never
  }

  /** The greatest element that is not NaN. */
  nanmax<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, D, R, A, K> {
    return this.$reduce({ ...said('nanmax', options), name: 'nanmax', axis }) as never
  }

  /** The greatest element less the least. */
  ptp<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, D, R, A, K> {
    return this.$reduce({ ...said('ptp', options), name: 'ptp', axis }) as never
  }

  /** The middle element, or the mean of the two middle ones; NaN where one is NaN. */
  median<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, MeanOf<D>, R, A, K> {
    return this.$reduce({ ...said('median', options), name: 'median', axis }) as never
  }

  /** The middle of the elements that are not NaN. */
  nanmedian<const A extends Axis<R> = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, MeanOf<D>, R, A, K> {
    return this.$reduce({ ...said('nanmedian', options), name: 'nanmedian', axis }) as never
  }

  /** Where the least element is: counted along the axis, or through all elements. The first of equals, or of NaNs. */
  argmin<A extends AxisOf<R> | undefined = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, 'int64', R, A, K> {
    return this.$reduce({ ...said('argmin', options), name: 'argmin', axis }) as never
  }

  /** Where the greatest element is. */
  argmax<A extends AxisOf<R> | undefined = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, 'int64', R, A, K> {
    return this.$reduce({ ...said('argmax', options), name: 'argmax', axis }) as never
  }

  /** Where the least element that is not NaN is. */
  nanargmin<A extends AxisOf<R> | undefined = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, 'int64', R, A, K> {
    return this.$reduce({ ...said('nanargmin', options), name: 'nanargmin', axis }) as never
  }

  /** Where the greatest element that is not NaN is. */
  nanargmax<A extends AxisOf<R> | undefined = undefined, K extends boolean = false>(
    axis?: A,
    options?: ReduceOptions<K>,
  ): Reduced<F, 'int64', R, A, K> {
    return this.$reduce({ ...said('nanargmax', options), name: 'nanargmax', axis }) as never
  }

  /**
   * The value that a part (0 to 1) of the elements is below; of a list of parts, an axis of them in front.
   */
  quantile<
    Q extends number | readonly number[],
    const A extends Axis<R> = undefined,
    K extends boolean = false,
  >(
    at: Q,
    axis?: A,
    options?: ReduceOptions<K> & { method?: QuantileMethod },
  ): Member<
    F,
    MeanOf<D>,
    Q extends number ? ReducedRank<R, A, K> & number : More<ReducedRank<R, A, K> & number>
  > {
    const parts = partsOf('quantile', at, 1)
    return this.$reduce({ ...said('quantile', options), name: 'quantile', axis, at: parts }) as never
  }

  /**
   * The value that a part (0 to 100) of the elements is below; of a list of parts, an axis of them in front.
   */
  percentile<
    Q extends number | readonly number[],
    const A extends Axis<R> = undefined,
    K extends boolean = false,
  >(
    at: Q,
    axis?: A,
    options?: ReduceOptions<K> & { method?: QuantileMethod },
  ): Member<
    F,
    MeanOf<D>,
    Q extends number ? ReducedRank<R, A, K> & number : More<ReducedRank<R, A, K> & number>
  > {
    const parts = sharesOf('percentile', at)
    return this.$reduce({ ...said('quantile', options), name: 'quantile', axis, at: parts }) as never
  }

  /**
   * The value that a part (0 to 1) of the elements is below, NaNs left out; of a list of parts, an axis of them in front.
   */
  nanquantile<
    Q extends number | readonly number[],
    const A extends Axis<R> = undefined,
    K extends boolean = false,
  >(
    at: Q,
    axis?: A,
    options?: ReduceOptions<K> & { method?: QuantileMethod },
  ): Member<
    F,
    MeanOf<D>,
    Q extends number ? ReducedRank<R, A, K> & number : More<ReducedRank<R, A, K> & number>
  > {
    const parts = partsOf('nanquantile', at, 1)
    return this.$reduce({ ...said('nanquantile', options), name: 'nanquantile', axis, at: parts }) as never
  }

  /**
   * The value that a part (0 to 100) of the elements is below, NaNs left out; of a list of parts, an axis of them in front.
   */
  nanpercentile<
    Q extends number | readonly number[],
    const A extends Axis<R> = undefined,
    K extends boolean = false,
  >(
    at: Q,
    axis?: A,
    options?: ReduceOptions<K> & { method?: QuantileMethod },
  ): Member<
    F,
    MeanOf<D>,
    Q extends number ? ReducedRank<R, A, K> & number : More<ReducedRank<R, A, K> & number>
  > {
    const parts = sharesOf('nanpercentile', at)
    return this.$reduce({ ...said('nanquantile', options), name: 'nanquantile', axis, at: parts }) as never
  }

  /** Sums so far along an axis; without one, through all elements. */
  cumsum<A extends AxisOf<R> | undefined = undefined>(
    axis?: A,
    options?: { dtype?: DTypeName },
  ): Member<F, SumOf<D>, A extends undefined ? 1 : R> {
    return this.$accumulate('add', axis, dtypeIn('cumsum', options)) as never
  }

  /** Products so far along an axis; without one, through all elements. */
  cumprod<A extends AxisOf<R> | undefined = undefined>(
    axis?: A,
    options?: { dtype?: DTypeName },
  ): Member<F, SumOf<D>, A extends undefined ? 1 : R> {
    return this.$accumulate('multiply', axis, dtypeIn('cumprod', options)) as never
  }

  /** Sums so far in which NaN counts as 0. */
  nancumsum<A extends AxisOf<R> | undefined = undefined>(
    axis?: A,
    options?: { dtype?: DTypeName },
  ): Member<F, SumOf<D>, A extends undefined ? 1 : R> {
    return this.#withoutNaN(0).$accumulate('add', axis, dtypeIn('nancumsum', options)) as never
  }

  /** Products so far in which NaN counts as 1. */
  nancumprod<A extends AxisOf<R> | undefined = undefined>(
    axis?: A,
    options?: { dtype?: DTypeName },
  ): Member<F, SumOf<D>, A extends undefined ? 1 : R> {
    return this.#withoutNaN(1).$accumulate('multiply', axis, dtypeIn('nancumprod', options)) as never
  }

  #withoutNaN(instead: number): ReductionMethods<F, D, R> {
    if (!/^(float|complex)/.test(this.dtype)) return this
    const present = (this as unknown as { isnan(): { logicalNot(): unknown } }).isnan().logicalNot()
    return this.$map('where', [present, instead]) as ReductionMethods<F, D, R>
  }
}
