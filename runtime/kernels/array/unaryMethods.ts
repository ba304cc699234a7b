// The element-wise methods of one array that blocks and lazy arrays have in common.

import type { OptionNames } from '../optionNames.ts'
import type { DTypeName } from './dtype.ts'
import type { Family, FloatOf, Member, Operand, RealOf, Typed } from './kinds.ts'

/** Options of element-wise functions. */
export interface UfuncOptions {
  /** Computes only where this is true. */
  where?: Typed<'bool'>
  /** What stands where `where` is false; zeros by default. (NumPy leaves memory unset there.) */
  out?: Operand
}

export const UFUNC_OPTIONS: OptionNames<UfuncOptions> = { where: true, out: true }

/** Functions of one array. */
export abstract class UnaryMethods<F extends Family, D extends DTypeName, R extends number> {
  abstract readonly dtype: D
  abstract readonly ndim: R

  /** @internal Applies the function of a name to this array and others. */
  abstract $map(name: string, others: readonly unknown[], options?: UfuncOptions): unknown

  /** The elements as another dtype. */
  abstract astype<E extends DTypeName>(dtype: E): Member<F, E, R>

  /** Whether this is zero. */
  logicalNot(options?: UfuncOptions): Member<F, 'bool', R> {
    return this.$map('logicalNot', [], options) as never
  }

  /** All bits turned; of bools: not. */
  invert(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('invert', [], options) as never
  }

  /** The number below zero, or above. */
  negative(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('negative', [], options) as never
  }

  /** Short for `negative`. */
  neg(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('negative', [], options) as never
  }

  /** The same. */
  positive(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('positive', [], options) as never
  }

  /** The size: of complex numbers their distance from 0. */
  absolute(options?: UfuncOptions): Member<F, RealOf<D>, R> {
    return this.$map('absolute', [], options) as never
  }

  /** Short for `absolute`. */
  abs(options?: UfuncOptions): Member<F, RealOf<D>, R> {
    return this.$map('absolute', [], options) as never
  }

  /** −1, 0 or 1. */
  sign(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('sign', [], options) as never
  }

  /** The square. */
  square(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('square', [], options) as never
  }

  /** 1 / this. */
  reciprocal(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('reciprocal', [], options) as never
  }

  /** The square root; NaN below zero. */
  sqrt(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('sqrt', [], options) as never
  }

  /** The cube root. */
  cbrt(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('cbrt', [], options) as never
  }

  /** e to this power. */
  exp(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('exp', [], options) as never
  }

  /** 2 to this power. */
  exp2(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('exp2', [], options) as never
  }

  /** exp − 1, exact near 0. */
  expm1(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('expm1', [], options) as never
  }

  /** The natural logarithm. */
  log(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('log', [], options) as never
  }

  /** The logarithm to base 2. */
  log2(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('log2', [], options) as never
  }

  /** The logarithm to base 10. */
  log10(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('log10', [], options) as never
  }

  /** log(1 + this), exact near 0. */
  log1p(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('log1p', [], options) as never
  }

  /** The sine. */
  sin(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('sin', [], options) as never
  }

  /** The cosine. */
  cos(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('cos', [], options) as never
  }

  /** The tangent. */
  tan(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('tan', [], options) as never
  }

  /** The inverse sine. */
  arcsin(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('arcsin', [], options) as never
  }

  /** The inverse cosine. */
  arccos(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('arccos', [], options) as never
  }

  /** The inverse tangent. */
  arctan(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('arctan', [], options) as never
  }

  /** The hyperbolic sine. */
  sinh(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('sinh', [], options) as never
  }

  /** The hyperbolic cosine. */
  cosh(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('cosh', [], options) as never
  }

  /** The hyperbolic tangent. */
  tanh(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('tanh', [], options) as never
  }

  /** The inverse hyperbolic sine. */
  arcsinh(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('arcsinh', [], options) as never
  }

  /** The inverse hyperbolic cosine. */
  arccosh(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('arccosh', [], options) as never
  }

  /** The inverse hyperbolic tangent. */
  arctanh(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('arctanh', [], options) as never
  }

  /** Degrees as radians. */
  deg2rad(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('deg2rad', [], options) as never
  }

  /** Radians as degrees. */
  rad2deg(options?: UfuncOptions): Member<F, FloatOf<D>, R> {
    return this.$map('rad2deg', [], options) as never
  }

  /** The whole number below. */
  floor(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('floor', [], options) as never
  }

  /** The whole number above. */
  ceil(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('ceil', [], options) as never
  }

  /** The whole number towards zero. */
  trunc(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('trunc', [], options) as never
  }

  /** The nearest whole number; halves go to the even one. */
  rint(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('rint', [], options) as never
  }

  /** The complex conjugate. */
  conj(options?: UfuncOptions): Member<F, D, R> {
    return this.$map('conj', [], options) as never
  }

  /** The real part. */
  real(options?: UfuncOptions): Member<F, RealOf<D>, R> {
    return this.$map('real', [], options) as never
  }

  /** The imaginary part. */
  imag(options?: UfuncOptions): Member<F, RealOf<D>, R> {
    return this.$map('imag', [], options) as never
  }

  /** The angle of a complex number. */
  angle(options?: UfuncOptions): Member<F, FloatOf<RealOf<D>>, R> {
    return this.$map('angle', [], options) as never
  }

  /** Whether this is NaN (of times: NaT). */
  isnan(options?: UfuncOptions): Member<F, 'bool', R> {
    return this.$map('isnan', [], options) as never
  }

  /** Whether this is infinite. */
  isinf(options?: UfuncOptions): Member<F, 'bool', R> {
    return this.$map('isinf', [], options) as never
  }

  /** Whether this is neither infinite nor NaN. */
  isfinite(options?: UfuncOptions): Member<F, 'bool', R> {
    return this.$map('isfinite', [], options) as never
  }

  /** Whether this is no time. */
  isnat(options?: UfuncOptions): Member<F, 'bool', R> {
    return this.$map('isnat', [], options) as never
  }

  /** Whether the sign is set: of −0 too. */
  signbit(options?: UfuncOptions): Member<F, 'bool', R> {
    return this.$map('signbit', [], options) as never
  }
}
