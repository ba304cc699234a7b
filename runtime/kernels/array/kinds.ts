// What TypeScript knows of arrays: dtypes of results, and ranks where they are literal.

import type { Complex, ComplexName, DTypeName, FloatName, IntegerName, Scalar, TimeName } from './dtype.ts'

/** How a family of arrays names its members: `Member<F, 'float64', 2>` is that family's array of two axes of floats. */
export interface Family {
  readonly D: unknown
  readonly R: unknown
  readonly member: unknown
}
export type Member<F extends Family, D extends DTypeName, R extends number> = (F & {
  readonly D: D
  readonly R: R
})['member']

/** Any array whose element kind and rank are known to the compiler. */
export interface Typed<D extends DTypeName = DTypeName, R extends number = number> {
  readonly dtype: D
  readonly ndim: R
}

/** What one element is in JavaScript. */
export type ScalarOf<D extends DTypeName> = D extends 'bool'
  ? boolean
  : D extends 'int64' | 'uint64' | TimeName
    ? bigint
    : D extends ComplexName
      ? Complex
      : number

type Bits = { int8: 8; int16: 16; int32: 32; int64: 64; uint8: 8; uint16: 16; uint32: 32; uint64: 64 }
type Signed = 'int8' | 'int16' | 'int32' | 'int64'
type Wider = {
  8: { 8: 8; 16: 16; 32: 32; 64: 64 }
  16: { 8: 16; 16: 16; 32: 32; 64: 64 }
  32: { 8: 32; 16: 32; 32: 32; 64: 64 }
  64: { 8: 64; 16: 64; 32: 64; 64: 64 }
}
type SignedOf = { 8: 'int8'; 16: 'int16'; 32: 'int32'; 64: 'int64' }
type UnsignedOf = { 8: 'uint8'; 16: 'uint16'; 32: 'uint32'; 64: 'uint64' }
type NextSigned = { uint8: 'int16'; uint16: 'int32'; uint32: 'int64'; uint64: 'float64' }
type Small = 'bool' | 'int8' | 'int16' | 'uint8' | 'uint16'
/** Whether a dtype fits in a float of 32 bits. */
type Narrow<D> = D extends Small | 'float32' | 'complex64' ? true : false

type PromoteIntegers<A extends IntegerName, B extends IntegerName> = A extends Signed
  ? B extends Signed
    ? SignedOf[Wider[Bits[A]][Bits[B]]]
    : MixSigns<A, B>
  : B extends Signed
    ? MixSigns<B, A>
    : UnsignedOf[Wider[Bits[A]][Bits[B]]]
type MixSigns<S extends IntegerName, U extends IntegerName> = Wider[Bits[S]][Bits[U]] extends Bits[U]
  ? NextSigned[U & keyof NextSigned]
  : S

/** The dtype that holds both, as `promote` gives it. */
export type Promote<A extends DTypeName, B extends DTypeName> = DTypeName extends A
  ? DTypeName
  : DTypeName extends B
    ? DTypeName
    : A extends B
      ? A
      : A extends 'bool'
        ? B
        : B extends 'bool'
          ? A
          : A extends TimeName
            ? A
            : B extends TimeName
              ? B
              : A extends ComplexName
                ? Narrow<A> | Narrow<B> extends true
                  ? 'complex64'
                  : 'complex128'
                : B extends ComplexName
                  ? Narrow<A> | Narrow<B> extends true
                    ? 'complex64'
                    : 'complex128'
                  : A extends FloatName
                    ? Narrow<A> | Narrow<B> extends true
                      ? 'float32'
                      : 'float64'
                    : B extends FloatName
                      ? Narrow<A> | Narrow<B> extends true
                        ? 'float32'
                        : 'float64'
                      : A extends IntegerName
                        ? B extends IntegerName
                          ? PromoteIntegers<A, B>
                          : never
                        : never

/** The float of a dtype, as `sqrt` gives it. */
export type FloatOf<D extends DTypeName> = D extends FloatName | ComplexName
  ? D
  : D extends Small
    ? 'float32'
    : 'float64'
/** The dtype of a true division. */
export type QuotientOf<D extends DTypeName> = D extends FloatName | ComplexName ? D : 'float64'
export type RealOf<D extends DTypeName> = D extends 'complex64'
  ? 'float32'
  : D extends 'complex128'
    ? 'float64'
    : D
