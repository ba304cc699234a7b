// The element-wise methods that blocks and lazy arrays have in common. Each method is one of NumPy's functions.

import { requireWhole } from './arguments.ts'
import type { DTypeName, IntegerName, TimeName } from './dtype.ts'
import type {
  BesideOf,
  Family,
  FloatOf,
  MaxRank,
  Member,
  Operand,
  Promote,
  QuotientOf,
  RankOf,
  Typed,
} from './kinds.ts'
import { type UfuncOptions, UnaryMethods } from './unaryMethods.ts'

type Countable = 'bool' | IntegerName
/** An operand, where the array's dtype is one of `Allowed`; no operand at all where it is not. */
type Only<D extends DTypeName, Allowed, B> = D extends Allowed ? B : never

/** Functions of two arrays. */
export abstract class ElementwiseMethods<
  F extends Family,
  D extends DTypeName,
  R extends number,
> extends UnaryMethods<F, D, R> {
  /** The sum. Of bools: or. */
  add<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('add', [other], options) as never
  }

  /** The difference. */
  subtract<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('subtract', [other], options) as never
  }

  /** Short for `subtract`. */
  sub<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('subtract', [other], options) as never
  }

  /** The product. Of bools: and. */
  multiply<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('multiply', [other], options) as never
  }

  /** Short for `multiply`. */
  mul<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('multiply', [other], options) as never
  }

  /** The quotient; of integers it is float64. Division by zero gives ±Infinity or NaN. */
  divide<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, QuotientOf<Promote<D, BesideOf<B, D>>>, MaxRank<R, RankOf<B>>> {
    return this.$map('divide', [other], options) as never
  }

  /** Short for `divide`. */
  div<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, QuotientOf<Promote<D, BesideOf<B, D>>>, MaxRank<R, RankOf<B>>> {
    return this.$map('divide', [other], options) as never
  }

  /** The quotient rounded down. An integer divided by zero is 0, as in NumPy. */
  floorDivide<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, 'complex64' | 'complex128'>, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('floorDivide', [other], options) as never
  }

  /** What is left of a division rounded down: it has the sign of the divisor. */
  remainder<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, 'complex64' | 'complex128'>, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('remainder', [other], options) as never
  }

  /** Short for `remainder`. */
  mod<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, 'complex64' | 'complex128'>, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('remainder', [other], options) as never
  }

  /** What is left of a division rounded towards zero: it has the sign of the dividend. */
  fmod<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, 'complex64' | 'complex128'>, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('fmod', [other], options) as never
  }

  /** This to a power. Integers wrap around; a negative power of an integer is an error. */
  power<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, TimeName>, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('power', [other], options) as never
  }

  /** Short for `power`. */
  pow<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, TimeName>, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('power', [other], options) as never
  }

  /** This to a power, in float64. */
  floatPower<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, TimeName>, B>,
    options?: UfuncOptions,
  ): Member<F, QuotientOf<Promote<D, BesideOf<B, D>>>, MaxRank<R, RankOf<B>>> {
    return this.$map('floatPower', [other], options) as never
  }

  /** The angle of the point (other, this). */
  arctan2<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, 'complex64' | 'complex128'>, B>,
    options?: UfuncOptions,
  ): Member<F, FloatOf<Promote<D, BesideOf<B, D>>>, MaxRank<R, RankOf<B>>> {
    return this.$map('arctan2', [other], options) as never
  }

  /** √(this² + other²). */
  hypot<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, 'complex64' | 'complex128'>, B>,
    options?: UfuncOptions,
  ): Member<F, FloatOf<Promote<D, BesideOf<B, D>>>, MaxRank<R, RankOf<B>>> {
    return this.$map('hypot', [other], options) as never
  }

  /** This with the sign of the other. */
  copysign<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, 'complex64' | 'complex128'>, B>,
    options?: UfuncOptions,
  ): Member<F, FloatOf<Promote<D, BesideOf<B, D>>>, MaxRank<R, RankOf<B>>> {
    return this.$map('copysign', [other], options) as never
  }

  /** log(exp(this) + exp(other)) without overflow. */
  logaddexp<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, 'complex64' | 'complex128'>, B>,
    options?: UfuncOptions,
  ): Member<F, FloatOf<Promote<D, BesideOf<B, D>>>, MaxRank<R, RankOf<B>>> {
    return this.$map('logaddexp', [other], options) as never
  }

  /** 0 below zero, 1 above, the other at zero. */
  heaviside<const B extends Operand>(
    other: Only<D, Exclude<DTypeName, 'complex64' | 'complex128'>, B>,
    options?: UfuncOptions,
  ): Member<F, FloatOf<Promote<D, BesideOf<B, D>>>, MaxRank<R, RankOf<B>>> {
    return this.$map('heaviside', [other], options) as never
  }

  /** The greatest common divisor. */
  gcd<const B extends Operand>(
    other: Only<D, Countable, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('gcd', [other], options) as never
  }

  /** The greater of two; NaN where either is NaN. */
  maximum<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('maximum', [other], options) as never
  }

  /** The lesser of two; NaN where either is NaN. */
  minimum<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('minimum', [other], options) as never
  }

  /** The greater of two; NaN only where both are NaN. */
  fmax<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('fmax', [other], options) as never
  }

  /** The lesser of two; NaN only where both are NaN. */
  fmin<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('fmin', [other], options) as never
  }

  /** The bits set in both. */
  bitwiseAnd<const B extends Operand>(
    other: Only<D, Countable, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('bitwiseAnd', [other], options) as never
  }

  /** The bits set in either. */
  bitwiseOr<const B extends Operand>(
    other: Only<D, Countable, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('bitwiseOr', [other], options) as never
  }

  /** The bits set in one of both. */
  bitwiseXor<const B extends Operand>(
    other: Only<D, Countable, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('bitwiseXor', [other], options) as never
  }

  /** The bits moved up. */
  leftShift<const B extends Operand>(
    other: Only<D, Countable, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('leftShift', [other], options) as never
  }

  /** The bits moved down. */
  rightShift<const B extends Operand>(
    other: Only<D, Countable, B>,
    options?: UfuncOptions,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, RankOf<B>>> {
    return this.$map('rightShift', [other], options) as never
  }

  /** Whether this is equal. */
  equal<const B extends Operand>(other: B, options?: UfuncOptions): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('equal', [other], options) as never
  }

  /** Short for `equal`. */
  eq<const B extends Operand>(other: B, options?: UfuncOptions): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('equal', [other], options) as never
  }

  /** Whether this is not equal. */
  notEqual<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('notEqual', [other], options) as never
  }

  /** Short for `notEqual`. */
  ne<const B extends Operand>(other: B, options?: UfuncOptions): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('notEqual', [other], options) as never
  }

  /** Whether this is less. */
  less<const B extends Operand>(other: B, options?: UfuncOptions): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('less', [other], options) as never
  }

  /** Short for `less`. */
  lt<const B extends Operand>(other: B, options?: UfuncOptions): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('less', [other], options) as never
  }

  /** Whether this is less or equal. */
  lessEqual<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('lessEqual', [other], options) as never
  }

  /** Short for `lessEqual`. */
  le<const B extends Operand>(other: B, options?: UfuncOptions): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('lessEqual', [other], options) as never
  }

  /** Whether this is greater. */
  greater<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('greater', [other], options) as never
  }

  /** Short for `greater`. */
  gt<const B extends Operand>(other: B, options?: UfuncOptions): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('greater', [other], options) as never
  }

  /** Whether this is greater or equal. */
  greaterEqual<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('greaterEqual', [other], options) as never
  }

  /** Short for `greaterEqual`. */
  ge<const B extends Operand>(other: B, options?: UfuncOptions): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('greaterEqual', [other], options) as never
  }

  /** Whether both are not zero. */
  logicalAnd<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('logicalAnd', [other], options) as never
  }

  /** Whether either is not zero. */
  logicalOr<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('logicalOr', [other], options) as never
  }

  /** Whether one of both is not zero. */
  logicalXor<const B extends Operand>(
    other: B,
    options?: UfuncOptions,
  ): Member<F, 'bool', MaxRank<R, RankOf<B>>> {
    return this.$map('logicalXor', [other], options) as never
  }

  /** Keeps values between two bounds; `null` is no bound. */
  clip<const A extends Operand | null, const B extends Operand | null = null>(
    least: A,
    most: B = null as B,
  ): Member<F, D, MaxRank<R, MaxRank<RankOf<A>, RankOf<B>>>> {
    const above = least === null ? this : (this.$map('maximum', [least]) as this)
    return (most === null ? above : above.$map('minimum', [most])) as never
  }

  /** Rounded to decimals; halves go to the even digit. */
  round(decimals = 0): Member<F, D, R> {
    requireWhole('round', decimals)
    if (decimals === 0) return this.$map('rint', []) as never
    const factor = 10 ** Math.abs(decimals)
    const [before, after] = decimals > 0 ? ['multiply', 'divide'] : ['divide', 'multiply']
    const scaled = this.$map(before, [factor]) as ElementwiseMethods<F, D, R>
    const whole = scaled.$map('rint', []) as ElementwiseMethods<F, D, R>
    const rounded = whole.$map(after, [factor]) as ElementwiseMethods<F, D, R>
    return (rounded.dtype === this.dtype ? rounded : rounded.astype(this.dtype)) as never
  }

  /** This where a mask is true, the other elsewhere. */
  where<const B extends Operand>(
    mask: Typed,
    other: B,
  ): Member<F, Promote<D, BesideOf<B, D>>, MaxRank<R, MaxRank<RankOf<typeof mask>, RankOf<B>>>> {
    return this.$map('where', [mask, other]) as never
  }
}