/** The dtype that a sum has. */
export type SumOf<D extends DTypeName> = D extends 'bool' | 'int8' | 'int16' | 'int32' | 'int64'
  ? 'int64'
  : D extends 'uint8' | 'uint16' | 'uint32' | 'uint64'
    ? 'uint64'
    : D
export type MeanOf<D extends DTypeName> = D extends FloatName | ComplexName ? D : 'float64'

/** What may stand beside an array of an element-wise function. */
export type Operand = Typed | Scalar | Date

/** The dtype that an operand has beside an array of dtype `D`. */
export type BesideOf<B, D extends DTypeName> =
  B extends Typed<infer E>
    ? E
    : B extends boolean
      ? 'bool'
      : B extends Complex
        ? D extends 'float32' | 'complex64'
          ? 'complex64'
          : 'complex128'
        : D extends FloatName | ComplexName | TimeName
          ? D
          : B extends bigint
            ? D extends 'bool'
              ? 'int64'
              : D
            : B extends number
              ? `${B}` extends `${string}.${string}`
                ? 'float64'
                : number extends B
                  ? D | 'float64'
                  : D extends 'bool'
                    ? 'int64'
                    : D
              : DTypeName
export type RankOf<B> = B extends Typed<DTypeName, infer R> ? R : 0

/** The greater of two small ranks; `number` where one is not known. */
export type MaxRank<A extends number, B extends number> = number extends A
  ? number
  : number extends B
    ? number
    : Longer<Tuple<A>, Tuple<B>>
type Longer<A extends readonly unknown[], B extends readonly unknown[]> = A extends readonly [
  ...B,
  ...unknown[],
]
  ? A['length'] & number
  : B['length'] & number
export type Tuple<N extends number, T extends unknown[] = []> = T['length'] extends N
  ? T
  : T['length'] extends 12
    ? unknown[]
    : Tuple<N, [...T, unknown]>
/** One axis less. */
export type Less<R extends number> = number extends R
  ? number
  : Tuple<R> extends [unknown, ...infer Rest]
    ? Rest['length'] & number
    : never
/** One axis more. */
export type More<R extends number> = number extends R ? number : [...Tuple<R>, unknown]['length'] & number

/** The axes of an array of rank `R`, from the front and from the end; any number where the rank is not known. */
export type AxisOf<R extends number> = number extends R ? number : Axes<Tuple<R>>
type Axes<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest]
  ? Rest['length'] | Negative<T['length'] & number> | Axes<Rest>
  : never
type Negative<N extends number> = `-${N}` extends `${infer M extends number}` ? M : never

/** The rank left by a reduction. */
export type ReducedRank<R extends number, A, K> = K extends true
  ? R
  : A extends undefined
    ? 0
    : A extends number
      ? Less<R>
      : A extends readonly unknown[]
        ? number extends R
          ? number
          : number extends A['length']
            ? number
            : Tuple<R> extends [...Tuple<A['length'] & number>, ...infer Rest]
              ? Rest['length'] & number
              : never
        : number

/** The rank of a shape, where it was written as a literal. */
export type ShapeRank<S> = S extends number ? 1 : S extends readonly unknown[] ? S['length'] & number : number

/** The rank of a shape that was given as one list or as its lengths. */
export type ReshapedRank<S extends readonly unknown[]> = S extends readonly [infer One]
  ? ShapeRank<One>
  : ShapeRank<S>

/** What an index leaves of the rank: places drop an axis, `null` adds one. */
export type IndexedRank<R extends number, I extends readonly unknown[]> = number extends R
  ? number
  : I extends readonly []
    ? R
    : I extends readonly [infer First, ...infer Rest]
      ? First extends number | bigint
        ? IndexedRank<R, Rest> extends infer N extends number
          ? Less<N>
          : never
        : First extends null
          ? More<IndexedRank<R, Rest> & number>
          : First extends
                | string
                | readonly number[]
                | readonly bigint[]
                | { start?: unknown }
                | { step?: unknown }
            ? First extends Typed
              ? number
              : IndexedRank<R, Rest>
            : number
      : number

export type { ComplexName, FloatName, IntegerName }
